"""Who leads my cell and the units above it, and how to reach them, on the members' first page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest
from django.utils import timezone

from districts.kinds import CELLS
from districts.models import Unit
from elections.bureaus.portfolios import CHAIR, portfolio_label
from elections.models import Bureau, Seat
from members.models import Member, Registration
from members.portal import Panel, home_panel, standing
from members.veil import look_up


@home_panel(order=3)
def leaders(request: HttpRequest, member: Member | None) -> Panel | None:
    """The bureaus of the member's cells and of the units above; told from the constitution on.

    In an emergency they stand under their numbers (A14). Three queries.
    """
    held = standing(request, member) if member else []
    if not held:
        return None
    bureaus = _bureaus(held)
    look_up(seat.member_id for bureau in bureaus.values() for seat in bureau.sitting)
    near = _near(one.unit for one in held)
    above = [bureau.unit for unit, bureau in bureaus.items() if unit not in near]
    above.sort(key=lambda unit: (-unit.level, unit.code))
    return Panel(
        "elections/leaders_panel.html",
        {"near": _led(near.values(), bureaus), "above": _led(above, bureaus)},
    )


def _near(units: Iterable[Unit]) -> dict[int, Unit]:
    """The units and those right above the cells among them, each once, the nearest first."""
    found: dict[int, Unit] = {}
    for unit in units:
        found[unit.pk] = unit
        if unit.kind in CELLS and unit.parent is not None:
            found[unit.parent.pk] = unit.parent
    return found


def _led(
    units: Iterable[Unit], bureaus: Mapping[int, Any]
) -> list[tuple[Unit, Any, list[tuple[Member, str]]]]:
    """Each unit with its bureau and who sits on it."""
    return [(unit, bureaus.get(unit.pk), _seats(bureaus.get(unit.pk))) for unit in units]


def _bureaus(held: Iterable[Registration]) -> Mapping[int, Any]:
    """The sitting bureaus of these units and all above, by unit; the seats held as `sitting`."""
    today = timezone.localdate()
    here = Q()
    for unit in (one.unit for one in held):
        here |= Q(unit__tree_id=unit.tree_id, unit__lft__lte=unit.lft, unit__rght__gte=unit.rght)
    seats = Seat.objects.held().filter(since__lte=today).exclude(member__left__lte=today)
    sitting = Bureau.objects.sitting().filter(here, since__lte=today).select_related("unit")
    kept = Prefetch("seats", seats.select_related("member").order_by("pk"), to_attr="sitting")
    return {bureau.unit_id: bureau for bureau in sitting.prefetch_related(kept)}


def _seats(bureau: Any) -> list[tuple[Member, str]]:
    """Who sits and what falls to them: the chair first, then those with a work of their own."""
    held = sorted(
        bureau.sitting if bureau else (),
        key=lambda seat: (seat.portfolio != CHAIR, not seat.portfolio, seat.pk),
    )
    return [(seat.member, portfolio_label(seat.portfolio)) for seat in held]
