"""The page of a meeting in the office: where it stands, what comes next, agenda and minutes."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from districts.roles import CHANGE
from districts.scope import ground_of
from districts.sections import Section, declare_section
from elections.meetings.attending import count_of, door_blockers
from elections.meetings.inviting import (
    Mailing,
    inviting_blockers,
    mailings,
    not_sent,
    to_invite,
)
from elections.meetings.meeting_acts import InviteEverybody, SendAgain, WriteMinutes
from elections.meetings.plan_fields import part
from elections.models import Meeting
from elections.models.meetings import MeetingState
from elections.question_page import Next


def _standing(request: HttpRequest, meeting: Meeting) -> Mapping[str, Any]:
    """The numbers, and the next steps of whoever may take them. Six queries at most."""
    mailing = mailings([meeting.pk])[meeting.pk]
    mine = ground_of(request, CHANGE).has(meeting.unit.tree_id, meeting.unit.lft)
    return {
        "meeting": meeting,
        "mailing": mailing,
        "count": count_of(meeting),
        "quorum": part(meeting.quorum),
        "steps": list(_steps(meeting, mailing, mine)),
    }


def _steps(meeting: Meeting, mailing: Mailing, mine: bool) -> Iterator[Next]:
    if meeting.state == MeetingState.CANCELLED:
        text = _("The meeting was cancelled: %(why)s")
        yield Next(text % {"why": meeting.cancelled_because}, is_due=False)
        return
    if meeting.state == MeetingState.HELD:
        yield Next(_("The meeting was held, and its minutes are written."), is_due=False)
        return
    if meeting.is_over:
        yield _act(meeting, WriteMinutes, _("The meeting is over. Write its minutes."), mine)
    else:
        yield from _inviting(meeting, mailing, mine)
    if mine and not any(door_blockers(meeting)):
        address = reverse("meeting-door", args=[meeting.code])
        yield Next(_("Record who has come: by list, by name, or by code."), _("The door"), address)


def _inviting(meeting: Meeting, mailing: Mailing, mine: bool) -> Iterator[Next]:
    if mailing.invited:
        late = to_invite(meeting).count()
        if late:
            text = ngettext(
                "%(number)s member who is entitled is not invited yet.",
                "%(number)s members who are entitled are not invited yet.",
                late,
            )
            yield _act(meeting, InviteEverybody, text % {"number": late}, mine)
    else:
        blockers = list(inviting_blockers(meeting))
        if blockers and mailing.invited == 0:
            yield Next(" ".join(blocker.reason for blocker in blockers), is_due=False)
        else:
            yield _act(meeting, InviteEverybody, _("Nobody is invited yet."), mine)
    stuck = not_sent(meeting).count() if mailing.invited else 0
    if stuck:
        text = ngettext(
            "%(number)s e-mail could not be sent.", "%(number)s e-mails could not be sent.", stuck
        )
        yield _act(meeting, SendAgain, text % {"number": stuck}, mine)
    if mailing.letters:
        text = ngettext(
            "%(number)s member has no e-mail address and gets a letter.",
            "%(number)s members have no e-mail address and get letters.",
            mailing.letters,
        )
        address = reverse("admin:elections_meeting_letters", args=[meeting.pk]) if mine else ""
        yield Next(
            text % {"number": mailing.letters}, _("Print the letters"), address, is_due=False
        )


def _act(meeting: Meeting, act: Any, text: str, mine: bool) -> Next:
    if not mine:
        return Next(text)
    address = reverse("admin:elections_meeting_act", args=[meeting.pk, act.name])
    return Next(text, act.title, address)


def _agenda(request: HttpRequest, meeting: Meeting) -> Mapping[str, Any] | None:
    """The items, with the questions that the user may look at. One query."""
    ground = ground_of(request)
    items: list[Any] = list(meeting.agenda.select_related("question__unit"))
    for item in items:
        asked = item.question
        seen = asked is not None and ground.has(asked.unit.tree_id, asked.unit.lft)
        item.address = reverse("admin:elections_question_change", args=[asked.pk]) if seen else ""
    return {"items": items} if items else None


def _minutes(request: HttpRequest, meeting: Meeting) -> Mapping[str, Any] | None:
    if meeting.state != MeetingState.HELD:
        return None
    address = reverse("admin:elections_meeting_minutes", args=[meeting.pk])
    return {"meeting": meeting, "print": address}


declare_section(Meeting, Section("kartei/meeting_standing.html", _standing, order=10))
declare_section(Meeting, Section("kartei/meeting_agenda.html", _agenda, order=20))
declare_section(Meeting, Section("kartei/meeting_minutes.html", _minutes, order=30))
