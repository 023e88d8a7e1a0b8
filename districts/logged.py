"""What is logged of the ground, and in which town's chain."""

from collections.abc import Iterable, Mapping

from audit.log import finds_roots, log_changes
from districts.models import HeldRole, Locality, Unit, Workplace


@finds_roots
def roots_of(units: Iterable[int]) -> Mapping[int, int]:
    """The primary keys of the roots of the trees that `units` stand in. One query."""
    wanted = set(units)
    if not wanted:
        return {}
    below = Unit.objects.filter(pk__in=wanted).order_by()
    roots = Unit.objects.filter(parent=None, tree_id__in=below.values("tree_id")).order_by()
    root_of = dict(roots.values_list("tree_id", "pk"))
    return {pk: root_of[tree] for pk, tree in below.values_list("pk", "tree_id")}


def _of_locality(locality: Locality) -> int | None:
    return locality.unit_id or locality.street_cell_id


def _of_workplace(workplace: Workplace) -> int | None:
    return workplace.cell_id or _of_locality(workplace.locality)


log_changes(
    Unit,
    table="units",
    key=lambda unit: unit.code,
    unit=lambda unit: unit.pk,
    leave_out=("lft", "rght", "tree_id", "level"),
)
log_changes(Locality, table="localities", key=lambda place: place.code, unit=_of_locality)
log_changes(Workplace, table="workplaces", key=lambda place: place.code, unit=_of_workplace)
log_changes(
    HeldRole,
    table="roles",
    key=lambda held: held.pk,
    unit=lambda held: held.unit_id,
    member=lambda held: held.account.member_id,
)
