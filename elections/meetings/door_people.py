"""Finding people at the door of a meeting: among those entitled, and nobody else."""

from collections.abc import Iterable
from dataclasses import dataclass

from elections.door_people import MOST_FOUND, matching
from elections.meetings.entitled import entitled_to
from elections.models import Attendance, Meeting
from elections.roll import registered_in_cells
from members.models import Member


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is entitled: the cell of this unit, and when he or she came, if so."""

    member: Member
    cell: str = ""
    present: Attendance | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a search has found; `more` says that these are not all."""

    text: str
    people: tuple[Person, ...] = ()
    more: bool = False


def find(meeting: Meeting, text: str) -> Found:
    """Look for a number, or parts of a name without accents. Three queries."""
    rows = list(matching(entitled_to(meeting), text)[: MOST_FOUND + 1])
    people = people_of(meeting, rows[:MOST_FOUND])
    return Found(text, tuple(people), more=len(rows) > MOST_FOUND)


def people_of(meeting: Meeting, members: Iterable[Member]) -> list[Person]:
    """The members with their cells in this unit and whether they are here. Two queries.

    A home cell that lies elsewhere is not told (A4).
    """
    listed = list(members)
    keys = [member.pk for member in listed]
    unit = meeting.unit
    there = registered_in_cells(meeting.day).filter(
        member__in=keys,
        unit__tree_id=unit.tree_id,
        unit__lft__gte=unit.lft,
        unit__rght__lte=unit.rght,
    )
    cells = dict(there.order_by("-kind").values_list("member", "unit__name"))  # home at last
    here = {one.member_id: one for one in meeting.attendances.filter(member__in=keys)}
    return [Person(member, cells.get(member.pk, ""), here.get(member.pk)) for member in listed]
