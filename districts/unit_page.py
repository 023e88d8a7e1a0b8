"""The page of a unit: where it stands, what is wrong, what stands below it, what it answers for."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from audit.ground import Ground
from districts.findings import FIGURE, findings_address, report, shown, told
from districts.kinds import CELLS
from districts.models import Locality, Unit, Workplace
from districts.panels import figures
from districts.scope import ground_of
from districts.sections import Section, declare_section

MOST_FINDINGS = 10
MOST_BELOW = 60
MOST_PLACES = 50


def count_figures(
    units: Iterable[Unit], known: Mapping[str, Mapping[int, int]] | None = None
) -> None:
    """Put every declared figure on each of `units`, as `unit.figures`.

    `known` are those that were counted already, by name.
    """
    counted = known or {}
    listed: list[Any] = list(units)
    for unit in listed:
        unit.figures = {}
    for figure in figures():
        counts = counted.get(figure.name)
        if counts is None:
            counts = figure.count(listed, timezone.localdate())
        for unit in listed:
            unit.figures[figure.name] = counts.get(unit.pk, 0)


def prepare_page(unit: Any) -> None:
    """Look up what several parts of the page show: the unit's findings, and the units below it.

    The rules are asked once for the unit with all below it, whatever stands there.
    """
    today = timezone.localdate()
    unit.report = report(Ground((unit.extent,)), today)
    below = Unit.objects.filter(parent=unit).exclude(dissolved__lte=today)
    unit.below = list(below[: MOST_BELOW + 1])
    both = [unit, *unit.below]
    known = {FIGURE.name: unit.report.counts(both)} if unit.report else None
    count_figures(both, known)


def path_of(request: HttpRequest, unit: Unit) -> list[tuple[Unit, str]]:
    """The units above from the top on and the unit itself, with addresses where the user may go.

    Everybody may know where his or her units stand, so those above are named.
    """
    ground = ground_of(request)
    return [
        (above, _address(above) if ground.has(above.tree_id, above.lft) else "")
        for above in unit.get_ancestors()
    ] + [(unit, "")]


def _address(unit: Unit) -> str:
    return reverse("admin:districts_unit_change", args=[unit.pk])


def _list_of(unit: Unit) -> str:
    return f"{reverse('admin:districts_unit_changelist')}?unit={unit.pk}"


def _findings(request: HttpRequest, unit: Any) -> Mapping[str, Any]:
    first = unit.report.rows[:MOST_FINDINGS] if unit.report else ()
    rows = [finding for row in first if (finding := told(row)) is not None]
    return {
        "report": unit.report,
        "findings": shown(request, rows),
        "more": bool(unit.report) and unit.report.number > len(first),
        "list": findings_address(unit),
    }


def _below(request: HttpRequest, unit: Any) -> Mapping[str, Any] | None:
    if unit.kind in CELLS and not unit.below:
        return None
    listed = unit.below[:MOST_BELOW]
    for below in listed:
        below.counted = [
            (figure.title, below.figures[figure.name], figure.address(below))
            for figure in figures()
        ]
    return {
        "units": listed,
        "titles": [figure.title for figure in figures()],
        "more": len(unit.below) > MOST_BELOW,
        "list": _list_of(unit),
    }


def _places(request: HttpRequest, unit: Unit) -> Mapping[str, Any] | None:
    """The workplaces and localities that a unit itself answers for (A2, A3)."""
    localities = list(
        Locality.objects.filter(Q(unit=unit) | Q(street_cell=unit))[: MOST_PLACES + 1]
    )
    nobody_s = Q(cell=None, locality__unit=unit)
    workplaces = Workplace.objects.filter(Q(cell=unit) | nobody_s).select_related("locality")
    found = list(workplaces[: MOST_PLACES + 1])
    if not localities and not found:
        return None
    return {
        "localities": localities[:MOST_PLACES],
        "workplaces": found[:MOST_PLACES],
        "unanswered": unit.kind not in CELLS,
        "more": max(len(localities), len(found)) > MOST_PLACES,
    }


declare_section(Unit, Section("kartei/unit_findings.html", _findings, order=10))
declare_section(Unit, Section("kartei/unit_below.html", _below, order=20))
declare_section(Unit, Section("kartei/unit_places.html", _places, order=40))
