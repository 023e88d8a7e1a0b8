"""The page of a question: where its polls stand, what comes next, what is asked, every poll."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from districts.roles import CHANGE
from districts.scope import ground_of
from districts.sections import Section, declare_section
from elections.all_polls_acts import CloseAll, CountAll, OpenAll, PublishAll
from elections.candidates import homes_of
from elections.models import Poll, Question
from elections.models.polls import State
from elections.poll_acts import ClosePoll, CountPoll, OpenPoll, PublishPoll
from elections.putting_acts import PutQuestion
from elections.question_changes import SetComposition, must_have_factory_majority
from elections.questions import withdrawn_blockers
from elections.steps import Turnout, Wait, turnouts, waits
from elections.terms import majority_in_words, method_in_words, quorum_in_words
from members.veil import look_up

POLL_STEPS = {
    Wait.OPEN: OpenPoll,
    Wait.VOTES: ClosePoll,
    Wait.CLOSE: ClosePoll,
    Wait.COUNT: CountPoll,
    Wait.PUBLISH: PublishPoll,
}


@dataclass(frozen=True, slots=True)
class PollRow:
    """A poll in a table: its turnout, what it waits for, and the address of the next step."""

    poll: Poll
    turnout: Turnout
    waits: Sequence[Wait]
    step: Any = ""  # the title of the act that is next, where the user may do it
    address: str = ""

    @property
    def is_due(self) -> bool:
        """Whether the next step waits for somebody: not as long as votes are being cast."""
        return bool(self.address) and Wait.VOTES not in self.waits


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next, with the page on which it is done, where the user may do it."""

    text: str
    button: Any = ""
    address: str = ""
    is_due: bool = True


def poll_rows(request: HttpRequest, polls: Sequence[Poll]) -> list[PollRow]:
    """The polls as rows of a table. Two queries, whose number does not depend on theirs."""
    counted, waiting = turnouts(polls), waits(polls)
    ground = ground_of(request, CHANGE)
    return [
        _row(poll, counted[poll.pk], waiting[poll.pk], ground.has(*place_of(poll)))
        for poll in polls
    ]


def place_of(poll: Poll) -> tuple[int, int]:
    """Where the unit of the poll stands in the trees."""
    return poll.unit.tree_id, poll.unit.lft


def _row(poll: Poll, turnout: Turnout, waiting: Sequence[Wait], mine: bool) -> PollRow:
    act = POLL_STEPS.get(waiting[0]) if waiting and mine else None
    if act is None:
        return PollRow(poll, turnout, waiting)
    address = reverse("admin:elections_poll_act", args=[poll.pk, act.name])
    return PollRow(poll, turnout, waiting, act.title, address)


def prepare_question(request: HttpRequest, question: Any) -> None:
    """Look up what several parts of the page show: the polls that the user sees. Three queries."""
    polls = Poll.objects.on_ground(ground_of(request)).filter(question=question)
    found = polls.select_related("unit", "question").order_by("unit__tree_id", "unit__lft", "pk")
    question.rows = poll_rows(request, list(found))


def polls_list(**asked: Any) -> str:
    """The list of the polls, narrowed to what is asked."""
    address = reverse("admin:elections_poll_changelist")
    return f"{address}?{urlencode(asked)}" if asked else address


def _standing(request: HttpRequest, question: Any) -> Mapping[str, Any]:
    """The totals on top: how many polls stand where, the turnout in all, the next steps."""
    rows = [row for row in question.rows if row.poll.state != State.ANNULLED]
    states = Counter(row.poll.state for row in rows)
    waiting = Counter(wait for row in rows for wait in row.waits)
    opened = [row for row in rows if row.poll.state != State.DRAFTED]
    return {
        "states": [
            (State(state).label, states[state], polls_list(question=question.pk, state=state))
            for state in State
            if states[state]
        ],
        "turnout": sum((row.turnout for row in rows), Turnout()) if opened else None,
        "opened": len(opened),
        "twice": len(opened) > 1,
        "steps": list(_next_steps(request, question, waiting, len(rows))),
    }


def _next_steps(
    request: HttpRequest, question: Question, waiting: Mapping[Wait, int], polls: int
) -> Iterator[Next]:
    mine = ground_of(request, CHANGE).has(question.unit.tree_id, question.unit.lft)
    if question.is_withdrawn:
        for blocker in withdrawn_blockers(question):
            yield Next(blocker.reason)
        return
    if not polls:
        yield from _before_polls(question, mine)
        return
    for wait, act in _ALL.items():
        if waiting[wait]:
            told, due = _told(wait, waiting[wait]), wait != Wait.VOTES
            if mine and act:
                yield Next(told, act.title, _act(question, act.name), due)
            else:
                yield Next(told)
    if not waiting:
        address = reverse("admin:elections_question_result", args=[question.pk])
        yield Next(_("All results are published."), _("The result of all together"), address)


_ALL: dict[Wait, Any] = {
    Wait.OPEN: OpenAll,
    Wait.VOTES: CloseAll,
    Wait.CLOSE: CloseAll,
    Wait.BOX: None,
    Wait.PAPERS: None,
    Wait.DIFFER: None,
    Wait.COUNT: CountAll,
    Wait.PUBLISH: PublishAll,
}


def _before_polls(question: Question, mine: bool) -> Iterator[Next]:
    if must_have_factory_majority(question) and not question.compositions.exists():
        text = _("Say how many of those elected come from factory cells (A13).")
        act = SetComposition
        yield Next(text, act.title, _act(question, act.name)) if mine else Next(text)
    text = _("Put the question to cells or to a meeting: until then nobody can vote on it.")
    yield Next(text, PutQuestion.title, _act(question, PutQuestion.name)) if mine else Next(text)


def _act(question: Question, act: str) -> str:
    return reverse("admin:elections_question_act", args=[question.pk, act])


def _told(wait: Wait, number: int) -> str:
    texts = {
        Wait.OPEN: ngettext(
            "%(number)s poll is drafted and waits to be opened.",
            "%(number)s polls are drafted and wait to be opened.",
            number,
        ),
        Wait.VOTES: ngettext(
            "Votes are being cast in %(number)s poll.",
            "Votes are being cast in %(number)s polls.",
            number,
        ),
        Wait.CLOSE: ngettext(
            "In %(number)s poll the time to vote is over.",
            "In %(number)s polls the time to vote is over.",
            number,
        ),
        Wait.BOX: ngettext(
            "%(number)s box waits for two of its tellers, who open it together.",
            "%(number)s boxes wait for two of their tellers, who open them together.",
            number,
        ),
        Wait.PAPERS: ngettext(
            "The papers of %(number)s poll wait to be entered by two people.",
            "The papers of %(number)s polls wait to be entered by two people.",
            number,
        ),
        Wait.DIFFER: ngettext(
            "In %(number)s poll the two entries of the papers differ.",
            "In %(number)s polls the two entries of the papers differ.",
            number,
        ),
        Wait.COUNT: ngettext(
            "%(number)s poll can be counted.", "%(number)s polls can be counted.", number
        ),
        Wait.PUBLISH: ngettext(
            "%(number)s poll is counted and waits to be published.",
            "%(number)s polls are counted and wait to be published.",
            number,
        ),
    }
    return texts[wait] % {"number": number}


def _asked(request: HttpRequest, question: Question) -> Mapping[str, Any]:
    """The text, the terms, and who or what can be chosen. Four queries."""
    choices: list[Any] = list(question.choices.all())
    members = [one.member_id for one in choices if one.member_id]
    look_up(members)
    homes = homes_of(members, timezone.localdate())
    ground = ground_of(request)
    groups = list(question.compositions.prefetch_related("choices"))
    for choice in choices:
        home = homes.get(choice.member_id or 0)
        seen = home is not None and ground.has(home.unit.tree_id, home.unit.lft)
        choice.cell = home.unit if home and seen else None
        choice.groups = [group.name for group in groups if choice in group.choices.all()]
    election = question.kind == Question.Kind.ELECTION
    return {
        "question": question,
        "choices": choices,
        "election": election,
        "with_cells": any(choice.cell for choice in choices),
        "groups": groups,
        "terms": [
            (title, text)
            for title, text in (
                (_("Counted by"), method_in_words(question)),
                (_("Quorum"), quorum_in_words(question)),
                (_("Majority"), majority_in_words(question)),
            )
            if text
        ],
    }


def _polls(request: HttpRequest, question: Any) -> Mapping[str, Any] | None:
    """Every poll on the question, one line each."""
    if not question.rows:
        return None
    return {"rows": question.rows, "list": polls_list(question=question.pk, state="all")}


declare_section(Question, Section("kartei/question_standing.html", _standing, order=10))
declare_section(Question, Section("kartei/question_asked.html", _asked, order=20))
declare_section(Question, Section("kartei/question_polls.html", _polls, order=30))
