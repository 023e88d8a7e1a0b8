"""Delegates in proportion to membership (A12): six methods, exact, with every tie told.

Each method is a function from what is given to an `Apportionment`. The order of the units has no
influence on their seats.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from elections.counting.apportioning.divisors import Rule, by_divisors
from elections.counting.apportioning.given import (
    CannotApportion,
    Given,
    Share,
    require_apportionable,
)
from elections.counting.apportioning.record import Apportionment, Figure, Standing, Tie
from elections.counting.apportioning.remainders import by_remainders, droop, hare

__all__ = [
    "METHODS",
    "Apportionment",
    "CannotApportion",
    "Figure",
    "Given",
    "Method",
    "Share",
    "Standing",
    "Tie",
    "apportion",
]


@dataclass(frozen=True, slots=True)
class Method:
    """How seats are apportioned, and where that is published."""

    apportioned: Callable[[Given], Apportionment]
    source: str


_HARE = partial(by_remainders, quota_of=hare)
_DROOP = partial(by_remainders, quota_of=droop)
_SAINTE_LAGUE = partial(by_divisors, rule=Rule(lambda seats: 2 * seats + 1, scale=2))
_DHONDT = partial(by_divisors, rule=Rule(lambda seats: seats + 1))
_HUNTINGTON = partial(by_divisors, rule=Rule(lambda seats: seats * (seats + 1), squared=True))
_ADAMS = partial(by_divisors, rule=Rule(lambda seats: seats))

METHODS: dict[str, Method] = {
    "largest-remainder-hare": Method(
        _HARE,
        "T. Hare, A Treatise on the Election of Representatives, 1859;"
        " M. L. Balinski and H. P. Young, Fair Representation, 1982 (as Hamilton's method)",
    ),
    "largest-remainder-droop": Method(
        _DROOP,
        "H. R. Droop, On Methods of Electing Representatives,"
        " Journal of the Statistical Society of London 44 (1881)",
    ),
    "sainte-lague": Method(
        _SAINTE_LAGUE,
        "A. Sainte-Laguë, La représentation proportionnelle et la méthode des moindres carrés,"
        " Annales scientifiques de l'École normale supérieure 27 (1910)",
    ),
    "dhondt": Method(
        _DHONDT,
        "V. D'Hondt, Système pratique et raisonné de représentation proportionnelle, 1882",
    ),
    "huntington-hill": Method(
        _HUNTINGTON,
        "E. V. Huntington, The Apportionment of Representatives in Congress,"
        " Transactions of the American Mathematical Society 30 (1928)",
    ),
    "adams": Method(
        _ADAMS,
        "M. L. Balinski and H. P. Young, Fair Representation, 1982 (after J. Q. Adams, 1832)",
    ),
}


def apportion(
    units: Sequence[Share], seats: int, method: str, minimum: int = 0, seed: str | None = None
) -> Apportionment:
    """Apportion `seats` to `units` in proportion to their members, by one of `METHODS` (A12).

    Each unit with members gets `minimum` at least, a unit without members nothing. A tie for the
    last seats is drawn by lot from `seed`; without one, or with an empty one, it stays open and
    its seats are not assigned.

    Raises `CannotApportion` for a method that is none of these, for numbers below nought, units
    named twice, no members at all, and for too few seats.
    """
    if method not in METHODS:
        raise CannotApportion(f"There is no method {method}; there are {', '.join(METHODS)}.")
    given = Given(tuple(units), seats, method, minimum, seed or None)
    require_apportionable(given)
    return METHODS[method].apportioned(given)
