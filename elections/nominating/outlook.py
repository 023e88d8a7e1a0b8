"""Whether a lawful result is possible with those who stand so far (A8, A11, A12, A13)."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.refusals import Blocker
from districts.kinds import FACTORY_CELLS
from elections.bureaus.electing import (
    election_blockers,
    factory_seats,
    is_for_a_bureau,
    seat_number_blockers,
)
from elections.candidates import homes_of
from elections.delegates.choosing import delegates_election_blockers
from elections.models import Choice, Question
from elections.nominating.nominees import State, kept, nominees_blockers
from elections.poll_blockers import question_blockers
from members.models import Member
from members.veil import look_up


def outlook(question: Question, on: date, *, called: bool) -> list[Blocker]:
    """What is missing for a lawful result, in sentences; nothing where it is possible.

    While nominations are `called` for, those count who have accepted; afterwards it is what is
    asked before a poll opens. A number of queries that does not depend on how many stand.
    """
    if called:
        return list(_so_far(question, on))
    return [
        *question_blockers(question),
        *election_blockers(question, [], on),
        *delegates_election_blockers(question, on),
    ]


def _so_far(question: Question, on: date) -> Iterator[Blocker]:
    named = list(question.choices.filter(withdrawn=False).select_related("member"))
    members = _standing(question, named)
    standing, seats = len(members) + sum(one.member is None for one in named), question.seats or 0
    if is_for_a_bureau(question):
        yield from seat_number_blockers(question, on)
    if standing < seats:
        text = ngettext(
            "Standing so far: %(standing)s, for %(seats)s seat; %(more)s more must accept.",
            "Standing so far: %(standing)s, for %(seats)s seats; %(more)s more must accept.",
            seats,
        )
        told = {"standing": standing, "seats": seats, "more": seats - standing}
        yield Blocker(text % told)
    yield from _factory(question, members, on)
    yield from nominees_blockers(question, members, on)


def _standing(question: Question, named: list[Choice]) -> list[Member]:
    """The members who stand so far: named by the office, or nominated and accepting."""
    nominations = list(question.nominations.select_related("member").order_by("pk"))
    members = [one.member for one in kept(named, nominations) if one.member]
    members += [one.member for one in nominations if one.state == State.ACCEPTED]
    look_up(member.pk for member in members)
    return members


def _factory(question: Question, members: list[Member], on: date) -> Iterator[Blocker]:
    least = factory_seats(question, on)
    homes = homes_of((member.pk for member in members), on) if least else {}
    workers = sum(home.unit.kind in FACTORY_CELLS for home in homes.values())
    if workers < least:
        reason = _(
            "%(workers)s of factory cells stand so far; at least %(least)s of those elected come "
            "from there."
        )
        yield Blocker(reason % {"workers": workers, "least": least}, "A13")
