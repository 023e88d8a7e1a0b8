"""The acts of an emergency as pages: declaring, ending, appointing, confirming (A14, A15)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminSelectWidget

from audit.days import DayField, day_in_words
from audit.refusals import Blocker
from audit.rulebook import statutes
from districts.acts import DayInput, LineInput, Outcome, Text, act_on, sentence
from districts.kinds import Kind
from districts.models import Regime, Unit
from districts.roles import CHANGE
from districts.scope import ground_of
from districts.unit_acts import UnitAct
from elections.act_fields import Lines, Undated
from elections.bureaus.pages import BureauAct, read_places
from elections.bureaus.sitting import Place, sitting_bureau
from elections.emergency.appointing import (
    BEFELL,
    Gathering,
    appoint_committee,
    appointing_blockers,
    confirm_committee,
    give_reason,
    last_day,
    meeting_left_over,
    proposed_day,
    unusual_confirmations,
)
from elections.emergency.declaring import declare_emergency, end_emergency, ending_blockers
from elections.models import Bureau, Meeting
from elections.models.meetings import MeetingKind, MeetingState

Ending = Bureau.Ending


def units_above(request: HttpRequest, unit: Unit) -> list[Unit]:
    """The units above `unit` whose register the user keeps, the nearest first. One query."""
    above = unit.get_ancestors(ascending=True)
    return list(above.filter(ground_of(request, CHANGE).holds()))


def from_above(request: HttpRequest, unit: Unit) -> Iterator[Blocker]:
    """Why the user has no say in the emergency of `unit`: it is for those above it (A14)."""
    if not units_above(request, unit):
        reason = _("This is for whoever keeps the register of a unit above %(unit)s.")
        yield Blocker(reason % {"unit": unit}, "A14")


class ByUnitAbove(UnitAct):
    """An act on a unit that a unit above it does."""

    by = forms.ModelChoiceField(
        Unit.objects.none(),
        label=lazy("By which unit above"),
        widget=UnfoldAdminSelectWidget,
        empty_label=None,
    )

    def adapt(self) -> None:
        above = units_above(self.request, self.target)
        field: Any = self.fields["by"]
        # All above where none is the user's, so that the refusal can say why.
        field.queryset = self.target.get_ancestors()
        if above:
            field.queryset = field.queryset.filter(pk__in=[unit.pk for unit in above])
            field.initial = above[0]

    def trespasses(self, target: Unit) -> Iterator[Blocker]:
        yield from from_above(self.request, target)

    def foreseen(self) -> Iterable[Blocker]:
        return from_above(self.request, self.target)


@act_on(Unit)
class DeclareEmergency(ByUnitAbove):
    """Declare the emergency of the unit."""

    name = "declare-emergency"
    title = lazy("Declare the emergency")
    explanation = lazy(
        "Under illegality a body above declares the emergency of a unit. It can then appoint an "
        "area committee, and while the emergency lasts members of the unit stand under their "
        "numbers for everybody without a role there (A14)."
    )
    icon = "emergency"
    grave = True
    order = 80

    @classmethod
    def applies_to(cls, target: Unit, on: date) -> bool:
        there = target.dissolved is None and target.parent_id is not None
        return there and target.regime == Regime.NORMAL

    def adapt(self) -> None:
        super().adapt()
        self.fields["on"].label = lazy("From")
        self.fields["reason"].required = True
        self.fields["reason"].help_text = lazy("It is shown to those who hold a role on the unit.")

    def perform(self, target: Unit) -> Outcome:
        given = self.cleaned_data
        emergency = declare_emergency(
            unit=target, by=given["by"], on=self.day, reason=given["reason"]
        )
        text = _("%(by)s declared the emergency of %(unit)s from %(day)s on.")
        values = {"by": emergency.declared_by, "unit": emergency.unit}
        return Outcome(emergency.unit, sentence(text, day=self.day, **values))


@act_on(Unit)
class EndEmergency(UnitAct):
    """End the emergency of the unit."""

    name = "end-emergency"
    title = lazy("End the emergency")
    explanation = lazy(
        "From that day members of the unit stand under their names again, and no committee is "
        "appointed there any more. One that waits for its confirmation is confirmed first, or "
        "another is elected (A14)."
    )
    icon = "task_alt"
    order = 81

    @classmethod
    def applies_to(cls, target: Unit, on: date) -> bool:
        return target.dissolved is None and target.regime == Regime.EMERGENCY

    def adapt(self) -> None:
        self.fields["on"].label = lazy("First day without")

    def trespasses(self, target: Unit) -> Iterator[Blocker]:
        yield from from_above(self.request, target)

    def foreseen(self) -> Iterable[Blocker]:
        yield from from_above(self.request, self.target)
        yield from ending_blockers(unit=self.target, on=timezone.localdate())

    def perform(self, target: Unit) -> Outcome:
        end_emergency(unit=target, on=self.day)
        text = _("The emergency of %(unit)s ended on %(day)s.")
        return Outcome(target, sentence(text, unit=target, day=self.day))


@act_on(Unit)
class AppointCommittee(ByUnitAbove):
    """Appoint the committee of an area in its emergency."""

    name = "appoint-committee"
    title = lazy("Appoint a committee")
    explanation = lazy(
        "In an emergency a body above appoints the committee of an area. A delegate meeting is "
        "planned in the same act: it confirms the committee, or elects another (A14)."
    )
    icon = "assignment_ind"
    grave = True
    order = 82

    places = forms.CharField(label=lazy("Members"), widget=Lines(3))
    larger_because = forms.CharField(
        label=lazy("Why it is larger"), required=False, max_length=500, widget=LineInput
    )
    befell = forms.ChoiceField(
        label=lazy("What befell the committee that sits"),
        required=False,
        choices=[("", "-"), *((value, Ending(value).label) for value in BEFELL)],
        widget=UnfoldAdminSelectWidget,
    )
    meets_on = DayField(label=lazy("The delegates meet on"), widget=DayInput)
    place = forms.CharField(label=lazy("Place"), max_length=200, widget=LineInput)

    @classmethod
    def applies_to(cls, target: Unit, on: date) -> bool:
        there = target.dissolved is None and target.kind == Kind.AREA
        return there and target.regime == Regime.EMERGENCY

    def adapt(self) -> None:
        super().adapt()
        today, least = timezone.localdate(), statutes().committee_least
        self.sits = sitting_bureau(self.target)
        if self.sits is None:
            del self.fields["befell"]
        self.fields["on"].label = lazy("From")
        self.fields["meets_on"].initial = proposed_day(today)
        self.fields["meets_on"].help_text = _("By %(day)s at the latest.") % {
            "day": day_in_words(last_day(today))
        }
        self.fields["places"].help_text = _(
            "%(least)s, the smallest lawful number (A15); one on each line, the chair first: a "
            "member's number or whole name."
        ) % {"least": least}
        self.fields["larger_because"].help_text = _(
            "Only with more than %(least)s (A15); the reason is kept."
        ) % {"least": least}

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        yield lazy("Seats that are proposed (A15)"), statutes().committee_least
        yield lazy("Leads it now"), self.sits or _("nobody")

    def foreseen(self) -> Iterable[Blocker]:
        yield from super().foreseen()
        today = timezone.localdate()  # what befell the one that sits is asked below
        yield from appointing_blockers(unit=self.target, on=today, befell=BEFELL[0])

    def clean_places(self) -> list[Place]:
        """The members who are named, the chair first."""
        return read_places(self.request, self.cleaned_data["places"])

    def perform(self, target: Unit) -> Outcome:
        given = self.cleaned_data
        bureau = appoint_committee(
            unit=target,
            by=given["by"],
            places=given["places"],
            on=self.day,
            meeting=Gathering(given["meets_on"], given["place"]),
            befell=given.get("befell", ""),
            larger_because=given["larger_because"],
        )
        text = _("%(by)s appointed the committee of %(unit)s; it is to be confirmed by %(day)s.")
        values = {"by": given["by"], "unit": bureau.unit}
        return Outcome(bureau, sentence(text, day=bureau.confirm_by, **values))


class OnAppointed(BureauAct):
    """An act on an appointed committee that a unit above does."""

    def trespasses(self, target: Bureau) -> Iterator[Blocker]:
        yield from from_above(self.request, target.unit)

    def foreseen(self) -> Iterable[Blocker]:
        return from_above(self.request, self.target.unit)


class OneMeeting(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A delegate meeting, by its title and day."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title}, {day_in_words(timezone.localtime(obj.starts_at).date())}"


@act_on(Bureau)
class ConfirmCommittee(OnAppointed):
    """Record that a delegate meeting confirmed the committee."""

    name = "confirm-committee"
    title = lazy("Record the confirmation")
    explanation = lazy(
        "The delegate meeting confirmed the appointed committee: it leads on with its mandate. If "
        "the meeting elected another, enter that one on the unit's page instead (A14)."
    )
    icon = "verified"
    order = 5

    meeting = OneMeeting(
        Meeting.objects.none(),
        label=lazy("Delegate meeting"),
        required=False,
        empty_label=lazy("one that is not entered here"),
        widget=UnfoldAdminSelectWidget,
        help_text=lazy("It is held on the day of the confirmation."),
    )

    @classmethod
    def applies_to(cls, target: Bureau, on: date) -> bool:
        return target.is_unconfirmed

    def adapt(self) -> None:
        self.fields["on"].label = lazy("Confirmed on")
        if self.target is None:
            return
        held = Meeting.objects.filter(unit=self.target.unit_id, kind=MeetingKind.DELEGATES)
        field: Any = self.fields["meeting"]
        field.queryset = held.exclude(state=MeetingState.CANCELLED).order_by("-starts_at")

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        if self.target is not None and self.target.confirm_by is not None:
            yield lazy("To be confirmed by"), day_in_words(self.target.confirm_by)

    def unusual(self, target: Bureau) -> Iterator[Text]:
        yield from super().unusual(target)
        meeting = self.cleaned_data["meeting"]
        yield from unusual_confirmations(bureau=target, on=self.day, meeting=meeting)

    def foretold(self, target: Bureau) -> Iterator[Text]:
        left = meeting_left_over(target, self.cleaned_data["meeting"])
        if left is not None:
            text = _(
                "The delegate meeting on %(day)s stays planned: let it be held, or cancel it on "
                "its own page."
            )
            yield text % {"day": day_in_words(left.day)}

    def perform(self, target: Bureau) -> Outcome:
        bureau = confirm_committee(bureau=target, on=self.day, meeting=self.cleaned_data["meeting"])
        text = _("The committee of %(unit)s was confirmed on %(day)s.")
        return Outcome(bureau, sentence(text, unit=bureau.unit, day=self.day))


@act_on(Bureau)
class GiveReason(OnAppointed, Undated):
    """Keep why an appointed committee has more than the fewest seats."""

    name = "give-reason"
    title = lazy("Give the reason for its size")
    explanation = lazy(
        "An appointed committee is as small as it lawfully can be, unless the work asks for more. "
        "Then the reason is kept with it (A15)."
    )
    icon = "edit_note"
    order = 6
    looked_at = False
    what_if = False

    larger_because = forms.CharField(
        label=lazy("Why it is larger"), max_length=500, widget=LineInput
    )

    @classmethod
    def applies_to(cls, target: Bureau, on: date) -> bool:
        larger = target.size > statutes().committee_least
        return target.is_appointed and target.until is None and larger

    def adapt(self) -> None:
        if self.target is not None:
            self.fields["larger_because"].initial = self.target.larger_because

    def perform(self, target: Bureau) -> Outcome:
        bureau = give_reason(bureau=target, larger_because=self.cleaned_data["larger_because"])
        text = _("The reason for the size of the committee of %(unit)s is kept.")
        return Outcome(bureau, sentence(text, unit=bureau.unit))
