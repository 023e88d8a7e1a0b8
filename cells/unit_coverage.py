"""The coverage on the page of a district or local group: how its workplaces are covered (A2)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from audit.ground import Ground
from cells.coverage import look
from cells.coverage_admin import numbers_of
from districts.kinds import LEADERS_OF_CELLS
from districts.models import Unit
from districts.sections import Section, declare_section


def _coverage(request: HttpRequest, unit: Unit) -> Mapping[str, Any] | None:
    """The numbers, and where to accept what is proposed; four queries."""
    if unit.kind not in LEADERS_OF_CELLS:
        return None
    picture = look(Ground((unit.extent,)), timezone.localdate())
    if not picture.rows:
        return None
    page = reverse("coverage")
    return {
        "numbers": numbers_of(picture, {"unit": str(unit.pk)}, page),
        "proposed": len(picture.proposals),
        "address": f"{page}?unit={unit.pk}",
    }


declare_section(Unit, Section("kartei/unit_coverage.html", _coverage, order=45))
