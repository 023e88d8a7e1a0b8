"""The election of delegates as pages: raised by the unit with its share, sent from the result."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from audit.refusals import Blocker
from districts.acts import Act, Outcome, Text, act_on, sentence
from districts.models import Unit
from elections.bureaus.election_pages import Those
from elections.bureaus.succession import elected_by
from elections.delegates.choosing import (
    attach_election,
    delegation_of,
    free_seats,
    going,
    is_of_delegates,
    result_blockers,
    send_elected,
    unusual_delegates_elections,
)
from elections.delegates.pages import OneDelegation, delegations_of, sends
from elections.models import Delegation, Question
from elections.question_acts import ElectionOfUnit
from members.models import Member


@act_on(Unit)
class ElectDelegates(ElectionOfUnit):
    """Raise the election of the unit's delegates."""

    name = "elect-delegates"
    title = lazy("Elect delegates")
    explanation = lazy(
        "The election is a draft until it is put to a meeting or to cells and opened there. As "
        "many are elected as the unit's share leaves free (A12); the next in turn become "
        "substitutes."
    )
    order = 73
    field_order = (
        "delegation",
        "asked",
        "seats",
        "candidates",
        "nominations_until",
        "method",
        "votes_each",
        "text",
        "quorum",
    )

    delegation = OneDelegation(
        Delegation.objects.none(), label=lazy("Delegation"), widget=UnfoldAdminSelectWidget
    )

    @classmethod
    def applies_to(cls, target: Unit, on: date) -> bool:
        return target.dissolved is None and sends(target)

    def adapt(self) -> None:
        del self.fields["unit"]
        super().adapt()
        field: Any = self.fields["delegation"]
        field.queryset = delegations_of(self.target)
        wanted = self.initial.get("delegation", "")
        if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
            self.initial.pop("delegation", None)
        known = {str(one.pk): one for one in field.queryset}
        chosen = known.get(wanted) or next(iter(known.values()), None)
        if chosen is not None:
            field.initial = chosen.pk
            title = _("Delegates to %(meeting)s")
            self.fields["asked"].initial = title % {"meeting": chosen.apportionment.meeting}
            self.fields["seats"].initial = max(free_seats(chosen), 0) or None

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Unit"), self.target

    def filled(self) -> Delegation | None:
        delegation: Delegation | None = self.cleaned_data.get("delegation")
        return delegation

    def filling(self) -> str:
        return Question.Fills.DELEGATES

    def unusual(self, target: Unit) -> Iterator[Text]:
        yield from super().unusual(target)
        yield from unusual_delegates_elections(self.cleaned_data["delegation"])

    def perform(self, target: Unit) -> Outcome:
        outcome = self.raise_it(target)
        question: Any = outcome.shown
        attach_election(delegation=self.cleaned_data["delegation"], question=question)
        return outcome


@act_on(Question)
class DelegatesElected(Act):
    """Send those elected."""

    name = "delegates-elected"
    title = lazy("Send those elected")
    explanation = lazy(
        "Those elected who accept are the delegates from that day. In the place of who declines "
        "comes the next in turn of the same count; those after them are the substitutes (A12)."
    )
    icon = "how_to_reg"
    order = 5

    declined = Those(
        Member.objects.none(),
        label=lazy("Who declines"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=lazy("Nobody ticked: all of them accept."),
    )

    @classmethod
    def applies_to(cls, target: Question, on: date) -> bool:
        return is_of_delegates(target) and not result_blockers(target)

    def adapt(self) -> None:
        found = [] if result_blockers(self.target) else elected_by(self.target)
        self.elected: list[Member] = found
        field: Any = self.fields["declined"]
        numbers = [member.pk for member in self.elected]
        field.queryset = Member.objects.filter(pk__in=numbers).order_by("search")

    def facts(self) -> Iterable[tuple[Text, Any]]:
        delegation = delegation_of(self.target)
        yield lazy("Election"), self.target
        if delegation is not None:
            yield lazy("Delegation"), delegation
        yield lazy("Elected"), ", ".join(str(member) for member in self.elected)

    def foreseen(self) -> Iterable[Blocker]:
        return result_blockers(self.target)

    def foretold(self, target: Question) -> Iterator[Text]:
        declined = list(self.cleaned_data["declined"])
        members, substitutes = going(target, on=self.day, declined=declined)
        for member in members:
            yield _("%(who)s is a delegate.") % {"who": member}
        for place, member in enumerate(substitutes, start=1):
            yield _("%(who)s is substitute %(place)s.") % {"who": member, "place": place}

    def perform(self, target: Question) -> Outcome:
        declined = list(self.cleaned_data["declined"])
        send_elected(question=target, on=self.day, declined=declined)
        text = _("The delegates of %(unit)s are those elected.")
        return Outcome(target, sentence(text, unit=target.unit))
