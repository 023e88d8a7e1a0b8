"""What this app puts on the secretaries' first page, and the members counted beside each unit."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.models import Entry
from districts.changes import links_entries
from districts.charts import bars, line
from districts.kinds import CELLS, Kind
from districts.models import Unit
from districts.panels import Figure, Panel, declare_figure, declare_panel
from districts.roles import CHANGE
from districts.scope import ground_of, holds_any
from members import finding, waiting  # noqa: F401  # declare theirs to the frames
from members.counts import member_counts
from members.history_of_counts import home_counts, months_until
from members.models import Member

MONTHS = 24


def _members_of(unit: Unit) -> str:
    return f"{reverse('admin:members_member_changelist')}?unit={unit.pk}"


def _find_panel(request: HttpRequest) -> Mapping[str, Any] | None:
    """The search and the acts that begin on no page of their own."""
    if not holds_any(ground_of(request)):
        return None
    return {
        "members": reverse("admin:members_member_changelist"),
        "admit": _admission(request),
    }


def _admission(request: HttpRequest) -> str:
    may = holds_any(ground_of(request, CHANGE))
    return reverse("admin:members_member_list_act", args=["admit"]) if may else ""


def _charts_panel(request: HttpRequest) -> Mapping[str, Any] | None:
    """Membership on the first of each month, and by kind of cell today."""
    ground = ground_of(request)
    if not holds_any(ground):
        return None
    days = months_until(timezone.localdate(), MONTHS)
    counts = home_counts(ground, days)
    totals = [sum(numbers) for numbers in zip(*counts.values(), strict=True)]
    if not any(totals):
        cells = Unit.objects.on_ground(ground_of(request, CHANGE)).cells().open(days[-1])
        return {"admit": _admission(request) if cells.exists() else ""}
    # Homes that are with no cell are against the articles (A1), and counted all the same.
    kinds = [
        *(kind for kind in Kind if kind in CELLS),
        *(kind for kind in Kind if kind not in CELLS),
    ]
    named = [(str(capfirst(kind.label)), counts[kind]) for kind in kinds if kind in counts]
    rows = zip(days, totals, *(numbers for _name, numbers in named), strict=True)
    return {
        "line": line(
            totals, [day.toordinal() for day in days], [date_format(day, "M Y") for day in days]
        ),
        "first": (days[0], totals[0]),
        "last": totals[-1],
        "most": max(totals),
        "least": min(totals),
        "kinds": [(name, numbers[-1]) for name, numbers in named],
        "bars": bars([(name, numbers[-1]) for name, numbers in named]),
        "rows": [(day, numbers) for day, *numbers in reversed(list(rows))],
    }


@links_entries
def to_members(ground: Ground, entries: Iterable[Entry]) -> Mapping[int, str]:
    """The pages of the members that entries are about. One query."""
    about = {entry.pk: entry.member for entry in entries if entry.member is not None}
    mine = Member.objects.on_ground(ground, timezone.localdate())
    held = set(mine.filter(pk__in=set(about.values())).order_by().values_list("pk", flat=True))
    return {
        entry: reverse("admin:members_member_change", args=[number])
        for entry, number in about.items()
        if number in held
    }


declare_figure(Figure("members", _("Members"), member_counts, _members_of, order=10))
declare_panel(Panel("kartei/home_find.html", _find_panel, order=10, place="top"))
declare_panel(Panel("kartei/home_charts.html", _charts_panel, order=60))
