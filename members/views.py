"""The members' own page, and the way from the admin to the one login."""

from typing import cast

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members.models import Account
from members.portal import member_of, panels, waiting_for


@login_not_required
def admin_login(request: HttpRequest) -> HttpResponse:
    """Send whoever comes to the admin without a session to the login; turn others away.

    The admin sends here everybody who may not enter it.
    """
    if request.user.is_authenticated:
        if request.user.is_staff:
            return redirect("admin:index")
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", ""))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page: the office for its staff, everybody else's own page."""
    if cast(Account, request.user).is_staff:
        return redirect("admin:index")
    return my_page(request)


@require_safe
@never_cache
def my_page(request: HttpRequest) -> HttpResponse:
    """The member's own page, also for members who are staff. Constant queries."""
    member = member_of(request)
    context = {
        "member": member,
        "today": timezone.localdate(),
        "waiting": waiting_for(request, member) if member else (),
        "panels": panels(request),
    }
    return render(request, "members/home.html", context)
