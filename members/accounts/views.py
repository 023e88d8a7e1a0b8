"""The pages of the door that are the program's own; allauth has the others."""

from typing import Any, cast

from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from members.accounts.second_factor import FACTORS, has_shown, is_asked, is_switched_off
from members.models import Account


class SignIn(LoginView):
    """The one login, for members and secretaries alike."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_context_data(**kwargs)
        return known | {"is_demonstration": is_switched_off(), "joining": settings.JOINING}


sign_in = SignIn.as_view()


class RecoveryCodesPage(ViewRecoveryCodesView):
    """The recovery codes; whoever says that they are kept is not asked to keep them again."""

    def post(self, request: HttpRequest) -> HttpResponse:
        account = cast(Account, request.user)
        account.codes_to_keep = False
        account.save(update_fields=["codes_to_keep"])
        return redirect("home")


recovery_codes = RecoveryCodesPage.as_view()


@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """What an office is asked before anything else: to set a factor up, or to show it."""
    if has_shown(request) or not is_asked(request.user):
        return redirect("home")
    account = cast(Account, request.user)
    kinds = Authenticator.objects.filter(user=account).values_list("type", flat=True)
    context = {"kinds": set(kinds), "is_set_up": bool(set(kinds) & set(FACTORS))}
    return render(request, "members/accounts/second_factor.html", context)
