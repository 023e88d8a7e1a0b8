"""Merging cells and splitting one: units and the people in them change in one transaction."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from districts.kinds import CELLS
from districts.models import Coverage, Unit
from districts.tree import lock_trees
from districts.units import dissolve_unit, found_unit
from members.models import Member, Registration
from members.registrations import LAWFUL_UNITS, change_cell


class CannotMerge(Refused):
    """Cells that could not be merged."""


class CannotSplit(Refused):
    """A cell that could not be split."""


@recorded("merge-cells")
def merge_cells(*, cell: Unit, into: Unit, on: date) -> Unit:
    """Move everybody in `cell` and all that it answers for to `into` on `on`, and dissolve it.

    Returns the cell that remains. Raises `CannotMerge`, or what a single act refuses.
    """
    lock_trees(cell, into)
    cell, into = Unit.objects.get(pk=cell.pk), Unit.objects.get(pk=into.pk)
    refuse_if(merge_blockers(cell=cell, into=into, on=on), CannotMerge)
    for registration in _moving(cell, on):
        change_cell(
            member=registration.member,
            to=into,
            on=max(on, registration.since),
            kind=registration.kind,
        )
    for workplace in cell.workplaces.all():
        workplace.cell, workplace.coverage = into, Coverage.ATTACHED
        workplace.save(update_fields=["cell", "coverage"])
    for locality in cell.street_localities.all():
        locality.street_cell = into
        locality.save(update_fields=["street_cell"])
    dissolve_unit(unit=cell, on=on)
    return into


@recorded("split-cell")
def split_cell(
    *,
    cell: Unit,
    code: str,
    name: str,
    members: Sequence[Member],
    on: date,
    kind: str | None = None,
) -> Unit:
    """Found a cell beside `cell` and move `members` from it there on `on`; return the new one.

    Raises `CannotSplit`, or what a single act refuses.
    """
    lock_trees(cell)
    cell = Unit.objects.get(pk=cell.pk)
    moving = list(_moving(cell, on).filter(member__in=[member.pk for member in members]))
    refuse_if(_split_blockers(cell, members, moving), CannotSplit)
    new = found_unit(kind=kind or cell.kind, code=code, name=name, founded=on, parent=cell.parent)
    for registration in moving:
        change_cell(
            member=registration.member,
            to=new,
            on=max(on, registration.since),
            kind=registration.kind,
        )
    return new


def _moving(cell: Unit, on: date) -> QuerySet[Registration]:
    return (
        Registration.objects.filter(Q(until__isnull=True) | Q(until__gt=on), unit=cell)
        .select_related("member")
        .order_by("member", "since")
    )


def merge_blockers(*, cell: Unit, into: Unit, on: date) -> Iterator[Blocker]:
    """All that stands in the way of merging `cell` into `into` on the day `on`."""
    for unit in (cell, into):
        if unit.kind not in CELLS:
            yield Blocker(_("%(unit)s is no cell.") % {"unit": unit}, "A9")
        if not unit.is_open(on):
            yield Blocker(_("%(unit)s is not open on that day.") % {"unit": unit}, "A9")
    if cell.pk == into.pk:
        yield Blocker(_("A cell cannot be merged into itself."))
    kinds = set(_moving(cell, on).values_list("kind", flat=True))
    if any(into.kind not in LAWFUL_UNITS[kind] for kind in kinds):
        reason = _("%(unit)s cannot take over all registrations of %(cell)s.")
        yield Blocker(reason % {"unit": into, "cell": cell}, "A4")


def _split_blockers(
    cell: Unit, members: Sequence[Member], moving: Sequence[Registration]
) -> Iterator[Blocker]:
    if cell.kind not in CELLS:
        yield Blocker(_("%(unit)s is no cell.") % {"unit": cell}, "A9")
    if not members:
        yield Blocker(_("Nobody was chosen for the new cell."), "A1")
    found = {registration.member_id for registration in moving}
    for member in members:
        if member.pk not in found:
            reason = _("%(member)s is not registered in %(unit)s.")
            yield Blocker(reason % {"member": member, "unit": cell})
