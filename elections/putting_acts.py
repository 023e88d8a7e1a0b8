"""Putting a question to units as a page: to cells, to a general meeting, to delegates (A5, A10)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminRadioSelectWidget

from audit.refusals import Blocker
from districts.acts import Outcome, Text, act_on, sentence
from districts.kinds import CELLS
from districts.models import Unit
from districts.picking import UNIT, PickField
from districts.roles import CHANGE
from districts.scope import ground_of
from elections.act_fields import Arrangement, last_tellers
from elections.arranging import arrange_polls
from elections.models import Poll, Question
from elections.models.polls import PollQuerySet, State
from elections.questions import cells_below, put_question, withdrawn_blockers

Assembly = Poll.Assembly
ALL_CELLS, ONE = "cells", "one"


@act_on(Question)
class PutQuestion(Arrangement):
    """Put the question to units."""

    name = "put-question"
    title = lazy("Put the question")
    explanation = lazy(
        "A poll is drafted for each unit. Nobody can vote before the polls are opened, and until "
        "then tellers and times can be changed."
    )
    icon = "campaign"
    order = 5
    looked_at = False
    rehearsed = False

    whom = forms.ChoiceField(label=lazy("To whom"), widget=UnfoldAdminRadioSelectWidget)
    one = PickField(
        UNIT,
        label=lazy("Which unit"),
        required=False,
        help_text=lazy("For one unit alone: the code or name of a cell, district or local group."),
    )
    field_order = ("whom", "one", "channels", "tellers", "closes_at")

    @classmethod
    def applies_to(cls, target: Question, on: date) -> bool:
        return not target.is_withdrawn

    def foreseen(self) -> Iterable[Blocker]:
        return withdrawn_blockers(self.target)

    def adapt(self) -> None:
        question: Question = self.target
        choices = list(self._choices(question.unit))
        field: Any = self.fields["whom"]
        field.choices = choices
        general = question.kind == Question.Kind.ELECTION and len(choices) > 1
        field.initial = Assembly.GENERAL if general else choices[0][0]
        if question.unit.kind in CELLS:
            del self.fields["one"]
        self.offer_tellers(question.unit, last_tellers(question.unit))

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Question"), self.target

    def _choices(self, unit: Unit) -> Iterator[tuple[str, Text]]:
        told: dict[str, Any] = {"unit": unit, "number": len(self.cells)}
        if unit.kind in CELLS:
            yield Assembly.CELL, _("the members of %(unit)s") % told
            return
        if self.cells:
            text = ngettext(
                "the one cell of %(unit)s that has not been asked yet",
                "all %(number)s cells of %(unit)s, each by itself",
                len(self.cells),
            )
            yield ALL_CELLS, text % told
        yield Assembly.GENERAL, _("the general meeting of all members of %(unit)s (A10)") % told
        yield Assembly.DELEGATES, _("a meeting of delegates of %(unit)s") % told
        yield ONE, _("one unit below %(unit)s") % told

    @cached_property
    def cells(self) -> list[Unit]:
        """The open cells to which the question has not been put."""
        question: Question = self.target
        if question.unit.kind in CELLS:
            return []
        standing = question.polls.exclude(state=State.ANNULLED)
        asked = set(standing.values_list("unit", flat=True))
        below = cells_below(question.unit, timezone.localdate())
        return [cell for cell in below if cell.pk not in asked]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("whom") == ONE and given.get("one") is None and "one" not in self.errors:
            self.add_error("one", _("Which unit?"))
        if given.get("one") is not None and given.get("whom") not in (ONE, None):
            reason = _("Choose “one unit” above to ask this unit alone, or leave it empty.")
            self.add_error("one", reason)
        return given

    def perform(self, target: Question) -> Outcome:
        units, assembly = self._units(target)
        polls = put_question(question=target, units=units, assembly=assembly, **self.arranged())
        text = ngettext(
            "The question is put to %(number)s unit. Open the poll when it is time to vote.",
            "The question is put to %(number)s units. Open the polls when it is time to vote.",
            len(polls),
        )
        return Outcome(target, sentence(text, number=len(polls)))

    def _units(self, target: Question) -> tuple[Sequence[Unit], str]:
        whom = self.cleaned_data["whom"]
        if whom == ALL_CELLS:
            return self.cells, Assembly.CELL
        if whom == ONE:
            unit: Unit = self.cleaned_data["one"]
            return [unit], Assembly.CELL if unit.kind in CELLS else Assembly.GENERAL
        return [target.unit], whom


class Rearranging(Arrangement):
    """A change of how drafted polls are held."""

    title = lazy("Change tellers and times")
    explanation = lazy("As long as the poll is not open: how votes are cast, by whom, how long.")
    icon = "manage_accounts"
    order = 20

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield self.target._meta.verbose_name.capitalize(), self.target

    def show(self, poll: Poll) -> None:
        """Fill the fields with what holds for `poll`."""
        tellers = [teller.account_id for teller in poll.tellers.all()]
        self.offer_tellers(poll.question.unit if self._below(poll) else poll.unit, tellers)
        self.fields["channels"].initial = poll.channels
        self.fields["closes_at"].initial = poll.closes_at

    def _below(self, poll: Poll) -> bool:
        """Whether the unit that asks is the user's, and its tellers are offered."""
        asking = poll.question.unit
        return ground_of(self.request, CHANGE).has(asking.tree_id, asking.lft)


@act_on(Poll)
class ArrangePoll(Rearranging):
    """Change the tellers and times of a drafted poll."""

    name = "arrange-poll"

    @classmethod
    def applies_to(cls, target: Poll, on: date) -> bool:
        return target.state == State.DRAFTED

    def adapt(self) -> None:
        self.show(self.target)

    def perform(self, target: Poll) -> Outcome:
        (poll,) = arrange_polls(polls=[target], **self.arranged())
        return Outcome(poll, sentence(_("Changed: %(poll)s."), poll=poll))


@act_on(Question)
class ArrangeAll(Rearranging):
    """Change the tellers and times of all drafted polls on the question."""

    name = "arrange-all"
    title = lazy("Change tellers and times of all drafted polls")
    order = 21

    @classmethod
    def applies_to(cls, target: Question, on: date) -> bool:
        return target.polls.filter(state=State.DRAFTED).exists()

    def adapt(self) -> None:
        first = self._polls().select_related("question__unit", "unit").first()
        if first is not None:
            self.show(first)

    def _polls(self) -> PollQuerySet:
        polls = Poll.objects.on_ground(ground_of(self.request, CHANGE))
        return polls.filter(question=self.target, state=State.DRAFTED).order_by("pk")

    def foreseen(self) -> Iterable[Blocker]:
        return [] if self._polls().exists() else [Blocker(_("There is no drafted poll."))]

    def perform(self, target: Question) -> Outcome:
        polls = arrange_polls(polls=list(self._polls()), **self.arranged())
        text = ngettext("Changed: %(number)s poll.", "Changed: %(number)s polls.", len(polls))
        address = reverse("admin:elections_question_change", args=[target.pk])
        return Outcome(target, sentence(text, number=len(polls)), address)
