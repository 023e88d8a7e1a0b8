"""Changing a question as a page, as long as no poll on it has been opened (A13)."""

from collections.abc import Iterable, Iterator
from copy import copy
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
)

from audit.refusals import Blocker
from districts.acts import LineInput, Outcome, Text, act_on, sentence
from districts.scope import ground_of
from elections.act_fields import Lines, Undated
from elections.bureaus.electing import is_for_a_bureau, settle_composition
from elections.bureaus.lawful import asks_factory_majority
from elections.candidates import as_lines, factory_members, homes_of, lines_of
from elections.delegates.choosing import is_of_delegates
from elections.models import Choice, Question
from elections.models.questions import Method
from elections.question_acts import RaiseMotion
from elections.question_fields import (
    ELECTION,
    MOTION,
    Candidates,
    HeldToArticles,
    Majority,
    Seats,
    Wording,
)
from elections.questions import (
    Candidate,
    change_question,
    editing_blockers,
    set_choices,
    set_composition,
    withdraw_candidate,
    yes_no_abstain,
)


def must_have_factory_majority(question: Question) -> bool:
    """Whether most of those elected come from factory cells (A13), which binds no delegates."""
    election = question.kind == ELECTION and not is_of_delegates(question)
    return election and asks_factory_majority(question.unit.kind)


class Change(Undated):
    """A change of a question on which no poll has been opened."""

    kinds: tuple[str, ...] = (MOTION, ELECTION)

    @classmethod
    def applies_to(cls, target: Question, on: date) -> bool:
        return target.kind in cls.kinds and not editing_blockers(target)

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Question"), self.target

    def foreseen(self) -> Iterable[Blocker]:
        return editing_blockers(self.target)

    def changed(self) -> Outcome:
        """The outcome of a change: the question's page."""
        text = _("Changed: %(question)s.")
        self.target.refresh_from_db()
        return Outcome(self.target, sentence(text, question=self.target))


class ChangeWording(Change, Wording):
    """A change of the text and the terms."""

    icon = "edit"
    order = 30
    terms: tuple[str, ...] = ()

    def adapt(self) -> None:
        super().adapt()
        question: Question = self.target
        known = {"asked": question.title, "quorum": str(question.quorum)}
        for name in ("text", *self.terms):
            known[name] = getattr(question, name)
        for name, value in known.items():
            self.fields[name].initial = value

    def perform(self, target: Question) -> Outcome:
        worded = self.worded()
        quorum = worded.pop("quorum")
        values = {
            **worded,
            "quorum_numerator": quorum.numerator,
            "quorum_denominator": quorum.denominator,
            **{name: self.cleaned_data[name] for name in self.terms},
        }
        changed = change_question(question=target, values=values)
        settle_composition(question=changed, on=timezone.localdate())
        return self.changed()


@act_on(Question)
class ChangeMotion(Majority, ChangeWording):
    """Change a motion's text and terms."""

    name = "change-motion"
    title = lazy("Change text and terms")
    explanation = lazy("It can be changed until the first poll on it is opened.")
    kinds = (MOTION,)
    terms = ("majority", "base")
    field_order = ("asked", "text", "quorum", "majority", "base")


@act_on(Question)
class ChangeElection(Seats, HeldToArticles, ChangeWording):
    """Change an election's text and terms."""

    name = "change-election"
    title = lazy("Change text and terms")
    explanation = ChangeMotion.explanation
    kinds = (ELECTION,)
    terms = ("seats", "method", "votes_each")
    field_order = ("asked", "text", "seats", "method", "votes_each", "quorum")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        changed: Question = copy(self.target)
        changed.seats = given.get("seats")
        self.hold_seats(changed)
        return given


@act_on(Question)
class ChangeCandidates(Candidates, Change):
    """Change who stands."""

    name = "change-candidates"
    title = lazy("Change the candidates")
    explanation = lazy(
        "They are numbered anew, and a composition that was set by hand is to be set again. Who no "
        "longer stands when ballots are printed is withdrawn instead: the numbers stay."
    )
    icon = "group"
    order = 31
    kinds = (ELECTION,)

    def adapt(self) -> None:
        standing = self.target.choices.filter(withdrawn=False)
        self.fields["candidates"].initial = as_lines(standing)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        self.hold_candidates(self.target)
        return given

    def foretold(self, target: Question) -> Iterator[Text]:
        yield from super().foretold(target)
        groups = () if is_for_a_bureau(target) else target.compositions.all()
        for group in groups:
            yield _("The composition “%(name)s” is to be set again.") % {"name": group}

    def perform(self, target: Question) -> Outcome:
        set_choices(question=target, choices=self.cleaned_data["candidates"])
        settle_composition(question=target, on=timezone.localdate())
        return self.changed()


@act_on(Question)
class ChangeAnswers(Change):
    """Change the answers to a motion."""

    name = "change-answers"
    title = lazy("Change the answers")
    explanation = RaiseMotion.base_fields["answers"].help_text
    icon = "checklist"
    order = 31
    kinds = (MOTION,)
    looked_at = False

    answers = forms.CharField(label=lazy("Answers"), required=False, widget=Lines(4))

    def adapt(self) -> None:
        if self.target.method == Method.OPTIONS:
            self.fields["answers"].initial = as_lines(self.target.choices.all())

    def perform(self, target: Question) -> Outcome:
        answers = [Candidate(line) for line in lines_of(self.cleaned_data["answers"])]
        method = Method.OPTIONS if answers else Method.YES_NO
        change_question(question=target, values={"method": method})
        set_choices(question=target, choices=answers or yes_no_abstain())
        return self.changed()


@act_on(Question)
class SetComposition(Change):
    """Say what those elected must be made up of (A13)."""

    name = "set-composition"
    title = lazy("Set the composition")
    explanation = lazy(
        "How many of those elected must come from a group of the candidates. More than half of a "
        "district bureau or an area committee are members of factory cells (A13): ticked are those "
        "whose home is in a factory cell or a joint cell today. The count keeps to it."
    )
    icon = "diversity_3"
    order = 20
    kinds = (ELECTION,)
    looked_at = False

    group = forms.CharField(label=lazy("Name of the group"), max_length=100, widget=LineInput)
    at_least = forms.IntegerField(
        label=lazy("At least"), min_value=0, widget=UnfoldAdminIntegerFieldWidget
    )
    at_most = forms.IntegerField(
        label=lazy("At most"),
        required=False,
        min_value=0,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=lazy("Empty for no limit. At least 0 and no limit takes the group away."),
    )
    members = forms.ModelMultipleChoiceField(
        Choice.objects.none(),
        label=lazy("From these candidates"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def adapt(self) -> None:
        question: Question = self.target
        choices = question.choices.filter(withdrawn=False)
        members = choices.exclude(member=None).values_list("member", flat=True)
        self.homes = homes_of(members, timezone.localdate())
        field: Any = self.fields["members"]
        field.queryset = choices
        field.label_from_instance = self._with_home
        known = question.compositions.prefetch_related("choices").first()
        if known is not None:
            values = (known.name, known.at_least, known.at_most, list(known.choices.all()))
        else:
            values = (_("Members of factory cells"), *self._proposed(question))
        for name, value in zip(("group", "at_least", "at_most", "members"), values, strict=True):
            self.fields[name].initial = value

    def _with_home(self, choice: Choice) -> str:
        """The candidate with the home cell, where the user sees it (A4)."""
        home, ground = self.homes.get(choice.member_id or 0), ground_of(self.request)
        if home is None or not ground.has(home.unit.tree_id, home.unit.lft):
            return choice.name
        return f"{choice.name} - {home.unit}"

    def _proposed(self, question: Question) -> tuple[int, None, list[Choice]]:
        """More than half of the seats where A13 asks for it, from the factory members."""
        bound = must_have_factory_majority(question)
        least = (question.seats or 0) // 2 + 1 if bound else 0
        return least, None, factory_members(question, timezone.localdate())

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        yield lazy("Seats"), self.target.seats

    def unusual(self, target: Question) -> Iterator[Text]:
        given = self.cleaned_data
        too_few = 2 * given["at_least"] <= (target.seats or 0)
        if too_few and must_have_factory_majority(target):
            yield _("A13: more than half of the seats are for members of factory cells.")

    def perform(self, target: Question) -> Outcome:
        given = self.cleaned_data
        set_composition(
            question=target,
            name=given["group"],
            choices=given["members"],
            at_least=given["at_least"],
            at_most=given["at_most"],
        )
        return self.changed()


@act_on(Question)
class WithdrawCandidate(Change):
    """Note that a candidate no longer stands."""

    name = "withdraw-candidate"
    title = lazy("Withdraw a candidate")
    explanation = lazy("Who is withdrawn keeps the number, and nobody can be voted for by it.")
    icon = "person_remove"
    order = 32
    kinds = (ELECTION,)
    looked_at = False

    who = forms.ModelChoiceField(
        Choice.objects.none(),
        label=lazy("Who"),
        widget=UnfoldAdminRadioSelectWidget,
        empty_label=None,
    )

    def adapt(self) -> None:
        field: Any = self.fields["who"]
        field.queryset = self.target.choices.filter(withdrawn=False)

    def perform(self, target: Question) -> Outcome:
        choice = withdraw_candidate(choice=self.cleaned_data["who"])
        text = _("%(who)s no longer stands.")
        return Outcome(target, sentence(text, who=choice))
