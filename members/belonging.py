"""The cell that a member belongs to: told by the app that knows the articles on it.

`cells.placement` says it; the pages of the members and the rules on registrations ask here, since
they stand on a lower floor.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from districts.models import Unit


@dataclass(frozen=True, slots=True)
class Belonging:
    """A cell that a member belongs to, the article that says so, and why in a sentence.

    No cell where nobody can tell it; the sentence says what is missing.
    """

    cell: Unit | None
    article: str
    why: str


Tell = Callable[[Collection[int], date], Mapping[int, Belonging]]
_tells: list[Tell] = []


def tells_belonging(tell: Tell) -> Tell:
    """Declare who says where members belong: `tell(numbers, on)`, in a constant number of queries
    for a few hundred of them.
    """
    _tells[:] = [tell]
    return tell


def belongings(numbers: Collection[int], on: date) -> Mapping[int, Belonging]:
    """Where each of the members who is one on the day `on` belongs, by number."""
    return _tells[0](numbers, on) if numbers else {}
