"""What the account has to tell its member on the first page."""

from collections.abc import Iterable
from typing import cast

from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from members.models import Account, Member
from members.portal import Waiting, waits


@waits(order=5)
def address_by_office(request: HttpRequest, member: Member) -> Iterable[Waiting]:
    """That the office asked for another address to log in with; for thirty days. No query."""
    at = cast(Account, request.user).told_address_by_office
    if at is not None:
        day = day_in_words(timezone.localdate(at))
        text = _("On %(day)s the office asked for another address for your login: is that right?")
        yield Waiting(text % {"day": day}, reverse("mfa_index"))


@waits(order=6)
def codes_to_keep(request: HttpRequest, member: Member) -> Iterable[Waiting]:
    """That recovery codes came with the passkey. One query, until they are kept."""
    account = cast(Account, request.user)
    if not account.codes_to_keep:
        return
    kind = Authenticator.Type.RECOVERY_CODES
    if Authenticator.objects.filter(user=account, type=kind).exists():
        text = _("Keep your recovery codes: they let you in if the passkey is lost.")
        yield Waiting(text, reverse("mfa_view_recovery_codes"))
