"""The members' pages for meetings: what comes, one meeting, the code for the door, the calendar."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from elections.access import member_of
from elections.meetings.access import meetings_to_see, my_meetings, one_meeting
from elections.meetings.attending import count_of, door_blockers
from elections.meetings.calendars import TYPE, calendar_of
from elections.meetings.entitled import is_entitled
from elections.meetings.feeds import feed_of, member_of_feed, renew_feed, revoke_feed
from elections.meetings.passes import VALID_FOR, new_pass
from elections.models import Attendance, CalendarFeed, Meeting
from elections.models.meetings import MeetingState
from elections.sealing import qr_svg
from members.models import Member

MOST = 100
MOST_PAST = 30
RENEWED_AFTER = VALID_FOR - 120  # seconds, then the page asks for a new code by itself


@require_safe
@never_cache
def meetings(request: HttpRequest) -> HttpResponse:
    """The member's meetings: those to come, and the last ones. Constant queries."""
    return _list(request)


def _list(request: HttpRequest, link: str = "") -> HttpResponse:
    member = member_of(request)
    mine = my_meetings(request)
    past = mine.filter(ends_at__lt=timezone.now()).exclude(state=MeetingState.CANCELLED)
    cancelled = mine.filter(ends_at__gte=timezone.now(), state=MeetingState.CANCELLED)
    context = {
        "member": member,
        "coming": list(mine.upcoming()[:MOST]),
        "cancelled": list(cancelled[:MOST]),
        "past": list(past.order_by("-starts_at", "-pk")[:MOST_PAST]),
        "feed": CalendarFeed.objects.filter(member=member).first() if member else None,
        "link": link,
    }
    return render(request, "elections/meetings.html", context)


@require_safe
@never_cache
def meeting(request: HttpRequest, code: str) -> HttpResponse:
    """One meeting, with its agenda, and with its minutes once they are written."""
    shown = one_meeting(meetings_to_see(request), code)
    member = member_of(request)
    mine = member is not None and is_entitled(shown, member)
    context = {
        "meeting": shown,
        "agenda": list(shown.agenda.all()),
        "count": count_of(shown) if shown.state == MeetingState.HELD else None,
        "mine": mine,
        "door_open": mine and not any(door_blockers(shown)),
    }
    return render(request, "elections/meeting.html", context)


@require_safe
@never_cache
def meeting_pass(request: HttpRequest, code: str) -> HttpResponse:
    """The code that is read at the door: of this member, for this meeting, for a short time."""
    shown = one_meeting(meetings_to_see(request), code)
    member = member_of(request)
    if member is None or not is_entitled(shown, member):
        raise Http404
    blockers = list(door_blockers(shown))
    present = Attendance.objects.filter(meeting=shown, member=member).first()
    context = {
        "meeting": shown,
        "member": member,
        "blockers": blockers,
        "present": present,
        "renewed": RENEWED_AFTER,
        "minutes": VALID_FOR // 60,
        "qr": "" if blockers or present else _code(shown, member),
    }
    return render(request, "elections/meeting_pass.html", context)


def _code(shown: Meeting, member: Member) -> str:
    made = new_pass(meeting=shown.pk, member=member.pk)
    return qr_svg(made, title=_("Code for the door"))


# Calendars ---------------------------------------------------------------------------------------


@require_safe
@never_cache
def meeting_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """One meeting as a file for a calendar."""
    shown = one_meeting(meetings_to_see(request), code)
    answer = HttpResponse(calendar_of([shown]), content_type=TYPE)
    answer["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return answer


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A member's meetings, for whoever has the secret link: a calendar cannot log in."""
    member = member_of_feed(token)
    if member is None:
        raise Http404
    answer = HttpResponse(calendar_of(feed_of(member), name=_("Meetings")), content_type=TYPE)
    answer["Cache-Control"] = "private"
    return answer


@require_POST
@never_cache
def calendar_link(request: HttpRequest) -> HttpResponse:
    """Make the secret link anew and show it this once, or revoke it."""
    member = member_of(request)
    if member is None:
        raise Http404
    if request.POST.get("do") == "revoke":
        revoke_feed(member=member)
        messages.success(request, _("The link leads nowhere any more."))
        return redirect("meetings")
    token = renew_feed(member=member)
    return _list(request, request.build_absolute_uri(reverse("meeting-feed", args=[token])))
