"""Erasing what names somebody who left (GDPR article 17): one act, and nothing comes back by it.

Names and all that reaches the person go, from the register, from the requests and from what the log
says of them. The number, the days and the units stay, and that he or she took part in votes, stood
and sat: they prove what was decided, and name nobody.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.log import Draft, note, recorded
from audit.models import Entry, EntryQuerySet
from audit.refusals import Blocker, Refused, refuse_if
from audit.striking import NAMED, strike
from members.door_models import AddressChange, FactorReset, Invitation
from members.logged import home_of
from members.models import Account, FormerNumber, Member, Request
from members.names import ERASED
from members.registrations import lock_member
from members.request_model import RequestQuerySet


class CannotErase(Refused):
    """Somebody whose data could not be erased."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased: whose number, and how many entries of the log were struck out."""

    number: int
    entries: int


Check = Callable[[Member, date], Iterable[Blocker]]
Forget = Callable[[Member], None]
_checks: list[Check] = []
_forgets: list[Forget] = []


def blocks_erasure(check: Check) -> Check:
    """Declare what else keeps somebody from being erased; used by the apps above."""
    _checks.append(check)
    return check


def forgets(forget: Forget) -> Forget:
    """Declare what else is erased of a member, in the same transaction; used by the apps above."""
    _forgets.append(forget)
    return forget


def erasing_blockers(member: Member, on: date) -> list[Blocker]:
    """All that keeps the member from being erased on the day `on`."""
    blockers = []
    if member.is_erased:
        blockers.append(Blocker(_("Number %(number)s is erased.") % {"number": member.pk}))
    if member.left is None or member.left > on:
        reason = _("Number %(number)s is a member; who left is erased.")
        blockers.append(Blocker(reason % {"number": member.pk}))
    waiting = member.requests.open().first()
    if waiting is not None:
        reason = _("Request %(request)s of number %(number)s waits for a decision.")
        blockers.append(Blocker(reason % {"request": waiting.pk, "number": member.pk}))
    return blockers + [blocker for check in _checks for blocker in check(member, on)]


@recorded("erase-member")
def erase_member(*, member: Member, on: date) -> Erasure:
    """Erase what names a person whose membership has ended. Raises `CannotErase`.

    Nothing of what goes is written to the log by it: rows are changed past it, and one entry tells
    that it was done.
    """
    member = lock_member(member)
    refuse_if(erasing_blockers(member, on), CannotErase)
    for forget in _forgets:
        forget(member)
    _close_accounts(member)
    empty_requests(member.requests.all())
    Member.objects.filter(pk=member.pk).update(
        family_name=ERASED,
        given_name="",
        born=None,
        email="",
        phone="",
        address="",
        locality=None,
        search="",
    )
    names = strike(entries_naming(member), on)
    _tell(names, key=str(member.pk), member=member.pk, act="erase-member")
    return Erasure(member.pk, len(names))


def _close_accounts(member: Member) -> None:
    """The account lets nobody in, and its name and address go; what it did stays under its key.

    What it got in by went when it was closed; what is left of that goes too.
    """
    name = f"erased-{member.pk}"
    Invitation.objects.filter(member=member).delete()
    for table in (AddressChange, FactorReset):
        table._default_manager.filter(account__member=member).delete()
    for table in (EmailAddress, Authenticator, UserSession):
        table._default_manager.filter(user__member=member).delete()
    Account.objects.filter(member=member.pk).update(
        username=name, email="", password=make_password(None), is_active=False
    )


def entries_naming(member: Member) -> EntryQuerySet:
    """The entries of the log that say something of the member, under former numbers too.

    With those of the same acts that are about nobody else. What an act on several people says in
    one sentence stays in the entries about the others.
    """
    former = FormerNumber.objects.filter(member=member).values_list("number", flat=True)
    numbers = [member.pk, *former]
    asked = [str(key) for key in member.requests.values_list("pk", flat=True)]
    of_member = Q(member__in=numbers) | Q(table="requests", key__in=asked)
    acts = Entry.objects.filter(of_member).order_by().values("act_id")
    return Entry.objects.get_queryset().filter(of_member | Q(member=None, act_id__in=acts))


# Requests -----------------------------------------------------------------------------------------


def empty_requests(requests: RequestQuerySet) -> None:
    """Erase what was written in decided requests, and who an applicant was."""
    requests.exclude(reason="").update(reason=ERASED)
    requests.exclude(decision_reason="").update(decision_reason=ERASED)
    requests.filter(kind=Request.Kind.ADMISSION).update(family_name=ERASED)
    requests.update(
        given_name="", born=None, email="", phone="", address="", locality=None, workplace=None
    )


@recorded("erase-requests")
def erase_requests(*, numbers: Iterable[int], on: date) -> Erasure:
    """Erase what was written in these decided requests, and what the log says of it."""
    rows = Request.objects.exclude(state=Request.State.ASKED).filter(pk__in=list(numbers))
    keys = [str(key) for key in rows.values_list("pk", flat=True)]
    empty_requests(rows)
    about = Entry.objects.get_queryset().filter(table="requests", key__in=keys)
    names = strike(about, on)
    _tell(names, key="", member=None, act="erase-requests", requests=len(keys))
    return Erasure(0, len(names))


def written_in(requests: RequestQuerySet) -> RequestQuerySet:
    """Those of the requests in which something stands that is erased in its time."""
    told = ~Q(reason__in=("", ERASED)) | ~Q(decision_reason__in=("", ERASED)) | ~Q(address="")
    person = Q(kind=Request.Kind.ADMISSION) & ~Q(family_name=ERASED)
    return requests.filter(told | person)


def _tell(names: list[str], *, key: str, member: int | None, act: str, **facts: int) -> None:
    """Log that it was done, and which entries were struck out; nothing of what stood there."""
    draft = Draft(
        what=Entry.What.REMOVED,
        table="log",
        key=key,
        member=member,
        unit=home_of(member),
        facts={NAMED: names, **facts},
    )
    note(draft, act=act)
