"""What the pages of accounts ask."""

from typing import Any

from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django.http import HttpRequest
from fido2.utils import websafe_decode

from members.accounts.adapter import account_of_handle
from members.accounts.mails import send_password_link
from members.models import Account


class PasskeyForm(LoginWebAuthnForm):
    """A login with a passkey, which names the account by its handle."""

    def clean_credential(self) -> Any:
        self.user = _account_in(self.cleaned_data["credential"])
        return super().clean_credential()


def _account_in(credential: Any) -> Account:
    try:
        handle = websafe_decode(credential["response"]["userHandle"]).decode()
    except (ValueError, TypeError, KeyError) as error:
        raise get_adapter().validation_error("incorrect_code") from error
    account = account_of_handle(handle)
    if account is None:
        raise get_adapter().validation_error("incorrect_code")
    return account


class ResetPasswordForm(AllauthResetPasswordForm):
    """The same answer in the same time, whether or not an account has the address.

    The e-mail is written in the background, and a task is given for an unknown address too.
    """

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        known = [user.pk for user in self.users if user.is_open]
        send_password_link.enqueue(known[0] if known else 0, request.build_absolute_uri("/"))
        return str(self.cleaned_data["email"])
