"""The next meetings on the members' first page, and the doors that are open now."""

from django.http import HttpRequest
from django.utils import timezone

from elections.meetings.access import is_at_doors, meetings_at_door
from elections.meetings.attending import DOORS_OPEN
from elections.meetings.entitled import meetings_of
from elections.models.meetings import MeetingState
from members.models import Member
from members.portal import Panel, home_panel

MOST = 3


@home_panel(order=5)
def next_meetings(request: HttpRequest, member: Member | None) -> Panel | None:
    """The next meetings of the member; three queries."""
    if member is None:
        return None
    coming = list(meetings_of(member).upcoming()[:MOST])
    return Panel("elections/meetings_panel.html", {"coming": coming})


@home_panel(order=31)
def doors(request: HttpRequest, member: Member | None) -> Panel | None:
    """At how many doors of meetings the account can stand now; nothing where at none."""
    if not is_at_doors(request):
        return None
    now = timezone.now()
    here = meetings_at_door(request).filter(
        state=MeetingState.PLANNED, starts_at__lte=now + DOORS_OPEN, ends_at__gte=now
    )
    number = here.count()
    return Panel("elections/meeting_doors_panel.html", {"number": number}) if number else None
