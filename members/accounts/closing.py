"""Closing an account: with the membership it ends, and all that it opened ends with it."""

from collections.abc import Callable
from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from audit.log import recorded
from members.accounts.inviting import revoke_invitations
from members.door_models import AddressChange, FactorReset
from members.models import Account, Member

Ending = Callable[[Member], None]
_endings: list[Ending] = []


def ends_with_account(ending: Ending) -> Ending:
    """Declare what ends together with a member's account, such as a calendar under a secret link.

    @ends_with_account
    def no_more_calendar(member: Member) -> None: ...
    """
    _endings.append(ending)
    return ending


@recorded("close-account")
def close_account(*, member: Member, on: date) -> Account | None:
    """Close the member's account from the day `on` and answer it; None if there is none.

    On a day that has come, its sessions, second factors, links and invitations end in the same
    transaction. On a later one it lets nobody in from that day, and the rest ends with that.
    """
    account = Account.objects.select_for_update(of=("self",)).filter(member=member).first()
    if on > timezone.localdate():
        if account is not None:
            account.closes_on = on
            account.save(update_fields=["closes_on"])
        return account
    revoke_invitations(member=member)
    for ending in _endings:
        ending(member)
    if account is not None:
        shut(account, on)
    return account


def close_accounts_of_who_left() -> None:
    """Close what is open of those whose membership ends, as a file brings it."""
    account = Q(account__is_active=True, account__closes_on=None)
    invited = Q(
        portal_invitations__isnull=False,
        portal_invitations__used_at=None,
        portal_invitations__revoked_at=None,
    )
    ending = Member.objects.exclude(left=None).filter(account | invited).distinct()
    for member in ending.order_by("number"):
        if member.left is not None:  # asked for above; for the types
            close_account(member=member, on=member.left)


def shut(account: Account, on: date) -> None:
    """Let the account let nobody in, and forget what it logged in with."""
    account.is_active, account.closes_on = False, on
    account.is_staff, account.holds_office = account.is_superuser, False
    account.set_unusable_password()
    account.save(update_fields=["is_active", "closes_on", "is_staff", "holds_office", "password"])
    AddressChange.objects.filter(account=account).delete()
    for reset in FactorReset.objects.filter(account=account, ended_at=None):
        reset.ended_at = timezone.now()
        reset.save(update_fields=["ended_at"])
    forget_factors(account)
    end_sessions(account)


def forget_factors(account: Account) -> None:
    """Remove all second factors, passkeys and recovery codes of the account."""
    for factor in Authenticator.objects.filter(user=account):
        factor.delete()
    EmailAddress.objects.filter(user=account).delete()  # the account's own address alone counts


def end_sessions(account: Account) -> None:
    """End every session of the account, also one that no list knows of."""
    account.sessions_ended += 1
    account.save(update_fields=["sessions_ended"])
    known = UserSession.objects.filter(user=account)
    Session.objects.filter(session_key__in=known.values("session_key")).delete()
    known.delete()
