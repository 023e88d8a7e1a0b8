"""What meetings hold fast below: a unit with meetings to come, and people who were at some."""

from collections.abc import Iterator
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.refusals import Blocker
from districts.models import Unit
from districts.units import blocks_dissolution
from elections.meetings.feeds import revoke_feed
from elections.models import Attendance, CalendarFeed, Invitation, Meeting
from elections.models.meetings import MeetingState
from members.accounts.closing import ends_with_account
from members.merging import moves_with_merging
from members.models import Member


@blocks_dissolution
def meetings_block_dissolution(unit: Unit, on: date) -> Iterator[Blocker]:
    """A unit that has called a meeting for later is not dissolved before: people would come."""
    since = timezone.make_aware(datetime.combine(on, time.min))
    planned = Meeting.objects.filter(unit=unit, state=MeetingState.PLANNED, starts_at__gte=since)
    for meeting in planned.order_by("starts_at")[:5]:
        reason = _("%(unit)s has planned a meeting: %(meeting)s. Cancel it first.")
        yield Blocker(reason % {"unit": unit, "meeting": meeting}, "A10")


@moves_with_merging
def move_meetings(keep: Member, gone: Member) -> None:
    """Attendances and invitations move to the kept number, once for each meeting.

    The link to the calendar of the other number ends: whoever has it would see the kept one's.
    """
    kept = Attendance.objects.filter(member=keep).values("meeting")
    for twice in Attendance.objects.filter(member=gone, meeting__in=kept):
        twice.delete()
    for attendance in Attendance.objects.filter(member=gone):
        attendance.member = keep
        attendance.save(update_fields=["member"])
    invited = Invitation.objects.filter(member=keep).values("meeting")
    Invitation.objects.filter(member=gone, meeting__in=invited).delete()
    Invitation.objects.filter(member=gone).update(member=keep)
    for feed in CalendarFeed.objects.filter(member=gone):
        feed.delete()


@ends_with_account
def end_calendar(member: Member) -> None:
    """With the account the calendar under a secret link ends."""
    revoke_feed(member=member)
