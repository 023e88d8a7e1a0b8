"""The rules on who leads a unit (A8, A11, A12, A13, A15)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.periods import in_force
from audit.rulebook import Breach, rule
from districts.findings import declare_subject
from districts.kinds import CELLS, LEADERS_OF_CELLS, Kind
from districts.models import Unit
from districts.what_if import reaches_units
from elections.bureaus.lawful import (
    FACTORY_MAJORITY,
    MANDATES,
    Strength,
    limits,
    majority_blockers,
    size_blockers,
)
from elections.bureaus.strengths import held_seats, in_breach, leading, since_when, with_sizes
from elections.models import Bureau, Seat
from members.models import Registration

declare_subject("bureau", Bureau, key="pk", label=lambda bureau: str(bureau.unit))


@reaches_units
def led_units(numbers: Collection[int]) -> Iterable[int]:
    """The units on whose bureaus the members sit: their findings may change. One query."""
    seats = Seat.objects.held().filter(member__in=numbers).order_by()
    return seats.values_list("bureau__unit", flat=True)


# Whether anybody leads ---------------------------------------------------------------------------

_EXPLAINED = _(
    "A unit that nobody leads falls asleep: nobody calls its meetings, shares out its work, or "
    "answers for it. Raise an election, let it be voted on, and constitute the bureau from its "
    "result. If somebody leads the unit already and it was never entered, enter it."
)


@rule(
    "A8",
    "cell-led",
    sentence=_("Every cell has a bureau."),
    remedy=_("Elect a bureau and constitute it, or enter the one that leads."),
    explanation=_EXPLAINED,
    mend="elect-bureau",
)
def cells_not_led(ground: Ground, on: date) -> Iterator[Breach]:
    """Open cells with members enough for a bureau, and none."""
    yield from _unled(ground, on, CELLS, {"unit": OuterRef("pk")})


@rule(
    "A11",
    "unit-led",
    sentence=_("Every district and every local group has a bureau."),
    remedy=_("Elect a bureau and constitute it, or enter the one that leads."),
    explanation=_EXPLAINED,
    mend="elect-bureau",
)
def districts_not_led(ground: Ground, on: date) -> Iterator[Breach]:
    """Open districts and local groups with members enough for a bureau, and none."""
    yield from _unled(ground, on, LEADERS_OF_CELLS, {"unit__parent": OuterRef("pk")})


@rule(
    "A12",
    "town-led",
    sentence=_("Every town has a leadership."),
    remedy=_("Let a conference of delegates elect it, or enter the one that leads."),
    explanation=_EXPLAINED,
    mend="elect-bureau",
)
def towns_not_led(ground: Ground, on: date) -> Iterator[Breach]:
    """Open towns with members enough for a leadership, and none."""
    yield from _unled(ground, on, {Kind.TOWN}, {"unit__tree_id": OuterRef("tree_id")})


def _unled(
    ground: Ground, on: date, kinds: Collection[str], home: Mapping[str, Any]
) -> Iterator[Breach]:
    """Open units of these kinds that nobody leads, though there are enough who could.

    `home` says which home registrations are those of a unit's members.
    """
    sitting = Bureau.objects.filter(in_force(on), unit=OuterRef("pk"))
    members = Registration.objects.filter(**home, kind="home").in_force(on)
    least = limits(next(iter(kinds))).least
    units = Unit.objects.on_ground(ground).open(on).filter(~Exists(sitting), kind__in=kinds)
    earlier = Bureau.objects.filter(unit=OuterRef("pk"), until__lte=on).order_by()
    last = earlier.values("unit").annotate(last=Max("until")).values("last")
    # So many are there as soon as the last of them is met. Asked of those alone whom nobody leads,
    # which as a condition it would not be: a database tries it on every unit.
    enough = Exists(members[least - 1 : least])
    rows = units.annotate(unled=Coalesce(last, F("founded")), enough=enough).order_by("code")
    for code, since, could_lead in rows.values_list("code", "unled", "enough").iterator():
        if could_lead:
            yield Breach(code, f"unit {code}", since)


# How many sit ------------------------------------------------------------------------------------

_SIZES = _(
    "A bureau has as many members as can share out the work and still agree in an evening. Seats "
    "become free by a resignation, an exit or an exclusion, and the finding stands from that day. "
    "Let the next on the list of the election take the seat, or hold a by-election."
)


@rule(
    "A8",
    "cell-bureau-size",
    sentence=_("The bureau of a cell has as many members as the article asks."),
    remedy=_("Fill the free seats: by the next on the list, or by a by-election."),
    explanation=_SIZES,
    mend="take-seat",
)
def cell_bureau_sizes(ground: Ground, on: date) -> Iterator[Breach]:
    """Bureaus of cells with too few or too many."""
    yield from _sizes(ground, on, CELLS)


@rule(
    "A11",
    "bureau-size",
    sentence=_("The bureau of a district or a local group has as many as the article asks."),
    remedy=_("Fill the free seats: by the next on the list, or by a by-election."),
    explanation=_SIZES,
    mend="take-seat",
)
def bureau_sizes(ground: Ground, on: date) -> Iterator[Breach]:
    """Bureaus of districts and local groups with too few or too many."""
    yield from _sizes(ground, on, LEADERS_OF_CELLS)


@rule(
    "A12",
    "leadership-size",
    sentence=_("The leadership of a town has as many members as its election was called for."),
    remedy=_("Fill the free seats: by the next on the list, or by a by-election."),
    explanation=_SIZES,
    mend="take-seat",
)
def leadership_sizes(ground: Ground, on: date) -> Iterator[Breach]:
    """Leaderships of towns with too few."""
    yield from _sizes(ground, on, {Kind.TOWN})


@rule(
    "A15",
    "committee-size",
    sentence=_("An area committee has as many members as its election was called for."),
    remedy=_("Fill the free seats: by the next on the list, or by a by-election."),
    explanation=_SIZES,
    mend="take-seat",
)
def committee_sizes(ground: Ground, on: date) -> Iterator[Breach]:
    """Area committees with too few."""
    yield from _sizes(ground, on, {Kind.AREA})


def _sizes(ground: Ground, on: date, kinds: Collection[str]) -> Iterator[Breach]:
    """Those of these kinds whose size is in breach: counted in one query, dated in two.

    Counted are the seats alone, without the rows of their bureaus: those that are right fall out.
    """
    bounds = limits(next(iter(kinds)))
    bureaus = leading(ground, on).filter(unit__kind__in=kinds)
    seats = held_seats(on).filter(bureau__in=bureaus)
    counted = seats.values("bureau").annotate(held=Count("pk")).filter(held__gte=bounds.least)
    if bounds.most is None:
        right = counted.filter(held__gte=F("bureau__size"))
    else:
        right = counted.filter(held__lte=bounds.most)
    wrong = bureaus.exclude(pk__in=right.values("bureau"))
    listed = list(wrong.select_related("unit").order_by("unit__code"))
    days = since_when(listed, on, _wrong_size) if listed else {}
    for bureau in listed:
        yield _of_bureau(bureau, days[bureau.pk])


def _wrong_size(bureau: Bureau, strength: Strength) -> bool:
    return any(size_blockers(bureau.unit.kind, strength.size, called=bureau.size))


def _of_bureau(bureau: Bureau, since: date, mend: str = "") -> Breach:
    return Breach(bureau.unit.code, f"bureau {bureau.pk}", since, mend=mend)


# Where they come from, and who elected them ------------------------------------------------------


@rule(
    "A13",
    "factory-majority",
    sentence=_("Most members of a district bureau or an area committee are of factory cells."),
    remedy=_(
        "Fill a free seat with a member of a factory cell, or hold a by-election; where none is "
        "free, let one be given up first."
    ),
    explanation=_(
        "The organisation rests on the factories, so those who work there have the majority in "
        "the bodies that lead districts and areas. A transfer from a factory cell to a street "
        "cell, a resignation or a dissolved cell can break it. The one who moved keeps the seat "
        "as long as nobody gives it up: let the next factory member on the list take a free "
        "seat, or hold a by-election, whose count keeps the majority of the whole."
    ),
    mend="take-seat",
)
def factory_majorities(ground: Ground, on: date) -> Iterator[Breach]:
    """District bureaus and area committees without a majority from factory cells."""
    bureaus = with_sizes(leading(ground, on).filter(unit__kind__in=FACTORY_MAJORITY), on)
    listed = bureaus.select_related("unit").order_by("unit__code")
    for bureau, since in in_breach(listed, on, _no_majority):
        # Where no seat is free one is given up first.
        full = bureau.held >= bureau.size  # type: ignore[attr-defined]  # annotated
        yield _of_bureau(bureau, since, mend="leave-seat" if full else "")


def _no_majority(bureau: Bureau, strength: Strength) -> bool:
    return any(majority_blockers(bureau.unit.kind, strength))


_MANDATES = _(
    "Who leads has the mandate of those who are led, given by the body that the article names. A "
    "bureau that came about otherwise may do good work, and lacks that mandate: let the lawful "
    "body elect one."
)


@rule(
    "A11",
    "bureau-mandate",
    sentence=_("The bureau of a district or a local group is elected by a meeting."),
    remedy=_("Let a meeting of all members, or of delegates, elect a bureau."),
    explanation=_MANDATES,
    mend="elect-bureau",
)
def bureau_mandates(ground: Ground, on: date) -> Iterator[Breach]:
    """Bureaus of districts and local groups that no meeting elected."""
    yield from _mandates(ground, on, LEADERS_OF_CELLS)


@rule(
    "A12",
    "leadership-mandate",
    sentence=_("The leadership of a town is elected by a conference of delegates."),
    remedy=_("Let a conference of delegates elect it."),
    explanation=_MANDATES,
    mend="elect-bureau",
)
def leadership_mandates(ground: Ground, on: date) -> Iterator[Breach]:
    """Leaderships of towns that no delegates elected."""
    yield from _mandates(ground, on, {Kind.TOWN})


def _mandates(ground: Ground, on: date, kinds: Collection[str]) -> Iterator[Breach]:
    lawful = MANDATES[next(iter(kinds))]
    bureaus = leading(ground, on).filter(unit__kind__in=kinds).exclude(mandate__in=lawful)
    for code, since in bureaus.order_by("unit__code").values_list("unit__code", "since"):
        yield Breach(code, f"unit {code}", since)
