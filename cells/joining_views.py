"""The public pages: asking to be admitted, and following the application under its link."""

from contextlib import suppress
from hashlib import sha256
from typing import Any

from allauth.core.internal.ratelimit import consume_or_429, get_ip
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.log import acting
from audit.refusals import Refused
from cells.joining import (
    apply_for_admission,
    ends_on,
    followed_by,
    unit_of_place,
    withdraw_application,
)
from cells.joining_forms import MOST_SECONDS, JoinForm, new_stamp
from districts.veil import sees_into
from members.accounts.tokens import new_token
from members.models import Request
from members.periods import retention

RATE = {"join": "5/h/key"}  # applications from one address of a client and hour


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def join(request: HttpRequest) -> HttpResponse:
    """The form; what it answers does not depend on whom the register knows."""
    if not settings.JOINING:
        raise Http404
    form = JoinForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _form(request, form, status=422 if form.is_bound else 200)
    too_many = _limited(request)
    if too_many is not None:
        return too_many
    if form.is_of_a_program:
        return _sent(request, new_token())
    # The same form is kept once, however often it is sent.
    digest = sha256(form.nonce.encode()).hexdigest()
    if not cache.add(f"join:{digest}", 1, MOST_SECONDS):
        return _sent(request, "")
    try:
        origin = request.build_absolute_uri("/")
        with acting(_("public form")):
            token = apply_for_admission(on=timezone.localdate(), origin=origin, **form.given())
    except Refused as refused:
        for blocker in refused.blockers:
            form.add_error(None, str(blocker))
        return _form(request, form, status=409)
    return _sent(request, token)


def _limited(request: HttpRequest) -> HttpResponse | None:
    """Refuse what comes from one address too often; its keyed digest alone is counted by."""
    key = salted_hmac("kartei.join", get_ip(request), algorithm="sha256").hexdigest()
    answer: HttpResponse | None = consume_or_429(
        request, app="kartei", action="join", config=RATE, key=key
    )
    return answer


def _form(request: HttpRequest, form: JoinForm, status: int) -> HttpResponse:
    context = {"form": form, "stamp": new_stamp(), "periods": retention()}
    return render(request, "cells/join.html", context, status=status)


def _sent(request: HttpRequest, token: str) -> HttpResponse:
    return render(request, "cells/join_sent.html", {"token": token})


def _followed(token: str) -> Request:
    """The application of the link; one that never was or has ended is answered alike."""
    asked = followed_by(token)
    if asked is None:
        raise Http404
    return asked


@login_not_required
@never_cache
@require_safe
def application(request: HttpRequest, token: str) -> HttpResponse:
    """How the application stands. It names nobody: the link may come into other hands (A14)."""
    asked = _followed(token)
    return render(request, "cells/application.html", _standing(asked, token))


def _standing(asked: Request, token: str) -> dict[str, Any]:
    """How it stands. Until somebody is admitted nothing here follows from the workplace.

    Who decides would say whether a workplace is in the register, and where: whom to reach follows
    from the residence alone, which whoever applied has told.
    """
    admitted = asked.state == Request.State.GRANTED
    near = asked.unit if admitted else unit_of_place(None, asked.locality)
    return {
        "asked": asked,
        "token": token,
        "cell": asked.cell if admitted and asked.cell and sees_into(asked.cell) else None,
        "contact": near.contact if near and sees_into(near) else "",
        "ends_on": ends_on(asked),
        "overdue": asked.is_overdue(timezone.localdate()),
    }


@login_not_required
@never_cache
@require_POST
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Take the application back."""
    asked = _followed(token)
    # Decided meanwhile: the page says how.
    with suppress(Refused), acting(_("link of the application")):
        withdraw_application(asked=asked, on=timezone.localdate())
    return redirect("application", token=token)
