"""From an election to the bureau as pages: the composition settled, the result constituted."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from audit.refusals import Blocker
from districts.acts import Act, Outcome, Text, act_on, sentence
from elections.act_fields import Undated
from elections.bureaus.electing import (
    constitute_elected,
    factory_seats,
    is_for_a_bureau,
    outcome_blockers,
    outcome_of,
    settle_composition,
    taking,
)
from elections.bureaus.portfolios import portfolio_choices
from elections.bureaus.sitting import sitting_bureau
from elections.candidates import factory_members
from elections.models import Question
from elections.questions import editing_blockers
from members.models import Member

FREE_SEATS = Question.Fills.FREE_SEATS


@act_on(Question)
class SettleComposition(Undated):
    """Let the composition follow from the register."""

    name = "settle-composition"
    title = lazy("Settle the composition by the register")
    explanation = lazy(
        "How many of those elected come from factory cells (A13), and which candidates those are "
        "today. It was settled when the candidates were named; whoever has moved since then counts "
        "by the new home."
    )
    icon = "diversity_3"
    order = 21

    @classmethod
    def applies_to(cls, target: Question, on: date) -> bool:
        return bool(factory_seats(target, on)) and not editing_blockers(target)

    def facts(self) -> Iterable[tuple[Text, Any]]:
        today = timezone.localdate()
        yield lazy("Question"), self.target
        yield lazy("From factory cells at least"), factory_seats(self.target, today)
        yield lazy("Candidates from there"), len(factory_members(self.target, today))

    def foreseen(self) -> Iterable[Blocker]:
        return editing_blockers(self.target)

    def perform(self, target: Question) -> Outcome:
        settle_composition(question=target, on=timezone.localdate())
        return Outcome(target, sentence(_("Settled by the register: %(who)s."), who=target))


# Its argument is for the type checker alone: at run time the class takes none.
class Those(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several of those elected, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


@act_on(Question)
class ConstituteElected(Act):
    """Constitute the bureau from the result of its election."""

    name = "constitute-elected"
    title = lazy("Constitute from the result")
    explanation = lazy(
        "Those elected who accept take their seats from that day. In the place of who declines "
        "comes the next in turn of the same count with whom the majority is kept (A13). A bureau "
        "that sits ends on that day; at a by-election it stays, and its free seats are filled."
    )
    icon = "groups_3"
    order = 5
    what_if = True

    declined = Those(
        Member.objects.none(),
        label=lazy("Who declines"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=lazy("Nobody ticked: all of them accept."),
    )

    @classmethod
    def applies_to(cls, target: Question, on: date) -> bool:
        return is_for_a_bureau(target) and not outcome_blockers(target)

    def adapt(self) -> None:
        self.elected: list[Member] = []
        if not outcome_blockers(self.target):
            self.elected = list(outcome_of(self.target).elected)
        field: Any = self.fields["declined"]
        numbers = [member.pk for member in self.elected]
        field.queryset = Member.objects.filter(pk__in=numbers).order_by("search")
        for member in self.elected:
            self.fields[f"work-{member.pk}"] = forms.ChoiceField(
                label=_("Work of %(who)s") % {"who": member.full_name},
                required=False,
                choices=portfolio_choices(),
                widget=UnfoldAdminSelectWidget,
            )
        work = [f"work-{number}" for number in numbers]
        self.order_fields(["declined", *work, "on", "reason"])

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Election"), self.target
        yield lazy("Unit"), self.target.unit
        yield lazy("Elected"), ", ".join(str(member) for member in self.elected)
        if self.target.fills == FREE_SEATS:
            yield lazy("Leads it now"), sitting_bureau(self.target.unit) or _("nobody")

    def foreseen(self) -> Iterable[Blocker]:
        return outcome_blockers(self.target)

    def foretold(self, target: Question) -> Iterable[Text]:
        declined = list(self.cleaned_data["declined"])
        before = {member.pk for member in self.elected}
        for member in taking(target, on=self.day, declined=declined):
            if member.pk in before:
                yield _("%(who)s takes a seat.") % {"who": member}
            else:
                yield _("%(who)s takes a seat as the next in turn.") % {"who": member}

    def perform(self, target: Question) -> Outcome:
        given = self.cleaned_data
        portfolios = {member.pk: given[f"work-{member.pk}"] for member in self.elected}
        bureau = constitute_elected(
            question=target, on=self.day, declined=list(given["declined"]), portfolios=portfolios
        )
        text = _("The bureau of %(unit)s is constituted from %(day)s.")
        return Outcome(bureau, sentence(text, unit=bureau.unit, day=self.day))
