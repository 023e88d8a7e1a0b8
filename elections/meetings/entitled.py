"""Who is entitled to take part in a meeting, and in which meetings a member is (A4, A10, A12).

Delegates are chosen elsewhere; the module that knows them declares itself:

    declare_delegates(module)

with the two functions of `TellsDelegates`.
"""

from typing import Any, Protocol

from django.db.models import Q, QuerySet
from django.utils import timezone

from districts.kinds import LEADERS_OF_CELLS
from districts.models import Unit
from elections.meetings.kinds import CELL, GENERAL, OF_DELEGATES
from elections.models import Meeting
from elections.models.meetings import MeetingQuerySet
from elections.roll import members_below, registered_in_cells
from members.models import Member
from members.models import MemberQuerySet as Members


class TellsDelegates(Protocol):
    """Who says who the delegates to a meeting are."""

    def delegates_to(self, meeting: Meeting) -> QuerySet[Any, Any]:
        """The numbers of the delegates: a query of one column."""

    def meetings_of(self, member: int) -> QuerySet[Any, Any]:
        """The primary keys of the meetings to which the member is a delegate: the same."""


_tells: list[TellsDelegates] = []


def declare_delegates(tells: TellsDelegates) -> None:
    """Declare who says who the delegates are: a module, mostly."""
    _tells[:] = [tells]


def entitled_to(meeting: Meeting) -> Members:
    """The members entitled to take part, on the day of the meeting.

    In a cell meeting those registered in the cell, at home or as assigned to it (A4); in a general
    meeting the members of all cells of the unit, each once, as on the roll of a vote there (A10);
    in a meeting of delegates those declared, of whom nobody is while no module tells.
    """
    if meeting.kind in OF_DELEGATES:
        if not _tells:
            return Member.objects.none()
        day = meeting.day
        chosen = Member.objects.filter(pk__in=_tells[0].delegates_to(meeting))
        return chosen.filter(Q(left__isnull=True) | Q(left__gt=day))
    if meeting.kind == CELL:
        there = registered_in_cells(meeting.day).filter(unit=meeting.unit_id)
    else:
        there = members_below(meeting.unit, meeting.day)
    # Distinct, so that the few are found first and looked through, and not everybody by name.
    return Member.objects.filter(pk__in=there.order_by().values("member").distinct())


def is_entitled(meeting: Meeting, member: Member) -> bool:
    """Whether the member may take part. One query."""
    return entitled_to(meeting).filter(pk=member.pk).exists()


def meetings_of(member: Member) -> MeetingQuerySet:
    """The meetings that the member may take part in, as registered today. Two queries beforehand.

    A change of cell that is planned shows once it has happened; at the door its day decides.
    """
    today = timezone.localdate()
    if not member.is_present(today):
        return Meeting.objects.none()
    mine = registered_in_cells(today).filter(member=member.pk).order_by()
    places = list(mine.values_list("unit", "unit__tree_id", "unit__lft", "unit__rght"))
    above = Q(pk__in=[])
    for _cell, tree, left, right in places:
        above |= Q(tree_id=tree, lft__lte=left, rght__gte=right)
    leading = Unit.objects.filter(above, kind__in=LEADERS_OF_CELLS).order_by()
    # The keys themselves: with queries in their places every meeting would be looked at.
    found = Q(kind=CELL, unit__in=[cell for cell, *_place in places])
    found |= Q(kind=GENERAL, unit__in=list(leading.values_list("pk", flat=True)))
    if _tells:
        found |= Q(kind__in=OF_DELEGATES, pk__in=_tells[0].meetings_of(member.pk))
    return Meeting.objects.filter(found).select_related("unit")
