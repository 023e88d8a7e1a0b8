"""Largest remainders: a seat for every whole quota, the rest to those with most left over."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from elections.counting.apportioning.given import CannotApportion, Given, Share
from elections.counting.apportioning.record import (
    Apportionment,
    Figure,
    Standing,
    Tie,
    tie_between,
)

Quota = Callable[[int, int], Fraction]


def hare(members: int, seats: int) -> Fraction:
    """All members by all seats, not rounded (Hare 1859)."""
    return Fraction(members, seats)


def droop(members: int, seats: int) -> Fraction:
    """The least whole number of members that seats + 1 units cannot all have (Droop 1881).

    It is above members / (seats + 1), so that there are never more whole quotas than seats.
    """
    return Fraction(members // (seats + 1) + 1)


def by_remainders(given: Given, quota_of: Quota) -> Apportionment:
    """Apportion by largest remainders.

    A unit whose members make up fewer quotas than the minimum gets the minimum; the rest of the
    seats go to the others by a quota of their own, and so on until nobody is below. Raises
    `CannotApportion` where a quota that is rounded to a whole number is too coarse.
    """
    rest, seats, quota = _above_minimum(given, quota_of)
    quotas = {unit.name: unit.members / quota for unit in rest}
    held = {unit.name: given.minimum for unit in given.peopled}
    held |= {name: int(count) for name, count in quotas.items()}
    left = seats - sum(int(count) for count in quotas.values())
    if left > len(rest):
        raise _too_coarse(given, quota, f"it leaves {left} seats for {len(rest)} remainders")
    winners, tie = _largest(given, {name: count % 1 for name, count in quotas.items()}, left)
    for name in winners:
        held[name] += 1
    return Apportionment(
        given,
        tuple(_standing(given, unit, held.get(unit.name, 0), quotas) for unit in given.units),
        ties=(tie,) if tie else (),
        quota=quota,
    )


def _above_minimum(given: Given, quota_of: Quota) -> tuple[list[Share], int, Fraction]:
    """The units that need no minimum, the seats that are theirs, and the quota among them."""
    rest, seats = given.peopled, given.seats
    while True:
        quota = quota_of(sum(unit.members for unit in rest), seats)
        above = [unit for unit in rest if unit.members >= given.minimum * quota]
        if len(above) == len(rest):
            return rest, seats, quota
        # With Hare's quota somebody always has the average of what is left, which is enough.
        if not above:
            told = f"by it no unit has the minimum of {given.minimum}"
            raise _too_coarse(given, quota, told)
        seats -= given.minimum * (len(rest) - len(above))
        rest = above


def _largest(
    given: Given, remainders: dict[str, Fraction], seats: int
) -> tuple[Sequence[str], Tie | None]:
    """Who gets one of the seats for the largest remainders, and the tie for the last of them."""
    if not seats:
        return (), None
    cut = sorted(remainders.values(), reverse=True)[seats - 1]
    sure = [name for name, remainder in remainders.items() if remainder > cut]
    equal = [name for name, remainder in remainders.items() if remainder == cut]
    if len(sure) + len(equal) == seats:
        return sure + equal, None
    tie = tie_between(given, equal, seats - len(sure), Figure(cut))
    return [*sure, *tie.chosen], tie


def _standing(given: Given, unit: Share, seats: int, quotas: dict[str, Fraction]) -> Standing:
    return Standing(
        unit.name,
        unit.members,
        fair_share=Fraction(unit.members * given.seats, given.members),
        seats=seats,
        by_minimum=unit.members > 0 and unit.name not in quotas,
        quotas=quotas.get(unit.name),
    )


def _too_coarse(given: Given, quota: Fraction, why: str) -> CannotApportion:
    return CannotApportion(
        f"The quota of {quota} whole members is too coarse for {given.seats} seats: {why}. Another"
        " method keeps the proportion (A12)."
    )
