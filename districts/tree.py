"""The tree as MPTT stores it: locking it, numbering it in one pass, and proving it whole.

MPTT gives every unit a range (`lft` to `rght`) that holds the ranges of all units below it. Two
writers in one tree at the same time break those ranges; `lock_trees` lets in one.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from districts.kinds import article_of_place, may_stand_under, where_it_may_stand
from districts.models import Unit

# PostgreSQL's advisory lock for those who plant a new tree; any number that nobody else uses.
_NEW_TREE = 0x4B41525445

# Where units that an import has just added stand, one tree each, until they are numbered.
PLACEHOLDER_TREE = 1_000_000_000

Place = tuple[int, int, int, int]  # tree, level, left, right


class BrokenParents(Exception):
    """Units whose parents lead in a circle or nowhere; `units` holds their ids."""

    def __init__(self, units: Collection[int]) -> None:
        self.units = units
        super().__init__(f"{len(units)} units stand under no root")


def lock_trees(*units: Unit | None) -> None:
    """Lock the roots of the trees that `units` stand in, to the end of the transaction.

    None stands for a tree to be planted. Read what you base a change on after this call. SQLite
    has locked the whole database when the transaction began.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("lock_trees() needs a transaction")
    if None in units:
        lock_new_trees()
    wanted = [unit.pk for unit in units if unit is not None]
    while True:
        trees = set(Unit.objects.filter(pk__in=wanted).values_list("tree_id", flat=True))
        roots = Unit.objects.filter(parent=None, tree_id__in=trees).order_by("pk")
        locked = set(roots.select_for_update(no_key=True).values_list("tree_id", flat=True))
        # A unit may have moved to another tree while this call waited for its root.
        now = set(Unit.objects.filter(pk__in=wanted).values_list("tree_id", flat=True))
        if now <= locked:
            return


def lock_new_trees() -> None:
    """Let nobody else plant a tree until the end of the transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NEW_TREE])


def lock_all_trees() -> None:
    """Lock every root there is, and the planting of new ones."""
    lock_new_trees()
    roots = Unit.objects.filter(parent=None).order_by("pk")
    list(roots.select_for_update(no_key=True).values_list("pk", flat=True))


def number_trees(
    rows: Iterable[tuple[int, int | None]], trees: dict[int, int], next_tree: int
) -> dict[int, Place]:
    """Compute every unit's place in one pass over the parents.

    `rows` are (unit, parent) in the order in which siblings shall stand; `trees` the tree numbers
    of roots that have one already; new roots are numbered from `next_tree`. Raises `BrokenParents`.
    """
    children: dict[int | None, list[int]] = {}
    for unit, parent in rows:
        children.setdefault(parent, []).append(unit)
    places: dict[int, Place] = {}
    for root in children.get(None, ()):
        tree = trees.get(root)
        if tree is None:
            tree, next_tree = next_tree, next_tree + 1
        _number_tree(root, tree, children, places)
    if lost := {unit for below in children.values() for unit in below} - places.keys():
        raise BrokenParents(lost)
    return places


def _number_tree(
    root: int, tree: int, children: dict[int | None, list[int]], places: dict[int, Place]
) -> None:
    path = [(root, iter(children.get(root, ())), 1)]
    edge = 1
    while path:
        unit, below, left = path[-1]
        edge += 1
        child = next(below, None)
        if child is not None:
            path.append((child, iter(children.get(child, ())), edge))
        else:
            path.pop()
            places[unit] = (tree, len(path), left, edge)


@transaction.atomic
def renumber_trees() -> int:
    """Give every unit the place that its parents and codes make; return how many were changed.

    Locks all trees. Siblings stand in the order of their codes.
    """
    lock_all_trees()
    rows = list(
        Unit.objects.order_by("code").values_list(
            "pk", "parent_id", "tree_id", "level", "lft", "rght"
        )
    )
    planted = [row for row in rows if row[2] < PLACEHOLDER_TREE]
    roots = {pk: tree for pk, parent, tree, *_ in planted if parent is None}
    last = max((row[2] for row in planted), default=0)
    places = number_trees(((row[0], row[1]) for row in rows), roots, last + 1)
    changed = [(*places[row[0]], row[0]) for row in rows if places[row[0]] != row[2:]]
    _write_places(changed)
    return len(changed)


def _write_places(changed: Sequence[tuple[int, ...]]) -> None:
    if not changed:
        return
    table = connection.ops.quote_name(Unit._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"UPDATE {table} AS u SET tree_id = n.tree, level = n.level, lft = n.lft,"
                " rght = n.rght FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[],"
                " %s::bigint[]) AS n (tree, level, lft, rght, id) WHERE u.id = n.id",
                [list(column) for column in zip(*changed, strict=True)],
            )
        else:
            cursor.executemany(
                f"UPDATE {table} SET tree_id = %s, level = %s, lft = %s, rght = %s WHERE id = %s",
                changed,
            )


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where the tree is not whole: the unit's code and what is wrong there."""

    code: str
    what: str

    def __str__(self) -> str:
        return f"{self.code}: {self.what}"


def tree_faults() -> Iterator[Fault]:
    """Every fault in every tree: parents, kinds, trees, levels and ranges. Reads the units once.

    The ranges are held against those that the parents make, siblings in their present order.
    """
    rows = list(
        Unit.objects.order_by("tree_id", "lft", "pk").values_list(
            "pk", "parent_id", "code", "kind", "tree_id", "level", "lft", "rght"
        )
    )
    kinds: dict[int | None, str | None] = {row[0]: row[3] for row in rows} | {None: None}
    lost = _units_without_root(rows)
    trees: dict[int, int] = {}
    for pk, parent, code, kind, tree, *_ in rows:
        if parent is None:
            if tree in trees.values():
                yield Fault(code, f"is a second root of tree {tree}")
            trees[pk] = tree
        if pk in lost:
            yield Fault(code, "stands under no root: its parents lead in a circle")
        elif not may_stand_under(kind, kinds[parent]):
            yield Fault(code, f"{article_of_place(kind)}: {where_it_may_stand(kind)}")
    places = number_trees(((row[0], row[1]) for row in rows if row[0] not in lost), trees, 0)
    for pk, _parent, code, _kind, *place in rows:
        if pk not in lost and tuple(place) != places[pk]:
            yield Fault(code, _difference(tuple(place), places[pk]))


def _units_without_root(rows: list[Any]) -> Collection[int]:
    try:
        number_trees(((row[0], row[1]) for row in rows), {}, 0)
    except BrokenParents as broken:
        return broken.units
    return ()


def _difference(stored: Place, right: Place) -> str:
    names = ("tree", "level", "left", "right")
    return "; ".join(
        f"{name} is {is_} and should be {should}"
        for name, is_, should in zip(names, stored, right, strict=True)
        if is_ != should
    )
