"""The record of an apportionment: the whole table, exact, and each tie with how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from elections.counting.apportioning.given import Given
from elections.counting.lot import by_lot
from elections.counting.report import PLACES, decimals


@dataclass(frozen=True, slots=True)
class Figure:
    """An exact number to be shown: `value`, or the square root of it where it is `squared`."""

    value: Fraction
    squared: bool = False

    @property
    def exact(self) -> str:
        """As 'a/b', a whole number without '/1', the root as 'sqrt(a/b)'."""
        return f"sqrt({self.value})" if self.squared else str(self.value)

    @property
    def decimal(self) -> str:
        """With five decimals, rounded down."""
        if not self.squared:
            return decimals(self.value)
        root = isqrt(self.value.numerator * 10 ** (2 * PLACES) // self.value.denominator)
        return decimals(Fraction(root, 10**PLACES))

    def as_json(self) -> dict[str, str]:
        return {"exact": self.exact, "decimal": self.decimal}


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's line of the table.

    `fair_share` is the seats times the unit's part of all members. `by_minimum` says that the
    minimum gave all its seats. With largest remainders, `quotas` is how many quotas its members
    make up, None where the minimum decided. With divisors, `last` is the quotient of the last seat
    that it won beyond those given first, and `next` that of the seat that it would win next.
    """

    name: str
    members: int
    fair_share: Fraction
    seats: int
    by_minimum: bool = False
    quotas: Fraction | None = None
    last: Figure | None = None
    next: Figure | None = None

    @property
    def remainder(self) -> Fraction | None:
        """What is left of `quotas` after the whole ones."""
        return None if self.quotas is None else self.quotas % 1


@dataclass(frozen=True, slots=True)
class Tie:
    """Units that stand equal, each for one of fewer `seats`, all with the same `at`.

    `at` is a remainder or a quotient. `chosen` were drawn by lot, in that order, on an `occasion`
    of this name; without a seed nobody is, and the seats are not assigned.
    """

    units: tuple[str, ...]
    seats: int
    at: Figure
    occasion: str
    chosen: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the tied seats are not assigned."""
        return not self.chosen

    def as_json(self) -> dict[str, Any]:
        return {
            "units": list(self.units),
            "seats": self.seats,
            "at": self.at.as_json(),
            "means": "open" if self.is_open else "lot",
            "chosen": list(self.chosen),
            "occasion": self.occasion,
        }


@dataclass(frozen=True, slots=True)
class Apportionment:
    """Which unit has how many of the seats, and everything needed to see why.

    `units` stand in the order in which they were given. `quota` is how many members cost a seat,
    with largest remainders. `divisor`, with divisors, is from the least number to the greatest by
    which the members can be divided, and rounded as the method does, to get these seats; None for
    the greatest where nobody won a seat beyond those given first.
    """

    given: Given
    units: tuple[Standing, ...]
    ties: tuple[Tie, ...] = ()
    quota: Fraction | None = None
    divisor: tuple[Figure, Figure | None] | None = None

    @property
    def seats(self) -> dict[str, int]:
        """The seats of each unit by its name."""
        return {unit.name: unit.seats for unit in self.units}

    @property
    def unassigned(self) -> int:
        """The seats that an open tie leaves without a unit."""
        return sum(tie.seats for tie in self.ties if tie.is_open)

    def as_json(self) -> dict[str, Any]:
        """The record as plain values; fractions as {"exact": "a/b", "decimal": "0.12345"}."""
        given = self.given
        return {
            "method": given.method,
            "seats": given.seats,
            "minimum": given.minimum,
            "seed": given.seed,
            "members": given.members,
            "quota": _shown(self.quota),
            "divisor": None if self.divisor is None else _range(*self.divisor),
            "units": [_unit(unit) for unit in self.units],
            "unassigned": self.unassigned,
            "ties": [tie.as_json() for tie in self.ties],
        }


def _unit(unit: Standing) -> dict[str, Any]:
    shown = {
        "unit": unit.name,
        "members": unit.members,
        "seats": unit.seats,
        "fair_share": _shown(unit.fair_share),
        "by_minimum": unit.by_minimum,
    }
    if unit.quotas is not None:
        shown |= {"quotas": _shown(unit.quotas), "remainder": _shown(unit.remainder)}
    if unit.last is not None:
        shown["last_quotient"] = unit.last.as_json()
    if unit.next is not None:
        shown["next_quotient"] = unit.next.as_json()
    return shown


def _range(least: Figure, greatest: Figure | None) -> dict[str, Any]:
    return {"from": least.as_json(), "to": None if greatest is None else greatest.as_json()}


def _shown(value: Fraction | None) -> dict[str, str] | None:
    return None if value is None else Figure(value).as_json()


def tie_between(given: Given, names: Sequence[str], seats: int, at: Figure) -> Tie:
    """The tie of `names` for so many seats: drawn by lot where there is a seed, else open.

    There is at most one in an apportionment, so method and seats are occasion enough.
    """
    occasion = f"{given.method}, {given.seats} seats"
    chosen: list[str] = []
    if given.seed:
        chosen = by_lot(names, seed=given.seed, occasion=occasion)[:seats]
    return Tie(tuple(sorted(names)), seats, at, occasion, tuple(chosen))
