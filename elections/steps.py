"""What polls wait for and how many have voted: for many polls at once, in a query each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.models import CheckOff, Count, PaperCount, Poll, SealedBallot
from elections.models.polls import Channel, PollQuerySet, State

Channels = Poll.Channels


class Wait(models.TextChoices):
    """What a poll waits for: the next step, whoever takes it."""

    OPEN = "to-open", _("to be opened")
    VOTES = "voting", _("votes are being cast")
    CLOSE = "to-close", _("time is over: to be closed")
    BOX = "box", _("box to be opened")
    PAPERS = "papers", _("papers to be entered")
    DIFFER = "differ", _("entries of the papers differ")
    COUNT = "to-count", _("to be counted")
    PUBLISH = "to-publish", _("to be published")


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many of those entitled have voted, by each channel."""

    entitled: int = 0
    online: int = 0
    paper: int = 0

    @property
    def voted(self) -> int:
        """How many have voted in any way."""
        return self.online + self.paper

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down; 0 where nobody is entitled."""
        return 100 * self.voted // self.entitled if self.entitled else 0

    def __add__(self, other: "Turnout") -> "Turnout":
        return Turnout(
            self.entitled + other.entitled, self.online + other.online, self.paper + other.paper
        )


def turnouts(polls: Iterable[Poll]) -> Mapping[int, Turnout]:
    """The turnout of each poll by its primary key. One query for all of them."""
    asked = list(polls)
    votes = CheckOff.objects.filter(poll__in=[poll.pk for poll in asked])
    counted = votes.order_by().values_list("poll", "channel").annotate(models.Count("pk"))
    known = {(poll, channel): number for poll, channel, number in counted}
    return {
        poll.pk: Turnout(
            poll.entitled,
            known.get((poll.pk, Channel.ONLINE), 0),
            known.get((poll.pk, Channel.PAPER), 0),
        )
        for poll in asked
    }


def fewest_together(polls: Iterable[Poll]) -> Mapping[int, int]:
    """Of each counted poll, the smallest group of voters whose ballots are published apart.

    Papers that were entered as totals lie apart from the ballots that were cast online. 0 where
    nobody has voted. Two queries.
    """
    asked = list(polls)
    known = turnouts(asked)
    counts = Count.objects.filter(poll__in=[poll.pk for poll in asked], totals__isnull=False)
    apart = set(counts.values_list("poll", flat=True))
    found = {}
    for poll in asked:
        turnout = known[poll.pk]
        groups = (turnout.online, turnout.paper) if poll.pk in apart else (turnout.voted,)
        found[poll.pk] = min((group for group in groups if group), default=0)
    return found


def waits(polls: Iterable[Poll]) -> Mapping[int, list[Wait]]:
    """What each poll waits for, by its primary key; nothing for those that are done.

    One query, for those that are closed.
    """
    asked = list(polls)
    closed = [poll.pk for poll in asked if poll.state == State.CLOSED]
    found = dict(closed_waits(Poll.objects.filter(pk__in=closed))) if closed else {}
    for poll in asked:
        if poll.pk not in found:
            found[poll.pk] = _by_state(poll)
    return found


def _by_state(poll: Poll) -> list[Wait]:
    if poll.state == State.OPEN:
        over = poll.closes_at is not None and poll.closes_at <= timezone.now()
        return [Wait.CLOSE if over else Wait.VOTES]
    known: dict[str, Wait] = {State.DRAFTED: Wait.OPEN, State.COUNTED: Wait.PUBLISH}
    return [known[poll.state]] if poll.state in known else []


def waiting_for(polls: PollQuerySet, wait: str) -> PollQuerySet:
    """Those of `polls` that wait for `wait`. One query beforehand where they must be closed."""
    if wait in _IN_STATE:
        return _IN_STATE[wait](polls)
    if wait == Wait.BOX:
        closed = polls.filter(state=State.CLOSED).exclude(channels=Channels.PAPER)
        return closed.filter(Exists(_BALLOTS), count=None)
    known = closed_waits(polls)
    return polls.filter(pk__in=[poll for poll, found in known.items() if wait in found])


def how_many_wait(polls: PollQuerySet, wait: str) -> int:
    """How many of `polls` wait for `wait`. One query."""
    if wait in _IN_STATE or wait == Wait.BOX:
        return waiting_for(polls, wait).count()
    return sum(wait in found for found in closed_waits(polls).values())


_BALLOTS = SealedBallot.objects.filter(poll=OuterRef("pk"))  # an empty box is not opened


def _time_over(polls: PollQuerySet) -> PollQuerySet:
    return polls.filter(state=State.OPEN, closes_at__lte=timezone.now())


_IN_STATE: dict[str, Callable[[PollQuerySet], PollQuerySet]] = {
    Wait.OPEN: lambda polls: polls.filter(state=State.DRAFTED),
    Wait.VOTES: lambda polls: polls.filter(state=State.OPEN),
    Wait.CLOSE: _time_over,
    Wait.PUBLISH: lambda polls: polls.filter(state=State.COUNTED),
}


def closed_waits(polls: PollQuerySet) -> Mapping[int, list[Wait]]:
    """What the closed ones among `polls` wait for. One query, with all that was entered for them.

    As many entries as are compared are read: only polls that are closed and not counted have any.
    """
    door = CheckOff.objects.filter(poll=OuterRef("pk"), channel=Channel.PAPER)
    rows = polls.filter(state=State.CLOSED).order_by("pk")
    read = rows.annotate(
        box_is_open=Exists(Count.objects.filter(poll=OuterRef("pk"))) | ~Exists(_BALLOTS),
        door=Exists(door),
    ).values_list("pk", "channels", "box_is_open", "door", *_ENTRY)
    facts: dict[int, tuple[str, bool, bool]] = {}
    entries: dict[int, list[Any]] = {}
    for poll, channels, box_is_open, at_the_door, key, *entry in read:
        facts[poll] = (channels, box_is_open, at_the_door)
        entries.setdefault(poll, [])
        if key is not None:
            entries[poll].append(_content(entry))
    return {poll: list(_of_closed(*known, entries[poll])) for poll, known in facts.items()}


_FIELDS = ("ballots", "totals", "papers", "blank", "invalid")
_ENTRY = ("paper_counts__pk", *(f"paper_counts__{field}" for field in _FIELDS))


def _content(values: list[Any]) -> Any:
    return PaperCount(**dict(zip(_FIELDS, values, strict=True))).content


def _of_closed(channels: str, box_is_open: bool, door: bool, entries: list[Any]) -> Iterable[Wait]:
    ready = True
    if channels != Channels.PAPER and not box_is_open:
        ready = False
        yield Wait.BOX
    if channels != Channels.ONLINE and (entries or door):
        if len(entries) < 2:
            ready = False
            yield Wait.PAPERS
        elif not any(one == other for one, other in combinations(entries, 2)):
            ready = False
            yield Wait.DIFFER
    if ready:
        yield Wait.COUNT
