"""What holds in every apportionment, on units at random."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from elections.counting.apportionment import METHODS, Apportionment, Share, apportion
from elections.counting.apportionment import CannotApportion as Refused

DIVISORS = {
    "sainte-lague": lambda seats: Fraction(2 * seats + 1, 2),
    "dhondt": lambda seats: Fraction(seats + 1),
    "adams": lambda seats: Fraction(seats),
}
MONOTONE = [*DIVISORS, "huntington-hill"]

# Few members make ties likely; many make large numbers of seats small beside them.
members = st.integers(0, 30) | st.integers(0, 10**4) | st.integers(10**20, 10**21)
shares = st.lists(members, min_size=1, max_size=8).map(
    lambda drawn: [Share(f"U{place}", count) for place, count in enumerate(drawn)]
)
seats = st.integers(1, 60)
minimums = st.integers(0, 3)
seeds = st.none() | st.just("s")
every_method = pytest.mark.parametrize("method", METHODS)


def lawful(units, seats, method, minimum=0, seed=None) -> Apportionment:
    """The apportionment; examples that are refused are passed over, and tested elsewhere."""
    try:
        return apportion(units, seats, method, minimum, seed)
    except Refused:
        assume(False)
        raise


@every_method
@given(shares, seats, minimums, seeds)
def test_all_seats_are_assigned_but_for_those_of_an_open_tie(method, units, seats, minimum, seed):
    result = lawful(units, seats, method, minimum, seed)
    assert sum(result.seats.values()) + result.unassigned == seats
    assert len(result.ties) <= 1
    for tie in result.ties:
        assert 0 < tie.seats < len(tie.units)
        assert len(tie.chosen) == (tie.seats if seed else 0)
        assert set(tie.chosen) <= set(tie.units)
        assert tie.is_open is (seed is None)


@every_method
@given(shares, seats, minimums, seeds)
def test_nobody_with_members_is_below_the_minimum(method, units, seats, minimum, seed):
    result = lawful(units, seats, method, minimum, seed)
    for unit in units:
        if unit.members:
            assert result.seats[unit.name] >= minimum
        else:
            assert result.seats[unit.name] == 0


@every_method
@given(shares, seats, minimums, st.randoms(use_true_random=False), seeds)
def test_the_order_of_the_units_is_of_no_influence(method, units, seats, minimum, shuffled, seed):
    result = lawful(units, seats, method, minimum, seed)
    other = list(units)
    shuffled.shuffle(other)
    again = apportion(other, seats, method, minimum, seed)
    assert again.seats == result.seats
    assert (again.ties, again.divisor, again.quota) == (result.ties, result.divisor, result.quota)
    assert {unit.name: unit for unit in again.units} == {unit.name: unit for unit in result.units}


@every_method
@given(shares, seats, minimums, seeds)
def test_more_members_never_have_fewer_seats(method, units, seats, minimum, seed):
    result = lawful(units, seats, method, minimum, seed)
    for more in units:
        for less in units:
            if more.members > less.members:
                assert result.seats[more.name] >= result.seats[less.name]


@every_method
@given(shares, seats, minimums)
def test_equal_units_have_equal_seats_or_share_a_tie(method, units, seats, minimum):
    twice = [*units, *(Share(f"{unit.name}'", unit.members) for unit in units)]
    result = lawful(twice, seats, method, minimum)
    tied = {name for tie in result.ties for name in tie.units}
    for unit in units:
        twin = f"{unit.name}'"
        assert result.seats[unit.name] == result.seats[twin]
        assert (unit.name in tied) is (twin in tied)


@every_method
@given(shares, seats, minimums, seeds)
def test_a_lot_only_adds_to_what_is_sure(method, units, seats, minimum, seed):
    result, sure = (lawful(units, seats, method, minimum, one) for one in ("seed", None))
    drawn = {name for tie in result.ties for name in tie.chosen}
    assert result.seats == {name: n + (name in drawn) for name, n in sure.seats.items()}


@pytest.mark.parametrize("method", [m for m in METHODS if m != "largest-remainder-droop"])
@given(shares, seats, minimums, st.integers(2, 10**12))
def test_only_the_proportions_count(method, units, seats, minimum, factor):
    """Droop's quota is left out: it is a whole number, so its rounding does not scale."""
    result = lawful(units, seats, method, minimum)
    larger = [Share(unit.name, unit.members * factor) for unit in units]
    again = apportion(larger, seats, method, minimum)
    assert again.seats == result.seats
    assert [tie.units for tie in again.ties] == [tie.units for tie in result.ties]


@pytest.mark.parametrize("method", MONOTONE)
@given(shares, seats, minimums)
def test_one_seat_more_takes_none_from_anybody(method, units, seats, minimum):
    """House monotonicity (Balinski and Young 1982). Largest remainders lack it: see Alabama."""
    fewer = lawful(units, seats, method, minimum)
    more = apportion(units, seats + 1, method, minimum)
    assert all(more.seats[name] >= n for name, n in fewer.seats.items())


def test_alabama_loses_a_seat_to_a_larger_house():
    """With largest remainders C has two of ten seats and one of eleven."""
    units = [Share("A", 6), Share("B", 6), Share("C", 2)]
    assert apportion(units, 10, "largest-remainder-hare").seats == {"A": 4, "B": 4, "C": 2}
    assert apportion(units, 11, "largest-remainder-hare").seats == {"A": 5, "B": 5, "C": 1}


@given(shares, seats, seeds)
def test_hares_remainders_keep_the_quota(units, seats, seed):
    """Nobody has fewer seats than the fair share rounded down, nor more than rounded up."""
    result = lawful(units, seats, "largest-remainder-hare", seed=seed)
    for unit in result.units:
        assert floor(unit.fair_share) <= unit.seats <= ceil(unit.fair_share)


@given(shares, seats, seeds)
def test_dhondt_keeps_the_quota_from_below_and_adams_from_above(units, seats, seed):
    """Balinski and Young, Fair Representation, 1982."""
    for unit in lawful(units, seats, "dhondt", seed="s").units:
        assert unit.seats >= floor(unit.fair_share)
    for unit in lawful(units, seats, "adams", seed=seed).units:
        assert unit.seats <= ceil(unit.fair_share)


@pytest.mark.parametrize("method", MONOTONE)
@settings(deadline=None)
@given(shares, seats, minimums)
def test_seats_are_those_given_one_by_one(method, units, seats, minimum):
    """Slowly: the minimum first, then each seat to the highest quotient, until some are equal."""
    result = lawful(units, seats, method, minimum)
    held = {unit.name: minimum for unit in units if unit.members}
    count = {unit.name: unit.members for unit in units}

    def claim(name: str) -> tuple[bool, Fraction]:
        """Infinite claims first; the square of the quotient, which orders as the quotient does."""
        have = held[name]
        divisor = Fraction(have * (have + 1))
        if method in DIVISORS:
            divisor = DIVISORS[method](have) ** 2
        return (True, Fraction(0)) if not divisor else (False, count[name] ** 2 / divisor)

    while (left := seats - sum(held.values())) > 0:
        highest = max(map(claim, held))
        equal = [name for name in held if claim(name) == highest]
        if len(equal) > left:
            (tie,) = result.ties
            assert set(tie.units) == set(equal)
            break
        for name in equal:
            held[name] += 1
    else:
        assert result.ties == ()
    assert {unit.name: held.get(unit.name, 0) for unit in units} == result.seats


@pytest.mark.parametrize("method", MONOTONE)
@given(shares, seats, minimums, seeds)
def test_no_quotient_that_won_is_below_one_that_did_not(method, units, seats, minimum, seed):
    least, greatest = lawful(units, seats, method, minimum, seed).divisor
    assert greatest is None or least.value <= greatest.value
