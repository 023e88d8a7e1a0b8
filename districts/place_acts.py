"""The acts on places as pages."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from districts.acts import Act, Outcome, Text, act_on, sentence
from districts.models import Locality
from districts.picking import STREET_CELL, PickField
from districts.places import set_street_cell


@act_on(Locality)
class SetStreetCell(Act):
    """Say which street cell works in the locality."""

    name = "set-street-cell"
    title = lazy("Set the street cell")
    explanation = lazy(
        "The people of this locality who work in no factory belong to the cell that works here "
        "(A3). Nobody is moved by this: who stands elsewhere is found, and moved by the act that "
        "changes the cell."
    )
    icon = "signpost"
    what_if = True

    cell = PickField(STREET_CELL, label=lazy("Street cell"), help_text=lazy("Its code or name."))

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Locality"), self.target
        yield lazy("District or local group"), self.target.unit or _("none")
        yield lazy("Street cell"), self.target.street_cell or _("none")

    def perform(self, target: Locality) -> Outcome:
        place = set_street_cell(locality=target, cell=self.cleaned_data["cell"], on=self.day)
        text = _("%(cell)s works in %(place)s, as decided on %(day)s.")
        values = {"cell": place.street_cell, "place": place}
        return Outcome(place, sentence(text, day=self.day, **values))
