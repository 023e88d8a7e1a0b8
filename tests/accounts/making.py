"""One-time codes, passkeys' names and small offices for the tests of the door."""

import re
import time

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.urls import reverse

from districts.roles import grant_role
from tests import factories


def code_of(secret: str) -> str:
    """The code that an app with this key shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def with_codes(account) -> str:
    """Turn one-time codes on for the account; their key."""
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    return secret


def officer(role, unit, **fields):
    """Somebody who holds the role on the unit."""
    account = factories.account(**fields)
    grant_role(user=account, role=role, unit=unit)
    return account


def log_in(client, account, password="password", **given):
    """Send the login; the answer."""
    return client.post(reverse("login"), {"login": account.email, "password": password} | given)


def text_of(answer, *secrets: str) -> str:
    """The page without what differs by chance or was sent along."""
    shown = answer.content.decode()
    for secret in secrets:
        shown = shown.replace(secret, "")
    return re.sub(r'value="[^"]{40,}"', "", shown)
