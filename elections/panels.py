"""Votes on the first page and on a unit's page, and where entries of the log lead."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.models import Entry
from districts.acts import Text
from districts.changes import links_entries
from districts.models import Unit
from districts.panels import Waiting, declare_waiting
from districts.roles import CHANGE
from districts.scope import ground_of
from districts.sections import Section, declare_section
from elections.models import Poll, Question
from elections.models.polls import State
from elections.question_page import poll_rows, polls_list
from elections.steps import Wait, how_many_wait

MOST = 20  # polls on a unit's page
MOST_DONE = 5
MOST_QUESTIONS = 10

WAITING: tuple[tuple[Wait, Text], ...] = (
    (Wait.CLOSE, _("Polls to close: the time is over")),
    (Wait.DIFFER, _("Polls whose papers differ")),
    (Wait.BOX, _("Boxes to open")),
    (Wait.COUNT, _("Polls to count")),
    (Wait.PUBLISH, _("Results to publish")),
    (Wait.OPEN, _("Polls to open")),
)


def _counts(wait: Wait) -> Callable[[Ground, date], int]:
    return lambda ground, day: how_many_wait(Poll.objects.on_ground(ground), wait)


def _leads(wait: Wait) -> Callable[[], str]:
    return lambda: polls_list(state=wait.value)


def _of_unit(request: HttpRequest, unit: Unit) -> Mapping[str, Any]:
    """Polls put to this very unit, and questions that it has raised. Five queries, or six."""
    put = Poll.objects.filter(unit=unit).select_related("unit", "question")
    standing = put.exclude(state__in=(State.PUBLISHED, State.ANNULLED))
    done = put.filter(state=State.PUBLISHED).order_by("-closed_at")
    found = list(standing.order_by("-pk")[: MOST + 1])
    rows = poll_rows(request, [*found[:MOST], *done[:MOST_DONE]])
    raised = Question.objects.filter(unit=unit).order_by("-raised_on", "-pk")
    mine = ground_of(request, CHANGE).has(unit.tree_id, unit.lft) and unit.dissolved is None
    return {
        "rows": rows,
        "more": len(found) > MOST,
        "list": polls_list(unit=unit.pk, state="all"),
        "questions": list(raised[:MOST_QUESTIONS]),
        "acts": [
            (title, icon, f"{reverse(_RAISE, args=[name])}?unit={unit.code}")
            for name, title, icon in (
                ("raise-motion", _("Raise a motion"), "how_to_vote"),
                ("raise-election", _("Raise an election"), "groups"),
            )
        ]
        if mine
        else [],
    }


_RAISE = "admin:elections_question_list_act"


@links_entries
def to_votes(ground: Ground, entries: Iterable[Entry]) -> Mapping[int, str]:
    """The pages of the questions and polls that entries are about. Two queries at most."""
    named = [entry for entry in entries if entry.table in ("questions", "polls")]
    questions = {entry.key for entry in named if entry.table == "questions"}
    polls = {entry.key for entry in named if entry.table == "polls"}
    addresses: dict[tuple[str, str], str] = {}
    if questions:
        asked = Question.objects.on_ground(ground).filter(pk__in=questions)
        for key in asked.values_list("pk", flat=True):
            address = reverse("admin:elections_question_change", args=[key])
            addresses["questions", str(key)] = address
    if polls:
        put = Poll.objects.on_ground(ground).filter(code__in=polls)
        for key, code in put.values_list("pk", "code"):
            addresses["polls", str(code)] = reverse("admin:elections_poll_change", args=[key])
    return {
        entry.pk: addresses[entry.table, entry.key]
        for entry in named
        if (entry.table, entry.key) in addresses
    }


for place, (wait, title) in enumerate(WAITING, start=6):
    declare_waiting(Waiting(f"polls-{wait}", title, _counts(wait), _leads(wait), order=place))
declare_section(Unit, Section("kartei/unit_votes.html", _of_unit, order=22))
