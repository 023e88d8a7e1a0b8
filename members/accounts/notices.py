"""What the account has to tell its member on the first page."""

from collections.abc import Iterable
from typing import cast

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
