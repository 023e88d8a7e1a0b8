"""How strong bureaus are and have been: for many at once, and day by day for those in breach."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from audit.ground import Ground
from audit.periods import in_force
from districts.kinds import FACTORY_CELLS
from elections.bureaus.lawful import Strength
from elections.models import Bureau, Seat
from members.models import Member, Registration

Span = tuple[date, date | None]


def leading(ground: Ground, on: date) -> QuerySet[Bureau]:
    """The bureaus of the ground's units that led on the day `on`, where the unit was open."""
    open_units = in_force(on, since="founded", until="dissolved", prefix="unit__")
    return Bureau.objects.on_ground(ground).filter(in_force(on), open_units)


def held_on(on: date, prefix: str = "") -> Q:
    """The condition that a seat is held on the day `on` by somebody who is a member then."""
    stays = Q(**{f"{prefix}member__left__isnull": True}) | Q(**{f"{prefix}member__left__gt": on})
    return in_force(on, prefix=prefix) & stays


def held_seats(on: date) -> QuerySet[Seat]:
    """The seats that are held so on the day `on`: of many at once, known from those who left.

    They are few beside all members, so that nobody else's row is read.
    """
    gone = Member.objects.filter(pk=OuterRef("member"), left__lte=on)
    return Seat.objects.filter(in_force(on), ~Exists(gone)).order_by()


def with_sizes(bureaus: QuerySet[Bureau], on: date) -> QuerySet[Bureau]:
    """The bureaus, each with the number of seats that are held on the day `on`, as `held`."""
    return bureaus.annotate(held=Count("seats", filter=held_on(on, "seats__")))


@dataclass(frozen=True, slots=True)
class _Held:
    """A seat in time: who holds it, from when to when, and when that member left."""

    member: int
    span: Span


def strengths(bureaus: Iterable[Bureau], on: date) -> Mapping[int, Strength]:
    """The strength of each bureau on the day `on`, by its primary key. One query."""
    keys = [bureau.pk for bureau in bureaus]
    home = Q(member__registrations__kind="home") & in_force(on, prefix="member__registrations__")
    of_factory = home & Q(member__registrations__unit__kind__in=FACTORY_CELLS)
    seats = Seat.objects.filter(held_on(on), bureau__in=keys).order_by().values_list("bureau")
    rows = seats.annotate(
        size=Count("member", distinct=True),
        factory=Count("member", distinct=True, filter=of_factory),
    )
    known = {bureau: Strength(size, factory) for bureau, size, factory in rows}
    return {key: known.get(key, Strength()) for key in keys}


def since_when(
    bureaus: Iterable[Bureau], on: date, broken: Callable[[Bureau, Strength], bool]
) -> Mapping[int, date]:
    """The first day of the breach that lasts on the day `on`, for each bureau by its primary key.

    `broken` says whether a strength is in breach. Two queries for all of them.
    """
    listed = list(bureaus)
    seats = _seats(listed)
    homes = _factory_homes(seat.member for held in seats.values() for seat in held)
    return {
        bureau.pk: _first_day(bureau, seats.get(bureau.pk, []), homes, on, broken)
        for bureau in listed
    }


def _seats(bureaus: Iterable[Bureau]) -> Mapping[int, list[_Held]]:
    rows = Seat.objects.filter(bureau__in=[bureau.pk for bureau in bureaus]).order_by()
    found: dict[int, list[_Held]] = {}
    for bureau, member, since, until, left in rows.values_list(
        "bureau", "member", "since", "until", "member__left"
    ):
        ends = [day for day in (until, left) if day is not None]
        found.setdefault(bureau, []).append(_Held(member, (since, min(ends, default=None))))
    return found


def _factory_homes(members: Iterable[int]) -> Mapping[int, list[Span]]:
    rows = Registration.objects.filter(
        member__in=set(members), kind="home", unit__kind__in=FACTORY_CELLS
    )
    found: dict[int, list[Span]] = {}
    for member, since, until in rows.order_by().values_list("member", "since", "until"):
        found.setdefault(member, []).append((since, until))
    return found


def _first_day(
    bureau: Bureau,
    seats: list[_Held],
    homes: Mapping[int, list[Span]],
    on: date,
    broken: Callable[[Bureau, Strength], bool],
) -> date:
    """Back from the day `on`, change by change, as long as the breach lasts."""
    spans = [seat.span for seat in seats]
    spans += [span for seat in seats for span in homes.get(seat.member, [])]
    changes = {day for span in spans for day in span if day and bureau.since < day <= on}
    first = on
    for day in sorted(changes | {bureau.since}, reverse=True):
        if not broken(bureau, _strength(seats, homes, day)):
            break
        first = day
    return first


def _strength(seats: list[_Held], homes: Mapping[int, list[Span]], on: date) -> Strength:
    sitting = {seat.member for seat in seats if _holds(seat.span, on)}
    return Strength(len(sitting), sum(_any(homes.get(member, []), on) for member in sitting))


def _any(spans: Iterable[Span], on: date) -> bool:
    return any(_holds(span, on) for span in spans)


def _holds(span: Span, on: date) -> bool:
    since, until = span
    return since <= on and (until is None or until > on)


def in_breach(
    bureaus: Iterable[Bureau], on: date, broken: Callable[[Bureau, Strength], bool]
) -> Iterator[tuple[Bureau, date]]:
    """Those of `bureaus` whose strength is in breach on the day `on`, each with since when."""
    listed = list(bureaus)
    known = strengths(listed, on)
    wrong = [bureau for bureau in listed if broken(bureau, known[bureau.pk])]
    days = since_when(wrong, on, broken) if wrong else {}
    for bureau in wrong:
        yield bureau, days[bureau.pk]
