"""Apportionments of parliaments that were published, exactly as they were."""

from fractions import Fraction

import pytest

from elections.counting.apportionment import Share, apportion
from tests.counting.data import each, read_json

OURS = {
    "huntington_hill": "huntington-hill",
    "webster": "sainte-lague",  # with a seat for everybody first: the minimum
    "sainte_lague": "sainte-lague",
    "dhondt": "dhondt",
    "largest_remainder_hare": "largest-remainder-hare",
}
# Sweden's first divisor of 1.2, and a quota of votes / (seats + 1) rounded to the nearest number,
# which is not Droop's: neither is asked for by the articles.
NOT_OURS = {"modified_sainte_lague_1.2", "largest_remainder_hagenbach_bischoff_rounded"}

CASES = {case["name"]: case for case in read_json("apportionment/apportionment_cases.json")}
TWO_LEVELS = read_json("apportionment/apportionment_two_level.json")


def above(threshold: str | None, votes: dict[str, int]) -> dict[str, int]:
    """The votes of those who reach a share of all votes, such as '4/100'; nought for the others.

    Thresholds are for parties. An apportionment to districts has none, so it is not the method's.
    """
    least = Fraction(threshold or 0) * sum(votes.values())
    return {name: count if count >= least else 0 for name, count in votes.items()}


def shares(votes: dict[str, int]) -> list[Share]:
    return [Share(name, count) for name, count in votes.items()]


@pytest.mark.parametrize(
    "name", each(name for name, case in CASES.items() if case["method"] in OURS)
)
def test_the_seats_are_those_that_were_published(name):
    case = CASES[name]
    votes = above(case.get("threshold_of_total_votes"), case["votes"])
    result = apportion(
        shares(votes), case["seats"], OURS[case["method"]], case.get("minimum_seats_each", 0)
    )
    assert result.seats == case["expected"]
    assert result.ties == ()


@pytest.mark.skipif(not CASES, reason="the published apportionments are missing")
def test_no_case_is_passed_over_but_for_methods_that_there_are_none_of_here():
    left_out = [case["method"] for case in CASES.values() if case["method"] not in OURS]
    assert set(left_out) == NOT_OURS
    assert len(CASES) - len(left_out) >= 23


@pytest.mark.skipif(not TWO_LEVELS, reason="the published apportionments are missing")
def test_seats_to_regions_and_then_to_the_parties_of_each():
    """The Czech chamber of 2017: both levels are ours; the threshold is of the whole country."""
    regions = TWO_LEVELS["votes_by_region"]
    cast = [Share(region, sum(votes.values())) for region, votes in regions.items()]
    by_region = apportion(cast, TWO_LEVELS["seats"], "largest-remainder-hare").seats
    assert by_region == TWO_LEVELS["expected_region_seats"]
    country: dict[str, int] = {}
    for votes in regions.values():
        for party, count in votes.items():
            country[party] = country.get(party, 0) + count
    enter = {party for party, count in above("5/100", country).items() if count}
    national: dict[str, int] = {}
    told = TWO_LEVELS["expected_regions_in_source"]
    for region, votes in regions.items():
        parties = shares({party: count for party, count in votes.items() if party in enter})
        result = apportion(parties, by_region[region], "dhondt")
        assert result.ties == ()
        won = {party: seats for party, seats in result.seats.items() if seats}
        assert told.get(region, won) == won
        for party, seats in won.items():
            national[party] = national.get(party, 0) + seats
    assert told
    assert national == {p: seats for p, seats in TWO_LEVELS["expected_national"].items() if seats}
