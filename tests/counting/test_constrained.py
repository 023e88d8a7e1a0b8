"""The composition in the count against published results, equal in independent programs."""

import csv
from collections.abc import Sequence
from dataclasses import replace

import pytest

from elections.counting.contest import Ballot, Contest, Group
from elections.counting.stv import count_scottish
from tests.counting.data import FOLDER, each, published, read_json

AGREED = read_json("constrained/stv_min_group.json")
DISPUTED = read_json("constrained/stv_min_group_disputed.json")
IMS = read_json("constrained/ims_cases.json")


def composed(case: dict) -> Contest:
    """The election of a case, with its group."""
    group = Group(case["group"], frozenset(case["group_members"]), at_least=case["min_from_group"])
    contest = published(f"scottish_stv/{case['file']}")
    assert contest.seats == case["seats"]
    return replace(contest, groups=(group,))


@pytest.mark.parametrize("case", each(AGREED), ids=lambda case: case and case["id"])
def test_a_group_has_its_least_number(case):
    report = count_scottish(composed(case))
    assert sorted(report.elected) == case["expected_winners"]
    assert sorted(report.without_composition) == case["unconstrained_winners"]
    assert report.guarded or report.doomed
    reasons = [moved.reason for moved in (*report.guarded, *report.doomed)]
    asked = f"{case['group']} must have at least {case['min_from_group']}"
    assert all(asked in reason for reason in reasons)


@pytest.mark.parametrize("case", each(DISPUTED), ids=lambda case: case and case["id"])
def test_who_is_doomed_goes_at_once(case):
    report = count_scottish(composed(case))
    assert sorted(report.elected) == case["guard_doom_immediate"]
    assert sorted(report.without_composition) == case["unconstrained_winners"]


def ims_ballots() -> tuple[list[str], list[Ballot], int]:
    """The candidates, the papers, and how many more have gaps or a rank twice."""
    with (FOLDER / "constrained/ims_election.tsv").open(encoding="utf-8", newline="") as file:
        candidates, *rows = csv.reader(file, delimiter="\t")
    ballots, invalid = [], 0
    for row in rows:
        ranks = {int(rank): at for at, rank in enumerate(row, 1) if rank != "0"}
        given = sum(rank != "0" for rank in row)
        if len(ranks) != given or sorted(ranks) != list(range(1, given + 1)):
            invalid += 1
        else:
            ballots.append(Ballot(1, tuple(ranks[rank] for rank in sorted(ranks))))
    return candidates, ballots, invalid


def numbers(candidates: Sequence[str], names: Sequence[str]) -> frozenset[int]:
    return frozenset(candidates.index(name) + 1 for name in names)


@pytest.mark.parametrize(
    "case",
    each(IMS.get("cases", ()) if IMS else ()),
    ids=lambda case: case and f"{case['seats']} seats, {case['min_from_group']} students",
)
def test_seats_are_reserved_for_students(case):
    candidates, ballots, invalid = ims_ballots()
    members = numbers(candidates, case["group_members"])
    students = Group(case["group"], members, at_least=case["min_from_group"])
    contest = Contest("IMS", tuple(candidates), case["seats"], ballots, groups=(students,))
    report = count_scottish(contest)
    assert report.valid == IMS["valid_ballots"]
    assert report.blank + invalid == IMS["invalid_ballots"]
    assert set(report.elected) == numbers(candidates, case["expected_winners"])
