"""The page of a poll: its state as a line of steps, what stands in the way, turnout and tellers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.days import moment_in_words
from audit.refusals import Blocker
from districts.roles import CHANGE, TELL
from districts.scope import ground_of
from districts.sections import Section, declare_section
from elections.models import Count, Poll, TellerKey
from elections.models.polls import State
from elections.poll_acts import must_name_delegates
from elections.poll_blockers import counting_blockers, opening_blockers, question_blockers
from elections.putting_acts import ArrangePoll
from elections.question_changes import ChangeAnswers, ChangeCandidates, SetComposition
from elections.question_page import place_of, poll_rows
from elections.steps import Wait

LINE = (State.DRAFTED, State.OPEN, State.CLOSED, State.COUNTED, State.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of the next step, and the page on which it is mended."""

    blocker: Blocker
    title: Any = ""
    address: str = ""


def _standing(request: HttpRequest, poll: Poll) -> Mapping[str, Any]:
    """Where the poll stands, what is next, and all that is in its way."""
    (row,) = poll_rows(request, [poll])
    reached = LINE.index(State(poll.state)) if poll.state in LINE else -1
    return {
        "poll": poll,
        "row": row,
        "annulled": poll.state == State.ANNULLED,
        "line": [
            (state.label, place < reached, place == reached) for place, state in enumerate(LINE)
        ],
        "obstacles": list(_obstacles(request, poll)),
        "ways": [*_public(poll), *_for_tellers(request, poll, row.waits)],
    }


def _public(poll: Poll) -> Iterator[tuple[Any, str]]:
    """What all on the roll can look at; the result also before and after that, for those who hold
    the poll.
    """
    counted = Count.objects.filter(poll=poll).exclude(result=None)
    over = poll.state == State.ANNULLED and counted.exists()
    if over or poll.state in (State.COUNTED, State.PUBLISHED):
        yield _("The result"), reverse("result", args=[poll.code])
    if poll.state != State.DRAFTED and poll.is_online:
        yield _("The board"), reverse("board", args=[poll.code])


def _for_tellers(
    request: HttpRequest, poll: Poll, waiting: Sequence[Wait]
) -> Iterator[tuple[Any, str]]:
    """The tellers' pages that are of use now, for whoever is a teller there as well."""
    if not ground_of(request, TELL).has(*place_of(poll)):
        return
    if poll.state == State.OPEN and poll.is_on_paper:
        yield _("To the door"), reverse("door", args=[poll.code])
    if Wait.BOX in waiting:
        yield _("Open the box"), reverse("box", args=[poll.code])
    if {Wait.PAPERS, Wait.DIFFER} & {*waiting}:
        yield _("Enter the papers"), reverse("papers", args=[poll.code])


def _obstacles(request: HttpRequest, poll: Poll) -> Iterator[Obstacle]:
    """What stands in the way of opening or of counting; nothing else can be in the way."""
    if poll.state == State.DRAFTED:
        yield from _of_opening(request, poll)
    elif poll.state == State.CLOSED:
        for blocker in counting_blockers(poll):
            yield Obstacle(blocker)


def _of_opening(request: HttpRequest, poll: Poll) -> Iterator[Obstacle]:
    asking, ground = poll.question.unit, ground_of(request, CHANGE)
    asks = ground.has(asking.tree_id, asking.lft)
    mine = ground.has(*place_of(poll))
    of_question = set(question_blockers(poll.question))
    for blocker in opening_blockers(poll):
        if blocker in of_question:
            yield _of_question(poll, blocker) if asks else Obstacle(blocker)
        elif blocker.article == "A10" and must_name_delegates(poll):
            continue  # they are named as it is opened
        elif blocker.article:
            address = reverse("admin:districts_unit_change", args=[poll.unit_id])
            yield Obstacle(blocker, _("To the unit"), address)
        elif mine:
            address = reverse("admin:elections_poll_act", args=[poll.pk, ArrangePoll.name])
            yield Obstacle(blocker, ArrangePoll.title, address)
        else:
            yield Obstacle(blocker)


def _of_question(poll: Poll, blocker: Blocker) -> Obstacle:
    question = poll.question
    act: Any = ChangeCandidates
    if blocker.article:
        act = SetComposition
    elif question.kind == question.Kind.MOTION:
        act = ChangeAnswers
    address = reverse("admin:elections_question_act", args=[question.pk, act.name])
    return Obstacle(blocker, act.title, address)


def _tellers(request: HttpRequest, poll: Poll) -> Mapping[str, Any] | None:
    """The three who open the box, each with the day of the key. Two queries."""
    if not poll.is_online:
        return None
    tellers = list(poll.tellers.select_related("account"))
    accounts = [teller.account_id for teller in tellers]
    made = TellerKey.objects.filter(account__in=accounts).values_list("account", "made_on")
    days = dict(made)
    return {
        "tellers": [(teller.account, days.get(teller.account_id)) for teller in tellers],
        "missing": poll.state == State.DRAFTED and len(days) < len(tellers),
    }


def poll_facts(request: HttpRequest, poll: Poll) -> Sequence[tuple[Any, Any, str]]:
    """What to know about a poll at a glance."""
    asking, ground = poll.question.unit, ground_of(request)
    seen = ground.has(asking.tree_id, asking.lft)
    question = reverse("admin:elections_question_change", args=[poll.question_id]) if seen else ""
    moments = (
        (_("Closes at"), poll.closes_at),
        (_("Opened"), poll.opened_at),
        (_("Closed"), poll.closed_at),
    )
    return [
        (_("Question"), poll.question, question),
        (_("Put to"), poll.unit, reverse("admin:districts_unit_change", args=[poll.unit_id])),
        (_("Asked are"), poll.get_assembly_display(), ""),
        (_("Votes are cast"), poll.get_channels_display(), ""),
        *((title, moment_in_words(moment), "") for title, moment in moments if moment),
    ]


declare_section(Poll, Section("kartei/poll_standing.html", _standing, order=10))
declare_section(Poll, Section("kartei/poll_tellers.html", _tellers, order=20))
