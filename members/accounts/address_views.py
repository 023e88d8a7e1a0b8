"""A new address to log in with: asked for on one's own page, confirmed by a link."""

from typing import cast

from allauth.core.internal.ratelimit import consume_or_429
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audit.refusals import Refused
from members.accounts.addresses import (
    ask_new_address,
    change_of,
    confirm_address,
    keep_address,
)
from members.accounts.forms import AddressForm
from members.models import Account

_LIMIT = {"app": "allauth.account", "action": "manage_email"}


@never_cache
@require_http_methods(["GET", "POST"])
def new_address(request: HttpRequest) -> HttpResponse:
    """Ask for a new address: the answer is the same whether or not it can be used.

    Or stop what was asked for, by the account itself or by the office.
    """
    account = cast(Account, request.user)
    if "keep" in request.POST:
        keep_address(account=account)
        return redirect("mfa_index")
    form = AddressForm(request.POST or None, account=account)
    asked = False
    if request.method == "POST" and form.is_valid():
        too_many: HttpResponse | None = consume_or_429(request, **_LIMIT)
        if too_many is not None:
            return too_many
        origin = request.build_absolute_uri("/")
        ask_new_address(account=account, address=form.cleaned_data["email"], origin=origin)
        asked = True
    return render(request, "members/accounts/address.html", {"form": form, "asked": asked})


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def address_link(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of an e-mail about a new address leads; to look at it changes nothing."""
    too_many: HttpResponse | None = consume_or_429(
        request, app="allauth.account", action="signup", limit_get=True
    )
    if too_many is not None:
        return too_many
    context: dict[str, object] = {"change": change_of(token)}
    status = 200 if context["change"] else 404
    if request.method == "POST":
        try:
            awaited = confirm_address(token=token, origin=request.build_absolute_uri("/"))
            context["done"] = "new" if awaited else "all"
        except Refused:
            context["change"], status = None, 404
    return render(request, "members/accounts/address_link.html", context, status=status)
