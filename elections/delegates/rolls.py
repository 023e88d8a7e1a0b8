"""Who the delegates to a meeting are, and who of them is there: the conference's roll (A12).

It is declared to `elections.meetings.entitled`, which says what its two first functions answer.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from districts.models import Unit
from elections.models import Attendance, Delegate, Meeting
from elections.models.meetings import MeetingKind, MeetingState

OF_DELEGATES = (MeetingKind.DELEGATES, MeetingKind.CONFERENCE)


def delegates_to(meeting: Meeting) -> QuerySet[Any, Any]:
    """The numbers of the standing delegates, without their substitutes."""
    sent = Delegate.objects.sent().filter(apportionment__meeting=meeting)
    return sent.order_by().values("member")


def meetings_of(member: int) -> QuerySet[Any, Any]:
    """The primary keys of the meetings to which the member is a standing delegate."""
    sent = Delegate.objects.sent().filter(member=member)
    return sent.order_by().values("apportionment__meeting")


def conference_on(unit: Unit, on: date) -> Meeting | None:
    """The meeting of delegates that the unit holds on the day `on`, if their seats are settled.

    One that began the evening before and goes on counts. One query.
    """
    first = timezone.make_aware(datetime.combine(on, time.min))
    held = Meeting.objects.filter(
        unit=unit,
        kind__in=OF_DELEGATES,
        state=MeetingState.PLANNED,
        starts_at__lt=first + timedelta(days=1),
        ends_at__gt=first,
        apportionment__unassigned=0,
    )
    return held.order_by("-starts_at", "pk").first()


def delegates_present(meeting: Meeting) -> QuerySet[Any, Any]:
    """The numbers of the standing delegates who are recorded at the door."""
    here = Attendance.objects.filter(meeting=meeting, member__in=delegates_to(meeting))
    return here.order_by().values("member")
