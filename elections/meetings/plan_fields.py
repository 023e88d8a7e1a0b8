"""The fields of the pages on which meetings are planned and changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminSelectWidget

from audit import days
from audit.days import MomentField
from districts.acts import LineInput
from districts.models import Unit
from elections.act_fields import Lines, MomentInput, Undated
from elections.candidates import lines_of
from elections.meetings.planning import Item, Plan
from elections.models import Meeting, Question
from elections.models.polls import State

USUAL = timedelta(hours=2)
LONGEST = timedelta(days=14)
LONGEST_ITEM = 300

PARTS: dict[Fraction, Any] = {
    Fraction(0): lazy("no quorum"),
    Fraction(1, 4): lazy("a quarter of those entitled"),
    Fraction(1, 3): lazy("a third of those entitled"),
    Fraction(1, 2): lazy("half of those entitled"),
    Fraction(2, 3): lazy("two thirds of those entitled"),
    Fraction(3, 4): lazy("three quarters of those entitled"),
}


def part(share: Fraction) -> str:
    """A part of those entitled in words."""
    known = PARTS.get(share)
    return str(known) if known else _("%(share)s of those entitled") % {"share": share}


class MeetingFields(Undated):
    """When and where, what for, and how many must come."""

    starts_at = MomentField(label=lazy("Begins"), widget=MomentInput)
    ends_at = MomentField(
        label=lazy("Ends"),
        required=False,
        widget=MomentInput,
        help_text=lazy("Empty: two hours later."),
    )
    place = forms.CharField(label=lazy("Place"), max_length=200, widget=LineInput)
    called = forms.CharField(
        label=lazy("Title"),
        required=False,
        max_length=200,
        widget=LineInput,
        help_text=lazy("Empty: what it is, such as 'General meeting'."),
    )
    agenda = forms.CharField(
        label=lazy("Agenda"),
        required=False,
        widget=Lines,
        help_text=lazy(
            "One item on each line. A line that is the title of a question of this unit leads to "
            "it."
        ),
    )
    quorum = forms.ChoiceField(
        label=lazy("Quorum"),
        initial="0",
        widget=UnfoldAdminSelectWidget,
        help_text=lazy("The part of those entitled who must be present."),
    )

    def offer_quorums(self, *more: Fraction) -> None:
        """Let the usual parts be chosen, and those in `more`."""
        field: Any = self.fields["quorum"]
        field.choices = [(str(share), part(share)) for share in sorted({*PARTS, *more})]

    def clean_agenda(self) -> list[str]:
        """The lines; raises what is too long for one."""
        items = lines_of(self.cleaned_data["agenda"])
        if any(len(item) > LONGEST_ITEM for item in items):
            text = _("An item has at most %(most)s characters.") % {"most": LONGEST_ITEM}
            raise forms.ValidationError(text)
        return items

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        starts_at: datetime | None = given.get("starts_at")
        if starts_at is None:
            return given
        ends_at = given["ends_at"] = given.get("ends_at") or starts_at + USUAL
        if ends_at <= starts_at:
            self.add_error("ends_at", _("A meeting ends after it has begun."))
        elif ends_at - starts_at > LONGEST:
            self.add_error("ends_at", _("A meeting lasts two weeks at most."))
        return given

    def plan_for(self, unit: Unit, usual_title: str) -> Plan:
        """What was settled, as the acts take it."""
        given = self.cleaned_data
        return Plan(
            title=given["called"] or usual_title,
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
            place=given["place"],
            agenda=items_of(given["agenda"], unit),
            quorum=Fraction(given["quorum"]),
        )


def items_of(lines: Sequence[str], unit: Unit) -> list[Item]:
    """The items of an agenda, each with the question whose title it is. One query."""
    known = {question.title: question for question in questions_of(unit)} if lines else {}
    return [Item(line, known.get(line)) for line in lines]


def questions_of(unit: Unit) -> list[Question]:
    """The questions that can stand on the unit's agenda: its own, and those put to it."""
    asked = Question.objects.standing()
    mine = asked.filter(Q(unit=unit) | Q(polls__unit=unit)).distinct()
    return list(mine.order_by("-raised_on", "-pk")[:100])


def proposed_agenda(unit: Unit) -> str:
    """The titles of the questions of this unit that are still to be decided there."""
    done = (State.PUBLISHED, State.ANNULLED, State.COUNTED)
    waiting = Question.objects.standing().filter(unit=unit).exclude(polls__state__in=done)
    return "\n".join(waiting.order_by("pk").values_list("title", flat=True)[:20])


def last_place(unit: Unit) -> str:
    """Where the unit met last; empty where it never did. One query."""
    last = Meeting.objects.filter(unit=unit).order_by("-starts_at").values_list("place", flat=True)
    return last.first() or ""


def moment_in_words(moment: datetime) -> str:
    """The weekday, the day and the minute, in the organisation's own time."""
    weekday = date_format(timezone.localtime(moment), "D")
    return f"{weekday} {days.moment_in_words(moment)}"
