"""Plurality counted from totals: it is what the papers give, whatever their order."""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from elections.counting.contest import Ballot, CannotCount, Contest
from elections.counting.plurality import count_approval, count_block, count_from_totals
from tests.counting.plurality import contest

# From totals


def papers(draw: st.DrawFn, count: int, most: int) -> list[Ballot]:
    choices = st.lists(st.integers(1, count), unique=True, max_size=min(most, count))
    return [
        Ballot(draw(st.integers(0, 4)), tuple(draw(choices)))
        for _ in range(draw(st.integers(0, 8)))
    ]


@st.composite
def on_paper(draw: st.DrawFn) -> tuple[Contest, bool]:
    count = draw(st.integers(1, 6))
    seats, each = draw(st.integers(1, 4)), draw(st.none() | st.integers(1, 4))
    approval = draw(st.booleans())
    most = count if approval else (each or seats)
    return (
        Contest(
            "Bureau",
            tuple("ABCDEF"[:count]),
            seats,
            papers(draw, count, most),
            withdrawn=draw(st.frozensets(st.integers(1, count), max_size=1)),
            votes_each=each,
            seed="s",
        ),
        approval,
    )


@settings(max_examples=400, deadline=None)
@given(on_paper())
def test_totals_give_the_report_that_the_papers_give(drawn):
    held, approval = drawn
    report = count_approval(held) if approval else count_block(held)
    totals = {n: sum(b.weight for b in held.ballots if n in b.choices) for n in held.numbers}
    empty = Contest(
        held.title,
        held.candidates,
        held.seats,
        (),
        withdrawn=held.withdrawn,
        votes_each=held.votes_each,
        seed=held.seed,
    )
    again = count_from_totals(empty, totals, report.valid, blank=report.blank, approval=approval)
    assert again == report


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=4), st.integers(0, 4), st.integers(1, 3))
def test_totals_are_refused_that_no_papers_give(totals, count, each):
    """Exactly those are taken that papers can be written for: one to `each` names, nobody twice."""
    rest = list(totals)
    possible = True
    for left in range(count, 0, -1):
        # Each paper names those with the most votes still to be written, and leaves one vote at
        # least for every paper that follows.
        names = min(each, sum(rest) - (left - 1), sum(total > 0 for total in rest))
        possible = possible and names >= 1
        for place in sorted(range(len(rest)), key=lambda at: -rest[at])[: max(names, 0)]:
            rest[place] -= 1
    possible = possible and not any(rest)
    empty = Contest("Bureau", tuple("ABCD"[: len(totals)]), 2, (), votes_each=each)
    entered = dict(enumerate(totals, start=1))
    if possible:
        assert count_from_totals(empty, entered, count).valid == count
    else:
        with pytest.raises(CannotCount):
            count_from_totals(empty, entered, count)


@pytest.mark.parametrize(
    ("totals", "count", "more", "said"),
    [
        ({1: 11}, 10, {}, "Candidate 1 has 11 votes on 10 papers"),
        ({1: -1}, 10, {}, "Candidate 1 has -1 votes"),
        ({1: 10, 2: 10, 3: 1}, 10, {}, "21 votes are more than 10 papers can give with 2 names"),
        ({4: 1}, 10, {}, "There is no candidate 4"),
        ({1: 3}, 4, {}, "4 papers name somebody, and only 3 votes are entered"),
        ({}, -1, {}, "below nought"),
        ({}, 0, {"blank": -1}, "below nought"),
    ],
)
def test_totals_that_cannot_be(totals, count, more, said):
    with pytest.raises(CannotCount, match=said):
        count_from_totals(Contest("Bureau", ("A", "B", "C"), 2, ()), totals, count, **more)


def test_totals_of_approval_are_bound_by_the_candidates():
    three = Contest("Bureau", ("A", "B", "C"), 2, ())
    totals = {1: 10, 2: 10, 3: 10}
    with pytest.raises(CannotCount, match="30 votes"):
        count_from_totals(three, totals, 10)
    assert count_from_totals(three, totals, 10, approval=True).valid == 10


def test_totals_of_who_withdrew_are_left_out():
    gone = Contest("Bureau", ("A", "B"), 1, (), withdrawn=frozenset({1}))
    report = count_from_totals(gone, {1: 9, 2: 3}, 3, blank=9)
    assert report.elected == (2,)
    assert report.stages[0].votes == (0, 3)
    with pytest.raises(CannotCount, match="only 3 votes"):
        count_from_totals(gone, {1: 1, 2: 3}, 4)


def test_ballots_and_totals_are_not_mixed():
    with pytest.raises(CannotCount, match="not both"):
        count_from_totals(contest([1], 1), {1: 1}, 1)


# What changes nothing


@settings(max_examples=200, deadline=None)
@given(on_paper(), st.randoms(use_true_random=False))
def test_order_and_splitting_of_the_papers_change_nothing(drawn, shuffled):
    held, approval = drawn
    assume(held.ballots)
    count = count_approval if approval else count_block
    single = [
        Ballot(1, tuple(shuffled.sample(ballot.choices, len(ballot.choices))))
        for ballot in held.ballots
        for _ in range(ballot.weight)
    ]
    shuffled.shuffle(single)
    other = Contest(
        held.title,
        held.candidates,
        held.seats,
        single,
        withdrawn=held.withdrawn,
        votes_each=held.votes_each,
        seed=held.seed,
    )
    assert count(other) == count(held)


def test_votes_are_fractions_like_those_of_other_methods():
    assert all(isinstance(v, Fraction) for v in count_block(contest([1, 2], 1)).stages[0].votes)
