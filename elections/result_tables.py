"""The tables of questions and of their polls with the results: they go out, and never in."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.tables import Table, column, declare
from districts.models import Unit
from elections.models import Count, Poll, Question
from elections.models.polls import State
from elections.steps import Turnout, turnouts

_AT_ONCE = 500


class QuestionRow(models.Model):
    """What the columns of a question hold; no table of the database has such rows."""

    number = models.BigIntegerField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT)
    raised_on = models.DateField()
    kind = models.CharField(max_length=10, choices=Question.Kind.choices)
    method = models.CharField(max_length=20)
    fills = models.CharField(max_length=10, choices=Question.Fills.choices, blank=True)
    seats = models.PositiveSmallIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.title


class ResultRow(models.Model):
    """What the columns of a poll hold; no table of the database has such rows."""

    poll = models.CharField(max_length=36, primary_key=True)
    question = models.BigIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT)
    state = models.CharField(max_length=10, choices=State.choices)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    entitled = models.PositiveIntegerField()
    voted_online = models.PositiveIntegerField()
    voted_on_paper = models.PositiveIntegerField()
    outcome = models.TextField(blank=True)

    class Meta:
        abstract = True
        verbose_name = _("poll with its result")
        verbose_name_plural = _("polls with their results")

    def __str__(self) -> str:
        return self.poll


def _units(ground: Ground, day: date | None) -> QuerySet[Unit]:
    units: QuerySet[Unit] = Unit.objects.on_ground(ground)
    return units


def _questions(ground: Ground, day: date | None) -> Iterator[tuple[Any, ...]]:
    rows = Question.objects.on_ground(ground)
    if day is not None:
        rows = rows.filter(raised_on__lte=day)
    named = ("pk", "unit__code", "raised_on", "kind", "method", "fills", "seats", "title")
    withdrawn = ("withdrawn_on", "withdrawn_because")
    for row in rows.order_by("pk").values_list(*named, *withdrawn).iterator():
        later = day is not None and row[-2] is not None and row[-2] > day
        yield (*row[:-2], None, "") if later else row


def _polls(ground: Ground, day: date | None) -> Iterator[tuple[Any, ...]]:
    """The polls that were opened, in the order of their codes; no result before it is public."""
    rows = Poll.objects.on_ground(ground).exclude(state=State.DRAFTED)
    rows = rows.filter(opened_at__isnull=False).select_related("unit")
    if day is not None:
        after = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        rows = rows.filter(opened_at__lt=after)
    listed = sorted(rows, key=lambda poll: str(poll.code))
    for first in range(0, len(listed), _AT_ONCE):
        few = listed[first : first + _AT_ONCE]
        voted, outcomes = turnouts(few), _outcomes(few)
        for poll in few:
            yield _row(poll, voted[poll.pk], outcomes.get(poll.pk, ""))


def _row(poll: Poll, voted: Turnout, outcome: str) -> tuple[Any, ...]:
    days = [
        None if moment is None else timezone.localdate(moment)
        for moment in (poll.opened_at, poll.closed_at)
    ]
    return (
        *(str(poll.code), poll.question_id, poll.unit.code, poll.state, *days),
        *(poll.entitled, voted.online, voted.paper, outcome),
    )


def _outcomes(polls: list[Poll]) -> dict[int, str]:
    """What each published poll decided, in a line: a motion's sentence, or the numbers elected."""
    public = [poll.pk for poll in polls if poll.state == State.PUBLISHED]
    counts = Count.objects.filter(poll__in=public).values_list("poll", "result")
    return {poll: _outcome(result or {}) for poll, result in counts}


def _outcome(result: dict[str, Any]) -> str:
    if "cannot_count" in result:
        return str(result["cannot_count"])
    report = result.get("report", {})
    if "why" in report:
        return str(report["why"])
    if not result.get("quorum_reached", True):
        return str(_("The quorum was not reached: nobody is elected."))
    return " ".join(map(str, report.get("elected", ())))


QUESTIONS = declare(
    Table(
        name="questions",
        model=QuestionRow,
        description=_("The questions that units have raised: motions and elections."),
        key=("number",),
        columns=(
            column(QuestionRow, "number", _("The question's number.")),
            column(QuestionRow, "unit", _("The code of the unit that asks.")),
            column(QuestionRow, "raised_on", _("The day on which it was raised.")),
            column(QuestionRow, "kind", _("Whether it is a motion or an election.")),
            column(QuestionRow, "method", _("How its ballots are counted.")),
            column(QuestionRow, "fills", _("What the seats of an election are in.")),
            column(QuestionRow, "seats", _("How many seats an election has.")),
            column(QuestionRow, "title", _("What is asked.")),
            column(QuestionRow, "withdrawn_on", _("The day on which it was withdrawn, if it was.")),
            column(QuestionRow, "withdrawn_because", _("Why it was withdrawn.")),
        ),
        rows=_units,
        computed=_questions,
    )
)

RESULTS = declare(
    Table(
        name="results",
        model=ResultRow,
        description=_("The polls on the questions, how many voted, and what was decided."),
        key=("poll",),
        columns=(
            column(ResultRow, "poll", _("The poll's code.")),
            column(ResultRow, "question", _("The question's number.")),
            column(ResultRow, "unit", _("The code of the unit that it was put to.")),
            column(ResultRow, "state", _("Where it stands.")),
            column(ResultRow, "opened_on", _("The day on which it opened.")),
            column(ResultRow, "closed_on", _("The day on which it closed.")),
            column(ResultRow, "entitled", _("How many stand on the roll.")),
            column(ResultRow, "voted_online", _("How many voted online.")),
            column(ResultRow, "voted_on_paper", _("How many voted on paper or by hand.")),
            column(
                ResultRow,
                "outcome",
                _(
                    "What a published poll decided: a motion's result in a sentence, an election's"
                    " by the numbers of those elected on the ballot, in the order of election."
                ),
            ),
        ),
        rows=_units,
        computed=_polls,
    )
)
