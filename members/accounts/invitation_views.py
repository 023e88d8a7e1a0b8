"""From an invitation to an account: the link, the code of a letter, and the choice of a way in."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.internal.ratelimit import consume_or_429
from allauth.mfa.webauthn.internal import auth
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from audit.refusals import Refused
from members.account_model import new_handle
from members.accounts.forms import AcceptForm, CodeForm
from members.accounts.inviting import (
    accept_invitation,
    address_for,
    passkey_of,
    valid_invitation,
)
from members.accounts.tokens import hash_of
from members.door_models import Invitation
from members.models import Account

_INVITATION, _HANDLE = "invitation", "invitation_handle"


@never_cache
@login_not_required
def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link leads: the token goes into the session and out of the address, unused."""
    return _begin(request, token) or _not_valid(request)


def _begin(request: HttpRequest, token: str) -> HttpResponse | None:
    """Go on with a valid token; None for one that is none, whatever became of it."""
    too_many: HttpResponse | None = consume_or_429(
        request, app="allauth.account", action="signup", limit_get=True
    )
    if too_many is not None:
        return too_many
    if request.user.is_authenticated:
        return redirect("home")
    token_hash = hash_of(token)
    if valid_invitation(token_hash) is None:
        return None
    request.session[_INVITATION], request.session[_HANDLE] = token_hash, new_handle()
    return redirect("invitation")


def _not_valid(request: HttpRequest) -> HttpResponse:
    return render(request, "members/accounts/invitation_not_valid.html", status=404)


@method_decorator([never_cache, login_not_required], name="dispatch")
class InvitationView(View):
    """The choice between a passkey and a password; before it the code, where no link was opened."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            return redirect("home")
        self.token_hash = request.session.get(_INVITATION, "")
        self.invitation = valid_invitation(self.token_hash) if self.token_hash else None
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.invitation is None:
            return self._ask_code(request, CodeForm())
        return self._page(request, self.invitation, AcceptForm(known=self._known(self.invitation)))

    def _ask_code(self, request: HttpRequest, form: CodeForm, status: int = 200) -> HttpResponse:
        page = "members/accounts/invitation_code.html"
        return render(request, page, {"form": form}, status=status)

    def _take_code(self, request: HttpRequest) -> HttpResponse:
        """Go on with the code of a letter, or ask for it again: it may be mistyped.

        What is wrong with it is not told, so that nobody learns which codes there were.
        """
        form = CodeForm(request.POST)
        if form.is_valid():
            begun = _begin(request, form.cleaned_data["code"])
            if begun is not None:
                return begun
            form.add_error("code", _("This code is not valid. Compare it with the letter."))
        return self._ask_code(request, form, status=422)

    def post(self, request: HttpRequest) -> HttpResponse:
        if "code" in request.POST:
            return self._take_code(request)
        if self.invitation is None:
            return _not_valid(request)
        form = AcceptForm(request.POST, known=self._known(self.invitation))
        if not form.is_valid():
            return self._page(request, self.invitation, form)
        try:
            account = self._accept(request, form)
        except (Refused, IntegrityError):  # somebody was faster, with the link or the address
            return _not_valid(request)
        return _let_in(request, account, by_passkey=form.cleaned_data["credential"] is not None)

    def _known(self, invitation: Invitation) -> str:
        return address_for(invitation.member)

    def _page(self, request: HttpRequest, invitation: Invitation, form: AcceptForm) -> HttpResponse:
        nobody_yet = Account(
            handle=request.session[_HANDLE],
            email=form.known,
            username=str(invitation.member.pk),
        )
        options = auth.begin_registration(nobody_yet, passwordless=True)
        context = {
            "form": form,
            "member": invitation.member,
            "js_data": {"creation_options": options},
        }
        return render(request, "members/accounts/invitation.html", context)

    def _accept(self, request: HttpRequest, form: AcceptForm) -> Account:
        given = form.cleaned_data
        return accept_invitation(
            token_hash=self.token_hash,
            handle=request.session[_HANDLE],
            origin=request.build_absolute_uri("/"),
            address=given.get("email", ""),
            password=given["password"] or None,
            passkey=given["credential"],
        )


def _let_in(request: HttpRequest, account: Account, *, by_passkey: bool) -> HttpResponse:
    """Log the new account in; a passkey counts as both factors."""
    for name in (_INVITATION, _HANDLE):
        request.session.pop(name, None)
    made = passkey_of(account) if by_passkey else None
    if made is not None:
        record_authentication(
            request, account, "mfa", id=made.pk, type=made.type, passwordless=True
        )
    else:
        record_authentication(request, account, "password")
    # Whose address has still to answer is told so on the page of the account.
    first = reverse("home") if account.email else reverse("mfa_index")
    answer: HttpResponse = perform_login(request, Login(user=account, redirect_url=first))
    return answer
