"""The rules of the Scottish count one by one: ties, lots, withdrawals, the guarded, the doomed."""

import pytest

from elections.counting.contest import (
    Ballot,
    CannotCount,
    CheckedBallots,
    Contest,
    Group,
    NoLawfulResult,
)
from elections.counting.lot import by_lot
from elections.counting.report import decimals
from elections.counting.stv import count_scottish
from elections.counting.ties import choose


def contest(seats: int, papers: dict[tuple[int, ...], int], size: int = 4, **more) -> Contest:
    ballots = [Ballot(weight, choices) for choices, weight in papers.items()]
    names = tuple(f"Candidate {number}" for number in range(1, size + 1))
    return Contest("Test", names, seats, ballots, **more)


def actions(report) -> list[str]:
    return [stage.action for stage in report.stages]


def test_a_surplus_is_rounded_down_at_five_decimals_paper_by_paper():
    # Quota 5; 7 papers with a surplus of 2, each worth 0.28571 on its way.
    report = count_scottish(contest(2, {(1, 2): 3, (1, 3): 4, (2,): 3, (3,): 2, (4,): 1}))
    assert report.quota == 5
    second = report.stages[1]
    assert second.action == "surplus 1"
    assert [decimals(votes) for votes in second.votes] == [
        *("5.00000", "3.85713", "3.14284", "1.00000")
    ]
    assert decimals(second.exhausted) == "0.00003"


def test_papers_without_a_next_preference_are_lost_with_the_surplus():
    report = count_scottish(contest(2, {(1,): 6, (2, 3): 3, (3,): 2, (4, 3): 1}))
    assert decimals(report.stages[1].exhausted) == "1.00000"
    assert report.elected == (1, 3) or report.elected == (1, 2)


def test_an_earlier_stage_breaks_a_tie_and_the_most_recent_one_does():
    history = [[0, 5, 4, 3], [0, 5, 6, 3], [0, 6, 6, 3]]
    tie = choose((1, 2), history, action="exclude", highest=False, seed="")
    assert (tie.chosen, tie.means, tie.earlier, tie.stage) == ((1,), "earlier stage", 2, 3)
    tie = choose((1, 2), history, action="surplus", highest=True, seed="")
    assert (tie.chosen, tie.means, tie.earlier) == ((2,), "earlier stage", 2)


def test_three_who_tie_are_told_apart_stage_by_stage_going_back():
    history = [[0, 1, 2, 9], [0, 3, 3, 4], [0, 5, 5, 5]]
    tie = choose((1, 2, 3), history, action="exclude", highest=False, seed="")
    assert (tie.candidates, tie.chosen) == ((1, 2, 3), (1,))
    assert (tie.means, tie.earlier) == ("earlier stage", 1)


def test_the_lot_is_drawn_only_between_those_whom_no_stage_told_apart():
    history = [[0, 2, 2, 9], [0, 5, 5, 5]]
    tie = choose((1, 2, 3), history, action="exclude", highest=False, seed="s")
    assert (tie.means, tie.earlier, tie.drawn) == ("lot", 1, (1, 2))
    assert tie.occasion == "stage 2, exclude"
    assert tie.chosen == (by_lot((1, 2), seed="s", occasion="stage 2, exclude")[0],)


def test_the_seed_alone_decides_a_lot_and_every_candidate_can_lose_it():
    tied = {(1,): 4, (2,): 4, (3,): 4, (4,): 9}
    lost = set()
    for seed in map(str, range(40)):
        report = count_scottish(contest(1, tied, seed=seed))
        assert report.ties[0].means == "lot"
        assert report.stages[1].excluded == report.ties[0].chosen
        assert count_scottish(contest(1, tied, seed=seed)) == report
        lost |= set(report.stages[1].excluded)
    assert lost == {1, 2, 3}


def test_who_withdrew_is_passed_over_and_papers_for_nobody_else_are_blank():
    papers = {(2, 1): 3, (2,): 2, (): 4, (3, 2): 1, (1,): 1}
    report = count_scottish(contest(1, papers, withdrawn=frozenset({2})))
    assert (report.valid, report.blank, report.quota) == (5, 6, 3)
    assert report.stages[0].votes == (4, 0, 1, 0)
    assert report.elected == (1,)
    assert report.notes == ("Of the blank papers 2 name only candidates who withdrew.",)


@pytest.mark.parametrize("papers", [{}, {(): 3}, {(2, 1): 3, (1,): 9}])
def test_fewer_candidates_than_seats_are_all_elected(papers):
    report = count_scottish(contest(3, papers, size=2))
    assert set(report.elected) == {1, 2}
    assert actions(report) == ["first preferences"]
    assert "2 candidates stand for 3 seats" in report.notes[0]


def test_fewer_candidates_than_seats_whom_the_groups_forbid_to_elect_all():
    group = Group("F", frozenset({1, 2}), at_most=1)
    with pytest.raises(NoLawfulResult) as refusal:
        count_scottish(contest(3, {(1,): 1}, size=2, groups=(group,)))
    assert refusal.value.names == ("F",)


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (contest(0, {(1,): 1}), "no seat"),
        (contest(1, {(5,): 1}), "no candidate 5"),
        (contest(1, {(0,): 1}), "no candidate 0"),
        (contest(1, {(1,): -1}), "fewer than no papers"),
        (contest(1, {(1,): 1}, withdrawn=frozenset({9})), "no candidate 9"),
    ],
)
def test_what_is_no_contest_is_refused(broken, says):
    with pytest.raises(CannotCount, match=says):
        count_scottish(broken)


def test_papers_that_were_checked_for_more_candidates_are_looked_at_again():
    checked = CheckedBallots.of([Ballot(1, (3,))], last=3)
    assert count_scottish(Contest("Test", ("A", "B", "C"), 1, checked)).elected == (3,)
    with pytest.raises(CannotCount, match="no candidate 3 among 2"):
        count_scottish(Contest("Test", ("A", "B"), 1, checked))


def test_the_doomed_go_at_once_even_with_a_quota():
    # 2 of the 2 seats are for the group: 1 has a quota of 5 and goes, its papers at full value.
    factory = Group("Factory", frozenset({2, 3, 4}), at_least=2)
    papers = {(1, 4): 8, (2,): 3, (3,): 2, (4,): 1}
    report = count_scottish(contest(2, papers, groups=(factory,)))
    assert report.stages[0].elected == ()
    assert actions(report)[1] == "exclude 1"
    assert report.stages[1].votes == (0, 3, 2, 9)
    assert report.elected == (4, 2)
    assert set(report.without_composition) == {1, 4}
    (doomed,) = report.doomed
    assert (doomed.candidate, doomed.stage, doomed.group) == (1, 1, "Factory")
    assert doomed.reason == (
        "Doomed with 2 of 2 seats left: Factory must have at least 2, has 0 elected and 3"
        " continuing."
    )


def test_the_guarded_stay_though_they_are_the_lowest():
    factory = Group("Factory", frozenset({3}), at_least=1)
    report = count_scottish(contest(2, {(1,): 5, (2,): 4, (4,): 3}, groups=(factory,)))
    (guarded,) = report.guarded
    assert (guarded.candidate, guarded.stage, guarded.group) == (3, 1, "Factory")
    assert "Factory must have at least 1, has 0 elected and 1 continuing" in guarded.reason
    assert set(report.elected) == {1, 3}
    assert report.stages[-1].votes[2] == 0


def test_a_group_that_may_have_no_more_is_doomed():
    works = Group("One works", frozenset({1, 2, 3}), at_most=1)
    report = count_scottish(contest(2, {(1, 2): 9, (2, 4): 8, (3,): 1}, groups=(works,)))
    assert report.elected[0] == 1
    assert {moved.candidate for moved in report.doomed} == {2, 3}
    assert {moved.stage for moved in report.doomed} == {1}
    assert report.elected == (1, 4)
    assert report.without_composition == (1, 2)


def test_groups_that_overlap_are_kept_together():
    women = Group("Women", frozenset({1, 2}), at_least=1, at_most=1)
    factory = Group("Factory", frozenset({2, 3}), at_least=2)
    report = count_scottish(contest(2, {(1,): 9, (4,): 8, (2,): 1}, groups=(women, factory)))
    assert set(report.elected) == {2, 3}


def test_two_who_reach_a_quota_together_where_only_one_may_be_elected():
    # Both have 5 votes and a quota, and the other seat is for the group.
    factory = Group("Factory", frozenset({3, 4}), at_least=1)
    papers = {(1,): 5, (2,): 5, (3,): 2}
    first = set()
    for seed in map(str, range(20)):
        report = count_scottish(contest(2, papers, groups=(factory,), seed=seed))
        tie = report.ties[0]
        assert (tie.action, tie.candidates, tie.means) == ("elect", (1, 2), "lot")
        assert tie.occasion == "stage 1, elect, seat 1"
        assert report.elected == (tie.chosen[0], 3)
        first.add(tie.chosen[0])
    assert first == {1, 2}


def test_two_who_reach_a_quota_together_need_no_lot_where_both_may_be_elected():
    factory = Group("Factory", frozenset({1, 3}), at_least=1)
    report = count_scottish(contest(2, {(1,): 5, (2,): 5, (3,): 2}, groups=(factory,)))
    assert (report.elected, report.ties) == ((1, 2), ())


def test_a_tie_between_the_doomed_is_resolved_and_told():
    factory = Group("Factory", frozenset({3, 4}), at_least=2)
    report = count_scottish(contest(2, {(1,): 5, (2,): 5, (3,): 2}, groups=(factory,), seed="x"))
    assert report.ties[0].action == "exclude"
    assert set(actions(report)[1:3]) == {"exclude 1", "exclude 2"}
    assert report.elected == (3, 4)
