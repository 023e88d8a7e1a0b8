"""The fields of the pages on which questions are raised and changed."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
)

from districts.acts import Act, LineInput, Text
from districts.scope import ground_of
from elections.act_fields import Lines
from elections.candidates import read_candidates
from elections.models import Delegation, Question
from elections.models.questions import MOST_SEATS, Method
from elections.question_checks import candidates_faults, seats_faults
from elections.questions import Candidate
from elections.terms import METHODS, PARTS, part

ELECTION, MOTION = Question.Kind.ELECTION, Question.Kind.MOTION
ELECTING = (Method.BLOCK, Method.APPROVAL, Method.SCOTTISH, Method.MEEK)


class Wording(Act):
    """What is asked, and how many must take part."""

    asked = forms.CharField(label=lazy("Title"), max_length=200, widget=LineInput)
    text = forms.CharField(
        label=lazy("Text"),
        required=False,
        max_length=10_000,
        widget=Lines,
        help_text=lazy("What is to be decided, in full. May be left empty."),
    )
    quorum = forms.ChoiceField(
        label=lazy("Quorum"),
        initial="0",
        widget=UnfoldAdminSelectWidget,
        help_text=lazy("The part of those entitled who must take part for the vote to be valid."),
    )

    def adapt(self) -> None:
        shares = dict.fromkeys(PARTS)
        if isinstance(self.target, Question):
            shares[self.target.quorum] = None
        field: Any = self.fields["quorum"]
        field.choices = [(str(share), part(share)) for share in sorted(shares)]

    def worded(self) -> dict[str, Any]:
        """Title, text and quorum as the acts take them."""
        given = self.cleaned_data
        return {
            "title": given["asked"],
            "text": given["text"],
            "quorum": Fraction(given["quorum"]),
        }


class Majority(forms.Form):
    """How many must be for a motion."""

    majority = forms.ChoiceField(
        label=lazy("Majority"),
        choices=Question.Majority.choices,
        initial=Question.Majority.SIMPLE,
        widget=UnfoldAdminRadioSelectWidget,
    )
    base = forms.ChoiceField(
        label=lazy("Taken"),
        choices=Question.Base.choices,
        initial=Question.Base.VOTING,
        widget=UnfoldAdminRadioSelectWidget,
        help_text=lazy("For an absolute majority and for two thirds."),
    )


class Seats(forms.Form):
    """How an election fills how many seats."""

    seats = forms.IntegerField(
        label=lazy("Seats"),
        min_value=1,
        max_value=MOST_SEATS,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    method = forms.ChoiceField(
        label=lazy("Counted by"),
        choices=[(method.value, METHODS[method]) for method in ELECTING],
        initial=Method.BLOCK,
        widget=UnfoldAdminRadioSelectWidget,
    )
    votes_each = forms.IntegerField(
        label=lazy("Names on a ballot at most"),
        required=False,
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=lazy("For plurality alone; empty for as many as there are seats."),
    )


class HeldToArticles(Act):
    """An election whose form refuses what the check before a poll opens would refuse."""

    def filled(self) -> Delegation | None:
        """The delegation that an election not saved yet would fill."""
        return None

    def hold_seats(self, question: Question) -> None:
        """Refuse a number of seats that is not lawful, at its field (A8, A11, A12)."""
        if "seats" in self.cleaned_data:
            today = timezone.localdate()
            for blocker in seats_faults(question, today, self.filled()):
                self.add_error("seats", str(blocker))

    def hold_candidates(self, question: Question) -> None:
        """Refuse those who cannot stand, at their field (A8, A11, A12)."""
        named, today = self.cleaned_data.get("candidates") or (), timezone.localdate()
        for blocker in candidates_faults(question, named, today, self.filled()):
            self.add_error("candidates", str(blocker))


class Candidates(HeldToArticles):
    """Who stands, one on each line."""

    candidates = forms.CharField(
        label=lazy("Candidates"),
        widget=Lines,
        help_text=lazy(
            "One on each line, in the order in which they are numbered: a member's number or whole "
            "name; any other name stands as it is written."
        ),
    )

    def clean_candidates(self) -> list[Candidate]:
        """Those who stand, looked up in the user's part of the register."""
        text: str = self.cleaned_data["candidates"]
        return read_candidates(text, ground_of(self.request), timezone.localdate())

    def foretold(self, target: Any) -> Iterator[Text]:
        for number, one in enumerate(self.cleaned_data["candidates"], start=1):
            told = {"number": number, "name": one.member or one.label}
            if one.member:
                yield _("%(number)s: %(name)s") % told
            else:
                yield _("%(number)s: %(name)s, a name alone: no member is called so") % told
