"""Apportioning the delegates of a meeting among the units below it: one act (A12)."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from districts.kinds import CELLS, LEADERS_OF_CELLS, Kind
from districts.models import Unit
from elections.counting.apportioning.record import Apportionment as Reckoning
from elections.counting.apportionment import CannotApportion, Share, apportion
from elections.meetings.kinds import ARTICLES, OF_DELEGATES
from elections.meetings.planning import lock_meeting
from elections.models import Apportionment, Delegation, Meeting
from members.models import Registration

# Which units send delegates to the meetings of a unit.
SENDERS: dict[str, frozenset[Kind]] = {
    Kind.TOWN: LEADERS_OF_CELLS,
    Kind.AREA: LEADERS_OF_CELLS,
    Kind.DISTRICT: CELLS,
    Kind.LOCAL_GROUP: CELLS,
}


class NoApportionment(Refused):
    """Seats that could not be apportioned."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A unit that sends delegates, and how many members are at home in it."""

    unit: Unit
    members: int


def senders(meeting: Meeting, on: date) -> list[Sender]:
    """The units below that send delegates, with their members on the day `on`. Two queries.

    Members are home registrations: who is registered a second time, by residence, counts once.
    """
    top = meeting.unit
    below = Unit.objects.open(on).filter(
        kind__in=SENDERS.get(top.kind, ()),
        tree_id=top.tree_id,
        lft__gt=top.lft,
        rght__lt=top.rght,
    )
    units = list(below.order_by("lft"))
    counted = dict.fromkeys((unit.pk for unit in units), 0)
    lefts = [unit.lft for unit in units]
    for left, number in _homes(top, on):
        place = bisect_right(lefts, left) - 1
        if place >= 0 and left <= units[place].rght:
            counted[units[place].pk] += number
    return [Sender(unit, counted[unit.pk]) for unit in units]


def _homes(top: Unit, on: date) -> Any:
    """How many are at home in each unit below `top`, by its left edge in the tree."""
    present = Q(member__left__isnull=True) | Q(member__left__gt=on)
    homes = Registration.objects.in_force(on).filter(present, kind=Registration.Kind.HOME)
    below = homes.filter(
        unit__tree_id=top.tree_id, unit__lft__gt=top.lft, unit__rght__lt=top.rght
    ).order_by()
    return below.values_list("unit__lft").annotate(Count("member", distinct=True))


@recorded("apportion")
def apportion_meeting(
    *,
    meeting: Meeting,
    on: date,
    seats: int,
    method: str,
    minimum: int = 0,
    seed: str = "",
) -> Apportionment:
    """Apportion the seats of the meeting by the members on the day `on`, and keep the reckoning.

    It can be done anew until a delegate is entered or an election of delegates was opened. A tie
    stays open without a `seed`; then nobody can be sent yet. Raises `NoApportionment` (A12).
    """
    meeting = lock_meeting(meeting)
    known = Apportionment.objects.filter(meeting=meeting).first()
    refuse_if(apportioning_blockers(meeting, on), NoApportionment)
    given = {"counted_on": on, "seats": seats, "method": method, "minimum": minimum}
    refuse_if(_lot_blockers(known, given, seed.strip()), NoApportionment)
    sending, result = reckoned(meeting, on, seats, method, minimum, seed)
    made = known or Apportionment(meeting=meeting)
    for name, value in given.items():
        setattr(made, name, value)
    made.seed, made.table, made.unassigned = seed.strip(), result.as_json(), result.unassigned
    made.made_on = timezone.localdate()
    refuse_if(field_blockers(made), NoApportionment)
    made.save()
    _write_delegations(made, sending, result.seats)
    return made


def reckoned(
    meeting: Meeting, on: date, seats: int, method: str, minimum: int = 0, seed: str = ""
) -> tuple[list[Sender], Reckoning]:
    """Who sends delegates, and how many each by the method; nothing is kept. Two queries.

    Raises `NoApportionment`.
    """
    sending = senders(meeting, on)
    shares = [Share(sender.unit.code, sender.members) for sender in sending]
    try:
        return sending, apportion(shares, seats, method, minimum, seed.strip())
    except CannotApportion as error:
        # The blocker names the article, and people know the method by its name.
        label = str(dict(Apportionment.Method.choices).get(method, method))
        name = label.partition(":")[0]
        told = str(error).replace(" (A12)", "").replace(method, name)
        raise NoApportionment(Blocker(told, ARTICLES[meeting.kind])) from error


def apportioning_blockers(meeting: Meeting, on: date) -> Iterator[Blocker]:
    """All that keeps the seats of the meeting from being apportioned by that day. Three queries."""
    article = ARTICLES[meeting.kind]
    if meeting.kind not in OF_DELEGATES:
        yield Blocker(_("Nobody is sent to such a meeting: all may come."), article)
    if not meeting.is_planned:
        yield Blocker(_("The meeting was held or cancelled."), article)
    if on > timezone.localdate():
        yield Blocker(_("Members are counted on a day that has come."), article)
    made = Apportionment.objects.filter(meeting=meeting).first()
    if made is None:
        return
    if made.delegates.exists():
        reason = _("Delegates are entered already: their number stands.")
        yield Blocker(reason, article)
    elif made.delegations.filter(
        question__withdrawn_on=None, question__polls__opened_at__isnull=False
    ).exists():
        reason = _("Delegates are being elected already: their number stands.")
        yield Blocker(reason, article)


def _lot_blockers(known: Apportionment | None, given: Any, seed: str) -> Iterator[Blocker]:
    """A lot is drawn once: the same tie is not drawn again by another seed."""
    if known is None or known.seed in ("", seed):
        return
    same = all(getattr(known, name) == value for name, value in given.items())
    if same and known.table["ties"]:
        reason = _("The lot was drawn already, by the seed “%(seed)s”.")
        yield Blocker(reason % {"seed": known.seed}, "A12")


def _write_delegations(made: Apportionment, sending: Sequence[Sender], seats: Any) -> None:
    """Let there be a delegation for each unit; those known keep the election raised for them."""
    known = {delegation.unit_id: delegation for delegation in made.delegations.all()}
    for sender in sending:
        row = known.pop(sender.unit.pk, None)
        row = row or Delegation(apportionment=made, unit=sender.unit)
        row.members, row.seats = sender.members, seats[sender.unit.code]
        row.save()
    for gone in known.values():
        gone.delete()
