"""How long two libraries take to count elections; run by an environment that has them.

The first line of the input has the elections as JSON, each with candidates, seats and papers; the
answer is a line of JSON with whom each library elects. Every further line has the name of a library
and is answered by the seconds that it took for all. What prepares the papers is not counted.
"""

import json
import sys
import time
from collections.abc import Callable

import pyrankvote
import votekit
from votekit.elections import FastSTV


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


def timed(count: Callable[[], object]) -> float:
    started = time.perf_counter()
    count()
    return time.perf_counter() - started


elections = json.loads(sys.stdin.readline())
libraries = {
    "votekit's FastSTV": by_votekit(elections),
    "pyrankvote": by_pyrankvote(elections),
}
print(json.dumps({name: count() for name, count in libraries.items()}), flush=True)
for line in sys.stdin:
    print(timed(libraries[line.rstrip("\n")]), flush=True)
