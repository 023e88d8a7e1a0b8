"""Meek's method: examples that can be worked out by hand, and what holds in every count."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from elections.counting import meek
from elections.counting.composition import feasible, places
from elections.counting.contest import Ballot, CannotCount, Contest, Group, NoLawfulResult
from elections.counting.lot import by_lot
from elections.counting.meek import count_meek
from elections.counting.stv import count_scottish

NEAR = Fraction(1, 10**5)


def contest(seats, *papers, candidates=None, **more):
    """A contest from pairs such as (40, "AB"): how many papers, and the preferences on them."""
    names = candidates or "".join(sorted({letter for _papers, order in papers for letter in order}))
    ballots = [
        Ballot(count, tuple(names.index(letter) + 1 for letter in order)) for count, order in papers
    ]
    return Contest("Bureau", tuple(names), seats, ballots, **more)


def group(name, members, at_least=0, at_most=None, names="ABCDEFGH"):
    return Group(name, frozenset(names.index(one) + 1 for one in members), at_least, at_most)


def near(votes, expected):
    return all(abs(one - other) < NEAR for one, other in zip(votes, expected, strict=True))


# By hand


def test_a_surplus_goes_on_at_what_is_not_kept():
    # The quota is 100/3. A keeps 5/6 of 40 papers; the rest, 20/3, goes to B.
    report = count_meek(contest(2, (40, "ABC"), (30, "BAC"), (20, "C"), (10, "DC")))
    assert report.method == "meek-stv"
    assert [stage.action for stage in report.stages] == ["first preferences", "surplus"]
    first, second = report.stages
    assert first.votes == (40, 30, 20, 10)
    assert first.elected == (1,)
    assert near(second.votes, (Fraction(100, 3), Fraction(110, 3), 20, 10))
    assert second.elected == (2,)
    assert near([first.quota, second.quota], [Fraction(100, 3)] * 2)
    assert (report.elected, report.quota) == ((1, 2), None)


def test_papers_go_through_the_elected_too():
    """D's papers come to A, who is elected: A keeps less of all papers, and so B gets more.

    Counts by hand pass A over, so that all of D's papers come to C.
    """
    papers = (44, "AB"), (20, "B"), (25, "C"), (11, "DAC")
    report = count_meek(contest(2, *papers))
    assert [stage.action for stage in report.stages] == [
        "first preferences",
        "surplus",
        "exclude 4",
    ]
    settled, last = report.stages[1:]
    assert near(settled.votes, (Fraction(100, 3), 20 + Fraction(32, 3), 25, 11))
    # With D's, A's papers are 55; to hold 100/3 of them A keeps 20/33.
    expected = (Fraction(100, 3), 20 + Fraction(44 * 13, 33), 25 + Fraction(11 * 13, 33), 0)
    assert near(last.votes, expected)
    assert report.elected == (1, 2)
    assert count_scottish(contest(2, *papers)).elected == (1, 3)


def test_the_quota_falls_with_papers_that_name_nobody_else():
    """A keeps k of 121 papers; 61 of them name nobody else: 121 k = (180 - 61 (1 - k)) / 3.

    So k is 119/302 and the quota 121 times that.
    """
    report = count_meek(contest(2, (61, "A"), (60, "AB"), (30, "CD"), (29, "DC")))
    settled = report.stages[1]
    quota = Fraction(121 * 119, 302)
    lost = Fraction(61 * 183, 302)
    assert near([settled.quota, settled.exhausted], [quota, lost])
    assert near(settled.votes, (quota, Fraction(60 * 183, 302), 30, 29))
    assert report.stages[2].excluded == (4,)
    assert report.elected == (1, 3)


def test_who_reaches_the_quota_on_the_way_is_elected():
    report = count_meek(contest(3, (28, "ABC"), (26, "BAC"), (3, "C"), (2, "D"), (1, "E")))
    assert report.elected == (1, 2, 3)
    assert report.stages[0].elected == (1, 2)
    assert report.stages[1].elected == (3,)


def test_a_quota_that_all_could_reach_is_reached_by_the_seats_only():
    # 30 papers, two seats: three candidates have 10 votes each, a third, and none of them a quota.
    report = count_meek(contest(2, (10, "A"), (10, "B"), (10, "C"), seed="s"))
    assert report.stages[0].quota == 10 + Fraction(1, 10**9)
    assert report.stages[0].elected == ()
    (tie,) = report.ties
    assert (tie.candidates, tie.means) == ((1, 2, 3), "lot")
    assert tie.chosen == (by_lot((1, 2, 3), seed="s", occasion="stage 1, exclude")[0],)
    assert report.stages[1].excluded == tie.chosen


def test_an_earlier_stage_breaks_a_tie():
    # After E's papers D and C have 8 each; before, C had 6 and D 8.
    report = count_meek(contest(1, (20, "A"), (15, "B"), (6, "C"), (8, "D"), (2, "EC")))
    (tie,) = report.ties
    assert (tie.candidates, tie.chosen, tie.means) == ((3, 4), (3,), "earlier stage")
    assert [stage.excluded for stage in report.stages[1:3]] == [(5,), (3,)]


# What does not fit, and what is left over


def test_papers_that_do_not_fit():
    with pytest.raises(CannotCount, match="Ballot 2 names candidate 1 more than once"):
        count_meek(Contest("Bureau", ("A",), 1, [Ballot(1, (1,)), Ballot(1, (1, 1))]))
    with pytest.raises(CannotCount, match="no candidate 2"):
        count_meek(Contest("Bureau", ("A",), 1, [Ballot(1, (2,))]))


def test_who_withdrew_is_passed_over():
    report = count_meek(contest(1, (5, "AB"), (3, "C"), (2, "A"), withdrawn=frozenset({1})))
    assert report.elected == (2,)
    assert (report.valid, report.blank) == (8, 2)


def test_fewer_candidates_than_seats():
    report = count_meek(contest(3, (5, "AB"), (3, "B")))
    assert set(report.elected) == {1, 2}
    assert report.notes == (
        "2 candidates stand for 3 seats: all of them are elected, and the other seats stay empty.",
    )


def test_nobody_votes_and_the_lot_decides_all():
    report = count_meek(Contest("Bureau", ("A", "B", "C"), 2, (), seed="s"))
    assert len(report.elected) == 2
    assert [tie.means for tie in report.ties] == ["lot"]


def test_nobody_stands():
    assert count_meek(contest(1, (5, "A"), withdrawn=frozenset({1}))).elected == ()


# The composition


def test_the_lowest_is_passed_over_where_guarded():
    # Nobody has a quota of 80/3. D is lowest, and Factory has nobody else: C is excluded.
    papers = (26, "A"), (25, "B"), (20, "C"), (9, "D")
    report = count_meek(contest(2, *papers, groups=(group("Factory", "D", at_least=1),)))
    assert report.stages[0].elected == ()
    assert report.stages[1].excluded == (3,)
    # Now the quota is 20 and A and B have it; with A elected the last seat is Factory's.
    assert report.stages[1].elected == (1,)
    assert report.stages[2].excluded == (2,)
    assert report.elected == (1, 4)
    assert report.without_composition == (1, 2)


def test_the_last_seat_is_kept_for_who_is_guarded():
    papers = (30, "A"), (25, "B"), (20, "C"), (5, "DA")
    plain = count_meek(contest(2, *papers))
    assert plain.elected == (1, 2)
    bound = count_meek(contest(2, *papers, groups=(group("Factory", "D", at_least=1),)))
    assert set(bound.elected) == {1, 4}
    assert bound.without_composition == (1, 2)
    assert [(one.candidate, one.stage, one.group) for one in bound.guarded] == [(4, 1, "Factory")]
    assert {one.candidate for one in bound.doomed} == {2, 3}


def test_who_is_doomed_goes_with_a_quota():
    # Both seats are for Factory: A's 60 papers are far above the quota and go on to B at once.
    papers = (60, "AB"), (10, "B"), (15, "C"), (14, "D")
    report = count_meek(contest(2, *papers, groups=(group("Factory", "BCD", at_least=2),)))
    assert report.stages[0].votes[0] > report.stages[0].quota
    assert report.stages[0].elected == ()
    assert report.stages[1].excluded == (1,)
    assert report.elected == (2, 3)
    (doomed,) = report.doomed
    assert (doomed.candidate, doomed.stage, doomed.group) == (1, 1, "Factory")


def test_of_two_with_a_quota_only_the_higher_is_elected_where_both_may_not_be():
    one_office = (group("Office", "AB", at_most=1),)
    report = count_meek(contest(2, (40, "A"), (41, "B"), (5, "C"), (4, "D"), groups=one_office))
    assert report.elected == (2, 3)
    assert report.stages[0].elected == (2,)
    assert report.stages[1].excluded == (1,)


def test_of_two_equal_ones_with_a_quota_the_lot_takes_one():
    one_office = (group("Office", "AB", at_most=1),)
    papers = (40, "A"), (40, "B"), (5, "C"), (4, "D")
    report = count_meek(contest(2, *papers, groups=one_office, seed="s"))
    (tie,) = report.ties
    assert (tie.action, tie.candidates, tie.means) == ("elect", (1, 2), "lot")
    assert report.stages[0].elected == tie.chosen


def test_no_lawful_result_names_the_groups():
    with pytest.raises(NoLawfulResult) as refused:
        count_meek(contest(2, (1, "A"), (1, "B"), groups=(group("Factory", "A", at_least=2),)))
    assert refused.value.names == ("Factory",)


# What holds in every count


@st.composite
def contests(draw, most_groups=0):
    count = draw(st.integers(1, 7))
    orders = st.lists(st.integers(1, count), unique=True, max_size=count)
    ballots = [
        Ballot(draw(st.integers(0, 30)), tuple(draw(orders)))
        for _ in range(draw(st.integers(0, 10)))
    ]
    groups = tuple(
        Group(
            f"G{place}",
            draw(st.frozensets(st.integers(1, count))),
            low := draw(st.integers(0, 2)),
            draw(st.none() | st.integers(low, 4)),
        )
        for place in range(draw(st.integers(0, most_groups)))
    )
    return Contest(
        "Bureau",
        tuple("ABCDEFG"[:count]),
        draw(st.integers(1, 5)),
        ballots,
        withdrawn=draw(st.frozensets(st.integers(1, count), max_size=1)),
        groups=groups,
        seed=draw(st.sampled_from("abc")),
    )


@settings(max_examples=600, deadline=None)
@given(contests(most_groups=3))
def test_the_seats_are_filled_and_the_composition_kept(held):
    lawful = feasible(held.groups, (), held.standing, places(held))
    if not lawful:
        with pytest.raises(NoLawfulResult):
            count_meek(held)
        return
    report = count_meek(held)
    assert len(set(report.elected)) == len(report.elected) == places(held)
    assert feasible(held.groups, report.elected, (), places(held))
    assert not held.withdrawn & set(report.elected)
    excluded = [number for stage in report.stages for number in stage.excluded]
    assert len(set(excluded)) == len(excluded)
    assert not set(excluded) & set(report.elected)
    assert {one.candidate for one in report.doomed} <= set(held.standing) - set(report.elected)
    assert {one.candidate for one in report.guarded} <= set(report.elected)
    assert len(report.without_composition) == places(held)


@settings(max_examples=300, deadline=None)
@given(contests())
def test_no_vote_is_made_or_lost(held):
    report = count_meek(held)
    for stage in report.stages:
        assert sum(stage.votes) + stage.exhausted == report.valid
        assert stage.exhausted >= 0
        assert all(votes >= 0 for votes in stage.votes)
        # More than the seats cannot hold a quota.
        assert (held.seats + 1) * stage.quota > sum(stage.votes)
    for before, after in pairwise(report.stages):
        assert after.quota <= before.quota + NEAR


@settings(max_examples=300, deadline=None)
@given(contests(most_groups=2))
def test_a_keep_value_is_a_share(held):
    assume(feasible(held.groups, (), held.standing, places(held)))
    seen = []

    class Watched(meek._Count):
        def _distribute(self):
            for number in self.contest.numbers:
                keep = self.keep[number]
                assert 0 <= keep <= meek.ONE
                assert number not in self.hopeful or keep == meek.ONE
                if number in self.elected:
                    seen.append(keep)
                elif number not in self.hopeful:
                    assert keep == 0
            super()._distribute()

    Watched(held).run()
    assert all(keep > 0 for keep in seen)


@settings(max_examples=200, deadline=None)
@given(contests(most_groups=2), st.randoms(use_true_random=False))
def test_order_and_splitting_of_the_papers_change_nothing(held, shuffled):
    assume(feasible(held.groups, (), held.standing, places(held)))
    single = [Ballot(1, b.choices) for b in held.ballots for _ in range(b.weight)]
    shuffled.shuffle(single)
    other = Contest(
        held.title,
        held.candidates,
        held.seats,
        single,
        withdrawn=held.withdrawn,
        groups=held.groups,
        seed=held.seed,
    )
    assert count_meek(other) == count_meek(held)


@settings(max_examples=300, deadline=None)
@given(contests())
def test_who_agree_on_some_candidates_get_their_share_of_them(held):
    """Papers that put the same candidates first, in whatever order, fill as many seats with them as
    the quotas that they make up, if there are so many of them (Woodall, Voting matters 3 (1994)).
    """
    elected = set(count_meek(held).elected)
    standing = frozenset(held.standing)
    papers = [(b.weight, [n for n in b.choices if n in standing]) for b in held.ballots if b.weight]
    total = sum(weight for weight, order in papers if order)
    for size in range(1, len(standing) + 1):
        for first in {frozenset(order[:size]) for _weight, order in papers if len(order) >= size}:
            agreed = sum(w for w, order in papers if frozenset(order[:size]) == first)
            quotas = (agreed * (held.seats + 1) - 1) // total if agreed else 0
            assert len(first & elected) >= min(quotas, len(first), held.seats)


@settings(max_examples=300, deadline=None)
@given(contests())
def test_one_seat_is_the_alternative_vote(held):
    one = Contest(
        held.title, held.candidates, 1, held.ballots, withdrawn=held.withdrawn, seed=held.seed
    )
    report = count_meek(one)
    assume(one.standing and not report.ties)
    left = set(one.standing)
    while True:
        votes = dict.fromkeys(left, 0)
        for ballot in one.ballots:
            for number in ballot.choices:
                if number in left:
                    votes[number] += ballot.weight
                    break
        winner = max(left, key=votes.__getitem__)
        if 2 * votes[winner] > sum(votes.values()) or len(left) == 1:
            break
        left.remove(min(left, key=votes.__getitem__))
    assert report.elected == (winner,)
