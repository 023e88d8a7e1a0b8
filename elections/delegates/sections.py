"""Delegates on the page of the meeting, and on that of a unit which sends some (A12)."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from districts.models import Unit
from districts.roles import CHANGE
from districts.scope import ground_of
from districts.sections import Section, declare_section
from elections.delegates import election_pages, pages
from elections.delegates.document import Line, Whole, whole_way
from elections.meetings.kinds import OF_DELEGATES
from elections.models import Delegation, Meeting
from elections.question_page import Next


def act_address(row: Unit | Meeting, act: Any, **asked: Any) -> str:
    """The page of an act on the row, its form filled in as far as is asked."""
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_act", args=[row.pk, act.name])
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"{address}?{query}" if query else address


def _of_meeting(request: HttpRequest, meeting: Meeting) -> Mapping[str, Any] | None:
    """The delegations with members, share, elected and present, and what comes next."""
    if meeting.kind not in OF_DELEGATES:
        return None
    whole = whole_way(meeting)
    mine = meeting.is_planned and ground_of(request, CHANGE).has(
        meeting.unit.tree_id, meeting.unit.lft
    )
    return {
        "meeting": meeting,
        "whole": whole,
        "steps": list(_steps(meeting, whole)) if mine else [],
        "rows": [(line, _next(line, whole)) for line in whole.lines] if mine and whole else None,
        "document": reverse("admin:elections_meeting_delegates", args=[meeting.pk]),
    }


def _steps(meeting: Meeting, whole: Whole | None) -> Iterator[Next]:
    if whole is None:
        text = _("Its seats are not apportioned yet.")
        yield Next(text, pages.Apportion.title, act_address(meeting, pages.Apportion))
        return
    if not whole.apportionment.is_settled:
        text = _("A tie is open: let a seed draw the lot.")
        yield Next(text, pages.Apportion.title, act_address(meeting, pages.Apportion))
        return
    waiting = whole.sent - whole.credentials
    if waiting:
        text = ngettext(
            "%(number)s delegate has no credential yet.",
            "%(number)s delegates have no credential yet.",
            waiting,
        )
        issue = pages.IssueCredentials
        yield Next(text % {"number": waiting}, issue.title, act_address(meeting, issue))
    if whole.credentials:
        address = reverse("admin:elections_meeting_credentials", args=[meeting.pk])
        text = _("The credentials can be printed.")
        yield Next(text, _("Print the credentials"), address, is_due=False)


def _next(line: Line, whole: Whole) -> list[Next]:
    """What fills a delegation from which somebody is missing."""
    if line.missing <= 0 or not whole.apportionment.is_settled:
        return []
    return filling(line.delegation)


def filling(delegation: Delegation) -> list[Next]:
    """The ways in which a delegation is filled: its election, once it was raised, or two."""
    unit, asked = delegation.unit, {"delegation": delegation.pk}
    elect, enter = election_pages.ElectDelegates, pages.EnterDelegates
    ways = []
    question = delegation.question
    if question is not None and not question.is_withdrawn:
        address = reverse("admin:elections_question_change", args=[question.pk])
        ways.append(Next(str(question), _("Its election"), address))
    else:
        ways.append(Next("", elect.title, act_address(unit, elect, **asked)))
    ways.append(Next("", enter.title, act_address(unit, enter, **asked)))
    return ways


def _of_unit(request: HttpRequest, unit: Unit) -> Mapping[str, Any] | None:
    """What the unit sends to meetings still to come. Two queries, or one where it sends none."""
    if not pages.sends(unit):
        return None
    sent = Count(
        "delegates", filter=Q(delegates__until__isnull=True, delegates__substitute__isnull=True)
    )
    rows = Delegation.objects.awaited().filter(unit=unit, seats__gte=1).annotate(sent=sent)
    rows = rows.select_related("apportionment__meeting__unit", "unit", "question")
    listed: list[Any] = list(rows.order_by("apportionment__meeting__starts_at", "pk"))
    mine = ground_of(request, CHANGE).has(unit.tree_id, unit.lft)
    replace = act_address(unit, pages.ReplaceDelegate) if mine else ""
    ground = ground_of(request)
    shown: list[Any] = []
    for row in listed:
        above = row.apportionment.meeting.unit
        seen = ground.has(above.tree_id, above.lft)
        missing = row.seats - row.sent
        fill = filling(row) if mine and missing > 0 and row.apportionment.is_settled else []
        shown.append({"row": row, "missing": missing, "seen": seen, "ways": fill})
    return {"delegations": shown, "replace": replace if any(r.sent for r in listed) else ""}


declare_section(Meeting, Section("kartei/meeting_delegates.html", _of_meeting, order=15))
declare_section(Unit, Section("kartei/unit_delegates.html", _of_unit, order=22))
