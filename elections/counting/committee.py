"""The committee with the most votes of all that keep the composition (A13), found exactly.

Candidates who belong to the same groups are of one kind, and of a kind only the first so many by
votes can matter. So a committee is how many it takes of each kind. All such choices are drawn as
one graph: a layer for each kind, and a state for how many were taken so far, in all and of each
group. A way through the graph is a lawful committee, and the best ways are found layer by layer.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import TypeAlias

from elections.counting.contest import Group
from elections.counting.lot import by_lot
from elections.counting.report import Tie

Kind: TypeAlias = tuple[int, ...]
State: TypeAlias = tuple[int, ...]
Step: TypeAlias = tuple[State, int, State]

BY_VOTES = "highest votes"
BY_LOT = "lot"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates who stand, the most votes first, equal ones in the order of the lot."""

    votes: Mapping[int, int]
    order: tuple[int, ...]

    @property
    def levels(self) -> list[tuple[int, ...]]:
        """The candidates by their votes, the highest first, each level in the order of the lot."""
        levels: dict[int, list[int]] = {}
        for number in self.order:
            levels.setdefault(self.votes[number], []).append(number)
        return [tuple(level) for level in levels.values()]


def ranked(votes: Mapping[int, int], seed: str) -> Ranking:
    """The ranking by votes. A lot is drawn for each number of votes; 'votes 17' is its occasion."""
    levels: dict[int, list[int]] = {}
    for number in sorted(votes):
        levels.setdefault(votes[number], []).append(number)
    order = [
        number
        for total in sorted(levels, reverse=True)
        for number in by_lot(levels[total], seed=seed, occasion=_occasion(total))
    ]
    return Ranking(votes, tuple(order))


def best_committee(
    ranking: Ranking, groups: Sequence[Group], seats: int
) -> tuple[tuple[int, ...], tuple[Tie, ...]]:
    """The lawful committee of `seats` with the greatest sum of votes, and the ties resolved.

    Of several with the same sum, that one is taken which has more members of the highest number of
    votes, then of the next, and so on. Those that still are equal differ in candidates with equal
    votes only: the levels are gone through from the highest, and at each the first by lot is taken
    with whom a best committee is left, then the next. Raises `ValueError` where none is lawful.
    """
    graph = _Graph(ranking, groups, seats)
    graph.keep_best(lambda number: ranking.votes[number])
    open_by_votes, steps = graph.undecided(ranking.order), graph.size
    graph.keep_best(_level_weights(ranking, seats).__getitem__)
    narrowed = graph.size < steps
    by_lot_open = []
    for level in ranking.levels:
        if undecided := graph.undecided(level):
            by_lot_open.append(undecided)
            graph.keep_best(_lot_weights(level))
    chosen = graph.committee()
    elected = tuple(number for number in ranking.order if number in chosen)
    ties = [_tie(open_by_votes, elected, BY_VOTES)] if narrowed else []
    ties += [
        _tie(undecided, elected, BY_LOT, _occasion(ranking.votes[undecided[0]]))
        for undecided in by_lot_open
    ]
    return elected, tuple(ties)


def _tie(undecided: Sequence[int], elected: Sequence[int], means: str, occasion: str = "") -> Tie:
    candidates = tuple(undecided)
    chosen = tuple(number for number in candidates if number in elected)
    drawn = candidates if occasion else ()
    return Tie(1, "elect", candidates, chosen, means, drawn=drawn, occasion=occasion)


def _occasion(votes: int) -> str:
    """The name under which the lot is drawn among all who have so many votes."""
    return f"votes {votes}"


def _level_weights(ranking: Ranking, seats: int) -> dict[int, int]:
    """Weights by which one member of a level outweighs a whole committee from lower levels."""
    weights = {}
    for place, level in enumerate(reversed(ranking.levels)):
        weights.update(dict.fromkeys(level, (seats + 1) ** place))
    return weights


def _lot_weights(level: Sequence[int]) -> Callable[[int], int]:
    """Weights by which the first of a level by lot outweighs all who come after."""
    weights = {number: 1 << place for place, number in enumerate(reversed(level))}
    return lambda number: weights.get(number, 0)


class _Graph:
    """The lawful committees as ways through layers of states; `keep_best` leaves the best ones."""

    def __init__(self, ranking: Ranking, groups: Sequence[Group], seats: int) -> None:
        """Draw every lawful committee of `seats`; `ValueError` where there is none."""
        self._votes = ranking.votes
        kinds = _kinds(ranking, groups)
        self._kinds = list(kinds.values())
        self._layers: list[list[Step]] = []
        bounds = _Bounds(groups, seats, {kind: len(members) for kind, members in kinds.items()})
        self._start = bounds.start
        states = {self._start}
        for kind in kinds:
            steps = bounds.steps(kind)
            layer = [(before, *step) for before in states for step in steps(before)]
            self._layers.append(layer)
            states = {after for _before, _taken, after in layer}
        if bounds.goal not in states:
            raise ValueError("No committee keeps the composition.")

    @property
    def size(self) -> int:
        """How many steps are left in it."""
        return sum(len(layer) for layer in self._layers)

    def keep_best(self, weight: Callable[[int], int]) -> None:
        """Leave only the ways with the greatest sum of their members' weights.

        Of each kind it is the first of the ranking who are members, whatever the weights are.
        """
        gains = [
            list(accumulate((weight(number) for number in members), initial=0))
            for members in self._kinds
        ]
        best = self._best_sums(gains)
        wanted = set(best[-1])
        for place in range(len(self._layers) - 1, -1, -1):
            reached, gain = best[place], gains[place]
            self._layers[place] = [
                (before, taken, after)
                for before, taken, after in self._layers[place]
                if after in wanted
                and before in reached
                and reached[before] + gain[taken] == best[place + 1][after]
            ]
            wanted = {before for before, _taken, _after in self._layers[place]}

    def _best_sums(self, gains: Sequence[Sequence[int]]) -> list[dict[State, int]]:
        """For each layer, the greatest sum that reaches each state before it; then the end's."""
        best: list[dict[State, int]] = [{self._start: 0}]
        for layer, gain in zip(self._layers, gains, strict=True):
            sums: dict[State, int] = {}
            for before, taken, after in layer:
                total = best[-1][before] + gain[taken]
                if total > sums.get(after, -1):
                    sums[after] = total
            best.append(sums)
        return best

    def undecided(self, candidates: Sequence[int]) -> list[int]:
        """Those of `candidates` who are in some of the committees that are left, and not in all.

        As long as no lot was drawn among them, those of one kind with equal votes are equal.
        """
        wanted = set(candidates)
        found: set[int] = set()
        for members, layer in zip(self._kinds, self._layers, strict=True):
            counts = {taken for _before, taken, _after in layer}
            for level in self._levels(members, wanted):
                parts = {min(max(taken - level.start, 0), len(level)) for taken in counts}
                if parts not in ({0}, {len(level)}):
                    found.update(members[place] for place in level)
        return [number for number in candidates if number in found]

    def _levels(self, members: Sequence[int], wanted: Container[int]) -> list[range]:
        """Where the candidates of one kind stand who have equal votes, if they are wanted."""
        levels = []
        start = 0
        for _votes, equal in groupby(members, key=self._votes.__getitem__):
            size = len(list(equal))
            if members[start] in wanted:
                levels.append(range(start, start + size))
            start += size
        return levels

    def committee(self) -> set[int]:
        """Who is elected, when the ways that are left all lead to the same committee."""
        return {
            number
            for members, layer in zip(self._kinds, self._layers, strict=True)
            for number in members[: layer[0][1]]
        }


def _kinds(ranking: Ranking, groups: Sequence[Group]) -> dict[Kind, list[int]]:
    """The candidates of each kind in the order of the ranking; a kind is the groups they are in.

    Kinds of the first group come first, so that it is done with before the others are looked at.
    """
    kinds: dict[Kind, list[int]] = {}
    for number in ranking.order:
        kind = tuple(place for place, group in enumerate(groups) if number in group.members)
        kinds.setdefault(kind, []).append(number)
    return dict(sorted(kinds.items(), key=lambda item: item[0] or (len(groups),)))


class _Bounds:
    """How many may be taken, in all (place 0) and of each group (the places after it).

    `coming` is how many of each the kinds still have that were not gone through.
    """

    def __init__(self, groups: Sequence[Group], seats: int, sizes: dict[Kind, int]) -> None:
        self._sizes = sizes
        self._lows = (seats, *(group.at_least for group in groups))
        self._highs = (
            seats,
            *(seats if group.at_most is None else group.at_most for group in groups),
        )
        self._coming = [sum(sizes.values())] + [
            sum(size for kind, size in sizes.items() if place in kind)
            for place in range(len(groups))
        ]
        self.start = self._plain((0,) * len(self._lows))
        self.goal = self._lows

    def steps(self, kind: Kind) -> Callable[[State], list[tuple[int, State]]]:
        """Go on to the next kind: from a state, how many may be taken and the state then."""
        size = self._sizes[kind]
        touched = (0, *(place + 1 for place in kind))
        for place in touched:
            self._coming[place] -= size
        coming = tuple(self._coming)

        def steps(before: State) -> list[tuple[int, State]]:
            found = []
            for taken in range(min(size, *(self._highs[at] - before[at] for at in touched)) + 1):
                counts = list(before)
                for place in touched:
                    counts[place] += taken
                if all(map(_can_reach, counts, coming, self._lows)):
                    found.append((taken, self._plain(counts)))
            return found

        return steps

    def _plain(self, counts: Sequence[int]) -> State:
        """The state, made equal to all from which the same choices are left.

        A group that met its lower bound and can no longer break the upper one stands at the lower.
        """
        return tuple(map(_forget, counts, self._lows, self._highs, self._coming))


def _can_reach(count: int, coming: int, low: int) -> bool:
    return count + coming >= low


def _forget(count: int, low: int, high: int, coming: int) -> int:
    return low if count >= low and count + coming <= high else count
