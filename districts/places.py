"""What is decided about places: which street cell works in a locality (A3)."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from districts.kinds import Kind
from districts.models import Locality, Unit


class CannotAssign(Refused):
    """A place that could not be given to a cell."""


@recorded("set-street-cell")
def set_street_cell(*, locality: Locality, cell: Unit, on: date) -> Locality:
    """Let `cell` work in the locality from now on (A3). Raises `CannotAssign`."""
    locality = Locality.objects.select_for_update(of=("self",)).get(pk=locality.pk)
    refuse_if(_street_cell_blockers(locality, cell, on), CannotAssign)
    locality.street_cell = cell
    locality.save(update_fields=["street_cell"])
    return locality


def _street_cell_blockers(locality: Locality, cell: Unit, on: date) -> Iterator[Blocker]:
    if cell.kind not in (Kind.STREET_CELL, Kind.JOINT_CELL):
        reason = _("%(unit)s is neither a street cell nor a joint cell.")
        yield Blocker(reason % {"unit": cell}, "A3")
    if not cell.is_open(on):
        yield Blocker(_("%(unit)s is not open on that day.") % {"unit": cell}, "A3")
    if cell.pk == locality.street_cell_id:
        reason = _("%(unit)s works in %(place)s already.")
        yield Blocker(reason % {"unit": cell, "place": locality})
