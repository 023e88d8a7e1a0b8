"""The table of the meetings (A10): when each unit met or will, and how many came."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.tables import Table, column, declare
from audit.tables.declaration import Problem
from districts.models import Unit
from elections.meetings.kinds import ARTICLES, may_hold
from elections.models import Meeting


def _meetings(ground: Ground, day: date | None) -> QuerySet[Meeting]:
    rows = Meeting.objects.on_ground(ground)
    if day is None:
        return rows
    after = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    return rows.filter(starts_at__lt=after)


def _of_their_units(stage: Any) -> Iterator[Problem]:
    """A meeting is of a kind that its unit holds (A10, A11, A12)."""
    kinds = dict(Unit.objects.order_by().values_list("code", "kind"))
    kinds.update(stage.staged_values("units", "code", "kind"))
    for line, unit, kind in stage.query(f"SELECT line, unit, kind FROM {stage.name}"):
        if unit in kinds and kind in ARTICLES and not may_hold(unit_kind=kinds[unit], kind=kind):
            message = _now("%(article)s: is not held by such a unit")
            yield line, "kind", str(kind), message % {"article": ARTICLES[kind]}


MEETINGS = declare(
    Table(
        name="meetings",
        model=Meeting,
        description=_("The meetings of the units, planned, held and cancelled (A10, A12)."),
        key=("code",),
        columns=(
            column(Meeting, "code", _("The meeting's code.")),
            column(Meeting, "unit", _("The code of the unit that meets.")),
            column(Meeting, "kind", _("Who comes together.")),
            column(Meeting, "title", _("What it is called.")),
            column(Meeting, "starts_at", _("When it begins, in universal time.")),
            column(Meeting, "ends_at", _("When it ends, in universal time.")),
            column(Meeting, "place", _("Where it is.")),
            column(Meeting, "state", _("Where it stands.")),
            column(Meeting, "cancelled_because", _("Why it was cancelled.")),
            column(Meeting, "quorum_numerator", _("The part of those entitled who must come:")),
            column(Meeting, "quorum_denominator", _("so many of so many.")),
            column(Meeting, "entitled", _("How many members were entitled when it was held.")),
            column(Meeting, "present", _("How many members were present; empty until then.")),
            column(Meeting, "guests", _("How many guests were there.")),
        ),
        rows=_meetings,
        checks=(_of_their_units,),
        placeholders={"minutes": "''", "version": "0", "changed_at": "CURRENT_TIMESTAMP"},
        adds_nothing=True,
        by_acts_alone=True,
    )
)
