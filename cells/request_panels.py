"""Requests on the first page and on a member's page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cells.request_acts import granted_by
from districts.panels import Panel, Waiting, declare_panel, declare_waiting
from districts.roles import CHANGE
from districts.scope import ground_of, holds_any
from districts.sections import Section, declare_section
from members.models import Member, Request
from members.timeline import request_in_words
from members.veil import look_up

MOST = 5  # requests that stand on the first page itself


def _list(state: str = "") -> str:
    address = reverse("admin:members_request_changelist")
    return f"{address}?state={state}" if state else address


def _act(asked: Request, act: str) -> str:
    return reverse("admin:members_request_act", args=[asked.pk, act])


def grant_address(asked: Request) -> str:
    """The page on which the request is granted."""
    return _act(asked, granted_by(asked).name)


def _to_decide(request: HttpRequest) -> Mapping[str, Any] | None:
    """The most urgent of the requests that the user decides, each with both decisions."""
    ground = ground_of(request, CHANGE)
    if not holds_any(ground):
        return None
    waiting = Request.objects.on_ground(ground).open().select_related("member", "unit", "cell")
    found = list(waiting.order_by("due_on", "number")[: MOST + 1])
    if not found:
        return None
    look_up(asked.member_id for asked in found if asked.member_id)
    today = timezone.localdate()
    return {
        "requests": [
            {
                "who": asked.applicant,
                "what": request_in_words(asked),
                "article": asked.article,
                "due": asked.due_on,
                "overdue": asked.is_overdue(today),
                "address": reverse("admin:members_request_change", args=[asked.pk]),
                "grant": grant_address(asked),
                "refuse": _act(asked, "refuse"),
            }
            for asked in found[:MOST]
        ],
        "more": _list() if len(found) > MOST else "",
    }


def _of_member(request: HttpRequest, member: Any) -> Mapping[str, Any] | None:
    """What the member has asked for, as far as the user may know it; left out if nothing."""
    if not member.seen_requests:
        return None
    ground, today = ground_of(request), timezone.localdate()
    rows = []
    for asked in member.seen_requests:
        unit = asked.unit
        mine = ground.has(unit.tree_id, unit.lft) if unit else ground.everywhere
        rows.append(
            {
                "asked": asked,
                "because": "" if member.is_veiled else asked.decision_reason,
                "what": request_in_words(asked),
                "overdue": asked.is_overdue(today),
                "address": reverse("admin:members_request_change", args=[asked.pk]) if mine else "",
            }
        )
    return {"requests": rows}


declare_waiting(
    Waiting(
        "requests-overdue",
        _("Requests overdue"),
        lambda ground, day: Request.objects.on_ground(ground).overdue(day).count(),
        lambda: _list("overdue"),
        order=4,
    )
)
declare_waiting(
    Waiting(
        "requests",
        _("Requests to decide"),
        lambda ground, day: Request.objects.on_ground(ground).open().count(),
        _list,
        order=5,
    )
)
declare_panel(Panel("kartei/home_requests.html", _to_decide, order=40, place="main"))
declare_section(Member, Section("kartei/member_requests.html", _of_member, order=25))
