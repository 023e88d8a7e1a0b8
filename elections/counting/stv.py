"""Single transferable vote by the Scottish Local Government Elections Order 2007 (SSI 2007/42).

Rules 45 to 52 of its first schedule: a fixed quota; surpluses one a stage, the largest first, and
before anybody is excluded; in each all papers of the elected move, at five decimals, what is beyond
them lost. Inside, votes are whole numbers of 1/100000.

Where the contest has groups, the composition (A13) binds every step: who is guarded is not
excluded; who is doomed is not elected, not even with a quota, and goes before anybody else, papers
moving on at the value they have.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from elections.counting import composition
from elections.counting.composition import Demand
from elections.counting.contest import Ballot, Contest, require_countable
from elections.counting.report import PLACES, Moved, Report, Stage, Tie
from elections.counting.ties import choose

ONE = 10**PLACES

# Papers by what each is worth. Where one goes next is the first on it who continues: whoever was
# passed over before does not come back, so that nothing has to be kept of how far it was read.
_Papers = dict[int, list[Ballot]]


def count_scottish(contest: Contest) -> Report:
    """Count by the Scottish order of 2007, keeping the composition of the contest's groups (A13).

    Raises `NoLawfulResult` where nobody's election can keep it, and `CannotCount` for papers that
    do not fit. Where fewer stand than there are seats, all are elected, unless the groups forbid.
    """
    require_countable(contest)
    composition.require_lawful(contest)
    report = _Count(contest).run()
    if not contest.groups:
        return report
    free = _Count(replace(contest, groups=())).run()
    return replace(report, without_composition=free.elected)


def _number_of(papers: Sequence[Ballot]) -> int:
    return sum([paper.weight for paper in papers])


class _Count:
    """A count on its way: the papers that each candidate holds, and what was decided so far.

    Lists by candidate have a place 0 that nobody has, so that a number is its own index.
    """

    def __init__(self, contest: Contest) -> None:
        size = len(contest.candidates) + 1
        self.contest = contest
        self.seats = composition.places(contest)
        self.continuing = [False] * size
        for number in contest.standing:
            self.continuing[number] = True
        self.votes = [0] * size
        self.papers: list[_Papers] = [{} for _number in range(size)]
        self.history: list[list[int]] = []
        self.stages: list[Stage] = []
        self.elected: list[int] = []
        self.surpluses: list[int] = []
        self.doomed: list[int] = []
        self.guarded: set[int] = set()
        self.moved: dict[str, dict[int, Moved]] = {"guarded": {}, "doomed": {}}
        self.ties: list[Tie] = []
        self._fractions: dict[int, Fraction] = {}

    def run(self) -> Report:
        """Count to the end."""
        self._first_preferences()
        while len(self.elected) < self.seats:
            if self.doomed:
                self._exclude(self._pick(self.doomed, "exclude", highest=False))
            elif self.surpluses:
                self._transfer_surplus(self._pick(self.surpluses, "surplus", highest=True))
            else:
                self._exclude(self._pick(self._excludable(), "exclude", highest=False))
        return self._report()

    # The steps, each of which ends a stage.

    def _first_preferences(self) -> None:
        contest = self.contest
        self._credit(self._sorted(contest.ballots), ONE)
        self.valid = sum(self.votes) // ONE
        self.blank = _number_of(contest.ballots) - self.valid
        self.quota = ONE * (self.valid // (contest.seats + 1) + 1)
        self._end_stage("first preferences")

    def _transfer_surplus(self, candidate: int) -> None:
        """Move all papers of an elected candidate on; what each is worth now is rounded down."""
        total = self.votes[candidate]
        surplus = total - self.quota
        self.surpluses.remove(candidate)
        self._move(candidate, lambda value: surplus * value // total)
        self.votes[candidate] = self.quota
        self._end_stage(f"surplus {candidate}")

    def _exclude(self, candidate: int) -> None:
        """Move all papers of the excluded on, each at the value that it has."""
        self.continuing[candidate] = False
        self._move(candidate, lambda value: value)
        self.votes[candidate] = 0
        self._end_stage(f"exclude {candidate}", excluded=(candidate,))

    def _move(self, candidate: int, worth: Callable[[int], int]) -> None:
        """Give each paper to the next continuing candidate on it; `worth` says its new value."""
        held, self.papers[candidate] = self.papers[candidate], {}
        for value, papers in held.items():
            self._credit(self._sorted(papers), worth(value))

    def _sorted(self, papers: Sequence[Ballot]) -> list[list[Ballot]]:
        """The papers by the first candidate on each who continues; those without one are left.

        Most of a count's time goes by here: what would be two questions, who continues and where
        their papers go, is one look at a table of what adds a paper.
        """
        to: list[list[Ballot]] = [[] for _number in self.continuing]
        adds = [
            pile.append if stands else None
            for pile, stands in zip(to, self.continuing, strict=True)
        ]
        for paper in papers:
            for preferred in paper.choices:
                if add := adds[preferred]:
                    add(paper)
                    break
        return to

    def _credit(self, to: list[list[Ballot]], value: int) -> None:
        """Give the candidates these papers, each worth `value`."""
        for candidate, papers in enumerate(to):
            if papers:
                self.votes[candidate] += value * _number_of(papers)
                mine = self.papers[candidate]
                if value in mine:
                    mine[value] += papers
                else:
                    mine[value] = papers

    # What a stage decides.

    def _end_stage(self, action: str, excluded: tuple[int, ...] = ()) -> None:
        """Keep the votes as they stand, and elect whoever has a quota or cannot be missed."""
        self.history.append(self.votes.copy())
        before = len(self.elected)
        self._look()
        while len(self.elected) < self.seats and (reached := self._highest_with_quota()):
            for candidate in reached:
                self._elect(candidate)
            self._look()
        self._fill_last()
        lost = self.valid * ONE - sum(self.votes)
        self.stages.append(
            Stage(
                action,
                tuple([self._fraction(votes) for votes in self.votes[1:]]),
                elected=tuple(self.elected[before:]),
                excluded=excluded,
                exhausted=self._fraction(lost),
            )
        )

    def _highest_with_quota(self) -> list[int]:
        """Who is elected next for having a quota: the highest, or several who are equal.

        Of those who are equal one is chosen only where the composition does not let in all of them.
        """
        votes, quota = self.votes, self.quota
        reached = [
            number
            for number, stands in enumerate(self.continuing)
            if stands and votes[number] >= quota and number not in self.doomed
        ]
        if len(reached) < 2:
            return reached
        most = max([votes[number] for number in reached])
        equal = [number for number in reached if votes[number] == most]
        if len(equal) == 1 or self._all_may_be_elected(equal):
            return equal
        return [self._choose(equal, "elect", highest=True, seat=len(self.elected) + 1)]

    def _all_may_be_elected(self, candidates: Sequence[int]) -> bool:
        groups = self.contest.groups
        elected, rest = {*self.elected, *candidates}, self._continuing()
        return not groups or composition.feasible(groups, elected, rest, self.seats)

    def _elect(self, candidate: int) -> None:
        self.continuing[candidate] = False
        self.elected.append(candidate)
        if self.votes[candidate] > self.quota:
            self.surpluses.append(candidate)

    def _fill_last(self) -> None:
        """Elect all who continue once they are as many as the seats left, the highest first."""
        vacancies = self.seats - len(self.elected)
        if vacancies and vacancies == sum(self.continuing):
            for candidate in sorted(self._continuing(), key=lambda number: -self.votes[number]):
                self._elect(candidate)

    def _look(self) -> None:
        """Ask the composition who is guarded and who is doomed, as things stand (A13)."""
        groups = self.contest.groups
        if not groups or len(self.elected) == self.seats:
            return
        state = (groups, self.elected, self._continuing(), self.seats)
        self.guarded = self._tell("guarded", composition.guarded(*state))
        self.doomed = sorted(self._tell("doomed", composition.doomed(*state)))

    def _tell(self, verdict: str, demands: Sequence[Demand]) -> set[int]:
        told = self.moved[verdict]
        for demand in demands:
            if demand.candidate not in told:
                told[demand.candidate] = Moved(
                    demand.candidate, len(self.history), ", ".join(demand.groups), demand.reason
                )
        return {demand.candidate for demand in demands}

    # Choosing one.

    def _continuing(self) -> list[int]:
        return [number for number, stands in enumerate(self.continuing) if stands]

    def _excludable(self) -> list[int]:
        return [number for number in self._continuing() if number not in self.guarded]

    def _pick(self, among: Sequence[int], action: str, *, highest: bool) -> int:
        """The one with most votes (fewest, unless `highest`); a tie is resolved and reported."""
        votes = self.votes
        extreme = (max if highest else min)([votes[number] for number in among])
        equal = sorted(number for number in among if votes[number] == extreme)
        return equal[0] if len(equal) == 1 else self._choose(equal, action, highest=highest)

    def _choose(
        self, equal: Sequence[int], action: str, *, highest: bool, seat: int | None = None
    ) -> int:
        seed = self.contest.seed
        tie = choose(equal, self.history, action=action, highest=highest, seed=seed, seat=seat)
        self.ties.append(tie)
        return tie.chosen[0]

    # The report.

    def _fraction(self, votes: int) -> Fraction:
        known = self._fractions.get(votes)
        if known is None:
            whole, rest = divmod(votes, ONE)
            known = self._fractions[votes] = Fraction(votes, ONE) if rest else Fraction(whole)
        return known

    def _report(self) -> Report:
        return Report(
            method="scottish-stv",
            seats=self.contest.seats,
            valid=self.valid,
            blank=self.blank,
            quota=self._fraction(self.quota),
            elected=tuple(self.elected),
            stages=tuple(self.stages),
            guarded=tuple(self.moved["guarded"].values()),
            doomed=tuple(self.moved["doomed"].values()),
            ties=tuple(self.ties),
            notes=tuple(self._notes()),
        )

    def _notes(self) -> Iterator[str]:
        contest = self.contest
        if len(contest.standing) < contest.seats:
            yield (
                f"{len(contest.standing)} candidates stand for {contest.seats} seats: all of them"
                " are elected, and the other seats stay empty."
            )
        if contest.withdrawn and (
            passed_over := self.blank
            - _number_of([ballot for ballot in contest.ballots if not ballot.choices])
        ):
            yield f"Of the blank papers {passed_over} name only candidates who withdrew."
