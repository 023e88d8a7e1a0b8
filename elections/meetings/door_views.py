"""The door of a meeting: who has come, by name, by list, or by the member's code.

No name and no number of a member stands in an address: what is looked for is sent as a form.
"""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.refusals import Refused
from districts.scope import permits
from elections.door_access import account_of
from elections.meetings.access import for_doorkeepers, meetings_at_door, one_meeting
from elections.meetings.attending import (
    DOORS_OPEN,
    count_guests,
    count_of,
    door_blockers,
    record_attendance,
    take_back_attendance,
)
from elections.meetings.door_people import Found, find, people_of
from elections.meetings.entitled import entitled_to
from elections.meetings.passes import BadPass, looks_like_pass, read_pass
from elections.models import Attendance, Meeting
from elections.models.meetings import MeetingState
from members.models import Member
from members.veil import in_order_of_names

PER_PAGE = 50
LONGEST = 100
KEPT = 5
MOST_GUESTS = 100_000
SHOWN_FOR = timedelta(days=14)  # after its end a meeting without minutes stands in the list
_HIGHEST = 2**63 - 1


@require_safe
@for_doorkeepers
def doors(request: HttpRequest) -> HttpResponse:
    """The meetings whose door is open now, the next one first. One query."""
    now = timezone.now()
    here = meetings_at_door(request).filter(
        state=MeetingState.PLANNED,
        starts_at__lte=now + DOORS_OPEN,
        ends_at__gte=now - SHOWN_FOR,
    )
    page = Paginator(here.order_by("-starts_at", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "elections/meeting_doors.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@for_doorkeepers
def door(request: HttpRequest, code: str) -> HttpResponse:
    """The door of one meeting; a POST looks for somebody, or reads a member's code."""
    meeting = one_meeting(meetings_at_door(request), code)
    text = _clean(request.POST.get("text", ""))
    if looks_like_pass(text):
        return _by_code(request, meeting, text)
    return _door(request, meeting, find(meeting, text) if text else None)


def _by_code(request: HttpRequest, meeting: Meeting, text: str) -> HttpResponse:
    try:
        shown = read_pass(text, meeting)
    except BadPass as bad:
        messages.error(request, str(bad))
        return redirect("meeting-door", meeting.code)
    member = Member.objects.filter(pk=shown.member).first()
    if member is None:
        messages.error(request, _("This number is nobody's any more."))
        return redirect("meeting-door", meeting.code)
    return _record(request, meeting, member)


@require_POST
@for_doorkeepers
def present(request: HttpRequest, code: str) -> HttpResponse:
    """Record somebody by the number, and come back for the next person; or say why not."""
    meeting = one_meeting(meetings_at_door(request), code)
    return _record(request, meeting, _entitled(meeting, request.POST.get("number", "")))


def _record(request: HttpRequest, meeting: Meeting, member: Member) -> HttpResponse:
    try:
        made = record_attendance(meeting=meeting, members=[member], by=account_of(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if made:
            messages.success(request, _("Here: %(member)s") % {"member": member})
        else:
            known = Attendance.objects.get(meeting=meeting, member=member)
            told = {"member": member, "time": timezone.localtime(known.at).strftime("%H:%M")}
            messages.error(request, _("%(member)s is here already, since %(time)s.") % told)
    return redirect("meeting-door", meeting.code)


@require_POST
@for_doorkeepers
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """Ask whether somebody was recorded by mistake, and strike it out."""
    meeting = one_meeting(meetings_at_door(request), code)
    member = _entitled(meeting, request.POST.get("number", ""))
    if "sure" not in request.POST:
        context = {"meeting": meeting, "member": member}
        return render(request, "elections/meeting_take_back.html", context)
    try:
        take_back_attendance(meeting=meeting, member=member)
        messages.success(request, _("Taken back: %(member)s is not here.") % {"member": member})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("meeting-door", meeting.code)


@require_POST
@for_doorkeepers
def guests(request: HttpRequest, code: str) -> HttpResponse:
    """Write down how many guests are there."""
    meeting = one_meeting(meetings_at_door(request), code)
    number = request.POST.get("guests", "").strip()
    if not (number.isascii() and number.isdecimal() and int(number[:9]) <= MOST_GUESTS):
        messages.error(request, _("How many guests: please write a number."))
        return redirect("meeting-door", meeting.code)
    try:
        count_guests(meeting=meeting, guests=int(number))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("meeting-door", meeting.code)


@require_http_methods(["GET", "HEAD", "POST"])
@for_doorkeepers
def tick(request: HttpRequest, code: str) -> HttpResponse:
    """All who are entitled, page by page by name; those who are ticked are recorded.

    Nobody is struck out here, so two lists that are open at once do each other no harm.
    """
    meeting = one_meeting(meetings_at_door(request), code)
    entitled = entitled_to(meeting)
    if request.method == "POST":
        _record_ticked(request, meeting)
    rows = entitled.order_by(*in_order_of_names())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "meeting": meeting,
        "page": page,
        "people": people_of(meeting, page.object_list),
        "count": count_of(meeting),
        "blockers": list(door_blockers(meeting)),
    }
    return render(request, "elections/meeting_list.html", context)


def _record_ticked(request: HttpRequest, meeting: Meeting) -> None:
    numbers = [int(one) for one in request.POST.getlist("here")[:PER_PAGE] if _is_number(one)]
    members = list(Member.objects.filter(pk__in=numbers))
    try:
        made = record_attendance(meeting=meeting, members=members, by=account_of(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return
    text = ngettext("%(number)s more is here.", "%(number)s more are here.", len(made))
    messages.success(request, text % {"number": len(made)})


@require_safe
@for_doorkeepers
def counts(request: HttpRequest, code: str) -> HttpResponse:
    """The numbers at the door alone, for the page that keeps them fresh."""
    meeting = one_meeting(meetings_at_door(request), code)
    context = {"meeting": meeting, "count": count_of(meeting)}
    return render(request, "elections/meeting_counts.html", context)


def _door(request: HttpRequest, meeting: Meeting, found: Found | None) -> HttpResponse:
    mine = Attendance.objects.filter(meeting=meeting, by=account_of(request))
    context: dict[str, Any] = {
        "meeting": meeting,
        "count": count_of(meeting),
        "blockers": list(door_blockers(meeting)),
        "found": found,
        "recent": list(mine.select_related("member").order_by("-at", "-pk")[:KEPT]),
        "in_office": permits(request),
    }
    return render(request, "elections/meeting_door.html", context)


def _entitled(meeting: Meeting, number: str) -> Member:
    """The member with this number, if he or she is entitled; raises `Http404`."""
    rows = entitled_to(meeting)
    found = rows.filter(pk=int(number)).first() if _is_number(number) else None
    if found is None:
        raise Http404
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= _HIGHEST


def _clean(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())[:LONGEST]  # PostgreSQL takes no NUL
