"""The people of the demonstration: who they are, where they worked, which cells they belonged to.

Every history keeps the articles; the breaches are made afterwards, each on purpose. Days are
counted from the day that the demonstration shows, as in `members.demo.ground`.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from members.demo import vocabulary
from members.demo.ground import CellPlan, DistrictPlan, GroundPlan
from members.demo.names import Name, draw_name

_FIRST_JOINED = -9_000  # days, so that the oldest districts are older
_LONG_WITHOUT_WORK = 250  # days
_ENDINGS = ("resigned", "resigned", "moved_away", "moved_away", "died", "excluded")


@dataclass(slots=True)
class Person:
    """A member with all that the register holds on him or her."""

    number: int
    name: Name
    joined: int
    born: int
    cell: CellPlan
    locality: int
    address: str
    left: int | None = None
    left_reason: str = ""
    email: str = ""
    phone: str = ""
    earlier: list[tuple[int, int, str]] = field(default_factory=list)  # since, until, why
    employments: list[tuple[int, int, int | None]] = field(default_factory=list)  # where, from, to
    homes: list[tuple[int, int, int | None]] = field(default_factory=list)  # unit, from, to
    residences: list[tuple[int, int, int | None]] = field(default_factory=list)
    detached: tuple[int, int, int] | None = None  # by which unit, to which cell, from when


def people(ground: GroundPlan, count: int, chance: Random) -> Iterator[Person]:
    """`count` members in the order of their numbers, who joined in about that order."""
    for number, index in enumerate(_spread(count, len(ground.cells), chance), 1):
        share = (number - 1) / count
        joined = int(_FIRST_JOINED * (1 - share) ** 1.4) - 30 - _below(chance, 30)
        yield _Life(number, ground.cells[index], joined, chance).person


def _spread(count: int, cells: int, chance: Random) -> "array[int]":
    """The index of each person's cell. No cell has twice as many people as another."""
    weights = [0.75 + 0.5 * chance.random() for _cell in range(cells)]
    scale, total = count / sum(weights), 0.0
    places = array("L")
    for cell, weight in enumerate(weights):
        total += weight * scale
        places.extend([cell] * (round(total) - len(places)))
    chance.shuffle(places)
    return places


class _Life:
    """Tells one person's history, from the first home cell to the present one."""

    def __init__(self, number: int, cell: CellPlan, joined: int, chance: Random) -> None:
        self._chance = chance
        home, elsewhere = self._locality(cell)
        street = vocabulary.STREETS[_below(chance, len(vocabulary.STREETS))]
        self.person = person = Person(
            number=number,
            name=draw_name(chance),
            joined=joined,
            born=joined - 5_900 - _below(chance, 14_000),
            cell=cell,
            locality=home,
            address=f"{street} {1 + _below(chance, 120)}",
        )
        if chance.random() < 0.7:
            person.email = f"member{number}@post.example"
        if chance.random() < 0.6:
            person.phone = f"+999 {10 + _below(chance, 90)} {100_000 + _below(chance, 900_000)}"
        until = self._ending()
        since = self._earlier_cells()
        self._work(since, until)
        self._present_cell(since, until)
        if elsewhere is not None:
            self._register_residence(elsewhere, since, until)

    def _locality(self, cell: CellPlan) -> tuple[int, tuple[DistrictPlan, CellPlan | None] | None]:
        """Where the person lives; and the other district, if it is not the cell's own (A4)."""
        district, chance = cell.district, self._chance
        if not cell.in_factory:
            return cell.localities[_below(chance, len(cell.localities))], None
        others = district.town.districts
        if district in others and len(others) > 1 and chance.random() < 0.3:
            place = others.index(district) + 1 + _below(chance, len(others) - 1)
            other = others[place % len(others)]
            locality, street = other.localities[_below(chance, len(other.localities))]
            return locality, (other, street)
        return district.localities[_below(chance, len(district.localities))][0], None

    def _ending(self) -> int | None:
        """The day the membership ended or will end, if so."""
        person, chance = self.person, self._chance
        draw = chance.random()
        if draw < 0.05 and person.joined < -500:
            person.left = _between(chance, max(person.joined, person.cell.founded) + 100, -1)
        elif draw < 0.053:
            person.left = 10 + _below(chance, 50)
        if person.left is not None:
            person.left_reason = _ENDINGS[_below(chance, len(_ENDINGS))]
            if person.left > 0:
                person.left_reason = "moved_away"
        return person.left

    def _earlier_cells(self) -> int:
        """The homes before the present one; returns the day on which the present one begins."""
        person, cell, chance = self.person, self.person.cell, self._chance
        last = -60 if person.left is None or person.left > 0 else person.left - 60
        first = max(person.joined, cell.founded)
        if chance.random() < 0.02:
            self._earlier_membership()
            return person.joined
        before = self._older_cell(last)
        if before is None or (first == person.joined and chance.random() < 0.75):
            if first > person.joined:
                person.joined = first
            return person.joined
        since = before.dissolved or _between(chance, max(first, person.joined + 60), last)
        if since > last:
            return person.joined
        person.homes.append((before.unit, person.joined, since))
        if before.in_factory:
            self._employ(before.workplaces[0], person.joined, self._end_of_work(since))
        return since

    def _end_of_work(self, since: int) -> int:
        """The day the work at the earlier cell ended; who left it for a street cell was detached,
        for want of work since long before (A6).
        """
        person, cell = self.person, self.person.cell
        if cell.in_factory:
            return since
        person.detached = (cell.district.unit, cell.unit, since)
        return max(person.joined + 1, since - _LONG_WITHOUT_WORK)

    def _older_cell(self, last: int) -> CellPlan | None:
        """A cell of the same district that was there when the person joined."""
        person, cell, chance = self.person, self.person.cell, self._chance
        district = cell.district
        for closed in district.closed:
            shut = closed.dissolved or 0
            if max(person.joined, cell.founded) < shut < last and chance.random() < 0.4:
                return closed
        kinds = (district.factory_cells, district.street_cells)
        oldest = [cells[0] for cells in kinds if cells and cells[0] is not cell]
        return oldest[_below(chance, len(oldest))] if oldest else None

    def _earlier_membership(self) -> None:
        """The person was a member before, in the same cell, and came back (readmission)."""
        person, cell, chance = self.person, self.person.cell, self._chance
        end = -700 if person.left is None or person.left > 0 else person.left - 700
        since = max(person.joined, cell.founded)
        person.joined = since
        if since > end:
            return
        until = _between(chance, since + 60, end + 200)
        back = _between(chance, until + 60, end + 500)
        person.earlier.append((since, until, "resigned"))
        person.homes.append((cell.unit, since, until))
        person.joined = back

    def _work(self, since: int, until: int | None) -> None:
        """The employment beside the present home; some lost it and stay in the cell (A6)."""
        person, cell, chance = self.person, self.person.cell, self._chance
        if not cell.in_factory:
            if not person.employments and chance.random() < 0.3:  # pensioners, mostly
                factory = cell.district.factory_cells[0].workplaces[0]
                self._employ(factory, self._grown_up(), person.joined - 300)
            return
        workplace = cell.workplaces[0]
        if len(cell.workplaces) > 1 and chance.random() < 0.12:
            workplace = cell.workplaces[1 + _below(chance, len(cell.workplaces) - 1)]
        began = since if person.homes else max(self._grown_up(), since - _below(chance, 3_000))
        ended = until if until is not None and person.left_reason != "excluded" else None
        if until is None and since < -90 and chance.random() < 0.06:
            ended = _between(chance, max(since + 30, -420), -15)
        self._employ(workplace, began, ended)

    def _grown_up(self) -> int:
        """The day on which the person was sixteen, nearly."""
        return self.person.born + 5_500

    def _employ(self, workplace: int, since: int, until: int | None) -> None:
        self.person.employments.append((workplace, since, until))

    def _present_cell(self, since: int, until: int | None) -> None:
        """The present home, and for a few the next one, on a day that is still to come."""
        person, cell, chance = self.person, self.person.cell, self._chance
        following = None
        if until is None and chance.random() < 0.004:
            district = cell.district
            alike = district.factory_cells if cell.in_factory else district.street_cells
            following = next((other for other in alike if other is not cell), None)
        if following is None:
            person.homes.append((cell.unit, since, until))
            return
        change = 5 + _below(chance, 50)
        person.homes.append((cell.unit, since, change))
        person.homes.append((following.unit, change, None))

    def _register_residence(
        self, elsewhere: tuple[DistrictPlan, CellPlan | None], since: int, until: int | None
    ) -> None:
        """The district of residence knows the person too, and most have a street cell (A4)."""
        district, street = elsewhere
        unit = district.unit
        if street is not None and street.founded <= since and self._chance.random() < 0.8:
            unit = street.unit
        self.person.residences.append((unit, since, until))


def _below(chance: Random, number: int) -> int:
    return int(chance.random() * number)


def _between(chance: Random, first: int, last: int) -> int:
    return first + int(chance.random() * max(last - first, 0))
