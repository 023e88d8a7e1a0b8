"""Elections that look for candidates on the members' first page, and nominations that wait."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from elections.models import Nomination, NominationCall
from elections.nominating.calls import calls_for
from members.models import Member
from members.portal import Panel, Waiting, home_panel, waits

Answer = Nomination.State


@waits(order=15)
def nominations_to_answer(request: HttpRequest, member: Member) -> Iterator[Waiting]:
    """The member's nominations without an answer; no query beside those of the panel."""
    for call, answer in _running(request, member):
        if answer == Answer.WAITING:
            text = _("You are nominated: %(title)s, %(unit)s. Please answer by %(day)s.")
            asked = call.question
            told = {"title": asked.title, "unit": asked.unit.name, "day": day_in_words(call.until)}
            yield Waiting(text % told, reverse("nominations", args=[asked.pk]))


@home_panel(order=8)
def nominations(request: HttpRequest, member: Member | None) -> Panel | None:
    """The running calls, those first that wait for the member's answer; two queries at most."""
    calls = _running(request, member) if member else []
    if not calls:
        return None
    waiting = [call for call, answer in calls if answer == Answer.WAITING]
    looking = [
        (call, answer == Answer.ACCEPTED) for call, answer in calls if answer != Answer.WAITING
    ]
    return Panel("elections/nominations_panel.html", {"waiting": waiting, "looking": looking})


def _running(request: HttpRequest, member: Member) -> list[tuple[NominationCall, str]]:
    """The running calls for who asks, each with his or her own answer or ''.

    Looked up once for each request: two queries at most.
    """
    known: list[tuple[NominationCall, str]] | None = request.__dict__.get("_running_calls")
    if known is None:
        calls = list(calls_for(member, timezone.localdate()))
        asked = [call.question_id for call in calls]
        mine = Nomination.objects.filter(member=member, question__in=asked)
        answers = dict(mine.values_list("question", "state"))
        known = [(call, answers.get(call.question_id, "")) for call in calls]
        request.__dict__["_running_calls"] = known
    return known
