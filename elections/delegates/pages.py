"""The acts on delegates as pages: apportioning, entering, replacing, credentials (A12)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
)

from audit.refusals import Blocker
from districts.acts import Act, LineInput, Outcome, Text, act_on, sentence
from districts.models import Unit
from districts.scope import ground_of
from elections.act_fields import Lines
from elections.candidates import read_candidates
from elections.counting.apportionment import METHODS
from elections.delegates.apportioning import (
    apportion_meeting,
    apportioning_blockers,
    reckoned,
    senders,
)
from elections.delegates.choosing import (
    enter_delegates,
    free_seats,
    issue_credentials,
    issuing_blockers,
    next_substitute,
    replace_delegate,
    without_credential,
)
from elections.meetings.kinds import OF_DELEGATES
from elections.models import Apportionment, Delegate, Delegation, Meeting
from elections.models.delegates import MOST_DELEGATES
from members.models import Member

Methods = Apportionment.Method


def _is_of_delegates(meeting: Meeting) -> bool:
    return meeting.kind in OF_DELEGATES and meeting.is_planned


@act_on(Meeting)
class Apportion(Act):
    """Apportion the seats of the meeting."""

    name = "apportion"
    title = lazy("Apportion the delegates")
    explanation = lazy(
        "Each unit below sends delegates in proportion to its home registrations on the day on "
        "which the conference is called (A12); who is registered twice counts once. It can be "
        "done anew until a delegate is entered. A tie stays open until a seed draws the lot."
    )
    icon = "balance"
    order = 5

    seats = forms.IntegerField(
        label=lazy("Seats"),
        min_value=1,
        max_value=MOST_DELEGATES,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    method = forms.ChoiceField(
        label=lazy("Method"),
        choices=Methods.choices,
        initial=Methods.SAINTE_LAGUE,
        widget=UnfoldAdminRadioSelectWidget,
    )
    minimum = forms.IntegerField(
        label=lazy("Delegates of each unit at least"),
        initial=0,
        min_value=0,
        max_value=MOST_DELEGATES,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=lazy("For units with members; others send nobody."),
    )
    seed = forms.CharField(
        label=lazy("Seed of the lot"),
        required=False,
        max_length=100,
        widget=LineInput,
        help_text=lazy("Only for a tie. Fix it where all can see it before anybody counts."),
    )

    @classmethod
    def applies_to(cls, target: Meeting, on: date) -> bool:
        return not any(apportioning_blockers(target, on))

    def adapt(self) -> None:
        self.fields["on"].label = lazy("Members counted on")
        known = Apportionment.objects.filter(meeting=self.target).first()
        if known is not None:
            for name in ("seats", "method", "minimum", "seed"):
                self.fields[name].initial = getattr(known, name)

    def facts(self) -> Iterable[tuple[Text, Any]]:
        today = timezone.localdate()
        sending = senders(self.target, today)
        yield lazy("Meeting"), self.target
        yield lazy("Units that send delegates"), len(sending)
        yield lazy("Members today"), sum(sender.members for sender in sending)

    def foreseen(self) -> Iterable[Blocker]:
        return apportioning_blockers(self.target, timezone.localdate())

    def foretold(self, target: Meeting) -> Iterator[Text]:
        """The seats of each unit, whether a tie is open, and where the method is published."""
        given = self.cleaned_data
        asked = [given[name] for name in ("seats", "method", "minimum", "seed")]
        sending, reckoning = reckoned(target, self.day, *asked)
        seats = reckoning.seats
        for sender in sending:
            yield _("%(unit)s: members %(members)s, delegates %(seats)s.") % {
                "unit": sender.unit,
                "members": sender.members,
                "seats": seats[sender.unit.code],
            }
        if reckoning.unassigned:
            yield _("A tie is open: let a seed draw the lot.")
        elif reckoning.ties:
            yield _("A tie was drawn by lot from the seed.")
        yield _("Method: %(source)s") % {"source": METHODS[given["method"]].source}

    def perform(self, target: Meeting) -> Outcome:
        given = self.cleaned_data
        made = apportion_meeting(
            meeting=target,
            on=self.day,
            seats=given["seats"],
            method=given["method"],
            minimum=given["minimum"],
            seed=given["seed"],
        )
        if made.is_settled:
            text = _("%(seats)s seats are apportioned by the members on %(day)s.")
        else:
            text = _("%(seats)s seats are apportioned by the members on %(day)s; a tie is open.")
        return Outcome(target, sentence(text, seats=made.seats, day=self.day))


class OneDelegation(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A delegation out of several: the unit and what it sends."""

    def label_from_instance(self, obj: Any) -> str:
        told = {"unit": obj.unit, "seats": obj.seats, "meeting": obj.apportionment.meeting}
        return _("%(unit)s: %(seats)s to %(meeting)s") % told


def delegations_of(target: Meeting | Unit) -> Any:
    """The delegations to a meeting, or of a unit to meetings still to come."""
    rows = Delegation.objects.awaited().filter(seats__gte=1)
    if isinstance(target, Meeting):
        rows = rows.filter(apportionment__meeting=target)
    else:
        rows = rows.filter(unit=target)
    return rows.select_related("unit", "apportionment__meeting").order_by("unit__lft", "pk")


def sends(target: Any) -> bool:
    """Whether there are delegations to fill here. One query, whoever asks of the same row."""
    if not hasattr(target, "has_delegations"):
        target.has_delegations = delegations_of(target).exists()
    return bool(target.has_delegations)


class OfDelegation(Act):
    """An act on a delegation, from the page of the meeting or from that of the unit."""

    delegation = OneDelegation(
        Delegation.objects.none(), label=lazy("Delegation"), widget=UnfoldAdminSelectWidget
    )

    @classmethod
    def applies_to(cls, target: Any, on: date) -> bool:
        return sends(target)

    def adapt(self) -> None:
        field: Any = self.fields["delegation"]
        field.queryset = delegations_of(self.target)
        choices = list(field.queryset[:2])
        if len(choices) == 1:
            field.initial = choices[0].pk
        asked = self.initial.get("delegation", "")
        if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
            self.initial.pop("delegation", None)

    def members_in(self, name: str) -> list[Member]:
        """The members who are named in a field, one on each line. Raises `ValidationError`."""
        ground = ground_of(self.request)
        named = read_candidates(self.cleaned_data[name], ground, timezone.localdate())
        nameless = [one.label for one in named if one.member is None]
        if nameless:
            reason = _("“%(line)s” is no member's number or whole name.")
            raise forms.ValidationError([reason % {"line": label} for label in nameless])
        return [one.member for one in named if one.member is not None]


@act_on(Meeting)
@act_on(Unit)
class EnterDelegates(OfDelegation):
    """Enter whom a unit sends."""

    name = "enter-delegates"
    title = lazy("Enter delegates")
    explanation = lazy(
        "For delegates who were chosen outside of this program. Whom the unit elects here comes "
        "from the result, with the substitutes. Delegates are members at home in the unit on that "
        "day, and nobody stands in two delegations (A12)."
    )
    icon = "how_to_reg"
    order = 74

    people = forms.CharField(
        label=lazy("Delegates"),
        required=False,
        widget=Lines(5),
        help_text=lazy("One on each line: a member's number or whole name."),
    )
    substitutes = forms.CharField(
        label=lazy("Substitutes"),
        required=False,
        widget=Lines(3),
        help_text=lazy("In the order in which they go in the place of a delegate."),
    )

    def clean_people(self) -> list[Member]:
        """Those who are sent."""
        return self.members_in("people")

    def clean_substitutes(self) -> list[Member]:
        """Those who go in the place of a delegate."""
        return self.members_in("substitutes")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not given.get("people") and not given.get("substitutes") and not self.errors:
            self.add_error("people", _("Who is sent?"))
        return given

    def foretold(self, target: Any) -> Iterator[Text]:
        delegation = self.cleaned_data["delegation"]
        left = free_seats(delegation) - len(self.cleaned_data["people"])
        if left > 0:
            text = ngettext(
                "%(number)s delegate is missing then.",
                "%(number)s delegates are missing then.",
                left,
            )
            yield text % {"number": left}

    def perform(self, target: Any) -> Outcome:
        given = self.cleaned_data
        enter_delegates(
            delegation=given["delegation"],
            members=given["people"],
            substitutes=given["substitutes"],
            on=self.day,
        )
        text = _("The delegates of %(unit)s are entered.")
        return Outcome(target, sentence(text, unit=given["delegation"].unit))


class OneDelegate(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A delegate or substitute out of those who stand."""

    def label_from_instance(self, obj: Any) -> str:
        told = f"{obj.member} - {obj.delegation.unit.name}"
        if obj.substitute is None:
            return told
        return _("%(who)s, substitute %(place)s") % {"who": told, "place": obj.substitute}


@act_on(Meeting)
@act_on(Unit)
class ReplaceDelegate(Act):
    """Let a substitute go in the place of a delegate."""

    name = "replace-delegate"
    title = lazy("Replace a delegate")
    explanation = lazy(
        "Who cannot come is sent no more from that day; the first substitute who is a member goes "
        "instead and needs a credential of his or her own. Without a substitute a delegate is "
        "missing, which is found."
    )
    icon = "swap_horiz"
    order = 76

    delegate = OneDelegate(
        Delegate.objects.none(), label=lazy("Who does not go"), widget=UnfoldAdminSelectWidget
    )

    @classmethod
    def applies_to(cls, target: Any, on: date) -> bool:
        return sends(target) and bool(standing_in(target).exists())

    def adapt(self) -> None:
        field: Any = self.fields["delegate"]
        field.queryset = standing_in(self.target)

    def foretold(self, target: Any) -> Iterator[Text]:
        """Who goes, as it was found in the rehearsal."""
        delegate: Delegate = self.cleaned_data["delegate"]
        if delegate.substitute is not None:
            return
        following = next_substitute(delegate.delegation, self.day)
        if following is None:
            yield _("Nobody goes instead: a delegate is missing then.")
        else:
            yield _("%(who)s goes instead.") % {"who": following.member}

    def perform(self, target: Any) -> Outcome:
        delegate = self.cleaned_data["delegate"]
        following = replace_delegate(delegate=delegate, on=self.day)
        if following is None:
            text = _("%(who)s is sent no more from %(day)s.")
            return Outcome(target, sentence(text, who=delegate.member, day=self.day))
        text = _("%(following)s goes in the place of %(who)s from %(day)s.")
        values = {"who": delegate.member, "following": following.member}
        return Outcome(target, sentence(text, day=self.day, **values))


def standing_in(target: Meeting | Unit) -> Any:
    """Those who stand in the delegations to a meeting, or of a unit."""
    rows = Delegate.objects.standing().filter(delegation__in=delegations_of(target).order_by())
    rows = rows.select_related("member", "delegation__unit", "apportionment__meeting")
    return rows.order_by("delegation__unit__lft", "substitute", "member__search", "pk")


@act_on(Meeting)
class IssueCredentials(Act):
    """Issue credentials to the delegates."""

    name = "issue-credentials"
    title = lazy("Issue credentials")
    explanation = lazy(
        "Each delegate who has none yet gets a credential with a code that is read at the door. "
        "It is good for this meeting alone, and only as long as the delegate is sent. The pages "
        "are printed afterwards."
    )
    icon = "badge"
    order = 78

    @classmethod
    def applies_to(cls, target: Meeting, on: date) -> bool:
        return _is_of_delegates(target) and bool(without_credential(target).exists())

    def foreseen(self) -> Iterable[Blocker]:
        return issuing_blockers(self.target)

    def perform(self, target: Meeting) -> Outcome:
        number = len(issue_credentials(meeting=target, on=self.day))
        text = ngettext(
            "%(number)s credential is issued.", "%(number)s credentials are issued.", number
        )
        address = reverse("admin:elections_meeting_credentials", args=[target.pk])
        return Outcome(target, sentence(text, number=number), address)
