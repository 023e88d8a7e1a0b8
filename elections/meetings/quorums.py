"""Whether enough have come: attendance against those entitled, exactly. Pure."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil


@dataclass(frozen=True, slots=True)
class Count:
    """How many are present of how many entitled, and the part that must be there."""

    present: int
    entitled: int
    quorum: Fraction

    @property
    def needed(self) -> int:
        """How many must be present at least; 0 where no quorum is asked."""
        return ceil(self.quorum * self.entitled)

    @property
    def missing(self) -> int:
        """How many more must come."""
        return max(self.needed - self.present, 0)

    @property
    def is_met(self) -> bool:
        """Whether the quorum is reached; a meeting to which nobody is entitled has none."""
        return self.present >= self.needed and (self.entitled > 0 or not self.quorum)

    @property
    def percent(self) -> int:
        """Whole per cent of those entitled, rounded down; 0 where nobody is."""
        return 100 * self.present // self.entitled if self.entitled else 0
