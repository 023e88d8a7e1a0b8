"""What a count reports: every stage, who was elected and why, and how each tie was resolved."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

PLACES = 5


@dataclass(frozen=True, slots=True)
class Tie:
    """Candidates who stood equal where one had to be chosen.

    `chosen` was taken for `action` ('surplus', 'exclude', 'elect'). `means` says by what: 'earlier
    stage', 'highest votes' or 'lot'. The lot is drawn from the published seed alone.

    In a count by stages `stage` is the one at whose end they stood equal, and `earlier` the stage
    that decided between some of them or all. `drawn` are those whom that left to the lot, and
    `occasion` is the name under which it was drawn.
    """

    stage: int
    action: str
    candidates: tuple[int, ...]
    chosen: tuple[int, ...]
    means: str
    earlier: int | None = None
    drawn: tuple[int, ...] = ()
    occasion: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A candidate whom the composition guarded from exclusion or doomed to it, and since when."""

    candidate: int
    stage: int
    group: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stage:
    """The state after one step: the votes of candidates 1 to n, and who was decided by it.

    `exhausted` are votes that name nobody any more, or were lost in rounding down. `quota` is there
    where it differs from stage to stage (Meek).
    """

    action: str
    votes: tuple[Fraction, ...]
    elected: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    exhausted: Fraction = Fraction(0)
    quota: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The whole count. `elected` are numbers of candidates in the order of their election."""

    method: str
    seats: int
    valid: int
    blank: int
    quota: Fraction | None
    elected: tuple[int, ...]
    stages: tuple[Stage, ...]
    guarded: tuple[Moved, ...] = ()
    doomed: tuple[Moved, ...] = ()
    ties: tuple[Tie, ...] = ()
    without_composition: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The report as plain values; votes are texts with five decimals, rounded down."""
        return {
            "method": self.method,
            "seats": self.seats,
            "valid": self.valid,
            "blank": self.blank,
            "quota": None if self.quota is None else plain(self.quota),
            "elected": list(self.elected),
            "stages": [_stage(stage) for stage in self.stages],
            "guarded": [_moved(one) for one in self.guarded],
            "doomed": [_moved(one) for one in self.doomed],
            "ties": [_tie(tie) for tie in self.ties],
            "without_composition": list(self.without_composition),
            "notes": list(self.notes),
        }


def _stage(stage: Stage) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "action": stage.action,
        "votes": [decimals(votes) for votes in stage.votes],
        "elected": list(stage.elected),
        "excluded": list(stage.excluded),
        "exhausted": decimals(stage.exhausted),
    }
    if stage.quota is not None:
        shown["quota"] = decimals(stage.quota)
    return shown


def _tie(tie: Tie) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "stage": tie.stage,
        "action": tie.action,
        "candidates": list(tie.candidates),
        "chosen": list(tie.chosen),
        "means": tie.means,
    }
    if tie.earlier is not None:
        shown["earlier"] = tie.earlier
    if tie.drawn:
        shown |= {"drawn": list(tie.drawn), "occasion": tie.occasion}
    return shown


def _moved(moved: Moved) -> dict[str, Any]:
    return {
        "candidate": moved.candidate,
        "stage": moved.stage,
        "group": moved.group,
        "reason": moved.reason,
    }


def decimals(value: Fraction) -> str:
    """`value`, not negative, with five decimals, rounded down."""
    scaled = value.numerator * 10**PLACES // value.denominator
    return f"{scaled // 10**PLACES}.{scaled % 10**PLACES:0{PLACES}d}"


def plain(value: Fraction) -> int | str:
    """A whole number as such, anything else as `decimals` writes it."""
    return value.numerator if value.denominator == 1 else decimals(value)
