"""The cell that a member belongs to: told by the app that knows the articles on it.

`cells.placement` says it; the pages of the members and the rules on registrations ask here, since
they stand on a lower floor.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from districts.models import Locality, Unit, Workplace
from members.models import Member


@dataclass(frozen=True, slots=True)
class Belonging:
    """A cell that a member belongs to, the article that says so, and why in a sentence.

    No cell where nobody can tell it; the sentence says what is missing.
    """

    cell: Unit | None
    article: str
    why: str


class TellsBelonging(Protocol):
    """Who says where somebody belongs, in a constant number of queries for a few hundred."""

    def belongings(self, numbers: Collection[int], on: date) -> Mapping[int, Belonging]:
        """Where each of the members who is one on that day belongs, by number."""

    def newcomer(
        self, workplace: Workplace | None, locality: Locality | None, on: date
    ) -> Belonging:
        """Where somebody belongs who joins on that day."""


_tells: list[TellsBelonging] = []


def declare_belonging(tells: TellsBelonging) -> None:
    """Declare who says where members belong: a module, mostly."""
    _tells[:] = [tells]


def belongings(numbers: Collection[int], on: date) -> Mapping[int, Belonging]:
    """Where each of the members who is one on the day `on` belongs, by number."""
    return _tells[0].belongings(numbers, on) if numbers else {}


def belonging_of_newcomer(
    workplace: Workplace | None, locality: Locality | None, on: date
) -> Belonging:
    """Where somebody belongs who joins on the day `on`, works there and lives there."""
    return _tells[0].newcomer(workplace, locality, on)


Keep = Callable[..., Any]
_keeps: list[Keep] = []


def keeps_exceptions(keep: Keep) -> Keep:
    """Declare who keeps an exception: see `keep_exception`."""
    _keeps[:] = [keep]
    return keep


def keep_exception(*, member: Member, cell: Unit, on: date, reason: str, by: Any) -> None:
    """Keep that the member comes to stand in `cell` against the articles; before the move."""
    for keep in _keeps:
        keep(member=member, cell=cell, on=on, reason=reason, by=by)
