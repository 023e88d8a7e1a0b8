"""The ground of the demonstration: towns, areas, districts, cells, localities, workplaces.

Days are counted from the day that the demonstration shows: -30 is thirty days before it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, sqrt
from random import Random

from districts.kinds import Kind
from districts.models import Coverage
from members.demo import vocabulary

MEMBERS_IN_A_CELL = 20
_PEOPLE_OF_A_TOWN = 120_000  # more people live in several towns
_IN_SMALL_TOWNS = 0.18
_PEOPLE_OF_A_SMALL_TOWN = 280
_CELLS_OF_A_DISTRICT = 40  # at most, about
_YEAR = 365

Position = tuple[float, float]


@dataclass(slots=True)
class Plot:
    """A unit, as a row of its table."""

    id: int
    code: str
    name: str
    kind: str
    parent: int | None
    founded: int
    position: Position
    dissolved: int | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A locality, as a row of its table."""

    id: int
    code: str
    postcode: str
    name: str
    unit: int
    street_cell: int | None
    position: Position


@dataclass(frozen=True, slots=True)
class Works:
    """A workplace, as a row of its table."""

    id: int
    code: str
    name: str
    branch: str
    locality: int
    cell: int
    coverage: str
    position: Position


@dataclass(slots=True, eq=False)
class CellPlan:
    """A cell as the people know it: its kind, its age, where its members work or live."""

    unit: int
    kind: str
    founded: int
    district: "DistrictPlan"
    dissolved: int | None = None
    workplaces: list[int] = field(default_factory=list)  # the factory itself first
    localities: list[int] = field(default_factory=list)

    @property
    def in_factory(self) -> bool:
        """Whether its members work where it is."""
        return self.kind != Kind.STREET_CELL


@dataclass(slots=True, eq=False)
class DistrictPlan:
    """A district or local group: its cells by kind, the oldest first, and its localities."""

    unit: int
    code: str
    founded: int
    position: Position
    town: "TownPlan"
    factory_cells: list[CellPlan] = field(default_factory=list)
    street_cells: list[CellPlan] = field(default_factory=list)
    closed: list[CellPlan] = field(default_factory=list)
    localities: list[tuple[int, CellPlan | None]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class TownPlan:
    """A town with the districts that its people work and live in, small towns apart."""

    code: str
    name: str
    position: Position
    districts: list[DistrictPlan] = field(default_factory=list)


class GroundPlan:
    """All rows of the ground, and the open cells that people are to be spread over."""

    def __init__(self, people: int, chance: Random) -> None:
        self.units: list[Plot] = []
        self.localities: list[Spot] = []
        self.workplaces: list[Works] = []
        self.cells: list[CellPlan] = []
        self._chance = chance
        towns = ceil(people / _PEOPLE_OF_A_TOWN)
        for index in range(towns):
            self._lay_out_town(index, people // towns)

    def _lay_out_town(self, index: int, people: int) -> None:
        chance = self._chance
        code, name = vocabulary.TOWNS[index % len(vocabulary.TOWNS)]
        if index >= len(vocabulary.TOWNS):
            code = f"{code}{index // len(vocabulary.TOWNS) + 1}"
        centre = (47.5 + 0.83 * (index % 9), 7.0 + 1.17 * (index // 9) + chance.random())
        town = TownPlan(code, name, centre)
        root = self._unit(Kind.TOWN, code, name, None, -40 * _YEAR, centre)
        cells = max(4, round(people * (1 - _IN_SMALL_TOWNS) / MEMBERS_IN_A_CELL))
        districts = max(2, round(cells / min(_CELLS_OF_A_DISTRICT, 10 + sqrt(cells))))
        areas = max(2, round(1.2 * sqrt(districts)))
        above = [self._area(town, root, number) for number in range(areas)]
        for number, (area, place, size) in enumerate(_dealt(cells, districts, above)):
            name = _called(vocabulary.QUARTERS, number)
            town.districts.append(self._district(town, area, place, name, size))
        self._surround(town, people, above)
        if index == 0:
            self._left_behind(town, above[-1])

    def _area(self, town: TownPlan, root: Plot, number: int) -> Plot:
        name = f"Area {_called(vocabulary.AREAS, number)}"
        founded = -35 * _YEAR + 11 * number
        code = f"{town.code}-{number + 1:02}"
        return self._unit(Kind.AREA, code, name, root.id, founded, self._near(town.position, 0.06))

    def _district(
        self, town: TownPlan, area: Plot, place: int, name: str, cells: int
    ) -> DistrictPlan:
        code, founded = f"{area.code}.{place:02}", -30 * _YEAR + 47 * place % 900
        unit = self._unit(
            Kind.DISTRICT, code, name, area.id, founded, self._near(area.position, 0.03)
        )
        district = DistrictPlan(unit.id, code, founded, unit.position, town)
        street = max(1, round(0.38 * cells))
        for order in range(street):
            self._street_cell(district, name, order)
        for order in range(max(1, cells - street)):
            self._factory_cell(district, Kind.FACTORY_CELL, order, vocabulary.WORKS)
        if cells > 6:
            self._closed_cell(district, cells - street)
        return district

    def _left_behind(self, town: TownPlan, area: Plot) -> None:
        """A breach of A9: a district was dissolved, and one of its cells was forgotten."""
        district = self._district(town, area, 99, "Altes Gaswerk", 2)
        plot = next(unit for unit in self.units if unit.id == district.unit)
        plot.dissolved = -150
        for unit in self.units:
            if unit.id == district.street_cells[0].unit:
                unit.dissolved = -150
        self.cells.remove(district.street_cells.pop())

    def _surround(self, town: TownPlan, people: int, areas: Sequence[Plot]) -> None:
        """The small towns near a town: local groups, one under an area and one on its own."""
        near = people * _IN_SMALL_TOWNS
        count = max(2, round(near / _PEOPLE_OF_A_SMALL_TOWN))
        for number in range(count):
            name = _called(vocabulary.SMALL_TOWNS, number)
            above = areas[number % len(areas)] if number % 2 else None
            code = f"{above.code}-V{number + 1:02}" if above else f"{town.code}-V{number + 1:02}"
            unit = self._unit(
                Kind.LOCAL_GROUP,
                code,
                name,
                above.id if above else None,
                -30 * _YEAR,
                self._near(town.position, 0.3),
            )
            group = DistrictPlan(unit.id, code, unit.founded, unit.position, town)
            cells = max(1, round(near / count / MEMBERS_IN_A_CELL))
            self._settle_small_town(group, name, cells)

    def _settle_small_town(self, group: DistrictPlan, name: str, cells: int) -> None:
        street = cells // 3
        for order in range(street):
            self._street_cell(group, name, order)
        if not street:
            self._locality(group, name, 0, None)
        for order in range(cells - street):
            self._factory_cell(group, Kind.JOINT_CELL, order, vocabulary.VILLAGE_WORKS)

    def _street_cell(self, district: DistrictPlan, quarter: str, order: int) -> None:
        """A street cell with the one or two localities that it works in."""
        name = f"Streets of {quarter} {order + 1}"
        position = self._near(district.position, 0.012)
        code = f"{district.code}-S{order + 1:02}"
        cell = self._cell(district, Kind.STREET_CELL, code, name, order, position)
        district.street_cells.append(cell)
        for _locality in range(1 if order % 2 else 2):
            where = f"{quarter} {len(district.localities) + 1}"
            cell.localities.append(self._locality(district, where, 0.012, cell))

    def _locality(
        self, district: DistrictPlan, name: str, spread: float, cell: CellPlan | None
    ) -> int:
        number = len(self.localities) + 1
        code = f"{district.code}-{len(district.localities) + 1:02}"
        # Two letters no postcode begins with, so that none of these is anywhere on earth.
        postcode = f"XX{10_000 + number // 2}"
        position = self._near(district.position, spread)
        spot = Spot(
            number, code, postcode, name, district.unit, cell.unit if cell else None, position
        )
        self.localities.append(spot)
        district.localities.append((number, cell))
        return number

    def _factory_cell(
        self, district: DistrictPlan, kind: Kind, order: int, works: Sequence[tuple[str, str]]
    ) -> None:
        """A cell at a factory; two of three also answer for small works near it (A2)."""
        branch, what = works[int(self._chance.random() * len(works))]
        name = f"{_called(vocabulary.FIRMS, len(self.workplaces))} {what}"
        position = self._near(district.position, 0.012)
        code = f"{district.code}-{'J' if kind == Kind.JOINT_CELL else 'F'}{order + 1:02}"
        cell = self._cell(district, kind, code, name, order, position)
        district.factory_cells.append(cell)
        self._works(cell, name, branch, position)
        for _small in range(order % 3):
            branch, what = vocabulary.SMALL_WORKS[len(self.workplaces) % 10]
            name = f"{what} {_called(vocabulary.FIRMS, 7 * len(self.workplaces))}"
            self._works(cell, name, branch, self._near(position, 0.003))

    def _works(self, cell: CellPlan, name: str, branch: str, position: Position) -> None:
        number, district = len(self.workplaces) + 1, cell.district
        locality = district.localities[number % len(district.localities)][0]
        code = f"{district.town.code}-W{number:05}"
        coverage = Coverage.ATTACHED if cell.workplaces else Coverage.OWN
        self.workplaces.append(
            Works(number, code, name, branch, locality, cell.unit, coverage.value, position)
        )
        cell.workplaces.append(number)

    def _closed_cell(self, district: DistrictPlan, order: int) -> None:
        """A cell whose factory shut: the district's oldest took over its work and its people."""
        dissolved = -400 - int(self._chance.random() * 3000)
        code = f"{district.code}-F{order + 1:02}"
        name = f"{_called(vocabulary.FIRMS, len(self.units))} Gasworks"
        plot = self._unit(
            Kind.FACTORY_CELL,
            code,
            name,
            district.unit,
            district.founded + 30,
            self._near(district.position, 0.012),
        )
        plot.dissolved = dissolved
        heir = district.factory_cells[0]
        self._works(heir, name, "electricity", plot.position)
        shut = heir.workplaces.pop()
        district.closed.append(
            CellPlan(plot.id, plot.kind, plot.founded, district, dissolved, [shut])
        )

    def _cell(
        self,
        district: DistrictPlan,
        kind: Kind,
        code: str,
        name: str,
        order: int,
        position: Position,
    ) -> CellPlan:
        """An open cell. The first of its kind is as old as the district, most are nearly so."""
        age = 0.0 if order == 0 else self._chance.random() ** 3
        founded = district.founded + 30 + int(age * (-district.founded - 400))
        unit = self._unit(kind, code, name, district.unit, founded, position)
        cell = CellPlan(unit.id, kind, founded, district)
        self.cells.append(cell)
        return cell

    def _unit(
        self, kind: Kind, code: str, name: str, parent: int | None, founded: int, spot: Position
    ) -> Plot:
        plot = Plot(len(self.units) + 1, code, name, kind, parent, founded, spot)
        self.units.append(plot)
        return plot

    def _near(self, centre: Position, spread: float) -> Position:
        """A position within `spread` degrees of latitude, about 111 km each."""
        north, east = (2 * self._chance.random() - 1 for _way in range(2))
        return (centre[0] + spread * north, centre[1] + 1.6 * spread * east)


def _called(names: Sequence[str], number: int) -> str:
    """The name with this number; numbered itself once the names are used up."""
    turn, index = divmod(number, len(names))
    return f"{names[index]} {turn + 1}" if turn else names[index]


def _dealt(cells: int, districts: int, areas: Sequence[Plot]) -> Iterator[tuple[Plot, int, int]]:
    """Each district's area, place in the area, and cells; no two of them far apart in size."""
    placed: Counter[int] = Counter()
    for number in range(districts):
        area = areas[number * len(areas) // districts]
        placed[area.id] += 1
        size = cells * (number + 1) // districts - cells * number // districts
        yield area, placed[area.id], size
