"""Choosing one of several who stand equal: by an earlier stage where they differed, else by lot."""

from collections.abc import Sequence

from elections.counting.lot import by_lot
from elections.counting.report import Tie


def choose(
    tied: Sequence[int],
    history: Sequence[Sequence[int]],
    *,
    action: str,
    highest: bool,
    seed: str,
    seat: int | None = None,
) -> Tie:
    """Choose one of `tied`, who have equal votes at the end of the last stage of `history`.

    `history` has for every stage the votes by number of candidate. The most recent earlier stage in
    which they were not all equal decides for those who had most then (fewest, unless `highest`);
    where several had, the next earlier one in which these differed, and so on. Between those who
    were equal in every stage the lot decides: the first in `by_lot`, on an occasion named as
    'stage 3, exclude' by the stage at whose end they stand equal and what one is chosen for. A
    stage can elect several times, so there the `seat` is named too: 'stage 3, elect, seat 2'.
    """
    stage, pick = len(history), max if highest else min
    left, decided = list(tied), None
    for number in range(stage - 1, 0, -1):
        votes = history[number - 1]
        extreme = pick(votes[candidate] for candidate in left)
        narrowed = [candidate for candidate in left if votes[candidate] == extreme]
        if len(narrowed) < len(left):
            left, decided = narrowed, number
        if len(left) == 1:
            return Tie(stage, action, tuple(tied), (left[0],), "earlier stage", earlier=decided)
    occasion = f"stage {stage}, {action}" + (f", seat {seat}" if seat else "")
    chosen = by_lot(left, seed=seed, occasion=occasion)[0]
    return Tie(
        stage,
        action,
        tuple(tied),
        (chosen,),
        "lot",
        earlier=decided,
        drawn=tuple(left),
        occasion=occasion,
    )
