"""The rule on the regular meetings of districts and local groups (A10)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.rulebook import Breach, rule, statutes
from districts.kinds import LEADERS_OF_CELLS
from districts.models import Unit
from elections.models import Meeting
from elections.models.meetings import MeetingKind, MeetingState


@rule(
    "A10",
    "general-meeting",
    sentence=_("Each district and local group holds a meeting of all members in time."),
    remedy=_("Plan a general meeting; if one was held, enter it and write its minutes."),
    explanation=_(
        "In the meeting of all members of all cells the district is more than its cells: there its "
        "bureau reports and is elected. This unit has held none for longer than the interval. A "
        "meeting counts from the day on which it was held, once its minutes are written; one that "
        "is planned does not count yet. Delegate meetings do not take its place."
    ),
    mend="plan-meeting",
)
def without_general_meeting(ground: Ground, on: date) -> Iterator[Breach]:
    """The open districts and local groups in `ground` whose last general meeting is too old."""
    interval = timedelta(days=statutes().meeting_interval_days)
    units = Unit.objects.on_ground(ground).open(on).filter(kind__in=LEADERS_OF_CELLS)
    after = timezone.make_aware(datetime.combine(on + timedelta(days=1), time.min))
    held = Meeting.objects.filter(
        unit=OuterRef("pk"),
        kind=MeetingKind.GENERAL,
        state=MeetingState.HELD,
        starts_at__lt=after,
    )
    last = Subquery(held.order_by("-starts_at").values("starts_at")[:1])
    older = units.filter(founded__lt=on - interval).annotate(last=last)
    for code, founded, met in older.values_list("code", "founded", "last").iterator():
        day = founded if met is None else timezone.localtime(met).date()
        since = day + interval + timedelta(days=1)  # on the last day of the interval it is in time
        if since <= on:
            yield Breach(code, f"unit {code}", since, {"kind": MeetingKind.GENERAL.value})
