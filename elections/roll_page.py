"""The roll of a poll, for its secretary: to search, and to print for the table at the door."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.ground import Ground
from audit.log import Draft, key_of, note, recording
from audit.models import Entry
from districts.scope import ground_of
from elections.eligibility import Eligibility, eligibilities_on_roll
from elections.models import CheckOff, Poll, RollEntry
from elections.models.polls import Channel, State
from members.models import Member
from members.veil import in_order_of_names, look_up

PER_PAGE = 100
MOST_FOUND = 100


@dataclass(frozen=True, slots=True)
class RollRow:
    """Somebody on the roll: the name as in a list, the number, the cell, and the vote if any."""

    name: str
    number: int
    cell: str
    voted: str
    elsewhere: bool = False


def entries_of(poll: Poll) -> QuerySet[RollEntry]:
    """The roll by name, with members and cells."""
    entries = RollEntry.objects.filter(poll=poll).select_related("member", "cell")
    return entries.order_by(*in_order_of_names("member"))


def found(entries: QuerySet[RollEntry], text: str) -> list[RollEntry]:
    """Those of `entries` with this number, or with these words in the name; the first hundred."""
    if text.isdecimal() and len(text) < 19:
        return list(entries.filter(member=int(text)))
    return list(entries.filter(member__in=Member.objects.named(text))[:MOST_FOUND])


def note_printing(poll: Poll) -> None:
    """Log that the whole roll was taken out to be printed: names leave the program by it."""
    with recording("print-roll") as running:
        running.sentence = _("The roll was opened to be printed: %(poll)s.") % {"poll": poll}
        table, key = key_of(poll)
        note(
            Draft(what=Entry.What.EXPORTED, table=table, key=key, unit=poll.unit_id),
            act="print-roll",
        )


def rows_of(request: HttpRequest, poll: Poll, entries: Iterable[RollEntry]) -> Sequence[RollRow]:
    """The entries as they are shown. One query, however many there are."""
    listed = list(entries)
    answers = eligibilities_on_roll(poll=poll, entries=listed)
    ground = ground_of(request)
    look_up(entry.member_id for entry in listed)
    return [_row(poll, entry, answers[entry.member_id], ground) for entry in listed]


def _row(poll: Poll, entry: RollEntry, answer: Eligibility, ground: Ground) -> RollRow:
    vote = answer.voted
    text = _no_vote(poll, answer) if vote is None else _voted(poll, vote, ground)
    return RollRow(
        entry.member.sorted_name,
        entry.member_id,
        str(entry.cell),
        text,
        elsewhere=vote is not None and vote.poll_id != poll.pk,
    )


def _no_vote(poll: Poll, answer: Eligibility) -> str:
    """Why somebody can no longer vote while the others can; else nothing."""
    return "" if answer or poll.state != State.OPEN else answer.reason


def _voted(poll: Poll, vote: CheckOff, ground: Ground) -> str:
    """Where and how somebody has voted; a unit outside the user's ground is not named (A4)."""
    told = {"day": day_in_words(vote.on), "unit": vote.poll.unit}
    if vote.poll_id == poll.pk:
        online = vote.channel == Channel.ONLINE
        text = _("online, %(day)s") if online else _("at the door, %(day)s")
    elif ground.has(vote.poll.unit.tree_id, vote.poll.unit.lft):
        text = _("A5: has voted in %(unit)s, %(day)s")
    else:
        text = _("A5: has voted elsewhere, %(day)s")
    return text % told
