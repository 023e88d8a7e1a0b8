"""The open factory cells with their places, and which of them is nearest to a factory (A2)."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cells.nearest import Near, Place, Site, Sites, great_circle_km
from districts.kinds import FACTORY_CELLS, Kind
from districts.models import Coverage, Unit, Workplace

Position = tuple[float, float]
_PLACED = ("latitude", "longitude", "locality__latitude", "locality__longitude")


@dataclass(frozen=True, slots=True)
class Cell:
    """An open factory or joint cell: what tells it, where it stands, and where it works.

    `places` are its own factories; or the unit's own position where none of them has one.
    """

    pk: int
    code: str
    name: str
    kind: str
    founded: date
    tree: int
    left: int
    leader: int | None
    home: Hashable
    places: tuple[Position, ...]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    def km_from(self, position: Position | None) -> float | None:
        """How far its nearest place is; None where either is nowhere on the earth."""
        place = self.place_near(position)
        return great_circle_km(*position, *place) if position and place else None

    def place_near(self, position: Position | None) -> Position | None:
        """Which of its places is the nearest."""
        if position is None or not self.places:
            return None
        return min(self.places, key=lambda place: great_circle_km(*position, *place))


class Territory:
    """All open factory cells on a day, by their primary keys. Two queries."""

    def __init__(self, on: date) -> None:
        self.cells = {cell.pk: cell for cell in _cells(on)}
        self._sites: Sites | None = None

    def nearest(self, places: Sequence[Place]) -> list[Near | None]:
        """The nearest cell of each place, with its distance."""
        if self._sites is None:
            self._sites = Sites(
                Site(cell.pk, *place, cell.founded, cell.code, cell.home)
                for cell in self.cells.values()
                for place in cell.places
            )
        return self._sites.nearest(places)

    def nearest_to(self, workplace: Workplace) -> Near | None:
        """The nearest cell of a workplace, None where it has no position or there is no cell."""
        place = workplace.locality
        position = position_of(
            workplace.latitude, workplace.longitude, place.latitude, place.longitude
        )
        if position is None:
            return None
        unit = place.unit
        home = home_of(unit.kind, unit.pk, unit.tree_id) if unit else None
        return self.nearest([Place(*position, home)])[0]

    def nearest_beside(self, key: int) -> Near | None:
        """The cell that is nearest to another one.

        None for a joint cell (A7), for the only factory cell of its district or local group, which
        would be left without any, and where no position is known.
        """
        return self.nearest_beside_each([key])[key]

    def nearest_beside_each(self, keys: Iterable[int]) -> dict[int, Near | None]:
        """The cells nearest to each of these cells; see `nearest_beside`."""
        found: dict[int, Near | None] = dict.fromkeys(keys)
        beside = Counter(cell.leader for cell in self.cells.values())
        asking = [
            cell
            for key in found
            if (cell := self.cells.get(key)) is not None
            and cell.kind == Kind.FACTORY_CELL
            and cell.places
            and beside[cell.leader] > 1
        ]
        places = [Place(*cell.places[0], cell.home, cell.pk) for cell in asking]
        for cell, near in zip(asking, self.nearest(places), strict=True):
            found[cell.pk] = near
        return found

    @property
    def with_joint_cells(self) -> set[int | None]:
        """The local groups that have a joint cell: one for the whole place (A7)."""
        joint = (cell for cell in self.cells.values() if cell.kind == Kind.JOINT_CELL)
        return {cell.leader for cell in joint if cell.home == _group(cell.leader)}


def home_of(kind: str, pk: int, tree: int) -> Hashable:
    """The town that a district or local group belongs to; a local group is its own (A9)."""
    return _group(pk) if kind == Kind.LOCAL_GROUP else ("town", tree)


def _group(pk: int | None) -> Hashable:
    return "group", pk


def position_of(
    latitude: Decimal | None,
    longitude: Decimal | None,
    around_latitude: Decimal | None,
    around_longitude: Decimal | None,
) -> Position | None:
    """The place's own position, or that of its locality, or none."""
    if latitude is not None and longitude is not None:
        return float(latitude), float(longitude)
    if around_latitude is not None and around_longitude is not None:
        return float(around_latitude), float(around_longitude)
    return None


def _cells(on: date) -> Iterable[Cell]:
    places = _own_places(on)
    units: Any = Unit.objects.open(on).filter(kind__in=FACTORY_CELLS).order_by("code")
    rows = units.values_list(
        *("pk", "code", "name", "kind", "founded", "tree_id", "lft", "latitude", "longitude"),
        *("parent", "parent__kind"),
    )
    for pk, code, name, kind, founded, tree, left, north, east, leader, above in rows:
        known, around = places.get(pk, ((), ()))
        itself = ((float(north), float(east)),) if north is not None else ()
        home = home_of(above or "", leader or 0, tree)
        yield Cell(
            *(pk, code, name, kind, founded, tree, left, leader, home),
            known or itself or around,
        )


def _own_places(on: date) -> Mapping[int, tuple[tuple[Position, ...], tuple[Position, ...]]]:
    """By cells: where their own factories are, and the localities of those that are nowhere."""
    own = Workplace.objects.filter(coverage=Coverage.OWN).order_by("code")
    found: dict[int, tuple[tuple[Position, ...], tuple[Position, ...]]] = {}
    for cell, *placed in own.values_list("cell", *_PLACED):
        known, around = found.get(cell, ((), ()))
        if placed[0] is not None:
            known += ((float(placed[0]), float(placed[1])),)
        elif placed[2] is not None:
            around += ((float(placed[2]), float(placed[3])),)
        found[cell] = (known, around)
    return found
