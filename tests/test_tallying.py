"""One place turns ballots and totals into a result, by the poll's own terms."""

import dataclasses
import json
import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elections.counting.contest import CannotCount, Group
from elections.tallying import (
    APPROVAL,
    BLOCK,
    METHODS_OF,
    STV,
    PaperTotals,
    Terms,
    ballot_faults,
    laid_out,
    tally,
    terms_faults,
    totals_faults,
)

MOTION = Terms(
    title="Shall we?", kind="motion", method="motion", options=("Yes", "No"), entitled=30
)
CHOICE = dataclasses.replace(MOTION, method="options", options=("Red", "Green", "Blue"))
BUREAU = Terms(
    title="Bureau",
    kind="election",
    method=BLOCK,
    options=("Ada", "Bruno", "Clara", "Dov"),
    entitled=30,
    seats=2,
)
BALLOTS = ((1, 2), (1, 3), (1,), (), (2, 4), (1, 2))


def by(method, **changes):
    return dataclasses.replace(BUREAU, method=method, **changes)


def test_the_first_option_of_a_motion_is_yes_and_a_blank_ballot_abstains():
    found = tally(MOTION, ballots=((1,), (2,), (), (1,)), seed="")["report"]
    assert (found["totals"], found["abstain"], found["cast"]) == ({"yes": 2, "no": 1}, 1, 4)
    assert found["outcome"] == "carried"


def test_invalid_papers_take_part_but_say_nothing():
    terms = dataclasses.replace(MOTION, quorum="1/5")
    assert tally(terms, ballots=((1,),) * 5, seed="")["quorum_reached"] is False
    found = tally(terms, ballots=((1,),) * 5, invalid=1, seed="")
    assert (found["cast"], found["invalid"], found["quorum_needed"]) == (6, 1, 6)
    assert found["quorum_reached"] is True
    assert found["report"]["totals"] == {"yes": 5, "no": 0}


@pytest.mark.parametrize(
    ("majority", "base", "carried"),
    [
        ("simple", "voting", True),
        ("absolute", "voting", True),
        ("two-thirds", "voting", False),
        ("absolute", "roll", False),
    ],
)
def test_a_motion_needs_the_majority_that_its_terms_say(majority, base, carried):
    terms = dataclasses.replace(MOTION, majority=majority, base=base)
    ballots = ((1,),) * 9 + ((2,),) * 6
    assert tally(terms, ballots=ballots, seed="")["report"]["carried"] is carried


def test_one_of_several_options_is_chosen_by_name():
    found = tally(CHOICE, ballots=((3,), (3,), (1,)), seed="")["report"]
    assert (found["chosen"], found["totals"]) == ("Blue", {"Red": 1, "Green": 0, "Blue": 2})


@pytest.mark.parametrize("method", [BLOCK, APPROVAL])
def test_ballots_and_totals_give_the_same_report(method):
    """All ballots one by one, all as totals, and half of each."""
    whole = tally(by(method), ballots=BALLOTS, seed="s")
    counted = PaperTotals(votes=(4, 3, 1, 1), papers=6, blank=1)
    assert tally(by(method), ballots=(), totals=counted, seed="s") == whole
    half = PaperTotals(votes=(1, 2, 0, 1), papers=3, blank=1)
    assert tally(by(method), ballots=BALLOTS[:3], totals=half, seed="s") == whole


def test_ballots_and_totals_of_a_motion_are_added_up():
    whole = tally(MOTION, ballots=((1,), (2,), (1,), ()), invalid=1, seed="")
    half = PaperTotals(votes=(1, 0), papers=3, blank=1, invalid=1)
    assert tally(MOTION, ballots=((1,), (2,)), totals=half, seed="") == whole


@pytest.mark.parametrize("method", STV)
def test_a_transferable_vote_is_not_counted_from_totals(method):
    with pytest.raises(CannotCount, match="cannot be counted from totals"):
        tally(by(method), ballots=(), totals=PaperTotals(votes=(0,) * 4, papers=0), seed="")


@pytest.mark.parametrize("method", METHODS_OF["election"])
def test_the_order_of_the_ballots_is_of_no_account(method):
    whole = tally(by(method), ballots=BALLOTS, seed="s")
    laid = list(BALLOTS)
    random.Random(7).shuffle(laid)
    assert tally(by(method), ballots=laid, seed="s") == whole
    assert json.loads(json.dumps(whole)) == whole


@pytest.mark.parametrize("method", METHODS_OF["election"])
def test_a_composition_is_kept(method):
    groups = (Group("factory members", frozenset({4}), at_least=1),)
    found = tally(by(method, groups=groups), ballots=BALLOTS, seed="s")
    assert 4 in found["report"]["elected"]
    assert 4 not in tally(by(method), ballots=BALLOTS, seed="s")["report"]["elected"]


@pytest.mark.parametrize("method", METHODS_OF["election"])
def test_a_composition_that_nobody_can_keep_is_refused(method):
    groups = (Group("factory members", frozenset({4}), at_least=2),)
    with pytest.raises(CannotCount, match="factory members"):
        tally(by(method, groups=groups), ballots=BALLOTS, seed="s")


@pytest.mark.parametrize("method", METHODS_OF["election"])
def test_an_empty_box_is_counted_or_refused_by_name(method):
    try:
        found = tally(by(method), ballots=(), seed="s")
    except CannotCount:
        return
    assert found["report"]["valid"] == 0


def test_an_election_says_whether_it_had_its_quorum():
    found = tally(by(BLOCK, quorum="1/3"), ballots=BALLOTS, seed="s")
    assert (found["quorum"], found["quorum_needed"], found["quorum_reached"]) == ("1/3", 10, False)
    assert found["report"]["elected"] == [1, 2]


def test_more_ballots_than_entitled_are_refused():
    with pytest.raises(CannotCount, match="6 ballots and papers are more than the 5 entitled"):
        tally(by(BLOCK, entitled=5), ballots=BALLOTS, seed="")


@pytest.mark.parametrize(
    ("terms", "choices", "faults"),
    [
        (MOTION, (1,), 0),
        (MOTION, (), 0),
        (MOTION, (3,), 1),
        (MOTION, (1, 2), 1),
        (CHOICE, (3,), 0),
        (BUREAU, (1, 4), 0),
        (BUREAU, (1, 2, 3), 1),
        (BUREAU, (2, 1), 1),
        (BUREAU, (2, 2), 1),
        (BUREAU, (0,), 1),
        (by(BLOCK, votes_each=3), (1, 2, 3), 0),
        (by(BLOCK, votes_each=1), (1, 2), 1),
        (by(APPROVAL), (1, 2, 3, 4), 0),
        (by(APPROVAL), (4, 1), 1),
        (by("scottish-stv"), (4, 1, 2, 3), 0),
        (by("meek-stv"), (4, 1, 4), 1),
    ],
)
def test_what_a_ballot_may_name(terms, choices, faults):
    assert len([*ballot_faults(terms, choices)]) == faults
    if faults:
        with pytest.raises(CannotCount):
            tally(terms, ballots=(choices,), seed="")


def test_a_ballot_is_laid_out_without_the_order_that_says_nothing():
    assert laid_out(BUREAU, [4, 1]) == laid_out(by(APPROVAL), [4, 1]) == (1, 4)
    assert laid_out(by("scottish-stv"), [4, 1]) == laid_out(by("meek-stv"), [4, 1]) == (4, 1)


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (dataclasses.replace(MOTION, method=BLOCK), "none for the kind 'motion'"),
        (dataclasses.replace(MOTION, kind="meeting"), "none for the kind 'meeting'"),
        (dataclasses.replace(MOTION, options=("Yes",)), "yes or no"),
        (dataclasses.replace(MOTION, options=()), "0 options"),
        (dataclasses.replace(MOTION, withdrawn=frozenset({1})), "neither candidates who withdrew"),
        (dataclasses.replace(MOTION, base="roll"), "not of the roll"),
        (dataclasses.replace(MOTION, quorum="3/2"), "more than all"),
        (dataclasses.replace(CHOICE, options=("Red", "Red")), "different options"),
        (dataclasses.replace(CHOICE, options=("Red", "abstain")), "abstain"),
        (dataclasses.replace(CHOICE, options=("Red", " ")), "one line of text"),
        (dataclasses.replace(CHOICE, title="a\nb"), "one line of text"),
        (by(BLOCK, seats=0), "one seat at least"),
        (by(BLOCK, votes_each=0), "one candidate at least"),
        (by(BLOCK, withdrawn=frozenset({5})), "no candidate"),
        (by(BLOCK, groups=(Group("F", frozenset({5})),)), "'F' has a member who is no candidate"),
        (by(BLOCK, groups=(Group("F", frozenset({1}), 2, 1),)), "more at least than at most"),
    ],
)
def test_what_is_wrong_with_terms(terms, told):
    assert any(told in fault for fault in terms_faults(terms))
    with pytest.raises(CannotCount):
        tally(terms, ballots=(), seed="")


@pytest.mark.parametrize(
    ("votes", "papers", "blank", "invalid", "right"),
    [
        ((4, 3, 1, 1), 6, 1, 0, True),
        ((0, 0, 0, 0), 0, 0, 0, True),
        ((0, 0, 0, 0), 3, 1, 2, True),
        ((5, 5, 0, 0), 5, 0, 0, True),
        ((5, 5, 1, 0), 5, 0, 0, False),
        ((6, 0, 0, 0), 5, 0, 0, False),
        ((5, 0, 0, 0), 5, 1, 0, False),
        ((2, 2, 0, 0), 5, 0, 0, False),
        ((0, 0, 0, 0), 3, 2, 2, False),
        ((3, 3, 0), 3, 0, 0, False),
        ((3, -1, 0, 0), 3, 0, 0, False),
        ((0, 0, 0, 0), 0, 1, -1, False),
    ],
)
def test_totals_that_papers_can_give(votes, papers, blank, invalid, right):
    totals = PaperTotals(votes=votes, papers=papers, blank=blank, invalid=invalid)
    assert (not [*totals_faults(BUREAU, totals)]) is right
    if not right:
        with pytest.raises(CannotCount):
            tally(BUREAU, ballots=(), totals=totals, seed="")


_some_terms = st.builds(
    Terms,
    title=st.just("T"),
    kind=st.sampled_from(["motion", "election"]),
    method=st.sampled_from(["motion", "options", *METHODS_OF["election"]]),
    options=st.lists(st.sampled_from(["a", "b", "c", "d", "yes"]), max_size=4).map(tuple),
    entitled=st.integers(0, 6),
    withdrawn=st.frozensets(st.integers(1, 4), max_size=4),
    seats=st.integers(0, 5),
    votes_each=st.none() | st.integers(0, 5),
    groups=st.lists(
        st.builds(
            Group,
            st.just("G"),
            st.frozensets(st.integers(1, 4), max_size=3),
            st.integers(0, 3),
            st.none() | st.integers(0, 3),
        ),
        max_size=2,
    ).map(tuple),
    quorum=st.sampled_from(["0", "1/2", "1"]),
    majority=st.sampled_from(["simple", "absolute", "two-thirds"]),
    base=st.sampled_from(["voting", "roll"]),
)


@given(
    _some_terms,
    st.lists(st.lists(st.integers(1, 4), max_size=3, unique=True).map(tuple), max_size=5),
    st.none()
    | st.builds(
        PaperTotals,
        votes=st.lists(st.integers(0, 3), max_size=4).map(tuple),
        papers=st.integers(0, 6),
        blank=st.integers(0, 2),
        invalid=st.integers(0, 2),
    ),
)
def test_whatever_is_tallied_gives_a_result_or_the_named_refusal(terms, ballots, totals):
    laid = [laid_out(terms, choices) for choices in ballots]
    with suppress(CannotCount):
        found = tally(terms, ballots=laid, totals=totals, seed="s")
        assert json.loads(json.dumps(found)) == found
        assert not any(terms_faults(terms))
