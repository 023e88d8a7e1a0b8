"""Who has to show a second factor, and whether the session has seen one."""

from typing import Any

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_asked(account: Any) -> bool:
    """Whether the account holds an office: a role on a unit, or the administrator's. No query."""
    return bool(
        getattr(account, "holds_office", False)
        or getattr(account, "is_staff", False)
        or getattr(account, "is_superuser", False)
    )


def has_shown(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor; a passkey counts as both. No query."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def note_added(request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    """Whoever has just set a factor up has shown it."""
    if authenticator.type in FACTORS and request.user == user:
        kind = authenticator.type
        record_authentication(request, user, "mfa", id=authenticator.pk, type=kind)


def note_removed(request: HttpRequest, user: Any, **_: Any) -> None:
    """With the last factor goes what the session has shown of it."""
    if Authenticator.objects.filter(user=user, type__in=FACTORS).exists():
        return
    records = get_authentication_records(request, user)
    kept = [record for record in records if record.get("method") != "mfa"]
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept


def is_switched_off() -> bool:
    """Whether this installation asks nobody for a second factor: a town of made-up people."""
    return not settings.SECOND_FACTOR
