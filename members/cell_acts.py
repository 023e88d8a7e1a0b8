"""Merging and splitting cells as pages."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from districts.acts import LineInput, Outcome, act_on, sentence
from districts.kinds import CELLS
from districts.models import Unit
from districts.picking import CELL, PickField
from districts.unit_acts import ActAmongSiblings
from members.admin_acts import listed_name
from members.models import Member, Registration
from members.regrouping import merge_cells, split_cell
from members.veil import in_order_of_names

if TYPE_CHECKING:
    ChoiceOfMembers = forms.ModelMultipleChoiceField[Member]
else:
    ChoiceOfMembers = forms.ModelMultipleChoiceField


class Regrouping(ActAmongSiblings):
    """An act on a cell and on those who are registered there."""

    @classmethod
    def applies_to(cls, target: Unit, on: date) -> bool:
        return target.kind in CELLS and target.dissolved is None


def _registered_in(cell: Unit, on: date) -> QuerySet[Member]:
    """Those who are registered in `cell` on the day `on` or will be later."""
    there = Registration.objects.filter(unit=cell).not_ended(on)
    return Member.objects.filter(pk__in=there.values("member")).order_by(*in_order_of_names())


@act_on(Unit)
class Merge(Regrouping):
    """Merge the cell into another one."""

    name = "merge"
    title = lazy("Merge into another cell")
    explanation = lazy(
        "Everybody registered here is registered with the other cell from that day, its "
        "workplaces and localities go over too, and this cell is dissolved. This cannot be "
        "undone here."
    )
    icon = "merge"
    grave = True
    order = 60

    into = PickField(CELL, label=lazy("Into which cell"), help_text=lazy("Its code or name."))

    def facts(self) -> Any:
        yield from super().facts()
        yield lazy("Registered here"), _registered_in(self.target, timezone.localdate()).count()

    def perform(self, target: Unit) -> Outcome:
        into = merge_cells(cell=target, into=self.cleaned_data["into"], on=self.day)
        text = _("%(cell)s was merged into %(into)s on %(day)s.")
        values = {"cell": target, "into": into}
        return Outcome(into, sentence(text, day=self.day, **values))


class Those(ChoiceOfMembers):
    """Several members out of a list; a number that no database could hold is none of them."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError as error:
            raise ValidationError(_("Choose from the list."), code="invalid_choice") from error


@act_on(Unit)
class Split(Regrouping):
    """Found a second cell beside this one and move members there."""

    name = "split"
    title = lazy("Split")
    explanation = lazy(
        "A new cell of the same kind is founded beside this one, and the members chosen here are "
        "registered with it from that day. All others stay."
    )
    icon = "call_split"

    code = forms.CharField(label=lazy("Code of the new cell"), max_length=40, widget=LineInput)
    title_of_unit = forms.CharField(
        label=lazy("Name of the new cell"), max_length=200, widget=LineInput
    )
    members = Those(
        Member.objects.none(),
        label=lazy("Who goes to the new cell"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def adapt(self) -> None:
        those: Any = self.fields["members"]
        those.label_from_instance = listed_name
        those.queryset = _registered_in(self.target, timezone.localdate())

    def perform(self, target: Unit) -> Outcome:
        given = self.cleaned_data
        moving = list(given["members"])
        new = split_cell(
            cell=target,
            code=given["code"],
            name=given["title_of_unit"],
            members=moving,
            on=self.day,
        )
        text = _("%(new)s was split off from %(cell)s on %(day)s.")
        values = {"new": new, "cell": target}
        return Outcome(new, sentence(text, day=self.day, **values))
