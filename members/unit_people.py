"""The people on a unit's page: who is registered with the unit itself."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from districts.kinds import CELLS, LEADERS_OF_CELLS
from districts.models import Unit
from districts.sections import Section, declare_section
from members.admin_acts import listed_name
from members.models import Registration
from members.veil import in_order_of_names, look_up

MOST_PEOPLE = 50


def _people(request: HttpRequest, unit: Unit) -> Mapping[str, Any] | None:
    """The first by name of those who are registered here today or will be later, home or residence.

    Left out on a unit above the cells with which nobody is registered itself. Those who are
    residents of a district or local group stand in a list of their own.
    """
    there = Registration.objects.filter(unit=unit).not_ended(timezone.localdate())
    if unit.kind in LEADERS_OF_CELLS:
        there = there.exclude(kind=Registration.Kind.RESIDENCE)
    in_order = there.select_related("member").order_by(*in_order_of_names("member"), "since")
    found = list(in_order[: MOST_PEOPLE + 1])
    if not found and unit.kind not in CELLS:
        return None
    look_up(row.member_id for row in found)
    return {
        "people": [(row, listed_name(row.member)) for row in found[:MOST_PEOPLE]],
        "more": len(found) > MOST_PEOPLE,
        "list": f"{reverse('admin:members_member_changelist')}?unit={unit.pk}",
    }


declare_section(Unit, Section("kartei/unit_people.html", _people, order=30))
