"""What allauth asks the program: who may sign up, what counts as a fresh login, where keys live."""

from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.models import Account

FRESH = 300  # seconds for which a login counts as a proof of oneself


class Adapter(DefaultAccountAdapter):
    """Accounts come from invitations alone, and a closed one is answered like a wrong password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": lazy("The e-mail address or the password is not right."),
        "too_many_login_attempts": lazy("There were too many tries. Wait a few minutes."),
        "incorrect_password": lazy("The password is not right."),
        "enter_current_password": lazy("The present password is not right."),
        "invalid_password_reset": lazy("This link is not valid, or was used already."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.is_open else None

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        if not user.is_open:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A login of the last minutes is proof enough: nobody is asked twice in a row."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        records = get_authentication_records(self.request, self.request.user)
        since = timezone.now().timestamp() - FRESH
        return not any(record["at"] > since for record in records)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """The pages say themselves what was done; errors alone are told."""
        if message:
            super().add_message(request, level, message=message)


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: what they are called, and the secret name of an account in a passkey."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": lazy("This was not accepted. Try again."),
    }

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """Chance names the account in a passkey, so that nobody is told its number."""
        name = self._get_user_identifier(user)
        return {"id": user.handle.encode(), "display_name": name, "name": name}

    def build_totp_svg(self, url: str) -> str:
        return str(segno.make(url, error="m").svg_inline(scale=4, border=4, light="#fff"))

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.email or user.username)


def account_of_handle(handle: str) -> Account | None:
    """The account that a passkey names."""
    return Account.objects.filter(handle=handle).first()
