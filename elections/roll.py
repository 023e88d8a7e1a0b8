"""Who may vote in a poll on the day it opens (A4, A5, A10)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from districts.kinds import CELLS
from elections.models import Poll
from members.models import Registration

HOME, RESIDENCE = Registration.Kind.HOME, Registration.Kind.RESIDENCE


def entitled(poll: Poll, on: date, members: Sequence[int] | None = None) -> QuerySet[Any, Any]:
    """Numbers of members, each with the cell through which he or she votes.

    In a cell's poll those registered in it, at home or as assigned to it (A4); in a general meeting
    the members of all its cells, once each, by the home cell where that is among them; in a meeting
    of delegates those of `members` who are registered anywhere, by their home cell.
    """
    present = Q(member__left__isnull=True) | Q(member__left__gt=on)
    registered = Registration.objects.in_force(on).filter(present, unit__kind__in=CELLS)
    chosen: QuerySet[Registration]
    if poll.assembly == Poll.Assembly.DELEGATES:
        chosen = registered.filter(kind=HOME, member__in=members or ())
    elif poll.assembly == Poll.Assembly.CELL:
        chosen = registered.filter(unit=poll.unit)
    else:
        there = _inside(registered, poll)
        homes = there.filter(kind=HOME, member=OuterRef("member"))
        chosen = there.filter(Q(kind=HOME) | ~Exists(homes))
    return chosen.order_by("member").values_list("member", "unit")


def _inside(registered: QuerySet[Registration], poll: Poll) -> QuerySet[Registration]:
    unit = poll.unit
    return registered.filter(
        unit__tree_id=unit.tree_id, unit__lft__gte=unit.lft, unit__rght__lte=unit.rght
    )
