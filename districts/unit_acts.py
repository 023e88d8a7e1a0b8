"""The acts on units as pages: founding, renaming, moving and dissolving."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminSelectWidget

from audit.refusals import Blocker
from districts.acts import Act, LineInput, Outcome, Text, act_among, act_on, sentence
from districts.kinds import PARENTS, Kind
from districts.models import Unit
from districts.picking import UNIT_ABOVE, PickField
from districts.roles import CHANGE
from districts.scope import ground_of
from districts.units import (
    dissolution_blockers,
    dissolve_unit,
    found_unit,
    move_unit,
    rename_unit,
    set_contact,
)


class UnitAct(Act):
    """An act on a unit that is not dissolved."""

    what_if = True

    @classmethod
    def applies_to(cls, target: Unit, on: date) -> bool:
        return target.dissolved is None

    def facts(self) -> Iterable[tuple[Text, Any]]:
        if self.target:
            yield lazy("Unit"), f"{self.target} · {self.target.get_kind_display()}"
            yield lazy("Stands under"), self.target.parent or _("no other unit")


class ActAmongSiblings(UnitAct):
    """An act that changes what stands under the unit above, which must be in the user's ground."""

    def trespasses(self, target: Unit) -> Iterator[Blocker]:
        ground = ground_of(self.request, CHANGE)
        above = Unit.objects.on_ground(ground).filter(pk=target.parent_id)
        if not ground.everywhere and not above.exists():
            reason = _("This is for whoever keeps the register of the unit above %(unit)s.")
            yield Blocker(reason % {"unit": target}, "A9")

    def foreseen(self) -> Iterable[Blocker]:
        return self.trespasses(self.target)


class Founding(UnitAct):
    """The fields of a new unit."""

    kind = forms.ChoiceField(label=lazy("Kind"), widget=UnfoldAdminSelectWidget)
    code = forms.CharField(
        label=lazy("Code"),
        max_length=40,
        widget=LineInput,
        help_text=lazy("Short and unique, such as W-017. It stays for good."),
    )
    title_of_unit = forms.CharField(label=lazy("Name"), max_length=200, widget=LineInput)
    icon = "add"

    def offer(self, kinds: Iterable[str]) -> None:
        """Let the user choose among `kinds`."""
        choices = [(kind, Kind(kind).label) for kind in kinds]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        self.fields["on"].label = lazy("Founded on")

    def unusual(self, target: Any) -> Iterator[Text]:
        yield from super().unusual(target)
        yield from _namesakes(target, self.cleaned_data["title_of_unit"])

    def found(self, parent: Unit | None) -> Outcome:
        """Found the unit below `parent`."""
        given = self.cleaned_data
        unit = found_unit(
            kind=given["kind"],
            code=given["code"],
            name=given["title_of_unit"],
            founded=self.day,
            parent=parent,
        )
        text = _("%(unit)s was founded on %(day)s.")
        return Outcome(unit, sentence(text, unit=unit, day=self.day))


@act_on(Unit)
class FoundBelow(Founding):
    """Found a unit below this one."""

    name = "found"
    title = lazy("Found a unit below")
    order = 10
    explanation = lazy("A new unit is entered below this one. It holds nobody yet.")

    @classmethod
    def applies_to(cls, target: Unit, on: date) -> bool:
        return target.dissolved is None and bool(_kinds_below(target.kind))

    def adapt(self) -> None:
        # All kinds where none is lawful, so that the refusal can say why.
        self.offer(_kinds_below(self.target.kind) or list(Kind.values))

    def perform(self, target: Unit) -> Outcome:
        return self.found(target)


@act_among(Unit)
class FoundRoot(Founding):
    """Found a town or a local group under no other unit."""

    name = "found-root"
    title = lazy("Found a town or local group")
    explanation = lazy(
        "A new unit is entered that stands under no other. To found a unit below another one, "
        "open that one."
    )

    @classmethod
    def permitted(cls, request: HttpRequest) -> bool:
        return ground_of(request, CHANGE).everywhere

    def adapt(self) -> None:
        self.offer(kind for kind in Kind.values if None in PARENTS[kind])

    def perform(self, target: None) -> Outcome:
        return self.found(None)


@act_on(Unit)
class Rename(UnitAct):
    """Give the unit another name."""

    name = "rename"
    title = lazy("Rename")
    explanation = lazy("The unit gets another name at once. Its code stays the same.")
    order = 30

    title_of_unit = forms.CharField(label=lazy("New name"), max_length=200, widget=LineInput)

    def adapt(self) -> None:
        self.fields["title_of_unit"].initial = self.target.name
        self.fields["on"].label = lazy("Decided on")

    def unusual(self, target: Unit) -> Iterator[Text]:
        yield from super().unusual(target)
        yield from _namesakes(target.parent, self.cleaned_data["title_of_unit"], but=target)

    def perform(self, target: Unit) -> Outcome:
        old = target.name
        unit = rename_unit(unit=target, name=self.cleaned_data["title_of_unit"])
        text = _("“%(old)s” is called “%(new)s”, as decided on %(day)s.")
        return Outcome(unit, sentence(text, old=old, new=unit.name, day=self.day))


@act_on(Unit)
class SetContact(UnitAct):
    """Say how members reach the unit's bureau."""

    name = "set-contact"
    title = lazy("How to reach it")
    explanation = lazy(
        "Every member of the unit, and of the cells below it, reads this line on the first page. "
        "Write what the bureau wants its members to know, and no private address."
    )
    icon = "contact_mail"
    order = 35
    looked_at = False

    contact = forms.CharField(
        label=lazy("E-mail, telephone, place and time"),
        max_length=200,
        required=False,
        widget=LineInput,
    )

    def adapt(self) -> None:
        self.fields["contact"].initial = self.target.contact
        self.fields["on"].label = lazy("Decided on")

    def perform(self, target: Unit) -> Outcome:
        unit = set_contact(unit=target, contact=self.cleaned_data["contact"])
        text = _("How to reach %(unit)s: %(contact)s.")
        told = unit.contact or _("not told")
        return Outcome(unit, sentence(text, unit=unit, contact=told))


@act_on(Unit)
class Move(ActAmongSiblings):
    """Move the unit with all below it."""

    name = "move"
    title = lazy("Move")
    explanation = lazy(
        "The unit moves with all below it, and everybody registered there stays. The move holds "
        "at once: the register does not keep where a unit stood before, only this entry in its "
        "history."
    )
    icon = "move_item"
    order = 40

    to = PickField(UNIT_ABOVE, label=lazy("Under which unit"))

    def adapt(self) -> None:
        self.fields["on"].label = lazy("Decided on")

    @classmethod
    def applies_to(cls, target: Unit, on: date) -> bool:
        return target.dissolved is None and target.kind != Kind.TOWN

    def perform(self, target: Unit) -> Outcome:
        old = target.parent
        unit = move_unit(unit=target, parent=self.cleaned_data["to"], on=self.day)
        text = _("%(unit)s was moved from %(old)s to %(new)s, as decided on %(day)s.")
        values = {"unit": unit, "old": old or _("the top"), "new": unit.parent}
        return Outcome(unit, sentence(text, day=self.day, **values))


@act_on(Unit)
class Dissolve(ActAmongSiblings):
    """Dissolve the unit."""

    name = "dissolve"
    title = lazy("Dissolve")
    explanation = lazy(
        "From that day on the unit is no more; its past stays in the register. It must hold no "
        "open units and nobody may be registered there. This cannot be undone here."
    )
    icon = "block"
    grave = True
    order = 90

    def foreseen(self) -> Iterable[Blocker]:
        yield from super().foreseen()
        yield from dissolution_blockers(unit=self.target, on=self.fields["on"].initial())

    def perform(self, target: Unit) -> Outcome:
        unit = dissolve_unit(unit=target, on=self.day)
        text = _("%(unit)s was dissolved on %(day)s.")
        return Outcome(unit, sentence(text, unit=unit, day=self.day))


def _namesakes(parent: Unit | None, name: str, but: Unit | None = None) -> Iterator[Text]:
    """The open units of the same name under the same unit: they would be taken for each other."""
    same = Unit.objects.filter(parent=parent, name__iexact=name, dissolved=None)
    for unit in same.exclude(pk=but.pk if but else None)[:1]:
        yield _("%(unit)s has this name already.") % {"unit": unit}


def _kinds_below(kind: str) -> list[str]:
    return [below for below in Kind.values if kind in PARENTS[below]]
