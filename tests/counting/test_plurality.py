"""Block and limited plurality and approval: the lawful committee with the most votes, and ties."""

import pytest

from elections.counting.contest import Ballot, CannotCount, Contest, NoLawfulResult
from elections.counting.lot import by_lot
from elections.counting.plurality import count_approval, count_block
from tests.counting.plurality import contest, group

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
