"""Inviting a member to an account, and making the account from the invitation."""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from members.accounts.addresses import expect_address, is_free
from members.accounts.mails import send_invitation
from members.accounts.tokens import hash_of, new_token
from members.door_models import INVITATION_HOLDS, Invitation
from members.models import Account, Member
from members.registrations import lock_member


class CannotInvite(Refused):
    """An invitation that was not made."""


class CannotAccept(Refused):
    """An invitation that lets nobody in: used, run out, revoked, or never made."""


def invitation_blockers(member: Member, way: str) -> Iterator[Blocker]:
    """All that keeps the member from being invited: no member, an account already, no address."""
    if not member.is_present(timezone.localdate()):
        yield Blocker(_("%(member)s is no member at present.") % {"member": member})
    account = Account.objects.filter(member=member).first()
    if account is not None and account.is_open:
        yield Blocker(_("%(member)s has an account already.") % {"member": member})
    if way != Invitation.Way.MAIL:
        return
    if not member.email:
        reason = _("%(member)s has no e-mail address in the register: print a letter.")
        yield Blocker(reason % {"member": member})
    elif not is_free(member.email, but_of=member):
        reason = _("Another account logs in with the e-mail address of %(member)s.")
        yield Blocker(reason % {"member": member})


@recorded("invite-to-portal")
def invite_to_portal(*, member: Member, way: str, by: Any, origin: str = "") -> Invitation:
    """Invite the member to an account, by e-mail or by letter; an earlier invitation is revoked.

    The e-mail is written in the background, with a link below `origin`; the letter's code is made
    when it is printed. Raises `CannotInvite`.
    """
    member = lock_member(member)
    refuse_if(invitation_blockers(member, way), CannotInvite)
    revoke_invitations(member=member)
    now = timezone.now()
    made = Invitation.objects.create(
        member=member, way=way, made_by=by, made_at=now, valid_until=now + INVITATION_HOLDS
    )
    if way == Invitation.Way.MAIL:
        transaction.on_commit(lambda: send_invitation.enqueue(made.pk, origin))
    return made


@recorded("revoke-invitation")
def revoke_invitations(*, member: Member) -> None:
    """Let the member's open invitation lead nowhere."""
    for old in Invitation.objects.open().filter(member=member):
        old.revoked_at = timezone.now()
        old.save(update_fields=["revoked_at"])


@transaction.atomic
def print_token(invitation: Invitation) -> str:
    """Make the code of a letter; one that was printed before is no longer valid.

    Raises `CannotInvite` if the invitation is not open any more.
    """
    locked = Invitation.objects.valid(timezone.now()).select_for_update()
    known = locked.filter(pk=invitation.pk, way=Invitation.Way.LETTER).first()
    if known is None:
        raise CannotInvite(Blocker(_("This invitation is no longer open: make another one.")))
    token = new_token()
    known.token_hash = hash_of(token)
    known.save(update_fields=["token_hash"])
    return token


def valid_invitation(token_hash: str) -> Invitation | None:
    """The invitation with this hash, if it lets somebody in now. One query."""
    found = Invitation.objects.valid(timezone.now()).filter(token_hash=token_hash)
    return found.select_related("member").first()


def address_for(member: Member) -> str:
    """The address with which the member will log in; empty where one is still to be told."""
    address = str(Account.objects.normalize_email(member.email))
    return address if address and is_free(address, but_of=member) else ""


@recorded("accept-invitation")
def accept_invitation(
    *,
    token_hash: str,
    handle: str,
    origin: str,
    address: str = "",
    password: str | None = None,
    passkey: dict[str, Any] | None = None,
) -> Account:
    """Make the member's account, or open the closed one again; the invitation is used up by it.

    It lets in with a password, or with a passkey whose `handle` names the account and with which
    come recovery codes. An `address` that the register does not know is written to before it holds.
    Raises `CannotAccept`.
    """
    not_valid = CannotAccept(Blocker(_("This invitation is not valid.")))
    known = valid_invitation(token_hash)
    if known is None:
        raise not_valid
    member = lock_member(known.member)  # first, as by everybody who ends or renews an invitation
    locked = Invitation.objects.select_for_update().valid(timezone.now())
    invitation = locked.filter(token_hash=token_hash).first()
    if invitation is None:
        raise not_valid
    refuse_if(invitation_blockers(member, Invitation.Way.LETTER), CannotAccept)
    account = Account.objects.filter(member=member).first()
    if account is None:
        account = Account(member=member, username=_name_for(member))
    registered = address_for(member)
    account.is_active, account.closes_on, account.handle = True, None, handle
    account.email, account.codes_to_keep = registered, passkey is not None
    account.set_password(password)  # one that lets nobody in where there is none
    account.save()
    Authenticator.objects.filter(user=account).delete()  # of an earlier membership
    if passkey is not None:
        kind = Authenticator.Type.WEBAUTHN
        WebAuthn.add(account, get_adapter().generate_authenticator_name(account, kind), passkey)
        RecoveryCodes.activate(account)
    if not registered:
        expect_address(account=account, address=address, origin=origin)
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    return account


def _name_for(member: Member) -> str:
    """What lists and the log call the account: the member's number, which is no name (A14)."""
    name = f"member-{member.pk}"
    while Account.objects.filter(username=name).exists():
        name += "-x"
    return name


def passkey_of(account: Account) -> Authenticator | None:
    """The passkey with which the account was made."""
    kind = Authenticator.Type.WEBAUTHN
    return Authenticator.objects.filter(user=account, type=kind).order_by("pk").last()
