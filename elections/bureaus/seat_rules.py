"""The rules on who holds a seat: a member, at home in the unit, on one cell's bureau (A8, A11)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.periods import in_force
from audit.rulebook import Breach, rule, statutes
from districts.kinds import CELLS, Kind
from elections.bureaus.strengths import held_seats, leading
from elections.models import Seat
from members.models import Registration

_SEATS = _(
    "Whoever leaves the organisation leads it no more. The seat is given up by an act of its own, "
    "so that nobody is unseated unawares: give it up, and fill it."
)


@rule(
    "A8",
    "cell-seat-held",
    sentence=_("Who holds a seat in the bureau of a cell is a member."),
    remedy=_("Give the seat up, and fill it."),
    explanation=_SEATS,
    mend="leave-seat",
)
def cell_seats_held(ground: Ground, on: date) -> Iterator[Breach]:
    """Seats in the bureaus of cells whose holders are members no more."""
    yield from _abandoned(ground, on, CELLS)


@rule(
    "A11",
    "seat-held",
    sentence=_("Who holds a seat in a bureau or a committee is a member."),
    remedy=_("Give the seat up, and fill it."),
    explanation=_SEATS,
    mend="leave-seat",
)
def seats_held(ground: Ground, on: date) -> Iterator[Breach]:
    """Seats in other bureaus and committees whose holders are members no more."""
    yield from _abandoned(ground, on, frozenset(Kind.values) - CELLS)


def _abandoned(ground: Ground, on: date, kinds: Collection[str]) -> Iterator[Breach]:
    """A bureau is told once, with the first of those who left and hold a seat."""
    bureaus = leading(ground, on).filter(unit__kind__in=kinds)
    seats = Seat.objects.filter(in_force(on), bureau__in=bureaus, member__left__lte=on)
    rows = seats.order_by("bureau__unit__code", "member__left", "member").values_list(
        "bureau__unit__code", "bureau", "member__left", "member"
    )
    yield from _once_each(rows)


_AWAY = _(
    "Who leads belongs to those who are led: candidates come from the unit or from below it. Who "
    "moved to a cell elsewhere keeps the seat as long as nobody gives it up. Give it up, and let "
    "the next on the list or a by-election fill it; or move the member back, if the move was wrong."
)


@rule(
    "A8",
    "cell-seat-here",
    sentence=_("Who holds a seat in the bureau of a cell is at home in the cell."),
    remedy=_("Give the seat up, and fill it."),
    explanation=_AWAY,
    mend="leave-seat",
)
def cell_seats_here(ground: Ground, on: date) -> Iterator[Breach]:
    """Seats in the bureaus of cells whose holders are at home in another cell, or in none."""
    # Nothing stands below a cell: who is at home in it is known without a look at the tree.
    yield from _away(ground, on, CELLS, {"unit": OuterRef("bureau__unit")})


@rule(
    "A11",
    "seat-here",
    sentence=_("Who holds a seat in a bureau or a committee is at home in the unit or below it."),
    remedy=_("Give the seat up, and fill it."),
    explanation=_AWAY,
    mend="leave-seat",
)
def seats_here(ground: Ground, on: date) -> Iterator[Breach]:
    """Seats in other bureaus and committees whose holders are at home elsewhere, or nowhere."""
    below = {
        "unit__tree_id": OuterRef("bureau__unit__tree_id"),
        "unit__lft__range": (OuterRef("bureau__unit__lft"), OuterRef("bureau__unit__rght")),
    }
    yield from _away(ground, on, frozenset(Kind.values) - CELLS, below)


def _away(
    ground: Ground, on: date, kinds: Collection[str], home: Mapping[str, Any]
) -> Iterator[Breach]:
    """A bureau is told once, from the day when its first member who is elsewhere left the unit.

    `home` says which registrations are in the unit or below it. Where the organisation lets others
    stand as well there is nothing to find.
    """
    if not statutes().candidates_from_below:
        return
    here = Registration.objects.filter(**home, member=OuterRef("member"), kind="home").order_by()
    last = here.filter(until__lte=on).values("kind").annotate(last=Max("until")).values("last")
    seats = held_seats(on).filter(
        ~Exists(here.in_force(on)), bureau__in=leading(ground, on), bureau__unit__kind__in=kinds
    )
    seats = seats.annotate(away=Greatest("since", Coalesce(Subquery(last), F("since"))))
    rows = seats.order_by("bureau__unit__code", "away", "member")
    yield from _once_each(rows.values_list("bureau__unit__code", "bureau", "away", "member"))


@rule(
    "A8",
    "one-cell-bureau",
    sentence=_("A member sits on the bureau of one cell at a time."),
    remedy=_("Give up one of the seats."),
    explanation=_(
        "The bureau of a cell is work for every evening. Who sits on two does neither well, and "
        "keeps another from learning it. Let the member choose, and give up the other seat."
    ),
    mend="leave-seat",
)
def several_cell_bureaus(ground: Ground, on: date) -> Iterator[Breach]:
    """Members on the bureaus of several cells, told of each bureau in the ground, once."""
    seats = held_seats(on).filter(in_force(on, prefix="bureau__"), bureau__unit__kind__in=CELLS)
    among = seats
    if not ground.everywhere:
        here = seats.filter(ground.holds("bureau__unit__")).values("member")
        among = among.filter(member__in=here)
    counted = among.values("member").annotate(number=Count("pk"))
    many = counted.filter(number__gt=statutes().cell_bureaus_each)
    # Looked up first: they are few, and mostly nobody.
    members = list(many.values_list("member", flat=True))
    if not members:
        return
    rows = seats.filter(ground.holds("bureau__unit__"), member__in=members)
    latest = seats.filter(member=OuterRef("member")).order_by("-since")
    begun = Subquery(latest.values("since")[:1])
    told = rows.order_by("bureau__unit__code", "member").values_list(
        "bureau__unit__code", "bureau", begun, "member"
    )
    yield from _once_each(told)


def _once_each(rows: Iterable[tuple[str, int, date | None, int]]) -> Iterator[Breach]:
    """A breach for each bureau: of rows with unit, bureau, day and member the first of each."""
    for (code, bureau), held in groupby(rows, key=lambda row: row[:2]):
        _code, _bureau, since, member = next(held)
        yield Breach(code, f"bureau {bureau}", since, {"member": str(member)})
