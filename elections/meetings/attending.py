"""Who has come: recorded at the door, once for each member, and counted (A10)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count as Counted
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import moment_in_words
from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from elections.meetings.entitled import entitled_to
from elections.meetings.kinds import ARTICLES
from elections.meetings.quorums import Count
from elections.models import Attendance, Meeting
from elections.models.meetings import MeetingState
from members.models import Member

DOORS_OPEN = timedelta(hours=6)  # so long before the beginning attendance can be recorded


class CannotAttend(Refused):
    """An attendance that could not be recorded or taken back."""


def door_blockers(meeting: Meeting) -> Iterator[Blocker]:
    """What keeps anybody from being recorded at this meeting; asks nothing."""
    if meeting.state == MeetingState.CANCELLED:
        yield Blocker(_("The meeting was cancelled."))
    elif meeting.state == MeetingState.HELD:
        yield Blocker(_("The minutes are written: the attendance stands in them."))
    elif timezone.now() < meeting.starts_at - DOORS_OPEN:
        moment = moment_in_words(meeting.starts_at - DOORS_OPEN)
        reason = _("It is too early: the door opens on %(moment)s.")
        yield Blocker(reason % {"moment": moment})


@recorded("record-attendance")
def record_attendance(
    *, meeting: Meeting, members: Sequence[Member], by: Any = None
) -> list[Attendance]:
    """Record that these members are present; who is recorded already is passed over.

    Two doors may record at the same time: they take turns, and the database holds that nobody
    counts twice. Raises `CannotAttend` (A10, A12), and then nobody is recorded.
    """
    meeting = _locked(meeting)
    refuse_if(door_blockers(meeting), CannotAttend)
    numbers = [member.pk for member in members]
    entitled = set(entitled_to(meeting).filter(pk__in=numbers).values_list("pk", flat=True))
    strangers = [member for member in members if member.pk not in entitled]
    refuse_if((_stranger(meeting, member) for member in strangers), CannotAttend)
    known = set(meeting.attendances.filter(member__in=numbers).values_list("member", flat=True))
    fresh = {member.pk: member for member in members if member.pk not in known}
    now = timezone.now()
    return [
        Attendance.objects.create(meeting=meeting, member=member, at=now, by=by)
        for _number, member in sorted(fresh.items())
    ]


def _locked(meeting: Meeting) -> Meeting:
    """The meeting afresh, locked: no minutes are written meanwhile, and doors take turns."""
    rows = Meeting.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    return rows.get(pk=meeting.pk)


def _stranger(meeting: Meeting, member: Member) -> Blocker:
    reason = _("%(member)s is not entitled to this meeting: count him or her as a guest.")
    return Blocker(reason % {"member": member}, ARTICLES[meeting.kind])


@recorded("take-back-attendance")
def take_back_attendance(*, meeting: Meeting, member: Member) -> None:
    """Strike out that the member is present. Raises `CannotAttend`."""
    meeting = _locked(meeting)
    refuse_if(door_blockers(meeting), CannotAttend)
    for attendance in meeting.attendances.filter(member=member):
        attendance.delete()


@recorded("count-guests")
def count_guests(*, meeting: Meeting, guests: int) -> Meeting:
    """Write down how many guests are there; they are named nowhere. Raises `CannotAttend`."""
    meeting = _locked(meeting)
    refuse_if(door_blockers(meeting), CannotAttend)
    meeting.guests = guests
    meeting.save(update_fields=["guests"])
    return meeting


def count_of(meeting: Meeting) -> Count:
    """Attendance against those entitled, as it stands. Two queries; none once it was held."""
    if meeting.state == MeetingState.HELD:
        return Count(meeting.present or 0, meeting.entitled or 0, meeting.quorum)
    present = meeting.attendances.count()
    return Count(present, entitled_to(meeting).count(), meeting.quorum)


def present_at(meetings: Iterable[Meeting]) -> dict[int, int]:
    """How many members are recorded at each of the meetings, by primary keys. One query."""
    keys = [meeting.pk for meeting in meetings]
    rows = Attendance.objects.filter(meeting__in=keys).order_by()
    return dict(rows.values_list("meeting").annotate(Counted("pk")))
