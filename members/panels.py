"""What this app puts on the secretaries' first page, and the members counted beside each unit."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from districts.models import Unit
from districts.panels import Figure, Panel, declare_figure, declare_panel
from districts.roles import CHANGE
from districts.scope import ground_of, holds_any
from members.counts import member_counts


def _members_of(unit: Unit) -> str:
    return f"{reverse('admin:members_member_changelist')}?unit={unit.pk}"


def _find_panel(request: HttpRequest) -> Mapping[str, Any] | None:
    """The search for a member and the acts that begin on no page of their own."""
    if not holds_any(ground_of(request)):
        return None
    return {
        "search": reverse("admin:members_member_changelist"),
        "admit": holds_any(ground_of(request, CHANGE)),
    }


declare_figure(Figure("members", _("Members"), member_counts, _members_of))
declare_panel(Panel("kartei/home_find.html", _find_panel, order=10))
