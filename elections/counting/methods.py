"""The methods by which votes can be counted, by the names that people give them."""

from collections.abc import Callable

from elections.counting.contest import Contest
from elections.counting.meek import count_meek
from elections.counting.plurality import count_approval, count_block
from elections.counting.report import Report
from elections.counting.stv import count_scottish

METHODS: dict[str, Callable[[Contest], Report]] = {
    "scottish-stv": count_scottish,
    "meek-stv": count_meek,
    "block": count_block,
    "approval": count_approval,
}


def count(contest: Contest, method: str) -> Report:
    """Count the contest by one of `METHODS`; raises `CannotCount` where it has no lawful result."""
    return METHODS[method](contest)
