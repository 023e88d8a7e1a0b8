"""Admitting members, ending a membership, readmitting, and moving house."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from districts.models import Locality, Unit
from districts.roles import end_roles
from members.accounts.closing import close_account
from members.models import EarlierMembership, Member, Registration
from members.registrations import lock_member, lock_unit, placing_blockers
from members.residence import settle_residence


class CannotAdmit(Refused):
    """A person who could not be admitted or readmitted."""


class CannotEnd(Refused):
    """A membership that could not be ended."""


class CannotMoveHouse(Refused):
    """A change of address that could not be recorded."""


@recorded("admit-member")
def admit_member(
    *,
    family_name: str,
    joined: date,
    cell: Unit,
    given_name: str = "",
    born: date | None = None,
    email: str = "",
    phone: str = "",
    address: str = "",
    locality: Locality | None = None,
) -> Member:
    """Admit a person to `cell` and give him or her the next number. Raises `CannotAdmit`."""
    cell = lock_unit(cell)
    member = Member(
        family_name=family_name,
        given_name=given_name,
        born=born,
        email=email,
        phone=phone,
        address=address,
        locality=locality,
        joined=joined,
    )
    refuse_if(admission_blockers(member=member, cell=cell), CannotAdmit)
    member.save(force_insert=True)
    Registration.objects.create(member=member, unit=cell, since=joined)
    return member


def admission_blockers(*, member: Member, cell: Unit) -> list[Blocker]:
    """All that keeps an unsaved `member` from being admitted to `cell` (A1, A3)."""
    placing = placing_blockers(
        member=member, unit=cell, kind=Registration.Kind.HOME, on=member.joined
    )
    return [*field_blockers(member), *placing]


@recorded("end-membership")
def end_membership(*, member: Member, on: date, reason: str) -> Member:
    """End the membership, all registrations and all roles on the day `on`, and close the account.

    What was registered to begin on that day or later never takes effect and is struck out. Raises
    `CannotEnd`.
    """
    member = lock_member(member)
    refuse_if(ending_blockers(member, on), CannotEnd)
    member.left, member.left_reason = on, reason
    refuse_if(field_blockers(member), CannotEnd)
    member.save(update_fields=["left", "left_reason"])
    member.registrations.filter(since__gte=on).delete()
    for registration in member.registrations.not_ended(on):
        registration.until = on
        registration.save(update_fields=["until"])
    account = close_account(member=member, on=on)
    if account is not None:
        end_roles(account=account, on=on)
    return member


@recorded("readmit-member")
def readmit_member(*, member: Member, on: date, cell: Unit) -> Member:
    """Readmit somebody who left, under the old number; the earlier membership is kept.

    Raises `CannotAdmit`.
    """
    member, cell = lock_member(member), lock_unit(cell)
    if member.left is None or member.left > on:
        reason = _("%(member)s is a member on that day.")
        raise CannotAdmit(Blocker(reason % {"member": member}))
    if member.is_erased:
        raise CannotAdmit(Blocker(_("This person was erased; admit him or her anew.")))
    EarlierMembership.objects.create(
        member=member, since=member.joined, until=member.left, reason=member.left_reason
    )
    member.joined, member.left, member.left_reason = on, None, ""
    refuse_if(
        placing_blockers(member=member, unit=cell, kind=Registration.Kind.HOME, on=on), CannotAdmit
    )
    member.save(update_fields=["joined", "left", "left_reason"])
    Registration.objects.create(member=member, unit=cell, since=on)
    return member


@recorded("move-house")
def move_house(*, member: Member, address: str, locality: Locality | None, on: date) -> Member:
    """Record that the member has lived elsewhere since `on`, a day that has come.

    The registration of residence follows on that day: with the new district, or none (A4).
    Raises `CannotMoveHouse`.
    """
    member = lock_member(member)
    blockers = []
    if on > timezone.localdate():
        blockers.append(Blocker(_("A move is recorded when it has happened.")))
    member.address, member.locality = address, locality
    refuse_if([*blockers, *field_blockers(member)], CannotMoveHouse)
    member.save(update_fields=["address", "locality"])
    settle_residence(member=member, on=on)
    return member


def ending_blockers(member: Member, on: date) -> Iterator[Blocker]:
    """All that keeps the membership from ending on the day `on`."""
    today = timezone.localdate()
    if member.left is not None:
        reason = _("%(member)s left on %(day)s already.")
        if member.left > today:
            reason = _("%(member)s leaves on %(day)s: that is recorded already.")
        yield Blocker(reason % {"member": member, "day": day_in_words(member.left)})
    if on <= member.joined:
        reason = _("%(member)s joined on %(day)s only.")
        yield Blocker(reason % {"member": member, "day": day_in_words(member.joined)})
    # What began on the very day never held for a day; what held since would be lost without a word.
    begun = member.registrations.filter(since__gt=on, since__lte=today).first()
    if begun is not None:
        reason = _("A registration with %(unit)s began on %(day)s, after that day.")
        yield Blocker(reason % {"unit": begun.unit, "day": day_in_words(begun.since)}, "A1")
