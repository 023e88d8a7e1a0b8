"""The rules on registrations that need no placement (A1, A3, A4)."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.rulebook import Breach, rule
from districts.kinds import FACTORY_CELLS
from districts.models import Unit
from members.models import Member, Registration
from members.registrations import HOME, LAWFUL_UNITS, RESIDENCE


@rule(
    "A1",
    "home-registration",
    sentence=_("Every member has one open home registration."),
    remedy=_("Register the member with the cell that he or she belongs to."),
)
def without_home(ground: Ground, on: date) -> Iterator[Breach]:
    """Present members without a home registration in force.

    The unit is the last home cell, or else the district of residence.
    """
    homes = Registration.objects.filter(member=OuterRef("pk"), kind=HOME)
    last = homes.filter(until__lte=on).order_by("-until")
    members = (
        Member.objects.present(on)
        .filter(~Exists(homes.in_force(on)))
        .annotate(ended=Subquery(last.values("until")[:1]), cell=Subquery(last.values("unit")[:1]))
    )
    here = Unit.objects.filter(ground.holds())
    members = members.filter(
        Q(cell__in=here.values("pk")) | Q(cell__isnull=True, locality__unit__in=here)
        if not ground.everywhere
        else Q()
    )
    codes = Unit.objects.filter(pk=OuterRef("cell")).values("code")
    rows = members.order_by("pk").values_list(
        "pk", "joined", "ended", Subquery(codes), "locality__unit__code"
    )
    for number, joined, ended, cell, district in rows.iterator():
        yield Breach(cell or district or "", f"member {number}", ended or joined)


@rule(
    "A1",
    "home-in-a-cell",
    sentence=_("A member's home registration is with a cell."),
    remedy=_("Register the member with a cell below this unit."),
)
def home_outside_cells(ground: Ground, on: date) -> Iterator[Breach]:
    """Home registrations in force with a unit that is no cell."""
    yield from _breaches(_in_force(ground, on, HOME).exclude(unit__kind__in=LAWFUL_UNITS[HOME]))


@rule(
    "A1",
    "unit-open",
    sentence=_("A registration is with an open unit."),
    remedy=_("Register the member with an open cell."),
)
def in_closed_units(ground: Ground, on: date) -> Iterator[Breach]:
    """Registrations in force with a unit that is dissolved, or not founded yet."""
    registrations = _in_force(ground, on).filter(
        Q(unit__dissolved__lte=on) | Q(unit__founded__gt=on)
    )
    rows = registrations.order_by("member").values_list(
        "unit__code", "member", "since", "unit__dissolved"
    )
    for code, number, since, dissolved in rows.iterator():
        # A dissolution that is still to come is not what closed the unit on that day.
        closed = dissolved if dissolved is not None and dissolved <= on else since
        yield Breach(code, f"member {number}", max(since, closed))


@rule(
    "A1",
    "registered-as-member",
    sentence=_("Only members are registered with a unit."),
    remedy=_("End the registration on the day the membership ended."),
)
def not_members(ground: Ground, on: date) -> Iterator[Breach]:
    """Registrations in force of people who are no members on that day."""
    present = Member.objects.present(on).filter(pk=OuterRef("member"))
    registrations = _in_force(ground, on).filter(~Exists(present))
    rows = registrations.order_by("member").values_list(
        "unit__code", "member", "since", "member__left"
    )
    for code, number, since, left in rows.iterator():
        yield Breach(code, f"member {number}", max(since, left) if left else since)


@rule(
    "A4",
    "residence-unit",
    sentence=_("A registration of residence is with a district, local group or street cell."),
    remedy=_("Register the member with the district of residence, or one of its street cells."),
)
def residence_elsewhere(ground: Ground, on: date) -> Iterator[Breach]:
    """Registrations of residence in force with another kind of unit."""
    registrations = _in_force(ground, on, RESIDENCE)
    yield from _breaches(registrations.exclude(unit__kind__in=LAWFUL_UNITS[RESIDENCE]))


@rule(
    "A4",
    "residence-of-factory-members",
    sentence=_("Only a member of a factory cell is registered at the place of residence too."),
    remedy=_("End the registration of residence, or change the home cell."),
)
def residence_without_factory(ground: Ground, on: date) -> Iterator[Breach]:
    """Registrations of residence in force beside no home in a factory cell."""
    homes = Registration.objects.filter(
        member=OuterRef("member"), kind=HOME, unit__kind__in=FACTORY_CELLS
    )
    registrations = _in_force(ground, on, RESIDENCE).filter(
        ~Exists(homes.in_force(on)), member__in=Member.objects.present(on)
    )
    yield from _breaches(registrations)


@rule(
    "A4",
    "residence-in-another-district",
    sentence=_("A registration of residence is with another district than that of the home cell."),
    remedy=_("End the registration of residence: the home cell's district knows the member."),
)
def residence_in_the_same_district(ground: Ground, on: date) -> Iterator[Breach]:
    """Registrations of residence in force in the home cell's own district or local group."""
    homes = Registration.objects.filter(member=OuterRef("member"), kind=HOME).in_force(on)
    registrations = _in_force(ground, on, RESIDENCE).filter(
        Exists(homes.filter(unit__parent=OuterRef("unit__parent")))
        | Exists(homes.filter(unit__parent=OuterRef("unit")))
    )
    yield from _breaches(registrations)


def _in_force(ground: Ground, on: date, kind: str | None = None) -> QuerySet[Registration]:
    registrations = Registration.objects.filter(ground.holds("unit__")).in_force(on)
    return registrations if kind is None else registrations.filter(kind=kind)


def _breaches(registrations: QuerySet[Registration]) -> Iterator[Breach]:
    rows = registrations.order_by("member").values_list("unit__code", "member", "since")
    for code, number, since in rows.iterator():
        yield Breach(code, f"member {number}", since)
