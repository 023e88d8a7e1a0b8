"""What is counted: a contest, its candidates by number, and the ballots."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Ballot:
    """So many equal papers: the candidates that they name, the first preference first.

    For plurality and approval the order says nothing. A blank paper names nobody.
    """

    weight: int
    choices: tuple[int, ...]


class CheckedBallots(tuple[Ballot, ...]):
    """Ballots that were looked at when they were read: `require_countable` need not do it again.

    Whoever makes them has seen to it that each names candidates from 1 to `last`, nobody twice, and
    stands for no negative number of papers.
    """

    last: int

    @classmethod
    def of(cls, ballots: Iterable[Ballot], last: int) -> "CheckedBallots":
        """These ballots, which name candidates from 1 to `last`."""
        checked = cls(ballots)
        checked.last = last
        return checked


@dataclass(frozen=True, slots=True)
class Group:
    """A composition that the elected must have: how many of them come from this group (A13).

    `members` are numbers of candidates; `at_most` None sets no upper bound.
    """

    name: str
    members: frozenset[int]
    at_least: int = 0
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Contest:
    """An election to be counted: candidates are numbered from 1 in the order of `candidates`.

    `withdrawn` candidates keep their number; they are passed over on every paper. `votes_each` is
    how many candidates a paper may name in block and limited plurality, None for `seats`.
    """

    title: str
    candidates: tuple[str, ...]
    seats: int
    ballots: Sequence[Ballot]
    withdrawn: frozenset[int] = frozenset()
    groups: tuple[Group, ...] = ()
    votes_each: int | None = None
    seed: str = field(default="")

    @property
    def numbers(self) -> range:
        """The numbers of all candidates, those who withdrew too."""
        return range(1, len(self.candidates) + 1)

    @property
    def standing(self) -> list[int]:
        """The numbers of the candidates who can be elected."""
        return [number for number in self.numbers if number not in self.withdrawn]


class CannotCount(ValueError):
    """A contest that has no lawful result, or ballots that do not fit it; the message says why."""


def require_countable(contest: Contest) -> None:
    """Raise `CannotCount` for no seats, for papers that name strangers, and for negative numbers.

    That a paper names nobody twice is for the reader of the papers to see to.
    """
    if contest.seats < 1:
        raise CannotCount("There is no seat to fill.")
    named = set(contest.withdrawn)
    ballots = contest.ballots
    if not isinstance(ballots, CheckedBallots) or ballots.last > len(contest.candidates):
        named.update(*[ballot.choices for ballot in ballots])
        if any(ballot.weight < 0 for ballot in ballots):
            raise CannotCount("There cannot be fewer than no papers of a kind.")
    if strangers := sorted(named.difference(contest.numbers)):
        told = ", ".join(map(str, strangers))
        raise CannotCount(f"There is no candidate {told} among {len(contest.candidates)}.")


class NoLawfulResult(CannotCount):
    """No choice of candidates keeps the composition; `names` are the groups that cannot be met."""

    def __init__(self, message: str, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(message)
