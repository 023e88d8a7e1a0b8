"""Meetings as iCalendar (RFC 5545): what, when and where; no person, and nothing of the agenda."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from elections.models import Meeting
from elections.models.meetings import MeetingState

TYPE = "text/calendar; charset=utf-8"
_PROGRAM = "-//Kartei//Meetings//EN"


def calendar_of(meetings: Iterable[Meeting], *, name: str = "") -> bytes:
    """The meetings as a calendar that is published; `name` is shown where it is followed."""
    calendar = Calendar()
    calendar.add("prodid", _PROGRAM)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for meeting in meetings:
        calendar.add_component(event_of(meeting))
    written: bytes = calendar.to_ical()
    return written


def event_of(meeting: Meeting) -> Event:
    """One meeting, in universal time; each version of it has a number, so that calendars follow."""
    event = Event()
    event.add("uid", f"{meeting.code}@kartei")
    event.add("dtstamp", _utc(meeting.changed_at))
    event.add("sequence", meeting.version)
    event.add("dtstart", _utc(meeting.starts_at))
    event.add("dtend", _utc(meeting.ends_at))
    event.add("summary", meeting.title)
    event.add("location", meeting.place)
    cancelled = meeting.state == MeetingState.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return event


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
