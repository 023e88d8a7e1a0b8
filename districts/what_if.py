"""What an act would mean for the articles: the findings that it would end, and those it causes.

The same rules, asked of the units that the act touches before it and after it. The act is done and
taken back for that, so nothing has to foretell what it does.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db import IntegrityError, OperationalError
from django.http import HttpRequest
from django.utils import timezone

from audit.ground import Ground
from audit.log import Draft, concerned, recording
from audit.refusals import Refused
from audit.rulebook import Finding, findings
from districts.acts import Act, done_to
from districts.findings import Shown, shown
from districts.models import Unit
from districts.scope import ground_of


@dataclass(frozen=True, slots=True)
class Consequences:
    """The findings that an act would end, and those that it would cause."""

    ended: Sequence[Shown] = ()
    caused: Sequence[Shown] = ()

    def __bool__(self) -> bool:
        return bool(self.ended or self.caused)


T = TypeVar("T")
Reach = Callable[[Collection[int]], Iterable[int]]
_reaches: list[Reach] = []


def reaches_units(reach: Reach) -> Reach:
    """Declare the units, by primary key, that findings on members may be told of: `reach(numbers)`.

    It is asked before an act and while it is done; one query.
    """
    _reaches.append(reach)
    return reach


def consequences(request: HttpRequest, act: Act, rows: Sequence[object]) -> Consequences:
    """What doing the act to all of `rows` would mean, as far as the user who asks may see it.

    A row that the act refuses is left out. The rules are asked about the units that are touched and
    those right above them, as of the act's day or today, whichever is later.
    """
    if not act.what_if or not act.rehearsed:
        return Consequences()
    on = max(act.day, timezone.localdate())
    units, members = _rehearsed(act, rows, concerned)
    before = _found(request, units | _reached(members), on)

    def compare(drafts: Iterable[Draft]) -> tuple[Collection[tuple[str, str]], list[Shown]]:
        touched, _same = concerned(drafts)
        after = _found(request, units | touched | _reached(members), on)
        fresh = [finding for key, finding in after.items() if key not in before]
        return after.keys(), shown(request, fresh, mendable=False)

    kept, caused = _rehearsed(act, rows, compare)
    over = [finding for key, finding in before.items() if key not in kept]
    return Consequences(shown(request, over, mendable=False), caused)


def _rehearsed(act: Act, rows: Sequence[object], look: Callable[[list[Draft]], T]) -> T:
    """What `look` sees when the act is done to all of `rows`; everything is taken back."""
    with recording(act.name, rehearsal=True) as running:
        for row in rows:
            try:
                with recording(act.name):
                    done_to(act, row)
            except (Refused, IntegrityError, OperationalError):
                continue
        return look(running.drafts)


def _found(request: HttpRequest, units: set[int], on: date) -> dict[tuple[str, str], Finding]:
    """The findings of these units alone and of those right above them, by rule and subject."""
    mine = Unit.objects.on_ground(ground_of(request))
    above = Unit.objects.filter(pk__in=units, parent__isnull=False).order_by().values("parent")
    near = [*mine.filter(pk__in=units), *mine.filter(pk__in=above).exclude(pk__in=units)]
    ground = Ground(tuple(unit.extent.alone for unit in near))
    return {(finding.rule, finding.subject): finding for finding in findings(ground, on)}


def _reached(members: Collection[int]) -> set[int]:
    return {unit for reach in _reaches for unit in reach(members)} if members else set()
