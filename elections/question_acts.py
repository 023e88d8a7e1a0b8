"""Raising a question as a page: a motion, or an election with its candidates."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget

from audit.days import DayField
from districts.acts import DayInput, Outcome, Text, act_among, act_on, sentence
from districts.models import Unit
from districts.picking import UNIT, PickField
from districts.roles import CHANGE
from districts.scope import ground_of
from elections.act_fields import Lines
from elections.bureaus.electing import settle_composition, unusual_elections
from elections.bureaus.lawful import asks_factory_majority, limits
from elections.candidates import lines_of
from elections.models import Question
from elections.models.questions import Method
from elections.nominating.calls import call_for_nominations
from elections.question_fields import ELECTION, MOTION, Candidates, Majority, Seats, Wording
from elections.questions import Candidate, raise_question


class Raising(Wording):
    """A question that a unit raises."""

    unit = PickField(
        UNIT,
        label=lazy("Raised by"),
        help_text=lazy("The unit that asks; it can be put to it and to all units below it."),
    )
    order = 10

    def adapt(self) -> None:
        super().adapt()
        self.fields["on"].label = lazy("Raised on")
        ground = ground_of(self.request, CHANGE)
        if "unit" in self.fields and len(ground.extents) == 1 and "unit" not in self.initial:
            (extent,) = ground.extents
            own = UNIT.rows(self.request).filter(tree_id=extent.tree, lft=extent.left).first()
            self.fields["unit"].initial = own and own.pk

    def raised(self, question: Question) -> Outcome:
        """The outcome: the question's page, which says what comes next."""
        text = _("Raised on %(day)s: %(question)s. Nobody can vote on it yet.")
        return Outcome(question, sentence(text, day=self.day, question=question))


@act_among(Question)
class RaiseMotion(Majority, Raising):
    """Raise a motion."""

    name = "raise-motion"
    title = lazy("Raise a motion")
    explanation = lazy(
        "A motion is a draft until it is put to cells or to a meeting and opened there. Until then "
        "it can be changed."
    )
    icon = "how_to_vote"
    looked_at = False

    answers = forms.CharField(
        label=lazy("Answers"),
        required=False,
        widget=Lines(4),
        help_text=lazy(
            "Empty for yes, no and abstain; otherwise one on each line, of which everybody chooses "
            "one."
        ),
    )
    field_order = ("unit", "asked", "text", "answers", "quorum", "majority", "base")

    def perform(self, target: None) -> Outcome:
        given = self.cleaned_data
        answers = [Candidate(line) for line in lines_of(given["answers"])]
        question = raise_question(
            unit=given["unit"],
            kind=MOTION,
            method=Method.OPTIONS if answers else Method.YES_NO,
            on=self.day,
            majority=given["majority"],
            base=given["base"],
            choices=answers,
            **self.worded(),
        )
        return self.raised(question)


class ElectionOfUnit(Candidates, Seats, Raising):
    """What an election needs, whoever raises it."""

    icon = "groups"

    nominations_until = DayField(
        label=lazy("Call for nominations until"),
        required=False,
        widget=DayInput,
        help_text=lazy(
            "The last day on which members nominate candidates, who accept or decline. Empty where "
            "all candidates are named above."
        ),
    )

    def adapt(self) -> None:
        super().adapt()
        self.fields["candidates"].required = False

    def clean_nominations_until(self) -> date | None:
        """A day that has not passed."""
        until: date | None = self.cleaned_data["nominations_until"]
        if until is not None and until < timezone.localdate():
            raise forms.ValidationError(_("This day has passed."))
        return until

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        named = given.get("candidates", True) or given.get("nominations_until", True)
        if not named:
            self.add_error("candidates", _("Name candidates, or call for nominations below."))
        if (question := self.planned()) is not None:
            self.hold_seats(question)
            self.hold_candidates(question)
        return given

    def planned(self) -> Question | None:
        """The election as it would be raised, not saved; None where the unit is missing still."""
        unit = self.target or self.cleaned_data.get("unit")
        fills, seats = self.filling(), self.cleaned_data.get("seats")
        return unit and Question(unit=unit, kind=ELECTION, fills=fills, seats=seats)

    def filling(self) -> str:
        """What the seats of the election are in."""
        raise NotImplementedError

    def raise_it(self, unit: Unit) -> Outcome:
        """Raise it for the unit, with the composition that A13 asks of a bureau."""
        given = self.cleaned_data
        question = raise_question(
            unit=unit,
            kind=ELECTION,
            method=given["method"],
            on=self.day,
            fills=self.filling(),
            seats=given["seats"],
            votes_each=given["votes_each"],
            choices=given["candidates"],
            **self.worded(),
        )
        today = timezone.localdate()
        settle_composition(question=question, on=today)
        if until := given["nominations_until"]:
            call_for_nominations(question=question, until=until, on=today)
        return self.raised(question)


@act_on(Unit)
class ElectBureau(ElectionOfUnit):
    """Raise the election of the unit's bureau."""

    name = "elect-bureau"
    title = lazy("Elect a bureau")
    explanation = lazy(
        "The election is a draft until it is put to a meeting or to cells and opened there. How "
        "many are elected and how many of them come from factory cells follows from the articles "
        "(A8, A11, A13); the bureau that sits leads until the new one is constituted."
    )
    order = 69
    field_order = (
        "asked",
        "seats",
        "candidates",
        "nominations_until",
        "method",
        "votes_each",
        "text",
        "quorum",
    )

    @classmethod
    def applies_to(cls, target: Unit, on: date) -> bool:
        return target.dissolved is None

    def adapt(self) -> None:
        del self.fields["unit"]
        super().adapt()
        bounds = limits(self.target.kind)
        self.fields["asked"].initial = _("Election of the bureau of %(unit)s") % {
            "unit": self.target.name
        }
        self.fields["seats"].initial = bounds.most or bounds.least

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Unit"), self.target
        bounds = limits(self.target.kind)
        many = f"{bounds.least}-{bounds.most}" if bounds.most else _("%s or more") % bounds.least
        yield lazy("Seats"), f"{many} ({bounds.article})"
        if asks_factory_majority(self.target.kind):
            yield lazy("From factory cells"), _("more than half (A13)")

    def filling(self) -> str:
        return Question.Fills.BUREAU

    def unusual(self, target: Unit) -> Iterator[Text]:
        yield from super().unusual(target)
        yield from unusual_elections(target)

    def perform(self, target: Unit) -> Outcome:
        return self.raise_it(target)


@act_among(Question)
class RaiseElection(ElectionOfUnit):
    """Raise an election."""

    name = "raise-election"
    title = lazy("Raise an election")
    explanation = lazy(
        "It is a draft until it is put to a meeting or to cells and opened there. What the "
        "bureau of a district or the committee of an area must be made up of (A13) follows from "
        "the register; other demands are set afterwards."
    )
    order = 11
    field_order = (
        "unit",
        "fills",
        "asked",
        "seats",
        "candidates",
        "nominations_until",
        "method",
        "votes_each",
        "text",
        "quorum",
    )

    fills = forms.ChoiceField(
        label=lazy("Elected are"),
        required=False,
        choices=[
            ("", lazy("others: nothing is constituted from it")),
            *(choice for choice in Question.Fills.choices if choice[0] != Question.Fills.DELEGATES),
        ],
        widget=UnfoldAdminRadioSelectWidget,
        help_text=lazy(
            "For a bureau or a committee the program holds its size and the majority of factory "
            "cells (A8, A11, A13), and constitutes it from the result."
        ),
    )

    def filling(self) -> str:
        fills: str = self.cleaned_data.get("fills", "")
        return fills

    def unusual(self, target: None) -> Iterator[Text]:
        yield from super().unusual(target)
        if self.cleaned_data["fills"] == Question.Fills.BUREAU:
            yield from unusual_elections(self.cleaned_data["unit"])

    def perform(self, target: None) -> Outcome:
        return self.raise_it(self.cleaned_data["unit"])
