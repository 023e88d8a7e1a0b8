"""Registering members with units and changing their cells: each one act in one transaction.

Each locks the member and then the unit, so that two acts on one person follow each other and no
unit is dissolved under somebody's feet.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from districts.kinds import CELLS, LEADERS_OF_CELLS, Kind
from districts.models import Unit
from districts.units import blocks_dissolution
from members.models import FormerNumber, Member, Registration
from members.residence import settle_residence

HOME, RESIDENCE = Registration.Kind.HOME, Registration.Kind.RESIDENCE
# Where a member may be registered in each capacity (A1, A3, A4).
LAWFUL_UNITS: dict[str, frozenset[str]] = {
    HOME: CELLS,
    RESIDENCE: LEADERS_OF_CELLS | {Kind.STREET_CELL},
}
ARTICLES: dict[str, str] = {HOME: "A1", RESIDENCE: "A4"}


class CannotRegister(Refused):
    """A registration that could not be made, changed or ended."""


class MergedAway(Refused):
    """A member who goes on under another number, as whom he or she was registered too."""


def lock_member(member: Member) -> Member:
    """The member afresh, locked to the end of the transaction.

    Raises `MergedAway` where two numbers were merged since `member` was read.
    """
    rows = Member.objects.select_for_update(no_key=True, of=("self",))
    locked = rows.filter(pk=member.pk).first()
    if locked is None:
        raise MergedAway(merged_away(member.pk))
    return locked


def merged_away(number: int) -> Blocker:
    """What to say of a number that is nobody's any more."""
    former = FormerNumber.objects.filter(number=number).select_related("member").first()
    if former is None:
        return Blocker(_("There is no member with the number %(number)s.") % {"number": number})
    reason = _("The number %(number)s was merged into another: look for %(member)s.")
    return Blocker(reason % {"number": number, "member": former.member})


def lock_unit(unit: Unit) -> Unit:
    """The unit afresh, locked so that it is not dissolved before the transaction ends."""
    locked: Unit = Unit.objects.select_for_update(no_key=True, of=("self",)).get(pk=unit.pk)
    return locked


@recorded("register-member")
def register_member(
    *, member: Member, unit: Unit, since: date, kind: str = Registration.Kind.HOME
) -> Registration:
    """Register a member who has no registration of this kind from `since` on.

    Raises `CannotRegister` (A1, A3, A4): wrong kind of unit, a unit not open, a registration that
    stands, a member who is not one on that day.
    """
    member, unit = lock_member(member), lock_unit(unit)
    blockers = [*placing_blockers(member=member, unit=unit, kind=kind, on=since)]
    standing = member.registrations.filter(kind=kind).not_ended(since).first()
    if standing is not None:
        blockers.append(Blocker(_stands(standing), ARTICLES[kind]))
    refuse_if(blockers, CannotRegister)
    return Registration.objects.create(member=member, unit=unit, kind=kind, since=since)


@recorded("change-cell")
def change_cell(
    *, member: Member, to: Unit, on: date, kind: str = Registration.Kind.HOME
) -> Registration:
    """End the member's registration of this kind on `on` and open one with `to` on the same day.

    A registration that began on that very day never held for a day: it is struck out. With the home
    the registration of residence is settled (A4). Raises `CannotRegister`.
    """
    member, to = lock_member(member), lock_unit(to)
    old = member.registrations.filter(kind=kind).in_force(on).select_related("unit").first()
    blockers = [
        *placing_blockers(member=member, unit=to, kind=kind, on=on),
        *leaving_blockers(member, old, to, kind, on),
    ]
    if blockers or old is None:
        raise CannotRegister(*blockers)
    until = old.until
    if old.since == on:
        old.delete()
    else:
        old.until = on
        old.save(update_fields=["until"])
    new = Registration.objects.create(member=member, unit=to, kind=kind, since=on, until=until)
    if kind == HOME:
        settle_residence(member=member, on=on)
    return new


@recorded("end-registration")
def end_registration(*, registration: Registration, on: date) -> Registration:
    """End one registration on the day `on`. Raises `CannotRegister`."""
    lock_member(registration.member)
    registration = Registration.objects.get(pk=registration.pk)
    refuse_if(_ending_blockers(registration, on), CannotRegister)
    registration.until = on
    registration.save(update_fields=["until"])
    return registration


HomeCheck = Callable[[Member, Unit, date], Iterable[Blocker]]
_home_checks: list[HomeCheck] = []


def keeps_at_home(check: HomeCheck) -> HomeCheck:
    """Declare what keeps a member in the home cell until a request is granted.

    `check(member, to, on)` is asked where a secretary changes the home by hand; used by apps above.
    """
    _home_checks.append(check)
    return check


def home_blockers(*, member: Member, to: Unit, on: date) -> Iterator[Blocker]:
    """All for which the home changes to `to` by a granted request alone, and not by hand (A6)."""
    for check in _home_checks:
        yield from check(member, to, on)


def placing_blockers(*, member: Member, unit: Unit, kind: str, on: date) -> Iterator[Blocker]:
    """All that keeps `member` out of `unit` in this capacity on the day `on` (A1, A3, A4)."""
    if unit.kind not in LAWFUL_UNITS[kind]:
        if kind == HOME:
            yield Blocker(_("%(unit)s is no cell.") % {"unit": unit}, ARTICLES[kind])
        else:
            reason = _("%(unit)s is neither a district, a local group nor a street cell.")
            yield Blocker(reason % {"unit": unit}, ARTICLES[kind])
    if not unit.is_open(on):
        yield Blocker(_("%(unit)s is not open on that day.") % {"unit": unit}, ARTICLES[kind])
    if not member.is_present(on):
        yield Blocker(_("%(member)s is not a member on that day.") % {"member": member})


def leaving_blockers(
    member: Member, old: Registration | None, to: Unit, kind: str, on: date
) -> Iterator[Blocker]:
    """All that keeps `member` from going over from `old` to `to` on the day `on` (A1, A4)."""
    if old is None:
        reason = _("%(member)s has no such registration on that day; register first.")
        yield Blocker(reason % {"member": member}, ARTICLES[kind])
        return
    if old.unit_id == to.pk:
        yield Blocker(_("%(member)s is registered there already.") % {"member": member})
    later = member.registrations.filter(kind=kind, since__gt=on).order_by("since").first()
    if later is not None:
        yield Blocker(_stands(later), ARTICLES[kind])


def _ending_blockers(registration: Registration, on: date) -> Iterator[Blocker]:
    if registration.until is not None and registration.until <= on:
        reason = _("This registration ended on %(day)s already.")
        yield Blocker(reason % {"day": day_in_words(registration.until)})
    if on <= registration.since:
        reason = _("This registration began on %(day)s only.")
        yield Blocker(reason % {"day": day_in_words(registration.since)})


def _stands(registration: Registration) -> str:
    return _("A registration of this kind with %(unit)s holds from %(day)s.") % {
        "unit": registration.unit,
        "day": day_in_words(registration.since),
    }


@blocks_dissolution
def registrations_block_dissolution(unit: Unit, on: date) -> Iterator[Blocker]:
    """A unit that still holds members cannot be dissolved (A1)."""
    held = Registration.objects.filter(unit=unit).not_ended(on).count()
    if held:
        reason = _("%(unit)s still has open registrations: %(number)s.")
        yield Blocker(reason % {"unit": unit, "number": held}, "A1")
