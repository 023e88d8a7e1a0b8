"""What every paper must keep before it is counted, whatever the method."""

from collections import Counter

from elections.counting.contest import CannotCount, Contest


def require_countable(contest: Contest, *, most: int | None = None) -> None:
    """Raise `CannotCount` where the contest or one of its papers does not fit.

    At least one seat; each ballot stands for no negative number of papers and names candidates of
    the contest, none twice, and no more than `most` where there is such a limit. The message names
    the ballot by its position, from 1.
    """
    if contest.seats < 1:
        raise CannotCount("At least one seat must be there to be filled.")
    known = frozenset(contest.numbers)
    for position, ballot in enumerate(contest.ballots, start=1):
        wrong = None
        if ballot.weight < 0:
            wrong = "stands for less than no paper"
        elif strange := set(ballot.choices) - known:
            wrong = f"names candidate {min(strange)}, whom the contest does not have"
        elif len(set(ballot.choices)) < len(ballot.choices):
            twice = next(one for one, times in Counter(ballot.choices).items() if times > 1)
            wrong = f"names candidate {twice} more than once"
        elif most is not None and len(ballot.choices) > most:
            wrong = f"names {len(ballot.choices)} candidates, and may name {most}"
        if wrong is not None:
            raise CannotCount(f"Ballot {position} {wrong}.")


def counted_papers(contest: Contest) -> tuple[int, int]:
    """How many papers name somebody, and how many are blank.

    A paper that names only candidates who withdrew is no blank one: it is valid, and counts for
    nobody.
    """
    valid = sum(ballot.weight for ballot in contest.ballots if ballot.choices)
    return valid, sum(ballot.weight for ballot in contest.ballots) - valid
