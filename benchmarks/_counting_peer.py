"""How long two libraries take to count elections; run by an environment that has them.

Reads the elections as JSON, each with candidates, seats and papers; writes as JSON, by library, the
best seconds for all of them and whom it elects in each. What prepares the papers is not counted.
"""

import json
import sys
import time
from collections.abc import Callable

import pyrankvote
import votekit
from votekit.elections import FastSTV

TIMES = 7


def by_votekit(elections: list[dict]) -> Callable[[], list[list[int]]]:
    prepared = []
    for election in elections:
        ballots = [
            votekit.RankBallot(ranking=[{str(choice)} for choice in choices], weight=weight)
            for weight, choices in election["papers"]
        ]
        names = [str(number) for number in range(1, election["candidates"] + 1)]
        profile = votekit.RankProfile(ballots=ballots, candidates=names)
        prepared.append((profile, election["seats"]))

    def count() -> list[list[int]]:
        counted = [
            FastSTV(profile, n_seats=seats, simultaneous=False, tiebreak="random")
            for profile, seats in prepared
        ]
        return [sorted(int(name) for tied in one.get_elected() for name in tied) for one in counted]

    return count


def by_pyrankvote(elections: list[dict]) -> Callable[[], list[list[int]]]:
    prepared = []
    for election in elections:
        names = [pyrankvote.Candidate(str(at)) for at in range(1, election["candidates"] + 1)]
        ballots = [
            pyrankvote.Ballot(ranked_candidates=[names[choice - 1] for choice in choices])
            for weight, choices in election["papers"]
            for _paper in range(weight)
        ]
        prepared.append((names, ballots, election["seats"]))

    def count() -> list[list[int]]:
        counted = [pyrankvote.single_transferable_vote(*each) for each in prepared]
        return [sorted(int(one.name) for one in each.get_winners()) for each in counted]

    return count


def best(count: Callable[[], object]) -> float:
    """Seconds at the fastest."""
    taken = []
    for _time in range(TIMES):
        started = time.perf_counter()
        count()
        taken.append(time.perf_counter() - started)
    return min(taken)


elections = json.load(sys.stdin)
told = {}
for name, prepare in (("votekit's FastSTV", by_votekit), ("pyrankvote", by_pyrankvote)):
    count = prepare(elections)
    told[name] = {"seconds": best(count), "elected": count()}
json.dump(told, sys.stdout)
