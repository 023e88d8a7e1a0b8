"""Who leads the member's units, on the members' first page: told from the constitution on."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone

from audit.periods import in_force
from districts.models import Unit
from elections.bureaus.portfolios import CHAIR, portfolio_label
from elections.models import Bureau, Seat
from members.models import Member, Registration
from members.portal import Panel, home_panel
from members.veil import look_up


@home_panel(order=40)
def leaders(request: HttpRequest, member: Member | None) -> Panel | None:
    """The bureaus that lead the member's cells and all units above them; two queries.

    In an emergency they stand under their numbers (A14).
    """
    if member is None:
        return None
    today = timezone.localdate()
    bureaus: list[Any] = list(_leading(member))
    if not bureaus:
        return None
    present = Q(member__left__isnull=True) | Q(member__left__gt=today)
    held = Seat.objects.held().filter(present, bureau__in=bureaus, since__lte=today)
    seats: list[Any] = list(held.select_related("member").order_by("pk"))
    look_up(seat.member_id for seat in seats)
    for seat in seats:
        seat.work = portfolio_label(seat.portfolio)
    seats.sort(key=lambda seat: (seat.portfolio != CHAIR, not seat.portfolio, seat.pk))
    for bureau in bureaus:
        bureau.shown = [seat for seat in seats if seat.bureau_id == bureau.pk]
    return Panel("elections/leaders_panel.html", {"bureaus": bureaus})


def _leading(member: Member) -> Any:
    """The sitting bureaus of the member's units and of those above, the nearest first."""
    today = timezone.localdate()
    here = Registration.objects.filter(
        in_force(today),
        member=member,
        unit__tree_id=OuterRef("tree_id"),
        unit__lft__gte=OuterRef("lft"),
        unit__lft__lte=OuterRef("rght"),
    )
    units = Unit.objects.filter(Exists(here)).order_by()
    sitting = Bureau.objects.sitting().filter(unit__in=units, since__lte=today)
    return sitting.select_related("unit").order_by("-unit__level", "unit__lft")
