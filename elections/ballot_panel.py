"""The open votes on the members' first page, and which of them the member can vote in."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from elections.access import polls_to_vote
from elections.ballot_views import open_votes
from elections.eligibility import Eligibility
from elections.models import Poll
from members.models import Member
from members.portal import Panel, Waiting, home_panel, waits


@home_panel(order=10)
def votes(request: HttpRequest, member: Member | None) -> Panel | None:
    """The open votes, each with whether and why not; two queries."""
    if member is None:
        return None
    return Panel("elections/votes_panel.html", {"open": _open(request)})


@waits(order=20)
def votes_to_cast(request: HttpRequest, member: Member) -> Iterator[Waiting]:
    """The questions that the member can vote on here; no query beside those of the panel."""
    told: set[int] = set()
    for poll, answer in _open(request):
        if answer.entitled and poll.is_online and poll.question_id not in told:
            told.add(poll.question_id)  # it may be put to two of the member's cells (A5)
            text = _("A ballot for you: %(title)s, %(unit)s")
            values = {"title": poll.question.title, "unit": poll.unit.name}
            yield Waiting(text % values, reverse("vote", args=[poll.code]))


def _open(request: HttpRequest) -> list[tuple[Poll, Eligibility]]:
    """The open votes of who asks, looked up once for each request."""
    known: list[tuple[Poll, Eligibility]] | None = request.__dict__.get("_open_votes")
    if known is None:
        known = open_votes(request, list(polls_to_vote(request).open()))
        request.__dict__["_open_votes"] = known
    return known
