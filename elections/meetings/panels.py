"""Meetings on the first page and on a unit's page, and where entries of the log lead."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.models import Entry
from districts.changes import links_entries
from districts.kinds import CELLS
from districts.models import Unit
from districts.panels import Waiting, declare_waiting
from districts.roles import CHANGE
from districts.scope import ground_of
from districts.sections import Section, declare_section
from elections.meetings.admin import OVERDUE
from elections.meetings.inviting import mailings
from elections.meetings.plan_acts import PlanMeeting
from elections.models import Meeting
from elections.models.meetings import MeetingState

MOST = 5


def _list(**asked: Any) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"{reverse('admin:elections_meeting_changelist')}?{query}"


def _of_unit(request: HttpRequest, unit: Unit) -> Mapping[str, Any]:
    """The unit's own next and last meetings. Three queries."""
    own = Meeting.objects.filter(unit=unit)
    coming = list(own.upcoming()[: MOST + 1])
    past = own.filter(starts_at__lt=timezone.now()).exclude(state=MeetingState.CANCELLED)
    last = list(past.exclude(pk__in=[one.pk for one in coming]).order_by("-starts_at")[:MOST])
    invited = mailings([meeting.pk for meeting in coming])
    mine = ground_of(request, CHANGE).has(unit.tree_id, unit.lft) and unit.dissolved is None
    plan = reverse("admin:districts_unit_act", args=[unit.pk, PlanMeeting.name])
    return {
        "coming": [(meeting, invited[meeting.pk]) for meeting in coming[:MOST]],
        "more": len(coming) > MOST,
        "last": last,
        "below": unit.kind not in CELLS,
        "list": _list(unit=unit.pk, state="all"),
        "plan": plan if mine else "",
    }


@links_entries
def to_meetings(ground: Ground, entries: Iterable[Entry]) -> Mapping[int, str]:
    """The pages of the meetings that entries are about. One query, or none."""
    named = {entry.pk: entry.key for entry in entries if entry.table == "meetings"}
    if not named:
        return {}
    held = Meeting.objects.on_ground(ground).filter(code__in=set(named.values()))
    pages = {
        code: reverse("admin:elections_meeting_change", args=[key])
        for key, code in held.values_list("pk", "code")
    }
    return {entry: pages[code] for entry, code in named.items() if code in pages}


declare_waiting(
    Waiting(
        "meetings-unwritten",
        _("Meetings without minutes"),
        lambda ground, day: Meeting.objects.on_ground(ground).without_minutes().count(),
        lambda: _list(state=OVERDUE),
        order=12,
    )
)
declare_section(Unit, Section("kartei/unit_meetings.html", _of_unit, order=21))
