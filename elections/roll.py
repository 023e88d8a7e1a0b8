"""Who may vote in a poll on the day it opens (A4, A5, A10)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from districts.kinds import CELLS
from districts.models import Unit
from elections.delegates.rolls import conference_on, delegates_present
from elections.models import Poll
from members.models import Registration

HOME, RESIDENCE = Registration.Kind.HOME, Registration.Kind.RESIDENCE


def entitled(poll: Poll, on: date, members: Sequence[int] | None = None) -> QuerySet[Any, Any]:
    """Numbers of members, each with the cell through which he or she votes.

    In a cell's poll those registered in it, at home or as assigned to it (A4); in a general meeting
    the members of all its cells, once each, by the home cell where that is among them; in a meeting
    of delegates those of `members` who are registered anywhere, by their home cell. Where `members`
    are not given, they are the delegates present at the conference of that day (A12).
    """
    chosen: QuerySet[Registration]
    if poll.assembly == Poll.Assembly.DELEGATES:
        named = _present(poll.unit, on) if members is None else members
        chosen = registered_in_cells(on).filter(kind=HOME, member__in=named)
    elif poll.assembly == Poll.Assembly.CELL:
        chosen = registered_in_cells(on).filter(unit=poll.unit)
    else:
        chosen = members_below(poll.unit, on)
    return chosen.order_by("member").values_list("member", "unit")


def _present(unit: Unit, on: date) -> Any:
    """The conference's roll: the delegates present, nobody where the unit holds none that day."""
    conference = conference_on(unit, on)
    return () if conference is None else delegates_present(conference)


def registered_in_cells(on: date) -> QuerySet[Registration]:
    """The registrations with cells that hold on the day `on`, of those who are members then."""
    present = Q(member__left__isnull=True) | Q(member__left__gt=on)
    return Registration.objects.in_force(on).filter(present, unit__kind__in=CELLS)


def members_below(unit: Unit, on: date) -> QuerySet[Registration]:
    """One registration for each member of the cells of `unit`: at home where home is among them."""
    there = registered_in_cells(on).filter(
        unit__tree_id=unit.tree_id, unit__lft__gte=unit.lft, unit__rght__lte=unit.rght
    )
    homes = there.filter(kind=HOME, member=OuterRef("member"))
    return there.filter(Q(kind=HOME) | ~Exists(homes))
