"""Single transferable vote by Meek's method.

Hill, Wichmann and Woodall, 'Algorithm 123: Single Transferable Vote by Meek's Method', The Computer
Journal 30 (1987) 277-281. Every elected candidate keeps a share of each paper, the keep value, and
the rest goes on to the next on it, who may be elected too. The keep values are set anew until those
elected hold a quota each, and the quota is reckoned anew each time from the votes that somebody
holds.

The arithmetic is that of the Proportional Representation Foundation's Reference Meek Rule: whole
numbers of a billionth, what a candidate keeps and the keep values rounded up, the quota rounded
down and a billionth added. So a quota cannot be reached by more than the seats, and a count is the
same everywhere.

Where the contest has groups, the composition (A13) binds every step: who is guarded is not
excluded; who is doomed is not elected, not even with a quota, and is excluded before anybody else.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from elections.counting import composition
from elections.counting.ballots import counted_papers, require_valid_papers
from elections.counting.composition import Demand
from elections.counting.contest import Contest
from elections.counting.report import Moved, Report, Stage, Tie
from elections.counting.ties import choose

METHOD = "meek-stv"
ONE = 10**9
SMALL = ONE // 10**6
"""A millionth of a vote: a total surplus below it is not transferred any further."""


def count_meek(contest: Contest) -> Report:
    """Count by Meek's method, keeping the composition of the contest's groups (A13).

    The quota stands with each stage. Raises `NoLawfulResult` where nobody's election can keep the
    composition, and `CannotCount` for papers that do not fit. Where fewer stand than there are
    seats, all are elected, unless the groups forbid.
    """
    require_valid_papers(contest)
    composition.require_lawful(contest)
    report = _Count(contest).run()
    if not contest.groups:
        return replace(report, without_composition=report.elected)
    free = _Count(replace(contest, groups=())).run()
    return replace(report, without_composition=free.elected)


def rounded_up(value: int, by: int, over: int) -> int:
    """`value` times `by` divided by `over`, rounded up."""
    return -(-value * by // over)


class _Count:
    """A count on its way: what each candidate keeps and holds, and what was decided so far.

    Lists by candidate have a place 0 that nobody has, so that a number is its own index.
    """

    def __init__(self, contest: Contest) -> None:
        size = len(contest.candidates) + 1
        self.contest = contest
        self.seats = composition.places(contest)
        self.papers = _merged(contest)
        self.valid, self.blank = counted_papers(contest)
        self.hopeful = contest.standing
        self.keep = [0] * size
        for number in self.hopeful:
            self.keep[number] = ONE
        self.votes = [0] * size
        self.quota = 0
        self.surplus = 0
        self.settled = False
        self.history: list[list[int]] = []
        self.stages: list[Stage] = []
        self.elected: list[int] = []
        self.doomed: list[int] = []
        self.guarded: set[int] = set()
        self.moved: dict[str, dict[int, Moved]] = {"guarded": {}, "doomed": {}}
        self.ties: list[Tie] = []

    def run(self) -> Report:
        """Count to the end."""
        self._stage("first preferences")
        while len(self.elected) < self.seats:
            if self.doomed:
                self._exclude(self.doomed)
            elif not self.settled:
                self._stage("surplus")
            else:
                self._exclude([self._lowest()])
        return self._report()

    # A stage: the papers are gone through until somebody is elected or nothing moves any more.

    def _exclude(self, candidates: Sequence[int]) -> None:
        """Exclude them: they keep nothing of any paper from now on."""
        for candidate in candidates:
            self.keep[candidate] = 0
        self.hopeful = [number for number in self.hopeful if number not in candidates]
        told = ", ".join(map(str, candidates))
        self._stage(f"exclude {told}", excluded=tuple(candidates))

    def _stage(self, action: str, excluded: tuple[int, ...] = ()) -> None:
        self._settle()
        before = len(self.elected)
        # Less than a millionth is nothing by which an earlier stage could decide a tie.
        self.history.append([(votes + SMALL // 2) // SMALL for votes in self.votes])
        self._elect_reached()
        lost = self.valid * ONE - sum(self.votes)
        self.stages.append(
            Stage(
                action,
                tuple(Fraction(votes, ONE) for votes in self.votes[1:]),
                elected=tuple(self.elected[before:]),
                excluded=excluded,
                exhausted=Fraction(lost, ONE),
                quota=Fraction(self.quota, ONE),
            )
        )

    def _settle(self) -> None:
        """Set the keep values anew until a hopeful one has a quota or the surplus is used up.

        That it does not fall any more ends it too: then only rounding is left of it.
        """
        before: int | None = None
        self._distribute()
        while not self._reached():
            elected = sum(self.votes[number] - self.quota for number in self.elected)
            self.surplus = max(0, elected)
            if self.surplus < SMALL or (before is not None and self.surplus >= before):
                self.settled = True
                return
            before = self.surplus
            for number in self.elected:
                share = rounded_up(self.keep[number], self.quota, ONE)
                self.keep[number] = min(ONE, rounded_up(share, ONE, self.votes[number]))
            self._distribute()
        self.settled = False

    def _distribute(self) -> None:
        """Let every paper go through those on it, each of whom keeps a share; then the quota."""
        keep = self.keep
        votes = [0] * len(keep)
        for choices, papers in self.papers.items():
            rest = ONE
            for number in choices:
                kept = rounded_up(rest, keep[number], ONE)
                votes[number] += kept * papers
                rest -= kept
                if not rest:
                    break
        self.votes = votes
        self.quota = sum(votes) // (self.contest.seats + 1) + 1

    # What a stage decides.

    def _reached(self) -> list[int]:
        """The hopeful candidates who have a quota, and may be elected."""
        return [
            number
            for number in self.hopeful
            if self.votes[number] >= self.quota and number not in self.doomed
        ]

    def _elect_reached(self) -> None:
        """Elect who has a quota, the highest first, and whoever can no longer be missed."""
        self._look()
        while reached := self._reached():
            most = max(self.votes[number] for number in reached)
            highest = [number for number in reached if self.votes[number] == most]
            if not self._may_all_be_elected(highest):
                highest = [self._choose(highest, "elect", seat=len(self.elected) + 1)]
            self._elect(highest)
            self._look()
        if len(self.hopeful) == self.seats - len(self.elected):
            self._elect(sorted(self.hopeful, key=lambda number: -self.votes[number]))

    def _elect(self, candidates: Sequence[int]) -> None:
        self.elected += candidates
        self.hopeful = [number for number in self.hopeful if number not in candidates]

    def _may_all_be_elected(self, candidates: Collection[int]) -> bool:
        elected = {*self.elected, *candidates}
        return composition.feasible(self.contest.groups, elected, self.hopeful, self.seats)

    def _look(self) -> None:
        """Ask the composition who is guarded and who is doomed, as things stand (A13)."""
        if not self.contest.groups or len(self.elected) == self.seats:
            return
        state = (self.contest.groups, self.elected, self.hopeful, self.seats)
        self.guarded = self._tell("guarded", composition.guarded(*state))
        self.doomed = sorted(self._tell("doomed", composition.doomed(*state)))

    def _tell(self, verdict: str, demands: Sequence[Demand]) -> set[int]:
        told = self.moved[verdict]
        for demand in demands:
            told.setdefault(
                demand.candidate,
                Moved(demand.candidate, len(self.history), ", ".join(demand.groups), demand.reason),
            )
        return {demand.candidate for demand in demands}

    # Choosing one.

    def _lowest(self) -> int:
        """The one to exclude: who has the fewest votes of those who are not guarded.

        Whoever has no more than the surplus above the fewest is equal: with the surplus transferred
        to the last, either could be the lowest.
        """
        among = [number for number in self.hopeful if number not in self.guarded]
        fewest = min(self.votes[number] for number in among)
        lowest = [number for number in among if self.votes[number] <= fewest + self.surplus]
        return lowest[0] if len(lowest) == 1 else self._choose(lowest, "exclude")

    def _choose(self, equal: Sequence[int], action: str, *, seat: int | None = None) -> int:
        """One of those who are equal, the highest at an earlier stage where a seat is given."""
        tie = choose(
            equal,
            self.history,
            action=action,
            highest=seat is not None,
            seed=self.contest.seed,
            seat=seat,
        )
        self.ties.append(tie)
        return tie.chosen[0]

    # The report.

    def _report(self) -> Report:
        return Report(
            method=METHOD,
            seats=self.contest.seats,
            valid=self.valid,
            blank=self.blank,
            quota=None,
            elected=tuple(self.elected),
            stages=tuple(self.stages),
            guarded=tuple(self.moved["guarded"].values()),
            doomed=tuple(self.moved["doomed"].values()),
            ties=tuple(self.ties),
            notes=tuple(self._notes()),
        )

    def _notes(self) -> Iterator[str]:
        standing = len(self.contest.standing)
        if standing < self.contest.seats:
            yield (
                f"{standing} candidates stand for {self.contest.seats} seats: all of them are"
                " elected, and the other seats stay empty."
            )


def _merged(contest: Contest) -> dict[tuple[int, ...], int]:
    """How many papers there are of each order of candidates who stand."""
    merged: dict[tuple[int, ...], int] = {}
    withdrawn = contest.withdrawn
    for ballot in contest.ballots:
        choices = tuple(number for number in ballot.choices if number not in withdrawn)
        if choices and ballot.weight:
            merged[choices] = merged.get(choices, 0) + ballot.weight
    return merged
