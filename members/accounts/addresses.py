"""A new address to log in with: the old one agrees to it, or a secretary asks for it.

Either way it holds once it has answered a link, so that nobody logs in with an address that he or
she does not read. The old one is told of what a secretary asks before the new one is written to.

What is asked for is answered alike whether or not another account has the address: that one gets no
e-mail, and nobody is told.
"""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from members.accounts.mails import send_address_link
from members.accounts.tokens import hash_of
from members.door_models import ADDRESS_HOLDS, AddressChange
from members.models import Account, Member

Stage = AddressChange.Stage


class CannotChangeAddress(Refused):
    """An address that was not changed."""


def is_free(address: str, *, but_of: Member | None = None) -> bool:
    """Whether no account logs in with the address, but for the member's own."""
    others = Account.objects.filter(email=Account.objects.normalize_email(address))
    return not (others.exclude(member=but_of) if but_of else others).exists()


@transaction.atomic
def ask_new_address(*, account: Account, address: str, origin: str) -> None:
    """Write to the account's old address for its word on the new one; to the new, if none is old.

    What was asked before is forgotten. A link is valid for two days.
    """
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    stage = Stage.OLD if account.email else Stage.NEW
    _expect(account, address, stage, origin)


def expect_address(*, account: Account, address: str, origin: str) -> None:
    """Write to the first address of a new account, which holds once it has answered."""
    _expect(account, address, Stage.NEW, origin)


@recorded("set-address")
def ask_address_by_office(*, account: Account, address: str, origin: str) -> None:
    """Write to the new address, which holds once it has answered; the old one is told first.

    The account keeps the moment, for the member to be told. Raises `CannotChangeAddress`.
    """
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    refuse_if(address_blockers(account, address), CannotChangeAddress)
    account.address_by_office = timezone.now()
    account.save(update_fields=["address_by_office"])
    _expect(account, address, Stage.NEW, origin, by_office=True)


@recorded("keep-address")
def keep_address(*, account: Account) -> None:
    """Let the account go on with the address that it has: no link leads to another one any more.

    What the office asked for is not told of any longer: whoever stopped it knows.
    """
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    stopped = AddressChange.objects.filter(account=account)
    if stopped.filter(by_office=True).exists():
        account.address_by_office = None
        account.save(update_fields=["address_by_office"])
    stopped.delete()


def _expect(
    account: Account, address: str, stage: str, origin: str, *, by_office: bool = False
) -> None:
    AddressChange.objects.filter(account=account).delete()
    change = AddressChange.objects.create(
        account=account,
        address=Account.objects.normalize_email(address),
        stage=stage,
        by_office=by_office,
        valid_until=timezone.now() + ADDRESS_HOLDS,
    )
    transaction.on_commit(lambda: send_address_link.enqueue(change.pk, origin))


def change_of(token: str) -> AddressChange | None:
    """The change that awaits this link; None for one that ran out, was used, or never was."""
    found = AddressChange.objects.filter(
        token_hash=hash_of(token), valid_until__gt=timezone.now(), account__is_active=True
    )
    return found.select_related("account").first()


@recorded("confirm-address")
def confirm_address(*, token: str, origin: str) -> AddressChange | None:
    """Take the word of the address to which the link went.

    That of the old one lets the new one be written to, and what is awaited then is answered; with
    that of the new one the address holds, and the answer is None. Raises `CannotChangeAddress`.
    """
    known = change_of(token)
    if known is not None:  # first, as by whoever asks for another one
        Account.objects.select_for_update(no_key=True).get(pk=known.account_id)
    change = known and AddressChange.objects.select_for_update().filter(pk=known.pk).first()
    if change is None or change.token_hash != hash_of(token):
        raise CannotChangeAddress(Blocker(_("This link is not valid, or was used already.")))
    if change.stage == Stage.OLD:
        change.stage, change.token_hash = Stage.NEW, ""
        change.valid_until = timezone.now() + ADDRESS_HOLDS
        change.save(update_fields=["stage", "token_hash", "valid_until"])
        transaction.on_commit(lambda: send_address_link.enqueue(change.pk, origin))
        return change
    set_address(account=change.account, address=change.address)
    change.delete()
    return None


@recorded("set-address")
def set_address(*, account: Account, address: str) -> Account:
    """Let the account log in with the address from now on. Raises `CannotChangeAddress`."""
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    refuse_if(address_blockers(account, address), CannotChangeAddress)
    account.email = Account.objects.normalize_email(address)
    account.save(update_fields=["email"])
    AddressChange.objects.filter(account=account).delete()
    return account


def address_blockers(account: Account, address: str) -> Iterator[Blocker]:
    """All that keeps the account from logging in with the address."""
    others: Any = Account.objects.filter(email=Account.objects.normalize_email(address))
    if others.exclude(pk=account.pk).exists():
        yield Blocker(_("This address cannot be used."))
