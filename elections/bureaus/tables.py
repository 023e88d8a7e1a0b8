"""The tables of bureaus and their seats: who led and leads each unit, out and in (A8, A11)."""

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.periods import in_force
from audit.tables import Table, column, declare
from elections.models import Bureau, Seat
from members.models import Member


def _bureaus(ground: Ground, day: date | None) -> QuerySet[Bureau]:
    rows = Bureau.objects.on_ground(ground)
    return rows if day is None else rows.filter(in_force(day))


def _seats(ground: Ground, day: date | None) -> QuerySet[Seat]:
    """Seats, of a part of the register those alone whose holders it sees."""
    rows = Seat.objects.on_ground(ground)
    if day is not None:
        rows = rows.filter(in_force(day), in_force(day, prefix="bureau__"))
    if ground.everywhere and day is None:
        return rows
    members = Member.objects.on_ground(ground, day or timezone.localdate())
    if day is not None:
        members = members.present(day)
    return rows.filter(member__in=members)


BUREAUS = declare(
    Table(
        name="bureaus",
        model=Bureau,
        description=_("The bureaus and committees that lead the units, and when (A8, A11, A12)."),
        key=("code",),
        columns=(
            column(Bureau, "code", _("The bureau's code: the unit's and the first day.")),
            column(Bureau, "unit", _("The code of the unit that it leads.")),
            column(Bureau, "mandate", _("Who elected or appointed it.")),
            column(Bureau, "size", _("The number of seats that it was called for.")),
            column(
                Bureau,
                "larger_because",
                _("Why an appointed committee has more seats than the fewest (A15)."),
            ),
            column(
                Bureau, "confirm_by", _("The last day for the confirmation of an appointed one.")
            ),
            column(
                Bureau,
                "confirmed_on",
                _("The day on which a delegate meeting confirmed it (A14)."),
                known_from="confirmed_on",
            ),
            column(Bureau, "since", _("The day on which it was constituted.")),
            column(
                Bureau,
                "until",
                _("The first day that it led no more; empty while it sits."),
                known_from="until",
            ),
            column(Bureau, "ending", _("Why it ended."), known_from="until"),
        ),
        rows=_bureaus,
        by_acts_alone=True,
    )
)

SEATS = declare(
    Table(
        name="seats",
        model=Seat,
        description=_("The seats that members hold and held in bureaus, and their work (A8)."),
        key=("bureau", "member", "since"),
        columns=(
            column(Seat, "bureau", _("The bureau's code.")),
            column(Seat, "member", _("The member's number.")),
            column(Seat, "portfolio", _("The work that falls to the seat.")),
            column(Seat, "since", _("The first day.")),
            column(
                Seat,
                "until",
                _("The first day that it is held no more; empty while it is held."),
                known_from="until",
            ),
            column(Seat, "ending", _("Why it ended."), known_from="until"),
        ),
        rows=_seats,
        by_acts_alone=True,
        articles={"elections_seat_one_chair": "A8"},
        replaced=True,
    )
)
