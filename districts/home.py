"""The secretaries' first page: their own units, what stands right below them, and the figures."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from audit.ground import Ground
from districts.models import Unit
from districts.panels import Panel, declare_panel, figures
from districts.scope import ground_of, holds_any

MOST = 200


def every_page(request: HttpRequest) -> dict[str, Any]:
    """What every page of the admin knows: no colours, since an inline style would be needed.

    They stand in the stylesheet, and the content security policy allows no style in a page.
    """
    return {"colors": None}


def _own_units(ground: Ground) -> Any:
    """The units that the ground was given for: the roots for whoever holds everything."""
    open_units = Unit.objects.exclude(dissolved__lte=timezone.localdate())
    if ground.everywhere:
        return open_units.filter(parent=None)
    own = Q(pk__in=[])
    for extent in ground.extents:
        own |= Q(tree_id=extent.tree, lft=extent.left)
    return open_units.filter(own)


def _units_panel(request: HttpRequest) -> Mapping[str, Any] | None:
    ground = ground_of(request)
    if not holds_any(ground):
        return None
    own = list(_own_units(ground)[:MOST])
    below: list[Unit] = []
    if len(own) <= 3:  # with more, their own list is what is looked for
        children = Unit.objects.filter(parent__in=own).exclude(dissolved__lte=timezone.localdate())
        below = list(children[:MOST])
    shown: list[Any] = [*own, *below]
    today = timezone.localdate()
    counted = [(figure, figure.count(shown, today)) for figure in figures()]
    for unit in shown:
        unit.cells_of_table = [
            (figure.title, counts.get(unit.pk, 0), figure.address(unit))
            for figure, counts in counted
        ]
    return {
        "own": [(unit, [child for child in below if child.parent_id == unit.pk]) for unit in own],
        "titles": [figure.title for figure, _counts in counted],
        "list": reverse("admin:districts_unit_changelist"),
        "cut": len(own) == MOST or len(below) == MOST,
    }


declare_panel(Panel("kartei/home_units.html", _units_panel, order=50))
