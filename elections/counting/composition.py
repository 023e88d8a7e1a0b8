"""What a composition (A13) demands while votes are counted: one exact test, and what follows.

Everything here goes back to `feasible`: can the seats that are left still be filled so that every
group keeps its bounds? A candidate without whom they cannot is guarded; one with whom they cannot
is doomed. For a single group with a lower bound that is the rule of Hill, Voting matters 9 (1998);
Otten, Voting matters 13 (2001), asks the same question where several groups overlap.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from elections.counting.contest import Contest, Group, NoLawfulResult

_Test = Callable[[Sequence[Group]], bool]
_State = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """What the composition demands of a candidate now: by which groups, and why in a sentence."""

    candidate: int
    groups: tuple[str, ...]
    reason: str


def feasible(
    groups: Sequence[Group], chosen: Collection[int], available: Collection[int], seats: int
) -> bool:
    """Whether `chosen` can be completed from `available` to exactly `seats` lawful members.

    The groups may overlap, and a group's members may be candidates who are in neither collection.
    The test is exact: candidates of the same groups are alike, so it goes through the kinds of
    candidates and keeps every distinct outcome of taking so many of each. That is quick for the few
    groups of a real election; for many groups that all overlap nothing quick is known.
    """
    rest = set(available).difference(chosen)
    left = seats - len(chosen)
    if not 0 <= left <= len(rest):
        return False
    bounds = [_left_of(group, chosen, left) for group in groups]
    if any(low > high for low, high in bounds):
        return False
    return _can_fill(_kinds(groups, rest), bounds, left)


def _left_of(group: Group, chosen: Collection[int], left: int) -> tuple[int, int]:
    """How many more of the group there must be, and may be, among `left` further ones."""
    have = len(group.members.intersection(chosen))
    high = left if group.at_most is None else min(left, group.at_most - have)
    return max(0, group.at_least - have), high


def _kinds(groups: Sequence[Group], candidates: Iterable[int]) -> dict[tuple[int, ...], int]:
    """How many candidates there are of each kind; a kind is the groups that they belong to."""
    kinds: dict[tuple[int, ...], int] = {}
    for candidate in candidates:
        kind = _kind(groups, candidate)
        kinds[kind] = kinds.get(kind, 0) + 1
    return dict(sorted(kinds.items()))


def _kind(groups: Sequence[Group], candidate: int) -> tuple[int, ...]:
    return tuple(place for place, group in enumerate(groups) if candidate in group.members)


def _can_fill(
    kinds: dict[tuple[int, ...], int], bounds: Sequence[tuple[int, int]], left: int
) -> bool:
    """Whether `left` can be taken from the kinds within the bounds of each group.

    A state is how many were taken, then how many of each group. What can no longer reach a lower
    bound is dropped, and a group that no later kind belongs to is forgotten once it is met.
    """
    coming = [sum(kinds.values())] + [
        sum(size for kind, size in kinds.items() if place in kind) for place in range(len(bounds))
    ]
    lows = [left, *(low for low, _high in bounds)]
    highs = [left, *(high for _low, high in bounds)]
    states: set[_State] = {(0,) * len(lows)}
    for kind, size in kinds.items():
        touched = [0, *(place + 1 for place in kind)]
        for place in touched:
            coming[place] -= size
        states = {
            _forgetting(state, lows, highs, coming)
            for before in states
            for state in _takings(before, touched, size, highs)
            if all(state[place] + coming[place] >= lows[place] for place in range(len(lows)))
        }
    return any(
        all(count >= low for count, low in zip(state, lows, strict=True)) for state in states
    )


def _takings(
    before: _State, touched: Sequence[int], size: int, highs: Sequence[int]
) -> Iterable[_State]:
    """The states after taking none, one, and so on of a kind, as far as the bounds let it."""
    most = min(size, *(highs[place] - before[place] for place in touched))
    for more in range(most + 1):
        after = list(before)
        for place in touched:
            after[place] += more
        yield tuple(after)


def _forgetting(
    state: _State, lows: Sequence[int], highs: Sequence[int], coming: Sequence[int]
) -> _State:
    """The state as one with all that are as good: what can no longer matter is made equal."""
    return tuple(
        low if count >= low and count + more <= high else count
        for count, low, high, more in zip(state, lows, highs, coming, strict=True)
    )


def places(contest: Contest) -> int:
    """How many can be elected: the seats, or all who stand where they are fewer."""
    return min(contest.seats, len(contest.standing))


def impossible(contest: Contest) -> tuple[str, ...]:
    """The names of the groups that no choice from the standing candidates can meet, if any.

    Those that cannot be met each by itself or, where every one can, some that cannot be met
    together and of which none could be left out. Where fewer stand than there are seats, all of
    them are chosen.
    """
    if not contest.groups:
        return ()
    seats, standing = places(contest), contest.standing

    def lawful(groups: Sequence[Group]) -> bool:
        return feasible(groups, (), standing, seats)

    if lawful(contest.groups):
        return ()
    return tuple(group.name for group in _to_blame(contest.groups, lawful, all_alone=True))


def _to_blame(
    groups: Sequence[Group], lawful: _Test, *, all_alone: bool = False
) -> Sequence[Group]:
    """Groups that make `lawful` fail: one alone (or all such), else a set with none to spare."""
    alone = [group for group in groups if not lawful((group,))]
    if alone:
        return alone if all_alone else alone[:1]
    together = list(groups)
    for group in groups:
        without = [other for other in together if other is not group]
        if not lawful(without):
            together = without
    return together


def why_impossible(contest: Contest, names: Collection[str]) -> str:
    """A sentence on groups that `impossible` named: their bounds, and how many of them stand."""
    standing = contest.standing
    told = "; ".join(
        f"{group.name} {_bounds(group)}, and {len(group.members.intersection(standing))} stand"
        for group in contest.groups
        if group.name in names
    )
    return (
        f"No choice of {places(contest)} from the {len(standing)} candidates who stand keeps the"
        f" composition (A13): {told}."
    )


def require_lawful(contest: Contest) -> None:
    """Raise `NoLawfulResult` where no choice of candidates keeps the composition (A13)."""
    if names := impossible(contest):
        raise NoLawfulResult(why_impossible(contest, names), names)


def guarded(
    groups: Sequence[Group], chosen: Collection[int], available: Collection[int], seats: int
) -> list[Demand]:
    """Who of `available` may not be excluded: without them the composition could not be kept.

    `chosen` are elected already and `available` continue; together they can still keep it. Where
    only as many continue as there are seats, who is missing leaves a seat empty: that alone guards
    nobody.
    """
    continuing = set(available)

    def test(candidate: int) -> _Test:
        rest = continuing - {candidate}
        fillable = min(seats, len(chosen) + len(rest))
        return lambda some: feasible(some, chosen, rest, fillable)

    return _demands("Guarded", groups, chosen, available, seats, test)


def doomed(
    groups: Sequence[Group], chosen: Collection[int], available: Collection[int], seats: int
) -> list[Demand]:
    """Who of `available` may not be elected: with them the composition could not be kept.

    Where no seat is left that is no matter of the composition, and nobody is named.
    """
    continuing = set(available)

    def test(candidate: int) -> _Test:
        more, rest = {*chosen, candidate}, continuing - {candidate}
        return lambda some: feasible(some, more, rest, seats)

    return _demands("Doomed", groups, chosen, available, seats, test)


def _demands(
    verdict: str,
    groups: Sequence[Group],
    chosen: Collection[int],
    available: Collection[int],
    seats: int,
    test: Callable[[int], _Test],
) -> list[Demand]:
    """Whoever fails the test that is made for them; candidates of one kind share one answer."""
    answers: dict[tuple[int, ...], Sequence[Group]] = {}
    found = []
    for candidate in available:
        kind = _kind(groups, candidate)
        if kind not in answers:
            lawful = test(candidate)
            answers[kind] = () if lawful(groups) else _to_blame(groups, lawful)
        if blamed := answers[kind]:
            left = f"{verdict} with {seats - len(chosen)} of {seats} seats left: "
            reason = left + "; ".join(_standing_of(group, chosen, available) for group in blamed)
            found.append(Demand(candidate, tuple(group.name for group in blamed), f"{reason}."))
    return found


def _standing_of(group: Group, chosen: Collection[int], available: Collection[int]) -> str:
    elected = len(group.members.intersection(chosen))
    continuing = len(group.members.intersection(available))
    return f"{group.name} {_bounds(group)}, has {elected} elected and {continuing} continuing"


def _bounds(group: Group) -> str:
    if group.at_most is None:
        return f"must have at least {group.at_least}"
    if group.at_least == 0:
        return f"may have at most {group.at_most}"
    if group.at_least == group.at_most:
        return f"must have exactly {group.at_most}"
    return f"must have at least {group.at_least} and at most {group.at_most}"
