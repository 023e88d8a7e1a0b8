"""Contests for the tests of plurality."""

from collections.abc import Sequence

from elections.counting.contest import Ballot, Contest, Group


def contest(totals: Sequence[int], seats: int, **more: object) -> Contest:
    """A contest whose candidates 1, 2, … are named by so many papers, on papers of their own."""
    ballots = [Ballot(total, (number,)) for number, total in enumerate(totals, start=1) if total]
    names = tuple(f"Candidate {number}" for number, _total in enumerate(totals, start=1))
    return Contest("Bureau", names, seats, ballots, **more)


def group(name: str, *members: int, at_least: int = 0, at_most: int | None = None) -> Group:
    return Group(name, frozenset(members), at_least, at_most)
