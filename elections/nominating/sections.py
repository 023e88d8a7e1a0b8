"""On an election's page: who is nominated, and the way from the call to the constitution."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from districts.acts import Text
from districts.roles import CHANGE
from districts.scope import ground_of
from districts.sections import Section, declare_section
from elections.all_polls_acts import CloseAll, CountAll, OpenAll, PublishAll
from elections.bureaus.announcing import announcing_blockers, last_announcement
from elections.bureaus.announcing_pages import Announce, announced_in_words
from elections.bureaus.electing import is_for_a_bureau
from elections.bureaus.election_pages import ConstituteElected
from elections.delegates.choosing import is_of_delegates
from elections.delegates.election_pages import DelegatesElected
from elections.models import Bureau, Nomination, NominationCall, Question
from elections.models.polls import State as Poll
from elections.nominating.calls import known_call
from elections.nominating.outlook import outlook
from elections.nominating.pages import CallForNominations, CloseNominations, EnterNomination
from elections.putting_acts import PutQuestion
from elections.terms import standing_in_words
from members.veil import look_up

Answer = Nomination.State
_NEXT: dict[str, Any] = {
    Poll.DRAFTED: OpenAll,
    Poll.OPEN: CloseAll,
    Poll.CLOSED: CountAll,
    Poll.COUNTED: PublishAll,
}


@dataclass(slots=True)
class Step:
    """A step of the way: what it is, what is done or missing, and the act that takes it.

    The act is one on the election, unless `row` is what it is done to.
    """

    title: Text
    done: bool
    told: Sequence[Any] = ()
    act: Any = None
    row: Bureau | None = None
    is_now: bool = False
    address: str = ""
    button: Text = ""


def _way(request: HttpRequest, question: Any) -> Mapping[str, Any] | None:
    """The steps of an election, each with what is missing; the first that is not done is now."""
    if question.kind != Question.Kind.ELECTION or question.is_withdrawn:
        return None
    states = [row.poll.state for row in question.rows if row.poll.state != Poll.ANNULLED]
    steps = list(_steps(question, known_call(question), states))
    now = next((step for step in steps if not step.done), None)
    mine = ground_of(request, CHANGE).has(question.unit.tree_id, question.unit.lft)
    if now is not None:
        now.is_now = True
        if mine and now.act:
            row = now.row or question
            name = f"admin:elections_{row._meta.model_name}_act"
            now.address = reverse(name, args=[row.pk, now.act.name])
            now.button = now.act.title
    return {"steps": steps}


def _steps(
    question: Question, call: NominationCall | None, states: Sequence[str]
) -> Iterator[Step]:
    today = timezone.localdate()
    called = call is not None and not call.is_closed
    begun = any(state != Poll.DRAFTED for state in states)
    standing = question.choices.filter(withdrawn=False).count()
    yield _candidates(question, call, standing)
    missing = [] if begun else outlook(question, today, called=called)
    lawful = [] if missing else [_("A lawful result is possible with those who stand.")]
    yield Step(_("Check"), not missing and not called, missing or lawful)
    yield from _polls(states)
    if is_for_a_bureau(question):
        bureau = _filled_by(question)
        told = _("Those elected accept or decline, and the bureau is constituted.")
        yield Step(_("Acceptance and constitution"), bureau is not None, [told], ConstituteElected)
        yield _announcement(bureau)
    elif is_of_delegates(question):
        sent = question.delegates.exists()
        told = _("Those elected accept or decline, and are sent.")
        yield Step(_("Acceptance"), sent, [told], DelegatesElected)


def _filled_by(question: Question) -> Bureau | None:
    """The bureau that this election constituted, or whose free seats it filled. One query."""
    filled = Q(question=question) | Q(seats__question=question)
    return Bureau.objects.filter(filled).select_related("unit").order_by("-since", "-pk").first()


def _announcement(bureau: Bureau | None) -> Step:
    seen = _("All members below see on their first page who leads, from the constitution on.")
    last = last_announcement(bureau) if bureau else None
    if bureau is None or bureau.until is not None:
        return Step(_("Announcement"), bureau is not None, [seen])
    if last is not None:
        return Step(_("Announcement"), True, [announced_in_words(last)])
    missing = list(announcing_blockers(bureau))
    act = None if missing else Announce  # what would be refused is not offered
    return Step(_("Announcement"), False, missing or [seen], act, row=bureau)


def _candidates(question: Question, call: NominationCall | None, standing: int) -> Step:
    stand = f"{standing_in_words(standing, question.seats or 0)}."
    if call is None:
        return Step(_("Candidates"), bool(standing), [stand], CallForNominations)
    if call.is_closed:
        return Step(_("Nominations"), True, [stand])
    if call.takes(timezone.localdate()):
        told = _("They are called for until %(day)s.")
    else:
        told = _("The last day, %(day)s, has passed.")
    day = {"day": day_in_words(call.until)}
    return Step(_("Nominations"), False, [told % day, _counted(question)], CloseNominations)


def _counted(question: Question) -> str:
    states = list(question.nominations.values_list("state", flat=True))
    told = _("%(nominated)s nominated, %(accepted)s accepted, %(waiting)s not answered yet.")
    return told % {
        "nominated": len(states),
        "accepted": states.count(Answer.ACCEPTED),
        "waiting": states.count(Answer.WAITING),
    }


def _polls(states: Sequence[str]) -> Iterator[Step]:
    """Putting the question and voting, counting, publishing: each once all polls have done it."""
    voted = bool(states) and not {Poll.DRAFTED, Poll.OPEN} & set(states)
    counted = voted and Poll.CLOSED not in states
    public = counted and Poll.COUNTED not in states
    missing = [] if states else [_("The question is put to nobody yet.")]
    first = Poll.DRAFTED if Poll.DRAFTED in states else Poll.OPEN
    yield Step(_("Vote"), voted, missing, _NEXT[first] if states else PutQuestion)
    yield Step(_("Count"), counted, (), _NEXT[Poll.CLOSED])
    yield Step(_("Result"), public, (), _NEXT[Poll.COUNTED])


def _nominations(request: HttpRequest, question: Any) -> Mapping[str, Any] | None:
    """Who is nominated, by whom, with the answers. A query, or three with the names."""
    call = known_call(question)
    if call is None:
        return None
    rows = list(question.nominations.select_related("member", "by").order_by("pk"))
    people = [one.member_id for one in rows] + [one.by_id for one in rows if one.by_id]
    look_up(people)
    mine = ground_of(request, CHANGE).has(question.unit.tree_id, question.unit.lft)
    enter = ""
    if mine and not call.is_closed and not question.is_withdrawn:
        name = "admin:elections_question_act"
        enter = reverse(name, args=[question.pk, EnterNomination.name])
    return {"call": call, "rows": rows, "enter": enter}


declare_section(Question, Section("kartei/question_way.html", _way, order=5))
declare_section(Question, Section("kartei/question_nominations.html", _nominations, order=15))
