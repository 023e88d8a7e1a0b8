"""A second factor that was lost: one secretary asks for the reset, another one does it."""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from districts.roles import CHANGE
from districts.scope import ground
from members.accounts.closing import end_sessions, forget_factors
from members.door_models import RESET_HOLDS, FactorReset
from members.models import Account, Member


class CannotReset(Refused):
    """A second factor that was not reset."""


def open_reset(account: Account) -> FactorReset | None:
    """What a first secretary asked for, as long as a second one can confirm it. One query."""
    asked = FactorReset.objects.filter(account=account, ended_at=None)
    return asked.filter(valid_until__gt=timezone.now()).select_related("asked_by").first()


def asking_blockers(account: Account, by: Any) -> Iterator[Blocker]:
    """All that keeps `by` from asking for the reset: one's own account, one of elsewhere."""
    yield from _about(account, by)
    if open_reset(account) is not None:
        yield Blocker(_("The reset was asked for already: another secretary confirms it."))
    if not Authenticator.objects.filter(user=account).exists():
        yield Blocker(_("%(account)s has no second factor.") % {"account": account})


def confirming_blockers(account: Account, by: Any) -> Iterator[Blocker]:
    """All that keeps `by` from confirming it: nobody asked, or it was he or she who did."""
    yield from _about(account, by)
    asked = open_reset(account)
    if asked is None:
        yield Blocker(_("Nobody has asked for this reset, or more than seven days ago."))
    elif asked.asked_by_id == by.pk:
        yield Blocker(_("You asked for this reset: another secretary confirms it."))


def _about(account: Account, by: Any) -> Iterator[Blocker]:
    if by.pk == account.pk:
        yield Blocker(_("Nobody resets a second factor of his or her own."))
    held = ground(by, CHANGE)
    if held.everywhere:
        return
    today = timezone.localdate()
    if account.is_superuser:
        yield Blocker(_("An administrator's second factor is reset by administrators."))
    mine = Member.objects.on_ground(held, today, among=[account.member_id or 0])
    if not mine.exists():
        yield Blocker(_("%(account)s is of another district.") % {"account": account})


@recorded("ask-factor-reset")
def ask_reset(*, account: Account, by: Any) -> FactorReset:
    """Ask for the reset; another secretary confirms it within a week. Raises `CannotReset`."""
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    refuse_if(asking_blockers(account, by), CannotReset)
    now = timezone.now()
    for old in FactorReset.objects.filter(account=account, ended_at=None):
        old.ended_at = now
        old.save(update_fields=["ended_at"])
    return FactorReset.objects.create(
        account=account, asked_by=by, asked_at=now, valid_until=now + RESET_HOLDS
    )


@recorded("confirm-factor-reset")
def confirm_reset(*, account: Account, by: Any) -> FactorReset:
    """Remove the account's second factors, and end its sessions: it sets them up anew.

    Raises `CannotReset`.
    """
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    refuse_if(confirming_blockers(account, by), CannotReset)
    reset = FactorReset.objects.get(account=account, ended_at=None)
    reset.confirmed_by, reset.ended_at = by, timezone.now()
    reset.save(update_fields=["confirmed_by", "ended_at"])
    forget_factors(account)
    end_sessions(account)
    return reset
