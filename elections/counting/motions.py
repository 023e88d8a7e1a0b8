"""The count of a motion: yes or no, or one of several options; quorum and majority.

A paper says one option or abstains. Ties are results of their own: nothing is decided by lot here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Any

from elections.counting.contest import CannotCount

YES, NO, ABSTAIN = "yes", "no", "abstain"


class Majority(StrEnum):
    """How much a motion needs.

    Simple: more votes for it than against it, or for an option than for any other one. Absolute:
    more than half of the base. Two thirds: at least two thirds of the base.
    """

    SIMPLE = "simple"
    ABSOLUTE = "absolute"
    TWO_THIRDS = "two thirds"


class Base(StrEnum):
    """Of what a majority is taken.

    Of those voting: of the papers that say an option; who abstains does not vote, and an invalid
    paper says nothing. Of the roll: of all who may vote, whether they came or not.
    """

    VOTING = "of those voting"
    ROLL = "of the roll"


class Outcome(StrEnum):
    """What a count of a motion comes to."""

    CARRIED = "carried"
    NOT_CARRIED = "not carried"
    CHOSEN = "chosen"
    TIED = "tied"
    NO_DECISION = "no decision"
    NO_QUORUM = "no quorum"


def has_quorum(*, cast: int, roll: int, quorum: Fraction) -> bool:
    """At least the share `quorum` of the roll cast a paper; who abstains takes part."""
    return cast >= quorum * roll


def has_simple_majority(*, votes: int, against: int) -> bool:
    """More votes for it than against it."""
    return votes > against


def has_absolute_majority(*, votes: int, of: int) -> bool:
    """More than half, so three of five, and three of four."""
    return 2 * votes > of


def has_two_thirds(*, votes: int, of: int) -> bool:
    """At least two thirds, so two of three and four of five; nothing is carried without a vote."""
    return votes > 0 and 3 * votes >= 2 * of


def votes_needed(majority: Majority, *, against: int, of: int) -> int:
    """The fewest votes with which a majority is there."""
    if majority is Majority.SIMPLE:
        return against + 1
    if majority is Majority.ABSOLUTE:
        return of // 2 + 1
    return max(1, ceil(Fraction(2 * of, 3)))


def has_majority(majority: Majority, *, votes: int, against: int, of: int) -> bool:
    """The majority that is asked for: `against` counts for a simple one, `of` for the others."""
    if majority is Majority.SIMPLE:
        return has_simple_majority(votes=votes, against=against)
    if majority is Majority.ABSOLUTE:
        return has_absolute_majority(votes=votes, of=of)
    return has_two_thirds(votes=votes, of=of)


@dataclass(frozen=True, slots=True)
class MotionResult:
    """What was counted, what was needed, and what it comes to.

    `chosen` is the option that was decided: 'yes' for a motion that is carried. `tied` are options
    that stand equal at the top, 'yes' and 'no' too. `second_round` are the options to be voted on
    again. `needed` are the votes that the majority took, `why` says it all in a sentence.
    """

    options: tuple[str, ...]
    totals: Mapping[str, int]
    abstain: int
    invalid: int
    cast: int
    roll: int
    quorum: Fraction
    quorum_needed: int
    quorum_reached: bool
    majority: Majority
    base: Base
    needed: int
    outcome: Outcome
    chosen: str | None
    tied: tuple[str, ...]
    second_round: tuple[str, ...]
    why: str

    @property
    def carried(self) -> bool:
        """Whether something is decided: the motion is carried, or an option chosen."""
        return self.chosen is not None

    def as_json(self) -> dict[str, Any]:
        """The result as plain values; the quorum is a text such as '1/2'."""
        return {
            "options": list(self.options),
            "totals": dict(self.totals),
            "abstain": self.abstain,
            "invalid": self.invalid,
            "cast": self.cast,
            "roll": self.roll,
            "quorum": str(self.quorum),
            "quorum_needed": self.quorum_needed,
            "quorum_reached": self.quorum_reached,
            "majority": str(self.majority),
            "base": str(self.base),
            "needed": self.needed,
            "outcome": str(self.outcome),
            "carried": self.carried,
            "chosen": self.chosen,
            "tied": list(self.tied),
            "second_round": list(self.second_round),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: Outcome
    why: str
    chosen: str | None = None
    tied: tuple[str, ...] = ()
    second_round: tuple[str, ...] = ()


def count_motion(
    options: Sequence[str],
    totals: Mapping[str, int],
    *,
    roll: int,
    quorum: Fraction,
    majority: Majority | str,
    base: Base | str,
    invalid: int = 0,
) -> MotionResult:
    """Count a motion: `options` are 'yes' and 'no', or several others of which one is chosen.

    `totals` has the papers for each option and for 'abstain'; what is missing has none. `roll` is
    how many may vote, `quorum` the share of them that must cast a paper, abstentions and `invalid`
    papers included. A simple majority compares votes with votes: it is not taken of the roll.
    Raises `CannotCount` for totals that do not fit, `ValueError` for an unknown majority or base.
    """
    majority, base = Majority(majority), Base(base)
    if majority is Majority.SIMPLE and base is Base.ROLL:
        raise CannotCount("A simple majority compares votes with votes; it is not of the roll.")
    _require_possible(options, totals, roll, quorum, invalid)
    votes = {option: totals.get(option, 0) for option in options}
    abstain = totals.get(ABSTAIN, 0)
    cast = sum(votes.values()) + abstain + invalid
    first, against = _two_sides(votes)
    of = roll if base is Base.ROLL else sum(votes.values())
    needed = votes_needed(majority, against=against, of=of)
    quorum_needed, reached = ceil(quorum * roll), has_quorum(cast=cast, roll=roll, quorum=quorum)
    if reached:
        met = has_majority(majority, votes=votes[first], against=against, of=of)
        asked = str(majority) if majority is Majority.SIMPLE else f"{majority} {base}"
        verdict = _decided(votes, met, f"{needed} are needed ({asked})")
    else:
        why = f"{cast} of {roll} cast a paper; {quorum_needed} are needed for a quorum."
        verdict = _Verdict(Outcome.NO_QUORUM, f"Nothing is decided: {why}")
    return MotionResult(
        options=tuple(options),
        totals=votes,
        abstain=abstain,
        invalid=invalid,
        cast=cast,
        roll=roll,
        quorum=quorum,
        quorum_needed=quorum_needed,
        quorum_reached=reached,
        majority=majority,
        base=base,
        needed=needed,
        outcome=verdict.outcome,
        chosen=verdict.chosen,
        tied=verdict.tied,
        second_round=verdict.second_round,
        why=verdict.why,
    )


def _require_possible(
    options: Sequence[str],
    totals: Mapping[str, int],
    roll: int,
    quorum: Fraction,
    invalid: int,
) -> None:
    if len(options) < 2 or len(set(options)) < len(options) or ABSTAIN in options:
        raise CannotCount("A motion has at least two different options, and abstaining is none.")
    if strange := totals.keys() - {*options, ABSTAIN}:
        raise CannotCount(f"'{min(strange)}' is not an option.")
    if min([*totals.values(), invalid, roll]) < 0:
        raise CannotCount("A number of papers, or of those on the roll, is below nought.")
    if not 0 <= quorum <= 1:
        raise CannotCount("A quorum is a share of the roll, from nought to one.")
    if (cast := sum(totals.values()) + invalid) > roll:
        raise CannotCount(f"{cast} papers are more than the {roll} on the roll.")


def _is_yes_or_no(votes: Mapping[str, int]) -> bool:
    return set(votes) == {YES, NO}


def _two_sides(votes: Mapping[str, int]) -> tuple[str, int]:
    """What may be decided, 'yes' or the option with the most votes, and the most votes against."""
    if _is_yes_or_no(votes):
        return YES, votes[NO]
    first, second = sorted(votes, key=lambda option: -votes[option])[:2]
    return first, votes[second]


def _decided(votes: Mapping[str, int], met: bool, needed: str) -> _Verdict:
    """What it comes to where there is a quorum: `met` says that the majority is there."""
    most = max(votes.values())
    highest = tuple(option for option in votes if votes[option] == most)
    counted = ", ".join(f"{option} {number}" for option, number in votes.items())
    if most and len(highest) > 1:
        again = () if _is_yes_or_no(votes) else highest
        why = f"Nothing is decided: {' and '.join(highest)} stand equal ({counted})."
        return _Verdict(Outcome.TIED, why, tied=highest, second_round=again)
    if _is_yes_or_no(votes):
        word, outcome = ("", Outcome.CARRIED) if met else ("not ", Outcome.NOT_CARRIED)
        why = f"The motion is {word}carried: {counted}; {needed}."
        return _Verdict(outcome, why, chosen=YES if met else None)
    if met:
        why = f"{highest[0]} is chosen: {counted}; {needed}."
        return _Verdict(Outcome.CHOSEN, why, chosen=highest[0])
    again = _highest_two(votes) if most else ()
    why = f"Nothing is decided: {counted}; {needed}."
    return _Verdict(Outcome.NO_DECISION, why, second_round=again)


def _highest_two(votes: Mapping[str, int]) -> tuple[str, ...]:
    """The two options with the most votes; where several share the second place, all of them."""
    second = sorted(votes.values(), reverse=True)[1]
    return tuple(option for option in votes if votes[option] >= second)
