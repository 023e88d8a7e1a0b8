"""The whole way of a conference's delegates: members, method, seats, elected, present (A12)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elections.counting.apportionment import METHODS
from elections.models import Apportionment, Attendance, Delegate, Delegation, Meeting


@dataclass(frozen=True, slots=True)
class Sent:
    """Somebody who stands or stood in a delegation, and since when he or she is there."""

    delegate: Delegate
    present: Any = None

    @property
    def is_sent(self) -> bool:
        """Whether he or she is a delegate now, and no substitute."""
        return self.delegate.until is None and self.delegate.substitute is None


@dataclass(frozen=True, slots=True)
class Line:
    """A unit in the table: its delegation, the reckoning, and its people."""

    delegation: Delegation
    reckoned: Mapping[str, Any]
    people: Sequence[Sent]

    @property
    def sent(self) -> int:
        """How many delegates it sends now."""
        return sum(one.is_sent for one in self.people)

    @property
    def present(self) -> int:
        """How many of them are there."""
        return sum(one.is_sent and one.present is not None for one in self.people)

    @property
    def credentials(self) -> int:
        """How many of them have a credential."""
        return sum(one.is_sent and one.delegate.credential_on is not None for one in self.people)

    @property
    def missing(self) -> int:
        """How many delegates are missing; below nought where there are too many."""
        return self.delegation.seats - self.sent


@dataclass(frozen=True, slots=True)
class Whole:
    """The apportionment with a line for each unit."""

    apportionment: Apportionment
    lines: Sequence[Line]
    source: str
    ties: Sequence[Mapping[str, Any]]

    def _sum(self, name: str) -> int:
        return sum(getattr(line, name) for line in self.lines)

    @property
    def members(self) -> int:
        """The members of all units."""
        return sum(line.delegation.members for line in self.lines)

    @property
    def seats(self) -> int:
        """The seats that are assigned."""
        return sum(line.delegation.seats for line in self.lines)

    @property
    def sent(self) -> int:
        """The delegates of all units."""
        return self._sum("sent")

    @property
    def credentials(self) -> int:
        """Those of them with a credential."""
        return self._sum("credentials")

    @property
    def present(self) -> int:
        """Those of them who are there."""
        return self._sum("present")

    @property
    def by_remainders(self) -> bool:
        """Whether the table has quotas and remainders; else it has quotients."""
        return self.apportionment.table["quota"] is not None


def whole_way(meeting: Meeting) -> Whole | None:
    """All that is known of the meeting's delegates; None before its seats are apportioned.

    Four queries, whatever the number of units.
    """
    made = Apportionment.objects.filter(meeting=meeting).first()
    if made is None:
        return None
    lines = list(_lines(made))
    names = {line.delegation.unit.code: line.delegation.unit.name for line in lines}
    ties = [
        {
            **tie,
            "units": [names.get(code, code) for code in tie["units"]],
            "chosen": [names.get(code, code) for code in tie["chosen"]],
        }
        for tie in made.table["ties"]
    ]
    return Whole(made, lines, METHODS[made.method].source, ties)


def _lines(made: Apportionment) -> Iterator[Line]:
    """A line for each unit, in the order of the tree."""
    reckoned = {line["unit"]: line for line in made.table["units"]}
    here = dict(Attendance.objects.filter(meeting=made.meeting_id).values_list("member", "at"))
    people: dict[int, list[Sent]] = defaultdict(list)
    rows = made.delegates.select_related("member", "question").order_by("until", "pk")
    for row in sorted(rows, key=_place):
        present = here.get(row.member_id) if row.until is None else None
        people[row.delegation_id].append(Sent(row, present))
    delegations = made.delegations.select_related("unit", "question").order_by("unit__lft")
    for delegation in delegations:
        reckoning = reckoned.get(delegation.unit.code, {})
        yield Line(delegation, reckoning, people[delegation.pk])


def _place(delegate: Delegate) -> tuple[bool, int, str, int]:
    """Delegates first, by name; then substitutes in their order; then who stands no more."""
    gone = delegate.until is not None
    return gone, delegate.substitute or 0, delegate.member.search, delegate.pk
