"""What the pages of accounts ask."""

from typing import Any

from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy
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


class Coded:
    """A form that asks for a code to log in, which is called otherwise than a unit's code."""

    fields: dict[str, Any]
    label: Any = pgettext_lazy("to log in", "Code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = self.label
        del self.fields["code"].widget.attrs["placeholder"]  # it said the label once more


class CodeOrRecoveryForm(Coded, AuthenticateForm):
    """The second factor after the password."""


class CodeAgainForm(Coded, ReauthenticateForm):
    """The second factor once more, before something is changed."""


class ActivateCodesForm(Coded, ActivateTOTPForm):
    """The first code of an app."""

    label = lazy("Code that the app shows")


class ResetPasswordForm(AllauthResetPasswordForm):
    """The same answer in the same time, whether or not an account has the address.

    The e-mail is written in the background, and a task is given for an unknown address too.
    """

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        known = [user.pk for user in self.users if user.is_open]
        send_password_link.enqueue(known[0] if known else 0, request.build_absolute_uri("/"))
        return str(self.cleaned_data["email"])


class CodeForm(forms.Form):
    """The code of a letter."""

    code = forms.CharField(
        label=pgettext_lazy("of a letter", "Code"),
        max_length=60,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class AcceptForm(forms.Form):
    """What makes an account: the address, if the register has none, and a passkey or a password."""

    email = forms.EmailField(
        label=lazy("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=lazy("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, known: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        if known:
            del self.fields["email"]

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if password:
            validate_password(password, Account(email=self.known or self.data.get("email", "")))
        return password

    def clean_credential(self) -> Any:
        """The passkey as the browser made it, if it is the one that was asked for."""
        credential = self.cleaned_data["credential"]
        if not credential:
            return None
        auth.parse_registration_response(credential)
        if not auth.complete_registration(credential).is_user_verified():
            raise get_adapter().validation_error("incorrect_code")
        return credential

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not given.get("password") and not given.get("credential"):
            self.add_error("password", _("Create a passkey, or choose a password."))
        return given


class AddressForm(forms.Form):
    """A new address to log in with."""

    email = forms.EmailField(
        label=lazy("New e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_email(self) -> str:
        address = str(Account.objects.normalize_email(self.cleaned_data["email"]))
        if address == self.account.email:
            raise forms.ValidationError(_("This is your address already."))
        return address
