"""Bureaus for the demonstration: everywhere where there are members enough, and a few breaches."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from audit.bulk import analyse, copy_rows, reset_sequence
from districts.kinds import CELLS, FACTORY_CELLS, LEADERS_OF_CELLS, Kind
from districts.models import Unit
from elections.models import Bureau, Seat
from members.demo.additions import adds_to_town
from members.models import Leaving, Member, Registration

_WORK = ("chair", "secretary", "treasurer", "literature", "trade-union")
_BUREAU = ("id", "code", "unit_id", "mandate", "size", "since", "ending", "larger_because")
_SEAT = ("bureau_id", "member_id", "portfolio", "since", "ending")
_SIZE = 5
_COMMITTEE = 7
_TERM = 200  # days since most of them were elected

# A member with the day since when he or she has been at home there, and whether it is a factory.
Standing = tuple[int, date, bool]


@adds_to_town
def bureaus(day: date) -> None:
    """A bureau of those who have been there longest in each unit, and what is wrong with a few."""
    codes = dict(Unit.objects.values_list("pk", "code"))
    newest = day - timedelta(days=_TERM)
    numbered = [
        (number, unit, mandate, seats, max(_since(seats), newest).isoformat())
        for number, (unit, mandate, seats) in enumerate(_made(day), start=1)
    ]
    copy_rows(
        Bureau._meta.db_table,
        _BUREAU,
        (
            (number, f"{codes[unit]}-{since}", unit, mandate, len(seats), since, "", "")
            for number, unit, mandate, seats, since in numbered
        ),
    )
    copy_rows(
        Seat._meta.db_table,
        _SEAT,
        (
            (number, member, work, since, "")
            for number, _unit, _mandate, seats, since in numbered
            for work, (member, _day, _factory) in zip(
                (*_WORK, *[""] * _COMMITTEE), seats, strict=False
            )
        ),
    )
    reset_sequence(Bureau)
    reset_sequence(Seat)
    analyse(Bureau._meta.db_table, Seat._meta.db_table)
    _break(day)


def _since(seats: Iterable[Standing]) -> date:
    """The first day on which all of them were at home there."""
    return max(day for _member, day, _factory in seats)


def _made(day: date) -> Iterator[tuple[int, str, list[Standing]]]:
    """The unit, the mandate and the seats of each bureau, unit by unit from the cells up."""
    above: dict[int, list[Standing]] = {}
    parents = dict(Unit.objects.open(day).values_list("pk", "parent"))
    for cell, oldest in _oldest(day):
        if len(oldest) >= 3:
            yield cell, Bureau.Mandate.CELL, oldest
        above.setdefault(parents[cell] or 0, []).extend(oldest[:3])
    units = Unit.objects.open(day).exclude(kind__in=CELLS).order_by("-level", "code")
    for unit, kind, parent in units.values_list("pk", "kind", "parent"):
        people = sorted(above.get(unit, ()), key=lambda standing: standing[1:2] + standing[:1])
        bound = kind in (Kind.DISTRICT, Kind.AREA)
        size = _SIZE if kind in LEADERS_OF_CELLS or kind == Kind.AREA else _COMMITTEE
        seats = _majority(people, size) if bound else people[:size]
        if len(seats) >= 3:
            general = kind in LEADERS_OF_CELLS
            yield unit, Bureau.Mandate.GENERAL if general else Bureau.Mandate.DELEGATES, seats
        if parent:
            above.setdefault(parent, []).extend(_majority(people, 2 * _COMMITTEE))


def _oldest(day: date) -> Iterator[tuple[int, list[Standing]]]:
    """The members who have been registered longest in each open cell, five at most."""
    place = Window(RowNumber(), partition_by=F("unit"), order_by=[F("since"), F("member")])
    homes = (
        Registration.objects.filter(kind="home", unit__kind__in=CELLS, member__left=None)
        .in_force(day)
        .filter(unit__in=Unit.objects.open(day).order_by().values("pk"))
        .annotate(place=place)
        .filter(place__lte=_SIZE)
        .order_by("unit", "place")
        .values_list("unit", "member", "since", "member__joined", "unit__founded", "unit__kind")
    )
    for cell, rows in groupby(homes.iterator(), key=lambda row: row[0]):
        yield (
            cell,
            [
                (member, max(since, joined, founded), kind in FACTORY_CELLS)
                for _cell, member, since, joined, founded, kind in rows
            ],
        )


def _majority(people: list[Standing], size: int) -> list[Standing]:
    """So many of them at most, more than half of them of factory cells (A13)."""
    workers = [one for one in people if one[2]]
    others = [one for one in people if not one[2]][: size // 2]
    workers = workers[: size - len(others)]
    return [*workers, *others[: max(len(workers) - 1, 0)]]


# What is wrong -----------------------------------------------------------------------------------


def _break(day: date) -> None:
    """One bureau of each kind of breach, in the last district as far as it has them."""
    last = Unit.objects.open(day).filter(kind=Kind.DISTRICT).order_by("code").last()
    cells = Bureau.objects.filter(unit__kind=Kind.STREET_CELL).annotate(held=Count("seats"))
    small, unled, *_others = cells.order_by("held", "-unit__code")
    left = cells.exclude(pk__in=[small.pk, unled.pk]).order_by("-held", "unit__code")[0]
    unled.seats.all().delete()
    unled.delete()
    _resign(small.seats.order_by("-pk")[:3], day - timedelta(days=40))
    _leave(left, day - timedelta(days=15))
    _lose_majority(Bureau.objects.get(unit=last), day - timedelta(days=25))
    group = Bureau.objects.filter(unit__kind=Kind.LOCAL_GROUP).order_by("unit__code").first()
    if group is not None:
        Bureau.objects.filter(pk=group.pk).update(mandate=Bureau.Mandate.CELLS)


def _resign(seats: Any, on: date) -> None:
    keys = [seat.pk for seat in seats]
    early = Seat.objects.filter(pk__in=keys, since__lt=on)
    early.update(until=on, ending=Seat.Ending.RESIGNED)


def _leave(bureau: Bureau, on: date) -> None:
    """The one who joined the bureau last left the organisation and was not unseated."""
    seat = bureau.seats.order_by("-pk")[0]
    Registration.objects.filter(member=seat.member_id, until=None).update(until=on)
    Member.objects.filter(pk=seat.member_id).update(left=on, left_reason=Leaving.RESIGNED)


def _lose_majority(bureau: Bureau, on: date) -> None:
    """A factory member of the district's bureau gave up the seat, and nobody has taken it."""
    factory = bureau.seats.filter(
        member__registrations__kind="home",
        member__registrations__until=None,
        member__registrations__unit__kind__in=FACTORY_CELLS,
    )
    _resign(factory.order_by("-pk")[:1], on)
