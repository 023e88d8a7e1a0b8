"""Spans of days: which days are free, and what two histories come to together. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The days from `since` to the day before `until`; without an end when that is None."""

    since: date
    until: date | None = None

    @property
    def end(self) -> date:
        """The first day that no longer counts; a day that never comes where there is none."""
        return self.until or date.max

    def meets(self, other: "Span") -> bool:
        """Whether the two share a day."""
        return self.since < other.end and other.since < self.end

    def without(self, taken: Iterable["Span"]) -> list["Span"]:
        """The days that none of `taken` takes, in order."""
        free = [self]
        for other in taken:
            free = [piece for span in free for piece in span._less(other)]
        return free

    def _less(self, other: "Span") -> list["Span"]:
        if not self.meets(other):
            return [self]
        pieces = []
        if self.since < other.since:
            pieces.append(Span(self.since, other.since))
        if other.until is not None and other.until < self.end:
            pieces.append(Span(other.until, self.until))
        return pieces


def settled(claims: Sequence[Sequence[Span]]) -> list[list[Span]]:
    """What each of `claims` keeps when those before it stand: the days that they leave free."""
    kept: list[list[Span]] = []
    for claim in claims:
        taken = [span for pieces in kept for span in pieces]
        kept.append([piece for span in claim for piece in span.without(taken)])
    return kept


@dataclass(frozen=True, slots=True)
class Membership:
    """A membership: its days, and why it ended; nothing where it lasts."""

    span: Span
    reason: str = ""


def united(memberships: Iterable[Membership]) -> list[Membership]:
    """The memberships in order, those that share a day as one, which ends as the last of them.

    Of two that end on the same day the one that began first says why.
    """
    found: list[Membership] = []
    for one in sorted(memberships, key=lambda one: one.span.since):
        if not found or not found[-1].span.meets(one.span):
            found.append(one)
        elif one.span.end > found[-1].span.end:
            last = found[-1]
            found[-1] = replace(last, span=Span(last.span.since, one.span.until), reason=one.reason)
    return found
