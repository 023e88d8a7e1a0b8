"""Motions: quorum and majorities as truth tables, and what a count comes to."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elections.counting.contest import CannotCount
from elections.counting.motions import (
    Base,
    Majority,
    Outcome,
    count_motion,
    has_absolute_majority,
    has_majority,
    has_quorum,
    has_simple_majority,
    has_two_thirds,
    votes_needed,
)

HALF = Fraction(1, 2)


def motion(yes=0, no=0, abstain=0, **more):
    more = {"roll": 100, "quorum": Fraction(0), "majority": "simple", "base": Base.VOTING} | more
    return count_motion(("yes", "no"), {"yes": yes, "no": no, "abstain": abstain}, **more)


def choice(*totals, **more):
    more = {"roll": 100, "quorum": Fraction(0), "majority": "simple", "base": Base.VOTING} | more
    options = ("red", "green", "blue", "white")[: len(totals)]
    return count_motion(options, dict(zip(options, totals, strict=True)), **more)


# The predicates


@pytest.mark.parametrize(
    ("cast", "roll", "quorum", "there"),
    [
        (5, 10, HALF, True),
        (4, 10, HALF, False),
        (5, 11, HALF, False),
        (6, 11, HALF, True),
        (0, 10, Fraction(0), True),
        (0, 0, HALF, True),
        (10, 10, Fraction(1), True),
        (9, 10, Fraction(1), False),
        (1, 3, Fraction(1, 3), True),
        (33, 100, Fraction(1, 3), False),
        (34, 100, Fraction(1, 3), True),
    ],
)
def test_quorum(cast, roll, quorum, there):
    assert has_quorum(cast=cast, roll=roll, quorum=quorum) is there


@pytest.mark.parametrize(
    ("votes", "against", "there"), [(1, 0, True), (0, 0, False), (3, 3, False), (4, 3, True)]
)
def test_simple_majority(votes, against, there):
    assert has_simple_majority(votes=votes, against=against) is there


@pytest.mark.parametrize(
    ("votes", "of", "there"),
    [(3, 5, True), (2, 5, False), (2, 4, False), (3, 4, True), (0, 0, False), (1, 1, True)],
)
def test_absolute_majority(votes, of, there):
    assert has_absolute_majority(votes=votes, of=of) is there


@pytest.mark.parametrize(
    ("votes", "of", "there"),
    [
        (2, 3, True),
        (3, 5, False),
        (4, 5, True),
        (4, 6, True),
        (66, 100, False),
        (67, 100, True),
        (0, 0, False),
        (1, 1, True),
    ],
)
def test_two_thirds(votes, of, there):
    assert has_two_thirds(votes=votes, of=of) is there


@given(st.sampled_from(Majority), st.integers(0, 60), st.integers(0, 60))
def test_the_votes_needed_are_the_fewest_that_do(majority, against, of):
    needed = votes_needed(majority, against=against, of=of)
    assert has_majority(majority, votes=needed, against=against, of=of)
    assert not has_majority(majority, votes=needed - 1, against=against, of=of)


# Yes or no


@pytest.mark.parametrize(
    ("yes", "no", "abstain", "majority", "base", "outcome", "needed"),
    [
        (4, 3, 90, "simple", Base.VOTING, Outcome.CARRIED, 4),
        (3, 4, 0, "simple", Base.VOTING, Outcome.NOT_CARRIED, 5),
        (3, 3, 4, "simple", Base.VOTING, Outcome.TIED, 4),
        (0, 0, 9, "simple", Base.VOTING, Outcome.NOT_CARRIED, 1),
        (4, 3, 9, "absolute", Base.VOTING, Outcome.CARRIED, 4),
        (3, 4, 0, "absolute", Base.VOTING, Outcome.NOT_CARRIED, 4),
        (50, 1, 0, "absolute", Base.ROLL, Outcome.NOT_CARRIED, 51),
        (51, 1, 0, "absolute", Base.ROLL, Outcome.CARRIED, 51),
        (50, 50, 0, "absolute", Base.ROLL, Outcome.TIED, 51),
        (4, 2, 50, "two thirds", Base.VOTING, Outcome.CARRIED, 4),
        (5, 3, 0, "two thirds", Base.VOTING, Outcome.NOT_CARRIED, 6),
        (66, 0, 0, "two thirds", Base.ROLL, Outcome.NOT_CARRIED, 67),
        (67, 33, 0, "two thirds", Base.ROLL, Outcome.CARRIED, 67),
        (0, 0, 3, "two thirds", Base.VOTING, Outcome.NOT_CARRIED, 1),
    ],
)
def test_a_motion(yes, no, abstain, majority, base, outcome, needed):
    result = motion(yes, no, abstain, majority=majority, base=base)
    assert result.outcome is outcome
    assert result.needed == needed
    assert result.carried is (outcome is Outcome.CARRIED)
    assert result.chosen == ("yes" if result.carried else None)
    assert result.tied == (("yes", "no") if outcome is Outcome.TIED else ())
    assert result.second_round == ()


def test_a_sentence_says_why():
    assert motion(4, 3, 2).why == "The motion is carried: yes 4, no 3; 4 are needed (simple)."
    assert motion(4, 3, majority="two thirds").why == (
        "The motion is not carried: yes 4, no 3; 5 are needed (two thirds of those voting)."
    )
    assert motion(3, 3).why == "Nothing is decided: yes and no stand equal (yes 3, no 3)."
    assert motion(3, 1, quorum=HALF).why == (
        "Nothing is decided: 4 of 100 cast a paper; 50 are needed for a quorum."
    )


def test_abstentions_and_invalid_papers_make_the_quorum_and_no_majority():
    result = motion(2, 1, 40, invalid=7, quorum=HALF, majority="absolute")
    assert (result.cast, result.quorum_needed, result.quorum_reached) == (50, 50, True)
    assert result.outcome is Outcome.CARRIED
    missed = motion(2, 1, 40, invalid=6, quorum=HALF, majority="absolute")
    assert missed.outcome is Outcome.NO_QUORUM
    assert missed.chosen is None


def test_the_order_of_yes_and_no_says_nothing():
    turned = count_motion(
        ("no", "yes"),
        {"yes": 1, "no": 2},
        roll=9,
        quorum=Fraction(0),
        majority="simple",
        base=Base.VOTING,
    )
    assert turned.outcome is Outcome.NOT_CARRIED
    assert turned.chosen is None


# Several options


@pytest.mark.parametrize(
    ("totals", "majority", "base", "outcome", "chosen", "again"),
    [
        ((4, 3, 2), "simple", Base.VOTING, Outcome.CHOSEN, "red", ()),
        ((2, 5, 2), "absolute", Base.VOTING, Outcome.CHOSEN, "green", ()),
        ((4, 3, 2), "absolute", Base.VOTING, Outcome.NO_DECISION, None, ("red", "green")),
        ((4, 1, 3), "absolute", Base.VOTING, Outcome.NO_DECISION, None, ("red", "blue")),
        ((5, 3, 3), "absolute", Base.VOTING, Outcome.NO_DECISION, None, ("red", "green", "blue")),
        ((6, 2, 1), "two thirds", Base.VOTING, Outcome.CHOSEN, "red", ()),
        ((5, 2, 1), "two thirds", Base.VOTING, Outcome.NO_DECISION, None, ("red", "green")),
        ((50, 2, 1), "absolute", Base.ROLL, Outcome.NO_DECISION, None, ("red", "green")),
        ((51, 2, 1), "absolute", Base.ROLL, Outcome.CHOSEN, "red", ()),
        ((0, 0, 0), "simple", Base.VOTING, Outcome.NO_DECISION, None, ()),
        ((3, 2), "simple", Base.VOTING, Outcome.CHOSEN, "red", ()),
    ],
)
def test_options(totals, majority, base, outcome, chosen, again):
    result = choice(*totals, majority=majority, base=base)
    assert (result.outcome, result.chosen, result.second_round) == (outcome, chosen, again)
    assert result.tied == ()


@pytest.mark.parametrize(
    ("totals", "tied"),
    [((4, 4, 1), ("red", "green")), ((1, 3, 3), ("green", "blue")), ((2, 2), ("red", "green"))],
)
def test_a_tie_of_options_is_reported_and_not_drawn(totals, tied):
    for majority in Majority:
        result = choice(*totals, majority=majority)
        assert result.outcome is Outcome.TIED
        assert (result.tied, result.second_round) == (tied, tied)
        assert result.chosen is None


def test_what_is_chosen_is_named_with_its_votes():
    assert choice(4, 3, 2).why == "red is chosen: red 4, green 3, blue 2; 4 are needed (simple)."
    assert choice(4, 3, 2, majority="absolute").why == (
        "Nothing is decided: red 4, green 3, blue 2; 5 are needed (absolute of those voting)."
    )


# What is refused


@pytest.mark.parametrize(
    ("options", "totals", "more", "said"),
    [
        (("yes",), {"yes": 1}, {}, "at least two"),
        (("a", "a"), {"a": 1}, {}, "two different"),
        (("a", "abstain"), {}, {}, "abstaining is none"),
        (("yes", "no"), {"maybe": 1}, {}, "'maybe' is not an option"),
        (("yes", "no"), {"yes": -1}, {}, "below nought"),
        (("yes", "no"), {}, {"invalid": -1}, "below nought"),
        (("yes", "no"), {}, {"roll": -1}, "below nought"),
        (("yes", "no"), {"yes": 9}, {"invalid": 2}, "11 papers are more than the 10"),
        (("yes", "no"), {}, {"quorum": Fraction(3, 2)}, "from nought to one"),
        (("yes", "no"), {}, {"quorum": Fraction(-1, 2)}, "from nought to one"),
        (("yes", "no"), {}, {"base": Base.ROLL}, "not of the roll"),
    ],
)
def test_what_does_not_fit_is_refused(options, totals, more, said):
    more = {"roll": 10, "quorum": HALF, "majority": "simple", "base": Base.VOTING} | more
    with pytest.raises(CannotCount, match=said):
        count_motion(options, totals, **more)


@pytest.mark.parametrize("more", [{"majority": "big"}, {"base": "of the moon"}])
def test_majority_and_base_have_names(more):
    with pytest.raises(ValueError, match="is not a valid"):
        motion(1, **more)


# The whole result


def test_plain_values():
    result = motion(4, 3, 2, invalid=1, quorum=Fraction(1, 10), majority="absolute")
    assert json.loads(json.dumps(result.as_json())) == {
        "options": ["yes", "no"],
        "totals": {"yes": 4, "no": 3},
        "abstain": 2,
        "invalid": 1,
        "cast": 10,
        "roll": 100,
        "quorum": "1/10",
        "quorum_needed": 10,
        "quorum_reached": True,
        "majority": "absolute",
        "base": "of those voting",
        "needed": 4,
        "outcome": "carried",
        "carried": True,
        "chosen": "yes",
        "tied": [],
        "second_round": [],
        "why": "The motion is carried: yes 4, no 3; 4 are needed (absolute of those voting).",
    }


MAJORITIES = st.sampled_from(
    [(one, base) for one in Majority for base in Base if (one, base) != ("simple", Base.ROLL)]
)


@given(st.lists(st.integers(0, 12), min_size=2, max_size=4), MAJORITIES, st.fractions(0, 1))
def test_at_most_one_thing_is_decided(totals, asked, quorum):
    majority, base = asked
    result = choice(*totals, majority=majority, base=base, quorum=quorum)
    assert (result.outcome is Outcome.NO_QUORUM) is (sum(totals) < quorum * 100)
    if result.chosen is not None:
        votes = result.totals[result.chosen]
        assert votes >= result.needed
        assert all(votes > other for o, other in result.totals.items() if o != result.chosen)
    elif result.outcome is Outcome.NO_DECISION:
        assert max(totals) < result.needed
    assert len(result.second_round) != 1
