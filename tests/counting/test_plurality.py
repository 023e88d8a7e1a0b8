"""Block and limited plurality and approval: the lawful committee with the most votes, and ties."""

import json
import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from elections.counting.contest import Ballot, CannotCount, Contest, Group, NoLawfulResult
from elections.counting.lot import by_lot
from elections.counting.plurality import count_approval, count_block, count_from_totals

SHARED = Path(__file__).parents[3] / "shared" / "data"


def contest(totals: Sequence[int], seats: int, **more: object) -> Contest:
    """A contest whose candidates 1, 2, … are named by so many papers, on papers of their own."""
    ballots = [Ballot(total, (number,)) for number, total in enumerate(totals, start=1) if total]
    names = tuple(f"Candidate {number}" for number, _total in enumerate(totals, start=1))
    return Contest("Bureau", names, seats, ballots, **more)


def group(name: str, *members: int, at_least: int = 0, at_most: int | None = None) -> Group:
    return Group(name, frozenset(members), at_least, at_most)


# The papers


def test_every_name_on_a_paper_is_a_vote():
    papers = [Ballot(3, (1, 2)), Ballot(2, (2, 3)), Ballot(1, (3,)), Ballot(4, ())]
    report = count_block(Contest("Bureau", ("A", "B", "C"), 2, papers))
    assert report.method == "block-plurality"
    assert (report.valid, report.blank, report.quota) == (6, 4, None)
    assert [stage.action for stage in report.stages] == ["votes counted"]
    # 1 and 3 have three votes each, and the lot decides between them.
    assert report.stages[0].votes == (3, 5, 3)
    first = by_lot((1, 3), seed="", occasion="votes 3")[0]
    assert report.elected == (2, first)
    assert [tie.candidates for tie in report.ties] == [
        tuple(by_lot((1, 3), seed="", occasion="votes 3"))
    ]


@pytest.mark.parametrize(
    ("ballot", "votes_each", "said"),
    [
        (Ballot(1, (1, 2, 3)), None, "names 3 candidates, and may name 2"),
        (Ballot(1, (1, 2)), 1, "names 2 candidates, and may name 1"),
        (Ballot(1, (1, 1)), None, "names candidate 1 more than once"),
    ],
)
def test_an_invalid_paper_is_named_by_its_position(ballot, votes_each, said):
    papers = [Ballot(1, (1,)), ballot]
    with pytest.raises(CannotCount, match=f"Ballot 2 {said}"):
        count_block(Contest("Bureau", ("A", "B", "C"), 2, papers, votes_each=votes_each))


def test_approval_names_as_many_as_it_likes_but_nobody_twice():
    three = Contest("Bureau", ("A", "B", "C"), 1, [Ballot(1, (1, 2, 3)), Ballot(1, (3,))])
    assert count_approval(three).elected == (3,)
    assert count_approval(three).method == "approval"
    with pytest.raises(CannotCount, match="Ballot 1 names candidate 3 more than once"):
        count_approval(Contest("Bureau", ("A", "B", "C"), 1, [Ballot(1, (3, 3))]))


def test_limited_plurality_says_so():
    assert count_block(contest([3, 2, 1], 2, votes_each=1)).method == "limited-plurality"


@pytest.mark.parametrize(("seats", "votes_each"), [(0, None), (1, 0)])
def test_there_is_a_seat_and_a_vote(seats, votes_each):
    with pytest.raises(CannotCount, match=r"There is no seat|at least one candidate"):
        count_block(contest([1, 2], seats, votes_each=votes_each))


def test_votes_for_who_withdrew_do_not_count():
    report = count_block(contest([9, 2, 1], 1, withdrawn=frozenset({1})))
    assert report.elected == (2,)
    assert report.stages[0].votes == (0, 2, 1)
    assert (report.valid, report.blank) == (3, 9)


def test_fewer_candidates_than_seats_are_all_elected():
    report = count_block(contest([1, 5, 0, 3], 3, withdrawn=frozenset({2, 3})))
    assert report.elected == (4, 1)
    assert report.notes == ("Only 2 stand for 3 seats: all are elected.",)


def test_fewer_candidates_than_seats_cannot_break_a_group():
    with pytest.raises(NoLawfulResult) as refused:
        count_block(contest([1, 5], 3, groups=(group("Factory", 1, at_least=2),)))
    assert refused.value.names == ("Factory",)


def test_nobody_stands():
    report = count_block(contest([1], 1, withdrawn=frozenset({1})))
    assert report.elected == ()


# The composition


def test_who_is_elected_by_the_composition_alone_and_whom_it_moves():
    report = count_block(contest([9, 8, 7, 2, 1], 3, groups=(group("Factory", 4, 5, at_least=2),)))
    assert report.elected == (1, 4, 5)
    assert report.without_composition == (1, 2, 3)
    assert [(moved.candidate, moved.group) for moved in report.guarded] == [
        (4, "Factory"),
        (5, "Factory"),
    ]
    assert [moved.candidate for moved in report.doomed] == [2, 3]
    assert report.guarded[0].reason == (
        "Elected with 2 votes before candidate 2 with 8. With 2 in the place of 4, Factory would "
        "have 1 and must have at least 2 (A13)."
    )
    assert report.doomed[1].reason == (
        "Not elected with 7 votes, but candidate 5 with 1. With 3 in the place of 5, Factory would "
        "have 1 and must have at least 2 (A13)."
    )


def test_an_upper_bound_moves_candidates_too():
    report = count_block(contest([9, 8, 7, 2], 2, groups=(group("Office", 1, 2, 3, at_most=1),)))
    assert report.elected == (1, 4)
    assert report.doomed[0].reason.endswith("Office would have 2 and may have at most 1 (A13).")


def test_an_upper_bound_holds_across_kinds_of_candidates():
    # Of Office, 1 is in Factory too: the bound is for both kinds together.
    groups = (group("Office", 1, 2, at_most=1), group("Factory", 1, 3, at_least=1))
    assert set(count_block(contest([9, 8, 1], 2, groups=groups)).elected) == {1, 3}
    groups = (group("Office", 1, 2, 3, at_least=1, at_most=2), group("Factory", 1, 4, at_least=1))
    assert set(count_block(contest([9, 8, 7, 2], 3, groups=groups)).elected) == {1, 2, 4}


def test_the_best_of_a_group_is_not_always_in_the_best_committee():
    # Two of F and two of W in three seats: one of 4 and 5, who are in both, is worth more than 1.
    groups = (group("F", 1, 4, 5, at_least=2), group("W", 3, 4, 5, at_least=2))
    report = count_block(contest([6, 9, 5, 4, 4], 3, groups=groups))
    assert set(report.elected) == {2, 4, 5}


def test_groups_that_cannot_be_met_are_named():
    groups = (group("F", 1, 2, at_least=2), group("W", 3, 4, at_least=2), group("Any", 1))
    with pytest.raises(NoLawfulResult) as refused:
        count_block(contest([1, 1, 1, 1], 3, groups=groups))
    assert refused.value.names == ("F", "W")


# Ties


def test_the_lot_is_drawn_among_those_with_equal_votes():
    report = count_block(contest([5, 3, 3, 3, 1], 3, seed="2026-11-25"))
    drawn = by_lot((2, 3, 4), seed="2026-11-25", occasion="votes 3")
    assert report.elected == (1, *drawn[:2])
    (tie,) = report.ties
    assert (tie.stage, tie.action, tie.means) == (1, "elect", "lot")
    assert (tie.drawn, tie.occasion) == (tuple(drawn), "votes 3")
    assert (tie.candidates, tie.chosen) == (tuple(drawn), tuple(drawn[:2]))


def test_equal_votes_without_a_choice_are_no_tie():
    report = count_block(contest([3, 3, 1], 2, seed="s"))
    assert report.ties == ()
    assert list(report.elected) == by_lot((1, 2), seed="s", occasion="votes 3")


def test_of_equal_sums_the_highest_votes_decide():
    # Three of F, W and one more give 6 + 2 + 2 and 5 + 3 + 2: the first has the highest member.
    groups = (
        group("One of 1 and 2", 1, 2, at_least=1, at_most=1),
        group("One of 3 and 4", 3, 4, at_least=1, at_most=1),
        group("Not 1 with 3", 1, 3, at_least=1, at_most=1),
    )
    report = count_block(contest([6, 5, 3, 2], 2, groups=groups))
    assert report.elected == (1, 4)
    (tie,) = report.ties
    assert (tie.candidates, tie.chosen, tie.means) == ((1, 2, 3, 4), (1, 4), "highest votes")


def test_a_lot_among_few_leaves_the_others_out():
    # Of 2, 3 and 4, with three votes each, one of F must come: 2 is elected without any lot.
    report = count_block(contest([5, 3, 3, 3], 3, groups=(group("F", 2, at_least=1),), seed="x"))
    (tie,) = report.ties
    assert set(tie.candidates) == {3, 4}
    assert tie.chosen == (by_lot((3, 4), seed="x", occasion="votes 3")[0],)


def test_who_comes_first_by_lot_outweighs_all_who_come_after():
    # Equal votes for five; the groups leave the first and the last of the lot, or the two between.
    first, second, third, fourth, last = by_lot(range(1, 6), seed="x", occasion="votes 3")
    groups = (
        group("One", first, second, at_least=1, at_most=1),
        group("Other", first, third, at_least=1, at_most=1),
        group("None", fourth, at_most=0),
    )
    report = count_block(contest([3] * 5, 2, groups=groups, seed="x"))
    assert report.elected == (first, last)
    (tie,) = report.ties
    assert tie.candidates == (first, second, third, last)


# Against all committees there are


def _lawful(committee: Sequence[int], groups: Sequence[Group]) -> bool:
    for one in groups:
        have = sum(number in one.members for number in committee)
        if have < one.at_least or (one.at_most is not None and have > one.at_most):
            return False
    return True


class ByHand:
    """The rule as it stands in the manual, applied to a list of every committee."""

    def __init__(self, totals: dict[int, int], seats: int, groups: Sequence[Group], seed: str):
        levels = sorted(set(totals.values()), reverse=True)
        self.levels = [
            by_lot((n for n in totals if totals[n] == votes), seed=seed, occasion=f"votes {votes}")
            for votes in levels
        ]
        self.order = [number for level in self.levels for number in level]
        places = min(seats, len(totals))
        left = [one for one in combinations(self.order, places) if _lawful(one, groups)]
        self.lawful = bool(left)
        if not left:
            return
        self.ties = []
        self.sum = max(sum(totals[n] for n in one) for one in left)
        left = [one for one in left if sum(totals[n] for n in one) == self.sum]
        highest = max([totals[n] for n in one] for one in left)
        open_, left_after = (
            self._open(left),
            [one for one in left if [totals[n] for n in one] == highest],
        )
        if len(left_after) < len(left):
            self.ties.append((open_, "highest votes"))
        left = left_after
        for level in self.levels:
            open_ = [number for number in self._open(left) if number in level]
            if open_:
                self.ties.append((open_, "lot"))
            first = min([level.index(n) for n in one if n in level] for one in left)
            left = [one for one in left if [level.index(n) for n in one if n in level] == first]
        (self.elected,) = left

    def _open(self, left: Sequence[Sequence[int]]) -> list[int]:
        some = set().union(*left)
        every = set(left[0]).intersection(*left)
        return [number for number in self.order if number in some - every]


@st.composite
def contests(draw: st.DrawFn) -> Contest:
    count = draw(st.integers(1, 9))
    totals = draw(st.lists(st.integers(0, draw(st.integers(1, 9))), min_size=count, max_size=count))
    seats = draw(st.integers(1, 6))
    members = st.frozensets(st.integers(1, count), max_size=count)
    groups = [
        Group(
            f"G{place}",
            draw(members),
            low := draw(st.integers(0, 3)),
            draw(st.none() | st.integers(low, 5)),
        )
        for place in range(draw(st.integers(0, 4)))
    ]
    withdrawn = draw(st.frozensets(st.integers(1, count), max_size=2))
    seed = draw(st.sampled_from(["", "a", "b", "c"]))
    return contest(totals, seats, groups=tuple(groups), withdrawn=withdrawn, seed=seed)


@settings(max_examples=1500, deadline=None)
@given(contests())
def test_as_by_hand_with_every_committee(held):
    totals = {n: sum(b.weight for b in held.ballots if n in b.choices) for n in held.standing}
    by_hand = ByHand(totals, held.seats, held.groups, held.seed)
    if not by_hand.lawful:
        with pytest.raises(NoLawfulResult):
            count_block(held)
        return
    report = count_block(held)
    assert report.elected == by_hand.elected
    assert sum(totals[n] for n in report.elected) == by_hand.sum
    assert [(list(tie.candidates), tie.means) for tie in report.ties] == by_hand.ties
    for tie in report.ties:
        assert set(tie.chosen) == set(tie.candidates) & set(report.elected)
        assert tie.chosen
        assert len(tie.chosen) < len(tie.candidates)
    plain = ByHand(totals, held.seats, (), held.seed)
    assert report.without_composition == plain.elected
    moved_in = {moved.candidate for moved in report.guarded}
    moved_out = {moved.candidate for moved in report.doomed}
    assert moved_in == set(report.elected) - set(plain.elected)
    assert moved_out == set(plain.elected) - set(report.elected)


def test_sixty_candidates_and_four_groups_that_overlap():
    draw = random.Random(7)
    totals = [draw.randrange(300) for _ in range(60)]
    groups = tuple(
        group(f"G{place}", *(n for n in range(1, 61) if draw.random() < 0.5), at_least=least)
        for place, least in enumerate((4, 6, 8, 9))
    )
    report = count_block(contest(totals, 15, groups=groups))
    assert len(report.elected) == 15
    assert _lawful(report.elected, groups)


# Published cases


def _gender_cases():
    path = SHARED / "constrained" / "block_plurality_gender_quota.json"
    if not path.exists():
        pytest.skip(f"{path.parent.name} is not there")
    return json.loads(path.read_text())


def test_a_published_gender_quota():
    data = _gender_cases()
    numbers = {"male": [], "female": []}
    for one in data["candidates"]:
        numbers[one["gender"]].append(one["number"] + 1)
    looked_at = 0
    for case in data["cases"]:
        least = case["min_each_gender"]
        groups = tuple(group(name, *members, at_least=least) for name, members in numbers.items())
        for election in data["elections"]:
            for seed in ("a", "b", "c", "d"):
                held = contest(
                    election["votes_per_candidate"],
                    case["seats"],
                    groups=groups,
                    votes_each=1,
                    seed=seed,
                )
                report = count_block(held)
                expected = {number + 1 for number in case["must_be_elected"][election["id"]]}
                assert expected <= set(report.elected), (case["seats"], election["id"])
                assert len(report.elected) == case["seats"]
                looked_at += 1
    assert looked_at == 64


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
