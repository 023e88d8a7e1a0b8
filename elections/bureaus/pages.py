"""The acts on bureaus as pages: entering one, taking, sharing out and leaving seats, ending it."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

from audit.refusals import Blocker, refuse_if
from districts.acts import Act, Outcome, Text, act_on, sentence
from districts.models import Unit
from districts.picking import Choice, PickField, declare_choice
from districts.roles import CHANGE
from districts.scope import ground_of
from districts.unit_acts import UnitAct
from elections.act_fields import Lines
from elections.bureaus.lawful import MANDATES, limits
from elections.bureaus.portfolios import portfolio_choices, portfolio_label
from elections.bureaus.sitting import (
    CannotConstitute,
    Place,
    constitute_bureau,
    end_bureau,
    leave_seat,
    share_out,
    sitting_bureau,
    take_seat,
)
from elections.bureaus.succession import declining, next_for
from elections.candidates import read_candidates
from elections.models import Bureau, Seat
from members.models import Member

Mandate = Bureau.Mandate


def _present(request: HttpRequest) -> QuerySet[Member]:
    today = timezone.localdate()
    return Member.objects.on_ground(ground_of(request, CHANGE), today).present(today)


SITTER = declare_choice(Choice("sitter", _present, key="number", words=("search",)))


# Its argument is for the type checker alone: at run time the class takes none.
class OneSeat(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A seat out of those that are held, by its holder's name and work."""

    def label_from_instance(self, obj: Any) -> str:
        work = portfolio_label(obj.portfolio)
        return f"{obj.member} - {work}" if work else str(obj.member)


def held_seats(bureau: Bureau | None) -> Any:
    """The seats of the bureau that somebody holds."""
    seats = Seat.objects.filter(bureau=bureau, until__isnull=True)
    return seats.select_related("member").order_by("pk")


def read_places(request: HttpRequest, text: str) -> list[Place]:
    """The members who are named in the lines of `text`, the chair first. Raises where one is none.

    Of the user's ground alone.
    """
    named = read_candidates(text, ground_of(request), timezone.localdate())
    nameless = [one.label for one in named if one.member is None]
    if nameless:
        reason = _("“%(line)s” is no member's number or whole name.")
        raise forms.ValidationError([reason % {"line": label} for label in nameless])
    return [
        Place(one.member, "chair" if number == 0 else "")
        for number, one in enumerate(named)
        if one.member is not None
    ]


@act_on(Unit)
class Constitute(UnitAct):
    """Enter who leads the unit."""

    name = "constitute"
    title = lazy("Enter who leads it")
    explanation = lazy(
        "For a bureau that was elected outside of this program. Elect the next one here: then it "
        "is constituted from its result, and the majority is kept in the count (A13). A bureau "
        "that sits ends on that day."
    )
    icon = "groups_3"
    order = 70

    mandate = forms.ChoiceField(
        label=lazy("Elected by"), choices=Mandate.choices, widget=UnfoldAdminRadioSelectWidget
    )
    places = forms.CharField(
        label=lazy("Members"),
        widget=Lines(5),
        help_text=lazy(
            "One on each line, the chair first: a member's number or whole name. The work is "
            "shared out afterwards."
        ),
    )

    def adapt(self) -> None:
        lawful = MANDATES[self.target.kind] - {Mandate.APPOINTED}
        field: Any = self.fields["mandate"]
        field.choices = [choice for choice in Mandate.choices if choice[0] in lawful]
        field.initial = field.choices[0][0]
        self.fields["on"].label = lazy("Constituted on")

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        bounds = limits(self.target.kind)
        many = f"{bounds.least}-{bounds.most}" if bounds.most else _("%s or more") % bounds.least
        yield lazy("Members"), f"{many} ({bounds.article})"
        yield lazy("Leads it now"), sitting_bureau(self.target) or _("nobody")

    def clean_places(self) -> list[Place]:
        """The members who are named, the chair first."""
        return read_places(self.request, self.cleaned_data["places"])

    def perform(self, target: Unit) -> Outcome:
        given = self.cleaned_data
        bureau = constitute_bureau(
            unit=target, mandate=given["mandate"], places=given["places"], on=self.day
        )
        text = _("The bureau of %(unit)s was constituted on %(day)s.")
        return Outcome(bureau, sentence(text, unit=target, day=self.day))


class BureauAct(Act):
    """An act on a bureau that sits."""

    what_if = True

    @classmethod
    def applies_to(cls, target: Bureau, on: date) -> bool:
        return target.until is None

    def facts(self) -> Iterable[tuple[Text, Any]]:
        if self.target is not None:
            yield lazy("Unit"), self.target.unit


@act_on(Bureau)
class TakeSeat(BureauAct):
    """Let somebody take a free seat."""

    name = "take-seat"
    title = lazy("Fill a seat")
    explanation = lazy(
        "A free seat falls to the next in turn of the election; where nobody is left, or none of "
        "them keeps the majority (A13), hold a by-election."
    )
    icon = "person_add"
    order = 10

    who = PickField(SITTER, label=lazy("Who"), help_text=lazy("The number, or a part of the name."))
    portfolio = forms.ChoiceField(
        label=lazy("Work"), required=False, widget=UnfoldAdminSelectWidget
    )

    def adapt(self) -> None:
        field: Any = self.fields["portfolio"]
        field.choices = portfolio_choices()
        self.declined, self.following = [], []
        if self.target:
            today = timezone.localdate()
            self.declined = declining(self.target)
            self.following = next_for(self.target, today, declined=self.declined)
        free = next((one for one in self.following if not one.blockers), None)
        self.fields["who"].initial = free and free.member.pk

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        for place, successor in enumerate(self.following, start=1):
            told = " ".join(successor.blockers) or _("can take the seat")
            title = _("Next in turn, %(place)s") % {"place": place}
            yield title, f"{successor.member}: {told}"
        if self.declined:
            names = ", ".join(str(member) for member in self.declined)
            yield lazy("Declined at the constitution"), names

    def unusual(self, target: Bureau) -> Iterator[Text]:
        yield from super().unusual(target)
        if target.question_id is None:
            return
        known = {one.member.pk: one for one in self.following}
        chosen = self.cleaned_data["who"]
        if chosen in self.declined:
            yield _("%(who)s declined a seat at the constitution.") % {"who": chosen}
            return
        if chosen.pk not in known:
            yield _("%(who)s is not among the next in turn of the election.") % {"who": chosen}
            return
        for one in self.following:
            if one.member.pk == chosen.pk:
                return
            if not one.blockers:
                told = {"who": chosen, "before": one.member}
                yield _("%(before)s comes before %(who)s.") % told
                return

    def perform(self, target: Bureau) -> Outcome:
        given = self.cleaned_data
        seat = take_seat(
            bureau=target, member=given["who"], on=self.day, portfolio=given["portfolio"]
        )
        text = _("%(who)s has a seat in the bureau of %(unit)s from %(day)s.")
        values = {"who": seat.member, "unit": target.unit}
        return Outcome(target, sentence(text, day=self.day, **values))


@act_on(Bureau)
class LeaveSeat(BureauAct):
    """Note that somebody no longer holds a seat."""

    name = "leave-seat"
    title = lazy("Give up a seat")
    explanation = lazy(
        "From that day the seat is free, and the secretary's role on the unit is taken from who "
        "held it. What the bureau then lacks is told before, and found from that day."
    )
    icon = "person_remove"
    order = 20
    grave = True

    seat = OneSeat(
        Seat.objects.none(),
        label=lazy("Whose seat"),
        widget=UnfoldAdminRadioSelectWidget,
        empty_label=None,
    )
    ending = forms.ChoiceField(
        label=lazy("Why"),
        choices=[choice for choice in Seat.Ending.choices if choice[0] != Seat.Ending.TERM],
        widget=UnfoldAdminSelectWidget,
    )

    def adapt(self) -> None:
        field: Any = self.fields["seat"]
        field.queryset = held_seats(self.target)
        wanted = self.initial.get("member", "")
        if wanted.isdecimal():
            field.initial = field.queryset.filter(member=int(wanted[:18])).first()

    def foretold(self, target: Bureau) -> Iterable[Text]:
        """What follows, after the rehearsal."""
        seat: Seat = self.cleaned_data["seat"]
        for one in next_for(target, self.day, leaving=seat.member_id):
            if not one.blockers:
                yield _("Next in turn for the seat: %(who)s.") % {"who": one.member}
                return
        yield _("Then the seat is filled by a by-election.")

    def perform(self, target: Bureau) -> Outcome:
        given = self.cleaned_data
        seat = leave_seat(seat=given["seat"], on=self.day, ending=given["ending"])
        text = _("%(who)s holds no seat in the bureau of %(unit)s from %(day)s.")
        values = {"who": seat.member, "unit": target.unit}
        return Outcome(target, sentence(text, day=self.day, **values))


@act_on(Bureau)
class ShareOut(BureauAct):
    """Say who does what."""

    name = "share-out"
    title = lazy("Share out the work")
    explanation = lazy("What falls to whom (A8). There is one chair; other work can be shared.")
    icon = "work"
    order = 30
    looked_at = False
    what_if = False

    def adapt(self) -> None:
        del self.fields["on"]
        self.seats = {f"seat-{seat.pk}": seat for seat in held_seats(self.target)}
        for name, seat in self.seats.items():
            known = dict(portfolio_choices())
            extra = [] if seat.portfolio in known else [(seat.portfolio, seat.portfolio)]
            self.fields[name] = forms.ChoiceField(
                label=str(seat.member),
                required=False,
                choices=[*portfolio_choices(), *extra],
                initial=seat.portfolio,
                widget=UnfoldAdminSelectWidget,
            )
        self.order_fields([*self.seats, "reason"])

    def unusual(self, target: Bureau) -> Iterator[Text]:
        yield from ()

    def perform(self, target: Bureau) -> Outcome:
        given = {seat.pk: self.cleaned_data[name] for name, seat in self.seats.items()}
        if list(given.values()).count("chair") > 1:
            raise CannotConstitute(Blocker(_("A bureau has one chair."), "A8"))
        changed = [seat for seat in self.seats.values() if seat.portfolio != given[seat.pk]]
        for seat in changed:  # first out of the way, so that two can change places
            share_out(seat=seat, portfolio="")
        for seat in changed:
            share_out(seat=seat, portfolio=given[seat.pk])
        return Outcome(target, sentence(_("The work of %(unit)s is shared out."), unit=target.unit))


@act_on(Bureau)
class EndBureau(BureauAct):
    """End a bureau without another in its place."""

    name = "end-bureau"
    title = lazy("End the bureau")
    explanation = lazy(
        "From that day nobody leads the unit, until another bureau is constituted. A new election "
        "needs no such end: the one that sits leads until the new one does."
    )
    icon = "event_busy"
    order = 90
    grave = True

    ending = forms.ChoiceField(
        label=lazy("Why"),
        choices=[
            (value, label)
            for value, label in Bureau.Ending.choices
            if value not in (Bureau.Ending.SUCCEEDED, Bureau.Ending.DISSOLVED)
        ],
        widget=UnfoldAdminSelectWidget,
    )

    def perform(self, target: Bureau) -> Outcome:
        refuse_if(() if target.until is None else [Blocker(_("It has ended already."))])
        ended = end_bureau(bureau=target, on=self.day, ending=self.cleaned_data["ending"])
        text = _("The bureau of %(unit)s leads no more from %(day)s.")
        return Outcome(ended, sentence(text, unit=ended.unit, day=self.day))
