"""Elections made up for the tests, at random, and a slow count to hold the quick one against."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hypothesis import strategies as st

from elections.counting.contest import Ballot, Contest, Group
from elections.counting.ties import choose

MOST = 7


@st.composite
def contests(draw: st.DrawFn, groups: int = 0) -> Contest:
    """A contest of a few candidates and papers, with up to so many groups that may overlap."""
    size = draw(st.integers(1, MOST))
    numbers = st.integers(1, size)
    choices = st.lists(numbers, unique=True, max_size=size).map(tuple)
    papers = st.builds(Ballot, st.integers(0, 30), choices)
    drawn = draw(st.lists(st.tuples(st.frozensets(numbers), st.integers(0, 3)), max_size=groups))
    most = [draw(st.none() | st.integers(low, 4)) for _members, low in drawn]
    return Contest(
        title="A made-up election",
        candidates=tuple(f"Candidate {number}" for number in range(1, size + 1)),
        seats=draw(st.integers(1, 4)),
        ballots=draw(st.lists(papers, max_size=12)),
        withdrawn=draw(st.frozensets(numbers, max_size=size // 2)),
        groups=tuple(
            Group(f"G{place}", members, low, high)
            for place, ((members, low), high) in enumerate(zip(drawn, most, strict=True))
        ),
        seed=draw(st.text(max_size=3)),
    )


@dataclass
class Paper:
    """A single paper: the preferences that are left, and what it is worth in 1/100000."""

    choices: list[int]
    worth: int = 100_000


class SlowCount:
    """The Scottish count paper by paper and without any cleverness: what each stage did.

    No composition; ties are broken by `choose`, which has tests of its own.
    """

    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.continuing = set(contest.standing)
        self.places = min(contest.seats, len(self.continuing))
        self.piles: dict[int, list[Paper]] = {number: [] for number in contest.numbers}
        self.elected: list[int] = []
        self.transferred: set[int] = set()
        self.actions: list[str] = []
        self.stages: list[list[int]] = []
        self.elections: list[set[int]] = []

    def run(self) -> "SlowCount":
        papers = [
            Paper([choice for choice in ballot.choices if choice in self.continuing])
            for ballot in self.contest.ballots
            for _paper in range(ballot.weight)
        ]
        valid = sum(bool(paper.choices) for paper in papers)
        self.quota = (valid // (self.contest.seats + 1) + 1) * 100_000
        self.move(papers)
        self.end("first preferences")
        while len(self.elected) < self.places:
            surpluses = [one for one in self.elected if self.total(one) > self.quota]
            if surpluses:
                self.surplus(self.pick(surpluses, "surplus", max))
            else:
                self.exclude(self.pick(sorted(self.continuing), "exclude", min))
        return self

    def total(self, number: int) -> int:
        if number in self.transferred:
            return self.quota
        return sum(paper.worth for paper in self.piles[number])

    def move(self, papers: list[Paper]) -> None:
        for paper in papers:
            while paper.choices and paper.choices[0] not in self.continuing:
                paper.choices.pop(0)
            if paper.choices:
                self.piles[paper.choices.pop(0)].append(paper)

    def surplus(self, number: int) -> None:
        votes = self.total(number)
        for paper in self.piles[number]:
            paper.worth = (votes - self.quota) * paper.worth // votes
        self.transferred.add(number)
        self.move(self.piles.pop(number))
        self.end(f"surplus {number}")

    def exclude(self, number: int) -> None:
        self.continuing.remove(number)
        papers, self.piles[number] = self.piles[number], []
        self.move(papers)
        self.end(f"exclude {number}")

    def pick(self, among: list[int], action: str, best: Callable[[Iterable[int]], int]) -> int:
        extreme = best(self.total(number) for number in among)
        equal = sorted(number for number in among if self.total(number) == extreme)
        if len(equal) == 1:
            return equal[0]
        history = [[0, *votes] for votes in self.stages]
        seed = self.contest.seed
        return choose(equal, history, action=action, highest=best is max, seed=seed).chosen[0]

    def end(self, action: str) -> None:
        self.actions.append(action)
        self.stages.append([self.total(number) for number in self.contest.numbers])
        new = {number for number in self.continuing if self.total(number) >= self.quota}
        self.continuing -= new
        self.elected += sorted(new)
        if len(self.continuing) == self.places - len(self.elected):
            new |= self.continuing
            self.elected += sorted(self.continuing)
            self.continuing = set()
        self.elections.append(new)
