"""The door: pages are for those who have logged in, and for an office with a second factor."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRefresh

from members.accounts.second_factor import has_shown, is_asked

# What leads to a second factor, and the way out.
OPEN_BEFORE = frozenset(
    (
        *("second-factor", "logout", "account_logout", "admin:logout", "account_reauthenticate"),
        *("mfa_activate_totp", "mfa_add_webauthn"),
        *("mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    )
)


class Door(LoginRequiredMiddleware):
    """Send whoever has not logged in to the login, and an office without its factor to that.

    It looks at the account and the session, which the request has read already: no query.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> Any:
        answer = self._sent_to(request, view_func, view_args, view_kwargs)
        if answer is not None and "HX-Request" in request.headers:
            return HttpResponseClientRefresh()  # the login is a page, not a part of one
        return answer

    def _sent_to(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> Any:
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        user = request.user
        if answer is not None or not is_asked(user) or not settings.SECOND_FACTOR:
            return answer
        match = request.resolver_match
        is_open = not getattr(view_func, "login_required", True)
        if is_open or (match and match.view_name in OPEN_BEFORE) or has_shown(request):
            return None
        return HttpResponseRedirect(reverse("second-factor"))
