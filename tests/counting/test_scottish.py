"""The Scottish count against 40 council elections, stage by stage, and against Dublin West."""

import pytest

from elections.counting.reading import read_contest
from elections.counting.report import decimals
from elections.counting.stv import count_scottish
from tests.counting.data import each, published, read_json

RESULTS = read_json("scottish_stv/results.json")
EXTRA = read_json("stv_extra/expected.json")


@pytest.mark.parametrize("name", each(RESULTS))
def test_a_council_election_comes_out_stage_by_stage(name):
    expected = RESULTS[name]
    contest = published(f"scottish_stv/{name}.csv")
    report = count_scottish(contest)
    assert (contest.seats, len(contest.candidates)) == (expected["seats"], expected["candidates"])
    assert (report.valid, report.blank) == (expected["valid_votes"], 0)
    assert report.quota == expected["quota"]
    assert [stage.action for stage in report.stages] == expected["stage_actions"]
    stages = [[decimals(votes) for votes in stage.votes] for stage in report.stages]
    assert stages == expected["stages"]
    at = {
        str(who): number for number, stage in enumerate(report.stages, 1) for who in stage.elected
    }
    assert at == expected["elected_at_stage"]
    assert sorted(report.elected) == expected["elected"]
    assert [at[str(who)] for who in report.elected] == sorted(at.values())
    names = {contest.candidates[who - 1] for who in report.elected}
    assert names == set(expected["elected_names"])
    told = [
        {
            "kind": tie.action,
            "at_end_of_stage": tie.stage,
            "tied": list(tie.candidates),
            "resolved_by": {"earlier stage": "prior", "lot": "lot"}[tie.means],
            "chosen": tie.chosen[0],
        }
        for tie in report.ties
    ]
    assert told == expected["ties"]
    assert (report.guarded, report.doomed, report.without_composition) == ((), (), ())


def test_dublin_west():
    expected = (EXTRA or {"dublin_west_2002": None})["dublin_west_2002"]
    contest = published("stv_extra/dublin_west_2002.csv")
    report = count_scottish(contest)
    assert sum(ballot.weight for ballot in contest.ballots) == report.valid == 29988
    assert sorted(report.elected) == expected["elected"]
    names = [contest.candidates[who - 1] for who in sorted(report.elected)]
    assert names == expected["elected_names"]


@pytest.mark.parametrize(
    "vector", each(EXTRA.get("small_vectors", ())), ids=lambda vector: vector and vector["name"]
)
def test_a_small_file_for_ties(vector):
    report = count_scottish(read_contest(vector["blt"], vector["name"]))
    assert sorted(report.elected) == vector["expected_winners"]


def test_the_weak_ties_are_broken_by_an_earlier_stage():
    vectors = {vector["name"]: vector["blt"] for vector in EXTRA.get("small_vectors", ())}
    if not vectors:
        pytest.skip("the published elections are missing")
    defeat = count_scottish(read_contest(vectors["weak-defeat"], "defeat"))
    (tie,) = defeat.ties
    assert (tie.action, tie.candidates, tie.chosen) == ("exclude", (2, 3), (2,))
    assert (tie.means, tie.earlier) == ("earlier stage", 1)
    surplus = count_scottish(read_contest(vectors["weak-surplus"], "surplus"))
    # Candidates 2 and 3 have a quota and nothing beyond it: there is no surplus to tie about.
    actions = [stage.action for stage in surplus.stages]
    assert actions[:2] == ["first preferences", "surplus 1"]
    (tie,) = surplus.ties
    assert (tie.action, tie.candidates, tie.means) == ("exclude", (5, 6), "lot")
    assert actions[2:] == [f"exclude {tie.chosen[0]}"]
