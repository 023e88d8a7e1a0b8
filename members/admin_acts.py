"""The acts on members as pages: registering, changing the cell, working, moving house."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import (
    UnfoldAdminSelectWidget,
)

from audit.days import day_in_words
from audit.refusals import Blocker
from districts.acts import (
    Act,
    Outcome,
    Text,
    act_on,
    joined,
    sentence,
)
from districts.kinds import Kind
from districts.models import Unit
from districts.picking import UNIT, PickField
from districts.roles import CHANGE
from districts.scope import ground_of
from members.belonging import belongings, keep_exception
from members.models import Member, Registration
from members.registrations import (
    change_cell,
    end_registration,
    home_blockers,
    register_member,
)
from members.residence import Before, before
from members.visibility import seen_registrations, sees_home

HOME, RESIDENCE = Registration.Kind.HOME, Registration.Kind.RESIDENCE


class MemberAct(Act):
    """An act on somebody who is a member.

    One `of_home` tells of the work or the home cell: it is for the home's secretary (A4).
    """

    what_if = True
    of_home: ClassVar[bool] = False

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        return target.left is None

    def facts(self) -> Iterable[tuple[Text, Any]]:
        if isinstance(self.target, Member):
            yield lazy("Member"), self.target
            for registration in seen_registrations(
                self.request, standing_registrations(self.target)
            ):
                yield registration.get_kind_display().capitalize(), _place(registration)

    def outside(self, registrations: Iterable[Registration]) -> Iterator[Blocker]:
        """Those of `registrations` that are with units outside the user's ground."""
        ground = ground_of(self.request, CHANGE)
        for registration in registrations:
            mine = Unit.objects.on_ground(ground).filter(pk=registration.unit_id)
            if not mine.exists():
                # The unit is not named: it may tell where the member works (A4).
                reason = _("%(member)s is registered elsewhere; the secretary there does this.")
                yield Blocker(reason % {"member": registration.member}, "A4")

    def done(self, member: Member, text: str) -> Outcome:
        """The outcome: the member's page, or the list for whom the member is out of sight by it.

        Whoever reports that a resident has moved away does not see him or her any more. One query.
        """
        today = timezone.localdate()
        seen = Member.objects.on_ground(ground_of(self.request), today, among=[member.pk])
        return Outcome(member, text, "" if seen.exists() else reverse(_LIST))


_LIST = "admin:members_member_changelist"


def listed_name(member: Member) -> str:
    """The name as a list in its order shows it."""
    return str(member) if member.is_veiled else f"{member.sorted_name} ({member.pk})"


def standing_registrations(member: Member) -> list[Registration]:
    """The member's registrations that hold today or will later, home before residence."""
    standing = member.registrations.not_ended(timezone.localdate())
    return list(standing.select_related("unit", "member").order_by("kind", "since"))


def _contradicts(member: Member, cell: Unit, on: date) -> bool:
    """Whether the articles say that the member belongs to another cell."""
    known = belongings([member.pk], on).get(member.pk)
    return known is not None and known.cell is not None and known.cell != cell


def _unlike_the_articles(member: Member, cell: Unit, on: date) -> Iterator[Text]:
    """What the articles say against a home in `cell`."""
    known = belongings([member.pk], on).get(member.pk)
    if known is None or known.cell == cell:
        return
    if known.cell is not None:
        text = _(
            "By %(article)s %(member)s belongs to %(cell)s: %(why)s As an exception the change is "
            "kept with its reason, and stays listed."
        )
        values = {"article": known.article, "cell": known.cell, "why": known.why}
        yield text % {"member": member, **values}
    elif cell.kind == Kind.FACTORY_CELL:
        text = _("%(member)s works in no workplace that %(cell)s answers for (A1, A2).")
        yield text % {"member": member, "cell": cell}


def _place(registration: Registration) -> str:
    return _("%(unit)s, since %(day)s") % {
        "unit": registration.unit,
        "day": day_in_words(registration.since),
    }


def with_consequences(text: str, known: Before) -> str:
    """What an act did, and what it has ended and opened at the place of residence with it (A4)."""
    return joined([text, *known.told(sentence)])


def _registered(registration: Registration) -> str:
    text = (
        _("Registered with %(unit)s from %(day)s.")
        if registration.kind == HOME
        else _("Registered as a resident with %(unit)s from %(day)s.")
    )
    return sentence(text, unit=registration.unit, day=registration.since)


@act_on(Member)
class ChangeCell(MemberAct):
    """Register the member with another cell."""

    name = "change-cell"
    title = lazy("Change the cell")
    explanation = lazy(
        "The registration with the present cell ends on that day, and one with the new cell "
        "begins on it. The past stays in the register. With the home cell the registration as a "
        "resident ends or begins, as the place of residence asks it (A4)."
    )
    icon = "swap_horiz"
    order = 10
    bulk = True

    kind = forms.ChoiceField(
        label=lazy("Which registration"),
        choices=Registration.Kind.choices,
        initial=HOME,
        widget=UnfoldAdminSelectWidget,
    )
    to = PickField(UNIT, label=lazy("New cell"), help_text=lazy("Its code or name."))

    def adapt(self) -> None:
        held = () if self.target is None else standing_registrations(self.target)
        if not any(registration.kind == RESIDENCE for registration in held):
            self.fields["kind"].widget = forms.HiddenInput()

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        return target.left is None and target.registrations.not_ended(on).exists()

    def trespasses(self, target: Member) -> Iterator[Blocker]:
        kind, to = self.cleaned_data["kind"], self.cleaned_data["to"]
        held = [item for item in standing_registrations(target) if item.kind == kind]
        outside = list(self.outside(held))
        yield from outside
        if kind == HOME and not outside:
            yield from home_blockers(member=target, to=to, on=self.day)

    def unusual(self, target: Member) -> Iterator[Text]:
        yield from super().unusual(target)
        given = self.cleaned_data
        if given["kind"] == HOME and sees_home(self.request, target):
            yield from _unlike_the_articles(target, given["to"], self.day)

    def perform(self, target: Member) -> Outcome:
        given = self.cleaned_data
        known = before(target)
        if given["kind"] == HOME and _contradicts(target, given["to"], self.day):
            # Before there is a reason this is but a look ahead.
            reason = given.get("reason", "").strip() or _("The reason is still to be given.")
            user: Any = self.request.user
            keep_exception(member=target, cell=given["to"], on=self.day, reason=reason, by=user)
        new = change_cell(member=target, to=given["to"], on=self.day, kind=given["kind"])
        if new.kind == RESIDENCE:
            return Outcome(target, _registered(new))
        return Outcome(target, with_consequences(_registered(new), known))


@act_on(Member)
class Register(MemberAct):
    """Register a member who has no registration of this kind."""

    name = "register"
    title = lazy("Register")
    explanation = lazy(
        "The home registration is with the cell of the factory where the member works, or else "
        "with the street cell (A1, A3). Who lives in another district is registered there as a "
        "resident too, with the district, the local group or a street cell (A4)."
    )
    icon = "how_to_reg"

    kind = forms.ChoiceField(
        label=lazy("Kind"), choices=Registration.Kind.choices, widget=UnfoldAdminSelectWidget
    )
    unit = PickField(UNIT, label=lazy("Cell or unit"), help_text=lazy("Its code or name."))

    def adapt(self) -> None:
        held = {registration.kind for registration in standing_registrations(self.target)}
        if HOME in held:
            self.fields["kind"].initial = RESIDENCE

    def perform(self, target: Member) -> Outcome:
        given = self.cleaned_data
        new = register_member(member=target, unit=given["unit"], since=self.day, kind=given["kind"])
        return Outcome(target, _registered(new))


@act_on(Member)
class EndRegistration(MemberAct):
    """End one registration, without another in its place."""

    name = "end-registration"
    title = lazy("End the residence registration")
    explanation = lazy(
        "The registration as a resident ends on that day. The home registration stays as it is."
    )
    icon = "event_busy"

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        return target.registrations.not_ended(on).filter(kind=RESIDENCE).exists()

    def _registrations(self, target: Member) -> list[Registration]:
        return [item for item in standing_registrations(target) if item.kind == RESIDENCE]

    def trespasses(self, target: Member) -> Iterator[Blocker]:
        held = self._registrations(target)
        if not held:
            reason = _("%(member)s has no registration as a resident.")
            yield Blocker(reason % {"member": target}, "A4")
        yield from self.outside(held)

    def perform(self, target: Member) -> Outcome:
        held = self._registrations(target)[0]
        ended = end_registration(registration=held, on=self.day)
        text = _("No longer registered as a resident with %(unit)s from %(day)s.")
        return self.done(target, sentence(text, unit=ended.unit, day=self.day))
