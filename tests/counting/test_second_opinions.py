"""Our counts against programs that others wrote.

Each comparison leaves out exactly the elections in which the other program may lawfully say
something else, says why, and counts that enough were left.
"""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elections.counting.composition import feasible, places
from elections.counting.contest import Ballot, Contest, Group
from elections.counting.meek import count_meek
from elections.counting.plurality import count_approval, count_block
from elections.counting.report import Report
from elections.counting.stv import count_scottish
from tests.counting import opinions

ENOUGH = 1000
EXAMPLES = 1500  # some are left out
NEAR = Fraction(1, 10**6)


# Single transferable vote: pref-voting, as kept


@pytest.fixture(scope="module")
def kept():
    told = json.loads(opinions.KEPT.read_text())
    contests = opinions.elections()
    assert told["elections"] == opinions.digest(contests), "the elections changed: ask again"
    return contests, told


def _winners(told: str) -> list[list[int]]:
    return [[int(digit) for digit in one] for one in told.split()]


def is_clear_by_meek(report: Report) -> bool:
    """Whether nothing hung on a tie or on the last digits.

    The library reckons with floats and elects whoever is at most 10^-10 below the quota, which has
    no billionth added to it; it breaks ties by the candidates' numbers. So a stage in which a
    hopeful candidate is within a millionth of the quota is not clear, nor is a tie.
    """
    if report.ties:
        return False
    decided: set[int] = set()
    for stage in report.stages:
        decided.update(stage.excluded)
        for number, votes in enumerate(stage.votes, start=1):
            if number not in decided and abs(votes - stage.quota) <= NEAR:
                return False
        decided.update(stage.elected)
    return True


def test_meek_as_by_another_program(kept):
    contests, told = kept
    compared = 0
    for contest, winners in zip(contests, _winners(told["stv_meek"]), strict=True):
        report = count_meek(contest)
        if is_clear_by_meek(report):
            assert sorted(report.elected) == winners, contest
            compared += 1
    assert compared >= ENOUGH


def test_scottish_as_by_another_program(kept):
    """The library draws lots of its own for a tie; nothing else can differ."""
    contests, told = kept
    compared = 0
    for contest, winners in zip(contests, _winners(told["stv_scottish"]), strict=True):
        report = count_scottish(contest)
        if not report.ties:
            assert sorted(report.elected) == winners, contest
            compared += 1
    assert compared >= ENOUGH


@pytest.mark.parametrize("method", opinions.METHODS)
def test_what_is_kept_is_what_the_library_says(kept, method):
    pytest.importorskip("pref_voting.proportional_methods")
    contests, told = kept
    winners = _winners(told[method])
    for place in range(0, len(contests), 50):
        assert opinions.ask(method, contests[place]) == winners[place]


# Block plurality and approval: votelib


@st.composite
def plain_contests(draw: st.DrawFn) -> Contest:
    count = draw(st.integers(2, 7))
    seats = draw(st.integers(1, count - 1))
    most = draw(st.integers(1, count))
    names = st.frozensets(st.integers(1, count), min_size=1, max_size=most)
    papers = draw(st.dictionaries(names, st.integers(1, 12), min_size=1, max_size=8))
    ballots = [Ballot(weight, tuple(chosen)) for chosen, weight in papers.items()]
    return Contest("Random", tuple("ABCDEFG"[:count]), seats, ballots, votes_each=most, seed="s")


@pytest.mark.parametrize("count", [count_block, count_approval])
def test_plurality_as_by_another_program(count):
    """The library names those who tie for the last seats: ours are the same, and then drawn.

    It does not know who has no vote at all, so such elections are left out in which one of those
    would come in.
    """
    convert = pytest.importorskip("votelib.convert")
    core = pytest.importorskip("votelib.evaluate.core")
    compared = tied = 0

    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(plain_contests())
    def compare(contest: Contest) -> None:
        nonlocal compared, tied
        papers = {frozenset(ballot.choices): ballot.weight for ballot in contest.ballots}
        totals = convert.ApprovalToSimpleVotes().convert(papers)
        if len(totals) < contest.seats:
            return
        told = core.Plurality().evaluate(totals, contest.seats)
        ties = [one for one in told if isinstance(one, core.Tie)]
        report = count(contest)
        sure = {one for one in told if not isinstance(one, core.Tie)}
        assert sure <= set(report.elected)
        if ties:
            (tie,) = report.ties
            assert set(tie.candidates) == set(ties[0])
            assert set(tie.chosen) == set(report.elected) - sure
            tied += 1
        else:
            assert report.ties == ()
            assert sure == set(report.elected)
        compared += 1

    compare()
    assert compared >= ENOUGH
    assert tied >= ENOUGH // 20


# A composition: integer programming


@st.composite
def bound_contests(draw: st.DrawFn) -> Contest:
    count = draw(st.integers(5, 16))
    seats = draw(st.integers(2, min(8, count)))
    totals = draw(st.lists(st.integers(0, 60), min_size=count, max_size=count))
    groups = tuple(
        Group(
            f"G{place}",
            draw(st.frozensets(st.integers(1, count), min_size=2)),
            low := draw(st.integers(0, 2)),
            draw(st.none() | st.integers(low + 1, 5)),
        )
        for place in range(draw(st.integers(1, 4)))
    )
    ballots = [Ballot(total, (number,)) for number, total in enumerate(totals, start=1)]
    return Contest("Random", tuple(map(str, range(count))), seats, ballots, groups=groups)


def test_the_greatest_sum_as_by_integer_programming():
    """SciPy's solver finds the greatest sum of a lawful committee; which one it takes may differ.

    It reckons with floats, but every number here is whole and small: the sum is rounded.
    """
    numpy = pytest.importorskip("numpy")
    optimize = pytest.importorskip("scipy.optimize")
    compared = moved = 0

    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(bound_contests())
    def compare(contest: Contest) -> None:
        nonlocal compared, moved
        votes = [ballot.weight for ballot in contest.ballots]
        rows = [[1] * len(votes)]
        rows += [[int(n in one.members) for n in contest.numbers] for one in contest.groups]
        most = [contest.seats if one.at_most is None else one.at_most for one in contest.groups]
        solved = optimize.milp(
            -numpy.array(votes),
            integrality=numpy.ones(len(votes)),
            bounds=optimize.Bounds(0, 1),
            constraints=optimize.LinearConstraint(
                numpy.array(rows),
                [contest.seats, *(one.at_least for one in contest.groups)],
                [contest.seats, *most],
            ),
        )
        lawful = feasible(contest.groups, (), contest.standing, places(contest))
        assert lawful is (solved.status == 0)
        if lawful:
            report = count_block(contest)
            assert sum(votes[n - 1] for n in report.elected) == round(-solved.fun)
            compared += 1
            moved += bool(report.guarded)

    compare()
    assert compared >= ENOUGH
    assert moved >= ENOUGH // 5
