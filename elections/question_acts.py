"""Raising a question as a page: a motion, or an election with its candidates."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget

from districts.acts import Outcome, act_among, sentence
from districts.picking import UNIT, PickField
from districts.roles import CHANGE
from districts.scope import ground_of
from elections.act_fields import Lines
from elections.bureaus.electing import settle_composition
from elections.candidates import lines_of
from elections.models import Question
from elections.models.questions import Method
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
        if len(ground.extents) == 1 and "unit" not in self.initial:
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


@act_among(Question)
class RaiseElection(Candidates, Seats, Raising):
    """Raise an election."""

    name = "raise-election"
    title = lazy("Raise an election")
    explanation = lazy(
        "It is a draft until it is put to a meeting or to cells and opened there. What the "
        "bureau of a district or the committee of an area must be made up of (A13) follows from "
        "the register; other demands are set afterwards."
    )
    icon = "groups"
    order = 11
    field_order = (
        "unit",
        "fills",
        "asked",
        "seats",
        "candidates",
        "method",
        "votes_each",
        "text",
        "quorum",
    )

    fills = forms.ChoiceField(
        label=lazy("Elected are"),
        required=False,
        choices=[("", lazy("others: nothing is constituted from it")), *Question.Fills.choices],
        widget=UnfoldAdminRadioSelectWidget,
        help_text=lazy(
            "For a bureau or a committee the program holds its size and the majority of factory "
            "cells (A8, A11, A13), and constitutes it from the result."
        ),
    )

    def perform(self, target: None) -> Outcome:
        given = self.cleaned_data
        question = raise_question(
            unit=given["unit"],
            kind=ELECTION,
            method=given["method"],
            on=self.day,
            fills=given["fills"],
            seats=given["seats"],
            votes_each=given["votes_each"],
            choices=given["candidates"],
            **self.worded(),
        )
        settle_composition(question=question, on=timezone.localdate())
        return self.raised(question)
