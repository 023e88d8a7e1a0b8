"""A town of three districts, its conference, and delegates, made by the program's own acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from districts.kinds import Kind
from districts.models import Unit
from elections.delegates.apportioning import apportion_meeting
from elections.delegates.choosing import enter_delegates
from elections.models import Apportionment, Delegate, Delegation, Meeting
from members.models import Member
from tests import factories
from tests.meetings import making as meetings

TODAY = timezone.localdate()


@dataclass(frozen=True)
class Town:
    """A town, its districts with a street cell each, and their people."""

    town: Unit
    districts: Sequence[Unit]
    cells: Sequence[Unit]
    people: Sequence[Sequence[Member]]


def town(*sizes: int) -> Town:
    """A town with a district of so many members for each of `sizes`."""
    root = factories.unit(Kind.TOWN)
    area = factories.unit(Kind.AREA, root)
    districts, cells, people = [], [], []
    for _size in sizes:
        area.refresh_from_db()
        districts.append(factories.unit(Kind.DISTRICT, area))
    for district, size in zip(districts, sizes, strict=True):
        district.refresh_from_db()
        cells.append(factories.unit(Kind.STREET_CELL, district))
        people.append([factories.member(cell=cells[-1]) for _one in range(size)])
    for unit in (root, *districts, *cells):
        unit.refresh_from_db()
    return Town(root, districts, cells, people)


def conference(unit: Unit, **fields: Any) -> Meeting:
    """The town's conference, which began an hour ago unless another time is given."""
    return meetings.meeting(
        unit,
        **{"title": "Conference", "starts_at": timezone.now() - timedelta(minutes=5), **fields},
    )


def apportioned(meeting: Meeting, seats: int = 5, **fields: Any) -> Apportionment:
    """Its seats by Sainte-Laguë's method, and today's members."""
    given = {"on": timezone.localdate(), "method": "sainte-lague", "seats": seats, **fields}
    return apportion_meeting(meeting=meeting, **given)


def delegation(meeting: Meeting, unit: Unit) -> Delegation:
    """What the unit sends to the meeting."""
    rows = Delegation.objects.select_related("apportionment__meeting", "unit")
    return rows.get(apportionment__meeting=meeting, unit=unit)


def sent(
    meeting: Meeting, unit: Unit, members: Sequence[Member], substitutes: Sequence[Member] = ()
) -> list[Delegate]:
    """These are the delegates of the unit."""
    return enter_delegates(
        delegation=delegation(meeting, unit),
        members=members,
        substitutes=substitutes,
        on=timezone.localdate(),
    )
