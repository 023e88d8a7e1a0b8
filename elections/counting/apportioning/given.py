"""What is apportioned: seats to units by the numbers of their members, and how (A12)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """A unit by its name, and how many members it has."""

    name: str
    members: int


@dataclass(frozen=True, slots=True)
class Given:
    """An apportionment to be done.

    `minimum` is how many seats each unit with members has at least. Without a `seed` a tie stays
    open.
    """

    units: Sequence[Share]
    seats: int
    method: str
    minimum: int = 0
    seed: str | None = None

    @property
    def members(self) -> int:
        """The members of all units together."""
        return sum(unit.members for unit in self.units)

    @property
    def peopled(self) -> list[Share]:
        """The units that have members; no other gets a seat, there is nobody to send."""
        return [unit for unit in self.units if unit.members]


class CannotApportion(ValueError):
    """Units and seats that have no lawful apportionment (A12); the message says why."""


def require_apportionable(given: Given) -> None:
    """Raise `CannotApportion` for numbers and units that no method could make anything of."""
    _require_units(given)
    peopled = len(given.peopled)
    if not peopled:
        raise CannotApportion("No unit has members: there is no proportion to keep (A12).")
    if given.seats < 1:
        raise CannotApportion(f"There must be at least one seat, not {given.seats} (A12).")
    if given.minimum < 0:
        raise CannotApportion(f"The minimum must not be below nought, and is {given.minimum}.")
    if given.seats < given.minimum * peopled:
        raise CannotApportion(
            f"{given.seats} seats are too few for {peopled} units with members to have at least"
            f" {given.minimum} each: that takes {given.minimum * peopled} (A12)."
        )


def _require_units(given: Given) -> None:
    seen: set[str] = set()
    for unit in given.units:
        if unit.name in seen:
            raise CannotApportion(f"The unit {unit.name} is named twice.")
        seen.add(unit.name)
        if unit.members < 0:
            raise CannotApportion(f"The unit {unit.name} has {unit.members} members (A12).")
