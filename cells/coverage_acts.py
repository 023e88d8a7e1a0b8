"""What the coverage proposes as pages: forming a cell, attaching a factory or a cell (A1, A2)."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from unfold.widgets import UnfoldBooleanWidget

from audit.refusals import Blocker
from audit.rulebook import statutes
from cells.coverage import members_working
from cells.covering import (
    attach_cell,
    attach_workplace,
    form_cell,
    forming_blockers,
    has_own_cell,
    leader_of,
    to_register,
    working_at,
)
from cells.nearest import Near
from cells.territory import Territory
from districts.acts import Act, LineInput, Outcome, Text, act_on, sentence
from districts.kinds import CELLS, Kind
from districts.models import Coverage, Unit, Workplace
from districts.picking import FACTORY_CELL, PickField
from districts.roles import CHANGE, VIEW
from districts.scope import ground_of
from districts.unit_acts import ActAmongSiblings
from members.models import Member, Registration
from members.registrations import HOME


class WorkplaceAct(Act):
    """An act on a workplace that has no cell of its own, and on those who work there."""

    what_if = True

    @classmethod
    def applies_to(cls, target: Workplace, on: date) -> bool:
        return not has_own_cell(target, on)

    def facts(self) -> Iterable[tuple[Text, Any]]:
        today = timezone.localdate()
        yield lazy("Workplace"), self.target
        yield lazy("Members who work there"), len(working_at(self.target, today))
        if self.target.cell is not None and self.permits(self.target.cell, VIEW):
            yield lazy("Responsible cell"), self.target.cell

    def trespasses(self, target: Workplace) -> Iterator[Blocker]:
        if target.cell is not None and not self.permits(target.cell):
            reason = _("%(workplace)s is covered by a cell outside of your part.")
            yield Blocker(reason % {"workplace": target}, "A2")

    def permits(self, unit: Unit, permission: str = CHANGE) -> bool:
        """Whether the unit lies in the user's ground."""
        return ground_of(self.request, permission).has(unit.tree_id, unit.lft)

    def moved_from_outside(self, members: Collection[Member]) -> Iterator[Blocker]:
        """Those of `members` who are registered outside of the user's ground.

        They are not named: their cell alone knows where they work (A4).
        """
        homes = Registration.objects.filter(member__in=members, kind=HOME).in_force(self.day)
        places = homes.values_list("unit__tree_id", "unit__lft")
        ground = ground_of(self.request, CHANGE)
        number = sum(not ground.has(tree, left) for tree, left in places)
        if number:
            reason = ngettext(
                "%(number)s of those who work there is registered outside of your part: "
                "whoever keeps the register of the unit above does this.",
                "%(number)s of those who work there are registered outside of your part: "
                "whoever keeps the register of the unit above does this.",
                number,
            )
            yield Blocker(reason % {"number": number}, "A1")


@act_on(Workplace)
class FormCell(WorkplaceAct):
    """Let the workplace form its own cell."""

    name = "form-cell"
    title = lazy("Form its own cell")
    explanation = lazy(
        "A factory cell of its own is founded for this workplace (A1), and all members who work "
        "there are registered with it from that day. Their present registrations end on it."
    )
    icon = "add_home_work"
    order = 10

    code = forms.CharField(
        label=lazy("Code of the new cell"),
        max_length=40,
        widget=LineInput,
        help_text=lazy("Short and unique. It stays for good."),
    )
    title_of_unit = forms.CharField(
        label=lazy("Name of the new cell"), max_length=200, widget=LineInput
    )

    def adapt(self) -> None:
        above = leader_of(self.target)
        self.fields["on"].label = lazy("Founded on")
        self.fields["title_of_unit"].initial = self.target.name
        self.fields["code"].initial = next_code(above) if above else ""
        self.fields["reason"].initial = _("A1: enough members work there for a cell of its own.")

    def foreseen(self) -> Iterable[Blocker]:
        yield from self._above_outside()
        yield from forming_blockers(workplace=self.target, on=timezone.localdate())

    def _above_outside(self) -> Iterator[Blocker]:
        above = leader_of(self.target)
        if above is not None and not self.permits(above):
            reason = _("The new cell would stand under %(unit)s, outside of your part.")
            yield Blocker(reason % {"unit": above}, "A9")

    def trespasses(self, target: Workplace) -> Iterator[Blocker]:
        yield from super().trespasses(target)
        yield from self._above_outside()
        yield from self.moved_from_outside(to_register(target, self.day))

    def unusual(self, target: Workplace) -> Iterator[Text]:
        yield from super().unusual(target)
        above = leader_of(target)
        joint = Unit.objects.open(self.day).filter(parent=above, kind=Kind.JOINT_CELL)
        for cell in joint[:1] if above else ():
            text = _("There is a joint cell for the whole place: %(cell)s (A7).")
            yield text % {"cell": cell}

    def foretold(self, target: Workplace) -> Iterator[Text]:
        given = self.cleaned_data
        text = _("%(cell)s (%(code)s) is founded under %(unit)s.")
        values = {"cell": given["title_of_unit"], "code": given["code"]}
        yield text % {**values, "unit": leader_of(target)}
        yield _registered(len(to_register(target, self.day)), given["title_of_unit"])

    def perform(self, target: Workplace) -> Outcome:
        given = self.cleaned_data
        cell = form_cell(
            workplace=target, code=given["code"], name=given["title_of_unit"], on=self.day
        )
        text = _("%(cell)s was founded as the cell of %(workplace)s on %(day)s (A1).")
        return Outcome(cell, sentence(text, cell=cell, workplace=target, day=self.day))


@act_on(Workplace)
class AttachWorkplace(WorkplaceAct):
    """Let a factory cell cover the workplace."""

    name = "attach-workplace"
    title = lazy("Attach to a factory cell")
    explanation = lazy(
        "The cell is responsible for this workplace from now on (A2): it works there, and whoever "
        "works there belongs to it. The nearest cell is filled in."
    )
    icon = "add_link"
    order = 20

    to = PickField(FACTORY_CELL, label=lazy("Which cell"), help_text=lazy("Its code or name."))
    bring = forms.BooleanField(
        label=lazy("Register those who work there with it"),
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget,
    )

    def adapt(self) -> None:
        today = timezone.localdate()
        self.territory = Territory(today)
        self.near = self.territory.nearest_to(self.target)
        _prefill(self, "to", self.near)
        self.fields["reason"].initial = _("A2: the nearest factory cell covers it.")
        if not working_at(self.target, today):
            self.fields["bring"].widget = forms.HiddenInput()

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        yield lazy("Nearest cell"), _told(self, self.near, self.territory)

    def trespasses(self, target: Workplace) -> Iterator[Blocker]:
        yield from super().trespasses(target)
        if self.cleaned_data["bring"]:
            yield from self.moved_from_outside(to_register(target, self.day))

    def unusual(self, target: Workplace) -> Iterator[Text]:
        yield from super().unusual(target)
        yield from _further(self, self.cleaned_data["to"], self.near, self.territory)
        number = len(working_at(target, self.day))
        if number >= statutes().cell_least:
            text = _("%(number)s members work there: it could form its own cell (A1).")
            yield text % {"number": number}

    def foretold(self, target: Workplace) -> Iterator[Text]:
        given = self.cleaned_data
        text = _("%(cell)s becomes responsible for %(workplace)s.")
        yield text % {"cell": given["to"], "workplace": target}
        number = len(to_register(target, self.day))
        if given["bring"] and number:
            yield _registered(number, given["to"])

    def perform(self, target: Workplace) -> Outcome:
        given = self.cleaned_data
        attach_workplace(workplace=target, to=given["to"], on=self.day, bring=given["bring"])
        text = _("%(workplace)s was attached to %(cell)s on %(day)s (A2).")
        return Outcome(target, sentence(text, workplace=target, cell=given["to"], day=self.day))


@act_on(Unit)
class AttachCell(ActAmongSiblings):
    """Attach a factory cell that shrank to the nearest one."""

    name = "attach-cell"
    title = lazy("Attach to the nearest factory cell")
    explanation = lazy(
        "Where too few members are left for a cell, they are attached to the nearest one (A2). "
        "Everybody registered here is registered with that cell from that day, it covers the "
        "workplaces too, and this cell is dissolved. This cannot be undone here."
    )
    icon = "add_link"
    grave = True
    order = 65

    into = PickField(FACTORY_CELL, label=lazy("Which cell"), help_text=lazy("Its code or name."))

    @classmethod
    def applies_to(cls, target: Unit, on: date) -> bool:
        return target.kind == Kind.FACTORY_CELL and target.dissolved is None

    def adapt(self) -> None:
        self.territory = Territory(timezone.localdate())
        self.near = self.territory.nearest_beside(self.target.pk)
        _prefill(self, "into", self.near)
        self.fields["reason"].initial = _("A2: too few members are left for a cell.")

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        yield lazy("Members who work in its factory"), self._working(timezone.localdate())
        yield lazy("Nearest cell"), _told(self, self.near, self.territory)

    def unusual(self, target: Unit) -> Iterator[Text]:
        yield from super().unusual(target)
        yield from _further(self, self.cleaned_data["into"], self.near, self.territory)
        number = self._working(self.day)
        if number >= statutes().cell_least:
            text = _("%(number)s members work in its factory: it can stay a cell (A1).")
            yield text % {"number": number}

    def foretold(self, target: Unit) -> Iterator[Text]:
        """Asked after a rehearsal that was taken back: the numbers are those of before."""
        held = Registration.objects.filter(unit=target).not_ended(self.day).count()
        text = _(
            "%(cell)s is dissolved; its registrations (%(held)s) and its workplaces (%(places)s) "
            "go over to %(into)s."
        )
        values = {"cell": target, "into": self.cleaned_data["into"]}
        yield text % {**values, "held": held, "places": target.workplaces.count()}

    def _working(self, on: date) -> int:
        own = Workplace.objects.filter(cell=self.target, coverage=Coverage.OWN)
        return sum(members_working(own, on).values())

    def perform(self, target: Unit) -> Outcome:
        into = attach_cell(cell=target, into=self.cleaned_data["into"], on=self.day)
        text = _("%(cell)s was attached to %(into)s on %(day)s (A2).")
        return Outcome(into, sentence(text, cell=target, into=into, day=self.day))


def next_code(above: Unit) -> str:
    """The code that follows those of the factory cells below the unit."""
    stem = f"{above.code}-F"
    codes = Unit.objects.filter(code__startswith=stem).values_list("code", flat=True)
    numbers = [int(code[len(stem) :]) for code in codes if code[len(stem) :].isdecimal()]
    return f"{stem}{max(numbers, default=0) + 1:02}"


def _prefill(act: Act, name: str, near: Near | None) -> None:
    """Fill in the nearest cell where the user may choose it."""
    if near is not None:
        mine = FACTORY_CELL.rows(act.request).filter(pk=near.key).first()
        act.fields[name].initial = FACTORY_CELL.label(mine) if mine else None


def _told(act: Act, near: Near | None, territory: Territory) -> str:
    if near is None:
        return _("none is known")
    cell = territory.cells[near.key]
    if not ground_of(act.request).has(cell.tree, cell.left):
        return _("outside of your part, %(km)s km") % {"km": floatformat(near.km, 1)}
    return _("%(cell)s, %(km)s km") % {"cell": cell, "km": floatformat(near.km, 1)}


def _further(act: Act, chosen: Unit, near: Near | None, territory: Territory) -> Iterator[Text]:
    """That a nearer cell is passed over, or that none is the nearest."""
    if near is not None and chosen.pk != near.key and chosen.kind in CELLS:
        yield _("The nearest cell is another one: %(cell)s.") % {
            "cell": _told(act, near, territory)
        }


def _registered(number: int, cell: Any) -> str:
    text = ngettext(
        "%(number)s member who works there is registered with %(cell)s.",
        "%(number)s members who work there are registered with %(cell)s.",
        number,
    )
    return text % {"number": number, "cell": cell}
