"""The first page of the office: the own units as a tree, what waits, the last changes."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from districts.branches import Branches, branch, tree
from districts.changes import last_acts
from districts.kinds import CELLS
from districts.models import Unit
from districts.panels import Panel, declare_panel, figures, waiting_for
from districts.roles import CHANGE
from districts.scope import ground_of, holds_any, permits


def every_page(request: HttpRequest) -> dict[str, Any]:
    """What every page of the admin knows: no colours, since an inline style would be needed.

    They stand in the stylesheet, and the content security policy allows no style in a page.
    """
    return {"colors": None, "may_find": SimpleLazyObject(lambda: permits(request))}


def _units_panel(request: HttpRequest) -> Mapping[str, Any] | None:
    ground = ground_of(request)
    if not holds_any(ground):
        return None
    rows, cut = tree(ground, timezone.localdate(), Branches.of(request))
    tops = [row.unit for row in rows if row.level == 1]
    alone = tops[0] if len(tops) == 1 else None
    return {
        "rows": rows,
        "cut": cut,
        "alone": alone,
        "titles": [figure.title for figure in figures()],
        "list": reverse("admin:districts_unit_changelist"),
        "found": _founding(request, alone, rows),
    }


def _founding(request: HttpRequest, alone: Unit | None, rows: list[Any]) -> str:
    """Where the first unit, or the first one below the only one, is founded."""
    ground = ground_of(request, CHANGE)
    if not rows:
        found_root = reverse("admin:districts_unit_list_act", args=["found-root"])
        return found_root if ground.everywhere else ""
    if alone is None or rows[0].below or alone.kind in CELLS or not holds_any(ground):
        return ""
    return reverse("admin:districts_unit_act", args=[alone.pk, "found"])


def _waiting_panel(request: HttpRequest) -> Mapping[str, Any] | None:
    """What waits for a decision of whoever may change the register; for others nothing does."""
    ground = ground_of(request, CHANGE)
    if not holds_any(ground):
        return None
    return {
        "waiting": [
            (waiting.title, number, waiting.address())
            for waiting, number in waiting_for(ground, timezone.localdate())
        ]
    }


def _changes_panel(request: HttpRequest) -> Mapping[str, Any] | None:
    return {"acts": last_acts(request)} if permits(request) else None


def branch_view(request: HttpRequest, key: int) -> HttpResponse:
    """The rows right below a unit, for the script that opens a branch in the page."""
    ground = ground_of(request)
    if not holds_any(ground):
        raise PermissionDenied
    unit = Unit.objects.on_ground(ground).filter(pk=key).first()
    if unit is None:
        raise Http404
    rows, cut = branch(ground, unit, timezone.localdate())
    context = {"rows": rows, "cut_below": unit if cut else None}
    return render(request, "kartei/home_rows.html", context)


declare_panel(Panel("kartei/home_waiting.html", _waiting_panel, order=20, place="top"))
declare_panel(Panel("kartei/home_units.html", _units_panel, order=50, place="main"))
declare_panel(Panel("kartei/home_changes.html", _changes_panel, order=80))
