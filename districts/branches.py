"""The own units as a tree whose branches open and close; which are open stands in the address."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest

from audit.ground import Ground
from districts.kinds import CELLS, Kind
from districts.models import Unit
from districts.panels import figures

SHOWN = 100  # rows up to which branches are open by themselves
MOST = 300  # rows of one level that are ever shown
_CODES = 100  # opened and shut branches that an address may name


@dataclass(slots=True)
class Row:
    """A unit in the tree: how deep it stands, how many open units are right below it."""

    unit: Unit
    level: int
    below: int = 0
    is_open: bool = False
    figures: list[tuple[Any, int, str]] = field(default_factory=list)
    toggle: str = ""
    children: list["Row"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Branches:
    """The codes of the units whose branches somebody opened or shut."""

    opened: frozenset[str] = frozenset()
    shut: frozenset[str] = frozenset()

    @classmethod
    def of(cls, request: HttpRequest) -> "Branches":
        """Those that the address names."""
        asked = request.GET
        return cls(*(frozenset(asked.getlist(name)[:_CODES]) for name in ("open", "shut")))

    def toggled(self, row: Row) -> str:
        """The address of the page with the branch of `row` in the other state."""
        code = {row.unit.code}
        opened = self.opened - code if row.is_open else self.opened | code
        shut = self.shut | code if row.is_open else self.shut - code
        named = {"open": sorted(opened), "shut": sorted(shut)}
        return f"?{urlencode(named, doseq=True)}#unit-{row.unit.pk}"


def own_units(ground: Ground, on: date) -> QuerySet[Unit]:
    """The units that the ground was given for: the roots for whoever holds everything."""
    units: QuerySet[Unit] = Unit.objects.exclude(dissolved__lte=on)
    if ground.everywhere:
        towns_first = Case(When(kind=Kind.TOWN, then=Value(0)), default=Value(1))
        towns_first.output_field = IntegerField()
        return units.filter(parent=None).order_by(towns_first, "tree_id")
    own = Q(pk__in=[])
    for extent in ground.extents:
        own |= Q(tree_id=extent.tree, lft=extent.left)
    return units.filter(own)


def tree(ground: Ground, on: date, branches: Branches) -> tuple[list[Row], bool]:
    """The rows of the tree, parents first, and whether some were left out.

    The units of a level and kind are open as long as all below them fit into the page, and where
    somebody opened them. Two queries a level at most, however many units there are, and one for
    each figure.
    """
    found = list(own_units(ground, on)[: MOST + 1])
    cut, tops = len(found) > MOST, [Row(unit, 1) for unit in found[:MOST]]
    level, shown = tops, len(tops)
    while level:
        _count_below(level, on)
        fit = _kinds_that_fit(level, SHOWN - shown)
        for row in level:
            code = row.unit.code
            by_itself = row.unit.kind in fit and code not in branches.shut
            row.is_open = bool(row.below) and (code in branches.opened or by_itself)
        level, left_out = _children_of([row for row in level if row.is_open], on)
        cut, shown = cut or left_out, shown + len(level)
    rows = list(_flat(tops))
    _fill(rows, on, branches)
    return rows, cut


def _kinds_that_fit(level: Sequence[Row], room: int) -> set[str]:
    """The kinds whose units can all be open in `room` rows, the highest kinds first."""
    fit = set()
    for kind in Kind:
        below = sum(row.below for row in level if row.unit.kind == kind)
        if below <= room:
            fit.add(kind.value)
            room -= below
    return fit


def branch(ground: Ground, unit: Unit, on: date) -> tuple[list[Row], bool]:
    """The rows right below `unit`, all shut, and whether some were left out."""
    above = Unit.objects.on_ground(ground).filter(
        tree_id=unit.tree_id, lft__lte=unit.lft, rght__gte=unit.rght
    )
    rows, cut = _children_of([Row(unit, above.count())], on)
    _count_below(rows, on)
    _fill(rows, on, Branches(frozenset({unit.code})))
    return rows, cut


def _count_below(rows: Iterable[Row], on: date) -> None:
    """Put on each of `rows` how many open units stand right below it; a cell has none (A9)."""
    upper = {row.unit.pk: row for row in rows if row.unit.kind not in CELLS}
    if not upper:
        return
    units = Unit.objects.filter(parent__in=list(upper)).exclude(dissolved__lte=on).order_by()
    for parent, number in units.values_list("parent").annotate(Count("pk")):
        upper[parent].below = number


def _children_of(parents: Sequence[Row], on: date) -> tuple[list[Row], bool]:
    if not parents:
        return [], False
    above: dict[Any, Row] = {row.unit.pk: row for row in parents}
    units = Unit.objects.filter(parent__in=list(above)).exclude(dissolved__lte=on)
    found = list(units[: MOST + 1])
    rows = [Row(unit, above[unit.parent_id].level + 1) for unit in found[:MOST]]
    for row in rows:
        above[row.unit.parent_id].children.append(row)
    return rows, len(found) > MOST


def _flat(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        yield row
        yield from _flat(row.children)


def _fill(rows: Sequence[Row], on: date, branches: Branches) -> None:
    """Put the figures and the addresses on `rows`. One query a figure."""
    units = [row.unit for row in rows]
    counted = [(figure, figure.count(units, on)) for figure in figures()]
    for row in rows:
        row.toggle = branches.toggled(row)
        row.figures = [
            (figure.title, counts.get(row.unit.pk, 0), figure.address(row.unit))
            for figure, counts in counted
        ]
