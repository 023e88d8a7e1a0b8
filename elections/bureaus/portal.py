"""Who leads my cell and my district, and how to reach them, on the members' first page."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils import timezone

from districts.kinds import CELLS
from districts.models import Unit
from elections.bureaus.portfolios import portfolio_label
from elections.models import Bureau, Seat
from members.models import Member
from members.portal import Panel, home_panel, standing
from members.veil import look_up


@home_panel(order=3)
def leaders(request: HttpRequest, member: Member | None) -> Panel | None:
    """The bureaus of the member's cells and of the units right above them. Two queries."""
    if member is None:
        return None
    units = _led(one.unit for one in standing(request, member))
    if not units:
        return None
    bureaus = _bureaus(units)
    look_up(seat.member_id for bureau in bureaus.values() for seat in bureau.sitting)
    return Panel(
        "elections/leaders_panel.html",
        {"units": [(unit, _seats(bureaus.get(unit.pk))) for unit in units]},
    )


def _led(units: Iterable[Unit]) -> list[Unit]:
    """The units and those above the cells among them, each once, the nearest first."""
    found: dict[int, Unit] = {}
    for unit in units:
        found[unit.pk] = unit
        if unit.kind in CELLS and unit.parent is not None:
            found[unit.parent.pk] = unit.parent
    return list(found.values())


def _bureaus(units: Iterable[Unit]) -> dict[int, Any]:
    """The sitting bureaus by their units, each with the seats that are held as `sitting`."""
    seats = Seat.objects.held().exclude(member__left__lte=timezone.localdate())
    held = Prefetch("seats", seats.select_related("member").order_by("pk"), to_attr="sitting")
    sitting = Bureau.objects.sitting().filter(unit__in=units).prefetch_related(held)
    return {bureau.unit_id: bureau for bureau in sitting}


def _seats(bureau: Any) -> list[tuple[Member, str]]:
    if bureau is None:
        return []
    return [(seat.member, portfolio_label(seat.portfolio)) for seat in bureau.sitting]
