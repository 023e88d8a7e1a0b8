"""Writing the minutes: what was said and decided, and how many came; the meeting was held (A10)."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from elections.meetings.entitled import entitled_to
from elections.meetings.planning import lock_meeting
from elections.models import Meeting
from elections.models.meetings import MeetingState


class CannotWrite(Refused):
    """Minutes that could not be written."""


@recorded("write-minutes")
def write_minutes(
    *,
    meeting: Meeting,
    text: str,
    present: int | None = None,
    guests: int | None = None,
    by: Any = None,
) -> Meeting:
    """Write the minutes, by which the meeting was held; those written once can be corrected.

    How many members were present follows from the door; `present` says it where there was none.
    Raises `CannotWrite`.
    """
    meeting = lock_meeting(meeting)
    refuse_if(minutes_blockers(meeting), CannotWrite)
    if meeting.state != MeetingState.HELD:
        meeting.entitled = entitled_to(meeting).count()
    at_the_door = meeting.attendances.count()
    number = at_the_door if at_the_door or present is None else present
    refuse_if(number_blockers(meeting, number), CannotWrite)
    meeting.present = number
    meeting.guests = meeting.guests if guests is None else guests
    meeting.minutes, meeting.state = text, MeetingState.HELD
    meeting.written_at, meeting.written_by = timezone.now(), by
    refuse_if(field_blockers(meeting), CannotWrite)
    meeting.save(
        update_fields=[
            *("state", "minutes", "present", "entitled", "guests"),
            *("written_at", "written_by"),
        ]
    )
    return meeting


def minutes_blockers(meeting: Meeting) -> Iterator[Blocker]:
    """What keeps the minutes from being written; asks nothing."""
    if meeting.state == MeetingState.CANCELLED:
        yield Blocker(_("The meeting was cancelled."))
    elif meeting.starts_at > timezone.now():
        yield Blocker(_("The meeting has not begun yet."))


def number_blockers(meeting: Meeting, present: int) -> Iterator[Blocker]:
    """More members than are entitled cannot have been present, where it is known who is."""
    if meeting.entitled and present > meeting.entitled:
        reason = _("Only %(entitled)s members are entitled; others who came are guests.")
        yield Blocker(reason % {"entitled": meeting.entitled}, "A10")
