"""The acts of the second registration (A4): reporting a member to the district where he or she
lives, and that district's assigning the member to one of its street cells and taking him or her
back.
"""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, refuse_if
from districts.kinds import Kind
from districts.models import Unit
from members.models import Member, Registration
from members.registrations import (
    HOME,
    RESIDENCE,
    CannotRegister,
    change_cell,
    lock_member,
    lock_unit,
)
from members.residence import (
    district_of_residence,
    is_registered_in,
    place_of,
    settle_residence,
)


@recorded("register-residence")
def register_residence(*, member: Member, on: date) -> Registration:
    """Register the member from `on` with the district or local group of the locality (A4).

    A registration as a resident elsewhere ends on that day. Raises `CannotRegister`.
    """
    member = lock_member(member)
    refuse_if(residence_blockers(member=member, on=on), CannotRegister)
    settle_residence(member=member, on=on)
    return member.registrations.filter(kind=RESIDENCE).in_force(on).select_related("unit").get()


def residence_blockers(*, member: Member, on: date) -> Iterator[Blocker]:
    """All that keeps the member from being registered where he or she lives (A4)."""
    if not member.is_present(on):
        yield Blocker(_("%(member)s is not a member on that day.") % {"member": member})
        return
    home, lives = _held(member, HOME, on), place_of(member)
    if lives is None:
        reason = _("It is not known where %(member)s lives: enter the locality first.")
        yield Blocker(reason % {"member": member}, "A4")
        return
    if lives.unit is None:
        reason = _("%(place)s belongs to no district or local group.")
        yield Blocker(reason % {"place": lives}, "A4")
        return
    if home is None or district_of_residence(home=home.unit, lives=lives.unit) is None:
        reason = _(
            "Only a member of a factory cell of another district is registered at the place of "
            "residence too: %(member)s is not."
        )
        yield Blocker(reason % {"member": member}, "A4")
    if not lives.unit.is_open(on):
        yield Blocker(_("%(unit)s is not open on that day.") % {"unit": lives.unit}, "A4")
    held = _held(member, RESIDENCE, on)
    if held is not None and is_registered_in(held, lives.unit):
        reason = _("%(member)s is registered with %(unit)s since %(day)s already.")
        values = {"member": member, "unit": held.unit, "day": day_in_words(held.since)}
        yield Blocker(reason % values, "A4")


@recorded("assign-street-cell")
def assign_street_cell(*, member: Member, cell: Unit, on: date) -> Registration:
    """Assign a resident to `cell`, a street cell of the district of residence (A4).

    Raises `CannotRegister`.
    """
    member, cell = lock_member(member), lock_unit(cell)
    refuse_if(assigning_blockers(member=member, cell=cell, on=on), CannotRegister)
    return change_cell(member=member, to=cell, on=on, kind=RESIDENCE)


def assigning_blockers(*, member: Member, cell: Unit, on: date) -> Iterator[Blocker]:
    """What keeps a resident out of the street cell, beside what keeps him or her out of any."""
    held = _held(member, RESIDENCE, on)
    if held is None:
        yield _not_a_resident(member)
    elif cell.kind != Kind.STREET_CELL or cell.parent_id != _district_of(held.unit).pk:
        reason = _("%(cell)s is no street cell of %(district)s, where %(member)s is registered.")
        values = {"cell": cell, "district": _district_of(held.unit), "member": member}
        yield Blocker(reason % values, "A4")


@recorded("take-back")
def take_back(*, member: Member, on: date) -> Registration:
    """Take a resident back from a street cell to its district or local group (A4).

    Raises `CannotRegister`.
    """
    member = lock_member(member)
    held = _held(member, RESIDENCE, on)
    if held is None:
        raise CannotRegister(_not_a_resident(member))
    if held.unit.kind != Kind.STREET_CELL:
        reason = _("%(member)s is assigned to no street cell on that day.")
        raise CannotRegister(Blocker(reason % {"member": member}, "A4"))
    return change_cell(member=member, to=_district_of(held.unit), on=on, kind=RESIDENCE)


def _held(member: Member, kind: str, on: date) -> Registration | None:
    held = member.registrations.filter(kind=kind).in_force(on)
    return held.select_related("unit__parent").first()


def _district_of(unit: Unit) -> Unit:
    return unit.parent if unit.kind == Kind.STREET_CELL and unit.parent else unit


def _not_a_resident(member: Member) -> Blocker:
    reason = _("%(member)s is not registered as a resident on that day.")
    return Blocker(reason % {"member": member}, "A4")
