"""Divisor methods: seat after seat to the unit whose quotient is highest."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush

from elections.counting.apportioning.given import CannotApportion, Given, Share
from elections.counting.apportioning.record import (
    Apportionment,
    Figure,
    Standing,
    Tie,
    tie_between,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a unit's members are divided by for its next seat, when it has 0, 1, 2, ... seats.

    Where the divisor is a square root, `squared` is set and `divisor` gives its square: then the
    squares of quotients are compared, which are exact. A divisor of nought gives the seat first of
    all. For d seats it lies between d and d + 1, times a `scale` that spares halves
    (for no square root).
    """

    divisor: Callable[[int], int]
    squared: bool = False
    scale: int = 1

    @property
    def first(self) -> int:
        """The seats that every unit with members gets before anything is compared."""
        return 0 if self.divisor(0) else 1

    def quotient(self, members: int, seats: int) -> Fraction:
        """The unit's claim to a seat when it has so many: its quotient, or the square of it."""
        return Fraction(members**2 if self.squared else members, self.divisor(seats))


def by_divisors(given: Given, rule: Rule) -> Apportionment:
    """Apportion by the quotients of `rule`.

    The seats of the minimum are given first, and the quotients go on from there. Raises
    `CannotApportion` where the rule gives everybody a seat and there are not enough.
    """
    first = max(rule.first, given.minimum)
    _require_first_seats(given, rule.first)
    held = _safe_seats(given, first)
    tie = _go_on(given, rule, held)
    units = tuple(
        _standing(given, rule, unit, held.get(unit.name, 0), first) for unit in given.units
    )
    divisor = _divisor(units, tie, rule.scale)
    return Apportionment(given, units, ties=(tie,) if tie else (), divisor=divisor)


def _require_first_seats(given: Given, first: int) -> None:
    peopled = len(given.peopled)
    if given.seats < first * peopled:
        raise CannotApportion(
            f"{given.method} gives each unit with members a seat: {given.seats} seats are too few"
            f" for {peopled} such units (A12)."
        )


def _safe_seats(given: Given, first: int) -> dict[str, int]:
    """Seats by unit that are won in any order of the others, nearly all there are.

    For a number of members to a seat, a unit has at most its members by that number, rounded up,
    of the seats with a higher quotient, and at least one less. So where those numbers rounded up
    fit into the seats, one less is safe. The number is total / steps with the most steps that fit;
    what is left to compare is at most two seats a unit, however many seats there are.
    """
    total, peopled = given.members, given.peopled

    def at_most(steps: int) -> int:
        return sum(max(first, -(-unit.members * steps // total)) for unit in peopled)

    fits, too_many = 0, given.seats + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if at_most(middle) <= given.seats:
            fits = middle
        else:
            too_many = middle
    return {unit.name: max(first, -(-unit.members * fits // total) - 1) for unit in peopled}


def _go_on(given: Given, rule: Rule, held: dict[str, int]) -> Tie | None:
    """Give out the seats that are left, by the highest quotients; the tie for the last of them."""
    members = {unit.name: unit.members for unit in given.peopled}

    def claim(name: str) -> tuple[Fraction, str]:
        return -rule.quotient(members[name], held[name]), name

    claims = [claim(name) for name in held]
    heapify(claims)
    left = given.seats - sum(held.values())
    while left:
        highest, name = heappop(claims)
        equal = [name]
        while claims and claims[0][0] == highest:
            equal.append(heappop(claims)[1])
        tie = None
        if len(equal) > left:
            tie = tie_between(given, equal, left, Figure(-highest, rule.squared))
        for name in tie.chosen if tie else equal:
            held[name] += 1
            heappush(claims, claim(name))
        if tie:
            return tie
        left -= len(equal)
    return None


def _standing(given: Given, rule: Rule, unit: Share, seats: int, first: int) -> Standing:
    last = following = None
    if unit.members:
        following = Figure(rule.quotient(unit.members, seats), rule.squared)
    if seats > first:
        last = Figure(rule.quotient(unit.members, seats - 1), rule.squared)
    return Standing(
        unit.name,
        unit.members,
        fair_share=Fraction(unit.members * given.seats, given.members),
        seats=seats,
        by_minimum=seats == given.minimum > rule.first,
        last=last,
        next=following,
    )


def _divisor(
    units: tuple[Standing, ...], tie: Tie | None, scale: int
) -> tuple[Figure, Figure | None]:
    """From the highest quotient that won nothing to the lowest that won; a tie is in between."""
    least = max((unit.next for unit in units if unit.next), key=lambda figure: figure.value)
    won = [unit.last for unit in units if unit.last]
    greatest = tie.at if tie else min(won, key=lambda figure: figure.value, default=None)
    return _times(least, scale), greatest and _times(greatest, scale)


def _times(figure: Figure, scale: int) -> Figure:
    return Figure(figure.value * scale, figure.squared)
