"""What a paper must keep before it is counted, where the message has to say which one does not."""

from collections import Counter

from elections.counting.contest import CannotCount, Contest, require_countable


def require_valid_papers(contest: Contest, *, most: int | None = None) -> None:
    """Raise `CannotCount` where the contest cannot be counted or one of its papers is not valid.

    A paper names nobody twice, and no more than `most` candidates where there is such a limit. The
    message names the ballot by its position, from 1.
    """
    require_countable(contest)
    for position, ballot in enumerate(contest.ballots, start=1):
        if len(set(ballot.choices)) < len(ballot.choices):
            twice = next(one for one, times in Counter(ballot.choices).items() if times > 1)
            raise CannotCount(f"Ballot {position} names candidate {twice} more than once.")
        if most is not None and len(ballot.choices) > most:
            raise CannotCount(
                f"Ballot {position} names {len(ballot.choices)} candidates, and may name {most}."
            )


def counted_papers(contest: Contest) -> tuple[int, int]:
    """How many papers name somebody who stands, and how many others there are."""
    standing = frozenset(contest.standing)
    valid = sum(b.weight for b in contest.ballots if not standing.isdisjoint(b.choices))
    return valid, sum(ballot.weight for ballot in contest.ballots) - valid
