"""What an independent library elects in many random elections, kept in `opinions.json`.

The library is pref-voting. It is large and pins other versions of what the project uses, so its
results are kept and it is not installed for the tests. To write them again, install it into an
environment of its own and run `python -m tests.counting.opinions` from the project's root.
"""

import hashlib
import json
import random
from pathlib import Path

from elections.counting.contest import Ballot, Contest

KEPT = Path(__file__).with_name("opinions.json")
ELECTIONS = 1500
METHODS = ("stv_meek", "stv_scottish")


def elections() -> list[Contest]:
    """The elections, always the same: 3 to 7 candidates, full and short papers."""
    return [_election(random.Random(number)) for number in range(ELECTIONS)]


def _election(draw: random.Random) -> Contest:
    count = draw.randint(3, 7)
    numbers = list(range(1, count + 1))
    papers: dict[tuple[int, ...], int] = {}
    for _kind in range(draw.randint(3, 14)):
        order = tuple(draw.sample(numbers, draw.randint(1, count)))
        papers[order] = papers.get(order, 0) + draw.randint(1, 40)
    ballots = [Ballot(weight, order) for order, weight in papers.items()]
    return Contest("Random", tuple("ABCDEFG"[:count]), draw.randint(1, count - 1), ballots)


def digest(contests: list[Contest]) -> str:
    """SHA-256 of the elections: results belong to these papers and to no others."""
    told = [[c.seats, [[b.weight, *b.choices] for b in c.ballots]] for c in contests]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def ask(method: str, contest: Contest) -> list[int]:
    """Whom pref-voting elects by the method, in order of their numbers."""
    from pref_voting import proportional_methods
    from pref_voting.profiles_with_ties import ProfileWithTies

    profile = ProfileWithTies(
        [{number: place for place, number in enumerate(b.choices)} for b in contest.ballots],
        [ballot.weight for ballot in contest.ballots],
        candidates=list(contest.numbers),
    )
    return sorted(getattr(proportional_methods, method)(profile, num_seats=contest.seats))


def main() -> None:
    """Ask the library about every election, and keep what it says: a digit for each elected."""
    from importlib.metadata import version

    contests = elections()
    kept = {"library": f"pref-voting {version('pref_voting')}", "elections": digest(contests)}
    for method in METHODS:
        told = ("".join(map(str, ask(method, contest))) for contest in contests)
        kept[method] = " ".join(told)
    KEPT.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
