"""Meetings for the demonstration town: held in time but for one district, and called for soon."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import count
from random import Random

from django.db.models import Count
from django.utils import timezone

from districts.kinds import LEADERS_OF_CELLS
from districts.models import Unit
from elections.meetings.entitled import entitled_to
from elections.meetings.kinds import GENERAL, HELD_BY
from elections.meetings.planning import Item, Plan, plan_meetings
from elections.models import AgendaItem, Invitation, Meeting
from elections.models.meetings import MeetingState
from members.demo.accounts import Around, Login, adds_accounts
from members.demo.additions import adds_to_town
from members.models import Registration
from members.registrations import HOME

_EVERY = 28  # days between general meetings: less than any month
_HELD = 4
_LATE = 17  # days by which one district is overdue
_SEED = 1924
_LASTS = timedelta(hours=2)
_BATCH = 2_000
_PLACES = ("Hall at the lock", "Trades hall", "Back room of the Anchor", "School, upper floor")
_AGENDA = ("Report of the bureau", "Reports of the cells", "Work until the next meeting")
_MINUTES = "The bureau and the cells reported. The work until the next meeting was shared out."


@adds_to_town
def general_meetings(day: date) -> None:
    """Four general meetings held in each district and local group, and one to come.

    The first district has met too long ago (A10). A query for the units, one for their members,
    and three that write.
    """
    units = list(Unit.objects.open(day).filter(kind__in=LEADERS_OF_CELLS).order_by("code"))
    homes = Registration.objects.in_force(day).filter(kind=HOME, unit__parent__in=units)
    members = dict(homes.order_by().values_list("unit__parent").annotate(Count("pk")))
    chance = Random(_SEED)  # noqa: S311  # nosec B311  # how many came, and nothing secret
    made = [
        meeting
        for place, unit in enumerate(units)
        for meeting in _of(unit, members.get(unit.pk, 0), day, chance, late=place == 0)
    ]
    Meeting.objects.bulk_create(made, batch_size=_BATCH)
    AgendaItem.objects.bulk_create(
        (
            AgendaItem(meeting=meeting, number=number, text=text)
            for meeting in made
            for number, text in enumerate(_AGENDA, start=1)
        ),
        batch_size=_BATCH,
    )


def _of(unit: Unit, members: int, day: date, chance: Random, *, late: bool) -> Iterator[Meeting]:
    """The meetings of one unit, the last one first; none before it was founded."""
    last = day - timedelta(days=chance.randrange(1, _EVERY))
    place = chance.choice(_PLACES)
    if late:
        last = day - timedelta(days=_EVERY + _LATE)
    if not late:
        yield _meeting(unit, last + timedelta(days=_EVERY), place)
    for back in range(_HELD):
        held = last - timedelta(days=back * _EVERY)
        if held > unit.founded:
            meeting = _meeting(unit, held, place)
            meeting.state, meeting.entitled = MeetingState.HELD, members
            meeting.present = members * chance.randrange(30, 60) // 100
            meeting.guests = chance.randrange(4)
            meeting.minutes, meeting.written_at = _MINUTES, meeting.ends_at
            yield meeting


def _meeting(unit: Unit, day: date, place: str) -> Meeting:
    """A planned meeting on that evening; the same code for the same unit and day."""
    starts_at = _evening(day)
    return Meeting(
        code=hashlib.sha256(f"{unit.code} {day}".encode()).hexdigest()[:32],
        unit=unit,
        kind=GENERAL,
        title="General meeting",
        starts_at=starts_at,
        ends_at=starts_at + _LASTS,
        changed_at=starts_at,
        place=place,
        quorum_numerator=1,
        quorum_denominator=4,
    )


def _evening(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(19, 30)))


@adds_accounts
def called(around: Around) -> Iterator[Login]:
    """The member's cell meets today, its door is open; the district has called, and the town.

    The town's conference is that of the town as it was loaded, where it has one.
    """
    yield from ()
    soon = (timezone.now() + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    items = [Item("What is new in the works"), Item("Who sells the paper"), Item("Any other")]
    _plan(around.cell, "Cell meeting", soon, Fraction(1, 2), items)
    today = timezone.localdate()
    if not Meeting.objects.filter(unit=around.town).upcoming().exists():
        conference = _evening(today + timedelta(days=60))
        _plan(around.town, "Town conference", conference, Fraction(1, 2))
    if not Meeting.objects.filter(unit=around.district).upcoming().exists():
        later = _evening(today + timedelta(days=10))
        items = [Item(text) for text in _AGENDA]
        _plan(around.district, "General meeting", later, Fraction(1, 4), items)
    for meeting in Meeting.objects.filter(unit=around.district).upcoming():
        _invited(meeting)


def _plan(
    unit: Unit,
    title: str,
    starts_at: datetime,
    quorum: Fraction,
    agenda: list[Item] | None = None,
) -> None:
    plan = Plan(title, starts_at, starts_at + _LASTS, _PLACES[0], agenda or (), quorum)
    plan_meetings(unit=unit, kind=HELD_BY[unit.kind][0], plan=plan)


def _invited(meeting: Meeting) -> None:
    """Everybody is invited: an e-mail went out to most, and a few came back."""
    number = count()
    Invitation.objects.bulk_create(
        Invitation(meeting=meeting, member_id=member, **_state(email, next(number)))
        for member, email in entitled_to(meeting).order_by("pk").values_list("pk", "email")
    )
    meeting.invited_at = timezone.now()
    meeting.save(update_fields=["invited_at"])


def _state(email: str, number: int) -> dict[str, object]:
    if not email:
        return {"state": Invitation.State.LETTER}
    if number % 40 == 7:
        return {"state": Invitation.State.FAILED}
    return {"state": Invitation.State.SENT, "told": 0}
