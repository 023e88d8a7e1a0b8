"""The change of cell that follows from new work or a new home, in the same act (A1, A2, A3)."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldBooleanSwitchWidget

from districts.acts import sentence
from districts.roles import CHANGE
from districts.scope import ground_of
from members.admin_acts import HOME, MemberAct, standing_registrations
from members.belonging import belongings
from members.models import Member
from members.registrations import change_cell


class FollowsTheArticles(MemberAct):
    """An act after which the member may belong to another cell, and goes there at once.

    Into the user's own ground alone: what lies elsewhere is told, to be asked for as a transfer.
    """

    follow = forms.BooleanField(
        label=lazy("Change the cell too, if the articles say so"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget,
    )

    def adapt(self) -> None:
        super().adapt()
        ground = ground_of(self.request, CHANGE)
        homes = [one for one in standing_registrations(self.target) if one.kind == HOME]
        if not any(ground.has(one.unit.tree_id, one.unit.lft) for one in homes):
            del self.fields["follow"]

    def followed(self, target: Member) -> str:
        """Change the cell where the articles name another one; what was done, in a sentence."""
        if not self.cleaned_data.get("follow"):
            return ""
        home = target.registrations.filter(kind=HOME).in_force(self.day).first()
        known: Any = belongings([target.pk], self.day).get(target.pk)
        if home is None or known is None or known.cell is None or known.cell.pk == home.unit_id:
            return ""
        if not ground_of(self.request, CHANGE).has(known.cell.tree_id, known.cell.lft):
            text = _("By %(article)s the member belongs to %(cell)s; ask for a transfer there.")
            return sentence(text, article=known.article, cell=known.cell)
        change_cell(member=target, to=known.cell, on=self.day)
        text = _("Registered with %(cell)s from %(day)s (%(article)s).")
        return sentence(text, cell=known.cell, day=self.day, article=known.article)
