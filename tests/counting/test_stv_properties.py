"""What holds in every Scottish count, with and without a composition, on elections at random."""

from collections import Counter
from fractions import Fraction

from hypothesis import assume, given

from elections.counting.composition import feasible, impossible
from elections.counting.contest import Ballot, Contest
from elections.counting.report import Report
from elections.counting.stv import count_scottish
from tests.counting.elections import SlowCount, contests


def counted(contest: Contest) -> Report:
    assume(not impossible(contest))
    return count_scottish(contest)


@given(contests())
def test_the_count_is_that_of_single_papers(contest):
    report = count_scottish(contest)
    slow = SlowCount(contest).run()
    stages = report.stages
    assert [stage.action for stage in stages] == slow.actions
    assert [[int(votes * 100_000) for votes in stage.votes] for stage in stages] == slow.stages
    assert [set(stage.elected) for stage in stages] == slow.elections


@given(contests(groups=3))
def test_votes_are_conserved(contest):
    report = counted(contest)
    papers = sum(ballot.weight for ballot in contest.ballots)
    assert report.valid + report.blank == papers
    before = None
    for stage in report.stages:
        assert all(votes >= 0 for votes in stage.votes)
        assert stage.exhausted >= 0
        assert sum(stage.votes) + stage.exhausted == report.valid
        if before is not None:
            actor = int(stage.action.split()[-1])
            changes = [now - was for now, was in zip(stage.votes, before.votes, strict=True)]
            given_up = -changes[actor - 1]
            gained = sum(change for at, change in enumerate(changes, 1) if at != actor)
            assert all(change >= 0 for at, change in enumerate(changes, 1) if at != actor)
            assert given_up == gained + stage.exhausted - before.exhausted
            if stage.action.startswith("exclude"):
                assert stage.votes[actor - 1] == 0
            else:
                assert stage.votes[actor - 1] == report.quota
        before = stage


@given(contests(groups=3))
def test_the_seats_are_filled_and_the_composition_is_kept(contest):
    report = counted(contest)
    assert len(report.elected) == min(contest.seats, len(contest.standing))
    assert len(set(report.elected)) == len(report.elected)
    assert set(report.elected) <= set(contest.standing)
    assert feasible(contest.groups, report.elected, (), len(report.elected))
    assert [who for stage in report.stages for who in stage.elected] == list(report.elected)


@given(contests(groups=3))
def test_who_is_guarded_is_elected_and_who_is_doomed_is_not(contest):
    report = counted(contest)
    excluded = {who for stage in report.stages for who in stage.excluded}
    assert not excluded & {moved.candidate for moved in report.guarded}
    assert not set(report.elected) & {moved.candidate for moved in report.doomed}


@given(contests(groups=3))
def test_who_is_doomed_goes_before_anybody_else(contest):
    report = counted(contest)
    doomed_since = {moved.candidate: moved.stage for moved in report.doomed}
    gone: set[int] = set()
    for number, stage in enumerate(report.stages, 1):
        waiting = {who for who, since in doomed_since.items() if since < number} - gone
        assert not waiting or set(stage.excluded) & waiting
        gone |= set(stage.excluded)


@given(contests(groups=2))
def test_the_same_papers_and_seed_give_the_same_report(contest):
    report = counted(contest)
    assert count_scottish(contest) == report
    shuffled = Contest(
        title=contest.title,
        candidates=contest.candidates,
        seats=contest.seats,
        ballots=merged(contest.ballots),
        withdrawn=contest.withdrawn,
        groups=contest.groups,
        seed=contest.seed,
    )
    assert count_scottish(shuffled) == report


def merged(ballots) -> list[Ballot]:
    """The same papers, equal ones together and in another order."""
    weights: Counter[tuple[int, ...]] = Counter()
    for ballot in ballots:
        weights[ballot.choices] += ballot.weight
    return [Ballot(weight, choices) for choices, weight in sorted(weights.items(), reverse=True)]


@given(contests(groups=3))
def test_without_the_composition_the_count_is_the_plain_one(contest):
    report = counted(contest)
    plain = Contest(
        title=contest.title,
        candidates=contest.candidates,
        seats=contest.seats,
        ballots=contest.ballots,
        withdrawn=contest.withdrawn,
        seed=contest.seed,
    )
    expected = count_scottish(plain).elected if contest.groups else ()
    assert report.without_composition == expected


@given(contests())
def test_whoever_has_a_quota_of_first_preferences_is_elected(contest):
    report = count_scottish(contest)
    first = report.stages[0]
    quota = report.quota or Fraction(0)
    reached = {at for at, votes in enumerate(first.votes, 1) if votes >= quota}
    assert reached <= set(report.elected)
