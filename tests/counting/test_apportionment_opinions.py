"""Our apportionments against programs that others wrote, each difference with its reason."""

import random
from fractions import Fraction

import pytest

from elections.counting.apportionment import CannotApportion, Share, apportion

CASES = 1200
LIBRARY = {
    "largest-remainder-hare": "largest_remainder",
    "sainte-lague": "saintelague",
    "dhondt": "dhondt",
    "huntington-hill": "huntington",
    "adams": "adams",
}


def cases(seed: str, count: int = CASES) -> list[tuple[list[int], int]]:
    """Members of two to seven units and a number of seats; every third case of few members."""
    draw = random.Random(seed)
    drawn = []
    for number in range(count):
        most = 12 if number % 3 == 0 else 5000
        members = [draw.randint(0, most) for _unit in range(draw.randint(2, 7))]
        members[0] += not any(members)
        drawn.append((members, draw.randint(1, 40)))
    return drawn


def shares(members: list[int]) -> list[Share]:
    return [Share(f"U{place}", count) for place, count in enumerate(members)]


@pytest.mark.parametrize("method", LIBRARY)
def test_as_by_the_library_apportionment(method):
    """The library apportionment 1.0, by M. Lackner, with its exact fractions where it has them.

    - A tie goes there to whoever comes first in the list. All seats but the tied ones are the same,
      and the tied ones go to some of those whom we name. By Huntington's method it reckons with
      floats, so there it need not be the first.
    - With largest remainders it goes through the list once, and a tied unit takes a seat from one
      with a larger remainder that comes later. So those who tie are put last in the list.
    - Where Huntington's method or Adams's has fewer seats than units, the library gives them to the
      largest units; where there are fewer seats than units with members, we refuse. It counts
      units without members among the units, and can then give one a seat: those cases are left out.
    """
    library = pytest.importorskip("apportionment.methods")
    gives_first = method in ("huntington-hill", "adams")
    same = tied = refused = 0
    for members, seats in cases(method):
        try:
            result = apportion(shares(members), seats, method)
        except CannotApportion:
            assert gives_first
            assert seats < sum(1 for count in members if count)
            refused += 1
            continue
        if gives_first and seats < len(members):
            continue
        tie = result.ties[0] if result.ties else None
        ours = {name: n for name, n in result.seats.items() if not tie or name not in tie.units}
        ours |= {name: result.seats[name] for name in (tie.units if tie else ())}
        votes = {unit.name: unit.members for unit in shares(members)}
        listed = [votes[name] for name in ours]
        told = library.compute(LIBRARY[method], listed, seats, fractions=True)
        more = [name for n, name in zip(told, ours, strict=True) if n != ours[name]]
        assert sum(told) == sum(ours.values()) + len(more) == seats
        if not tie:
            assert not more, (members, seats)
            same += 1
            continue
        assert set(more) <= set(tie.units)
        if method != "huntington-hill":
            assert more == list(tie.units[: tie.seats])
        tied += 1
    assert same + tied >= 1000
    assert tied >= 40
    assert (refused > 0) is gives_first


def test_droop_as_by_votelib():
    """Droop's quota is not in the library above; votelib 0.4.0 has it.

    votelib names those who tie, once for each seat; they are ours. Where the quota leaves more
    seats than units, it stops with an error of its own, and we refuse.
    """
    proportional = pytest.importorskip("votelib.evaluate.proportional")
    core = pytest.importorskip("votelib.evaluate.core")
    evaluator = proportional.LargestRemainder("droop")
    same = tied = 0
    for members, seats in cases("droop", 1500):
        try:
            result = apportion(shares(members), seats, "largest-remainder-droop")
        except CannotApportion:
            quota = sum(members) // (seats + 1) + 1
            left = seats - sum(count // quota for count in members)
            assert left > sum(1 for count in members if count)
            continue
        votes = {f"U{place}": Fraction(count) for place, count in enumerate(members) if count}
        told = evaluator.evaluate(votes, seats)
        ties = [one for one in told if isinstance(one, core.Tie)]
        sure = {name: told.get(name, 0) for name in result.seats}
        assert sure == result.seats, (members, seats)
        assert [set(one) for one in ties] == [set(tie.units) for tie in result.ties]
        assert [told[one] for one in ties] == [tie.seats for tie in result.ties]
        same += not ties
        tied += bool(ties)
    assert same + tied >= 1000
    assert tied >= 40
