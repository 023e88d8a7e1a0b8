"""The member's own requests: what can be asked, what was asked, and what became of it."""

import hashlib
import json
from collections.abc import Sequence
from typing import cast

from allauth.core.internal.ratelimit import consume_or_429
from django.contrib import messages
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.refusals import Blocker, Refused
from districts.acts import Text
from members.asking import Ask, asked_by_name, offered_to, take_back, told_of
from members.models import Account
from members.portal import own

MOST = 200  # requests on the page of one member
LOOK_UPS = {"look-up": "30/h/user"}  # of places and cells, in all forms together


@require_safe
@never_cache
def requests(request: HttpRequest) -> HttpResponse:
    """The member's requests with their states, and what can be asked. Constant queries."""
    member, today = own(request), timezone.localdate()
    rows = member.requests.select_related("unit", "cell", "workplace", "locality")
    asked = list(rows.order_by("-asked_on", "-number")[:MOST])
    context = {
        "open": [(row, told_of(row), row.is_overdue(today)) for row in asked if row.is_open],
        "decided": [(row, told_of(row)) for row in asked if not row.is_open],
        "offered": offered_to(member, today),
    }
    return render(request, "members/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """The form of one thing to ask for; sent once what follows from it has been seen."""
    member, today = own(request), timezone.localdate()
    declared = asked_by_name(name)
    if declared is None or not declared.applies_to(member, today):
        raise Http404
    posted = request.POST if request.method == "POST" else None
    too_many = _limited(request, declared)
    if too_many is not None:
        return too_many
    form = declared(posted, member=member, account=cast(Account, request.user))
    found = list(form.foreseen())
    if posted is None or found or not form.is_valid():
        return _page(request, form, found, status=422 if posted is not None else 200)
    try:
        if form.looked_at:
            foretold = list(form.foretold())
            seen = _seen(form, foretold)
            if "send" not in posted or posted.get("seen") != seen:
                return _page(request, form, foretold=foretold, seen=seen)
        messages.success(request, str(form.perform()))
    except Refused as refused:
        return _page(request, form, refused=list(refused.blockers), status=409)
    except (IntegrityError, OperationalError):
        again = _("Something was changed at the same moment. Please look again and repeat.")
        return _page(request, form, refused=[Blocker(again)], status=409)
    return redirect("requests")


def _limited(request: HttpRequest, declared: type[Ask]) -> HttpResponse | None:
    """Refuse an account that looks up too much: code after code it would have the whole list."""
    if request.method != "POST" or not declared.looks_up:
        return None
    answer: HttpResponse | None = consume_or_429(
        request, app="kartei", action="look-up", config=LOOK_UPS
    )
    return answer


def _seen(form: Ask, foretold: Sequence[tuple[str, Text]]) -> str:
    """What was filled in and what follows from it, so that nothing is sent that was not shown."""
    filled = sorted((name, str(value)) for name, value in form.cleaned_data.items())
    shown = [(article, str(text)) for article, text in foretold]
    return hashlib.sha256(json.dumps([filled, shown]).encode()).hexdigest()


def _page(
    request: HttpRequest,
    form: Ask,
    found: list[Blocker] | None = None,
    *,
    foretold: Sequence[tuple[str, Text]] | None = None,
    refused: list[Blocker] | None = None,
    seen: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "facts": list(form.facts()),
        "found": found,
        "foretold": foretold,
        "refused": refused,
        "seen": seen,
    }
    return render(request, "members/ask.html", context, status=status)


@require_POST
@never_cache
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take back an own request; somebody else's is not there."""
    asked = get_object_or_404(own(request).requests, number=number)
    try:
        take_back(request=asked, on=timezone.localdate(), by=cast(Account, request.user))
    except Refused as refused:
        messages.error(request, " ".join(str(blocker) for blocker in refused.blockers))
    else:
        told = _("Taken back: %(what)s. It can be asked again at any time.")
        messages.success(request, told % {"what": asked.get_kind_display()})
    return redirect("requests")
