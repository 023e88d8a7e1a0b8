"""Plurality with a composition, held against every committee there is and a published quota."""

import json
import random
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elections.counting.contest import Contest, Group, NoLawfulResult
from elections.counting.lot import by_lot
from elections.counting.plurality import count_block
from tests.counting.plurality import contest, group

SHARED = Path(__file__).parents[3] / "shared" / "data"


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
