"""What votes hold fast below: a unit with a poll under way, and people who voted in one (A5)."""

from collections.abc import Iterator
from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from audit.refusals import Blocker
from districts.models import Unit
from districts.units import blocks_dissolution
from elections.models import CheckOff, Choice, Poll, RollEntry
from elections.models.polls import State
from members.merging import blocks_merging, moves_with_merging
from members.models import Member

UNDER_WAY = (State.OPEN, State.CLOSED)


@blocks_dissolution
def polls_block_dissolution(unit: Unit, on: date) -> Iterator[Blocker]:
    """A unit in which votes are cast or counted is not dissolved (A5)."""
    polls = Poll.objects.filter(unit=unit, state__in=UNDER_WAY).select_related("question")
    for poll in polls:
        reason = _("A poll is under way in %(unit)s: %(question)s.")
        yield Blocker(reason % {"unit": unit, "question": poll.question}, "A5")


@blocks_merging
def votes_block_merging(keep: Member, gone: Member) -> Iterator[Blocker]:
    """Two who both took part in one vote are not made one: one of the votes would be too many."""
    theirs = CheckOff.objects.filter(member=gone, annulled=False).values("question")
    both = CheckOff.objects.filter(member=keep, annulled=False, question__in=theirs)
    for vote in both.select_related("question"):
        reason = _("Both numbers have voted on %(question)s: they cannot become one person.")
        yield Blocker(reason % {"question": vote.question}, "A5")
    stood = Choice.objects.filter(member=gone).values("question")
    for choice in Choice.objects.filter(member=keep, question__in=stood).select_related("question"):
        reason = _("Both numbers stand as candidates for %(question)s.")
        yield Blocker(reason % {"question": choice.question})


@moves_with_merging
def move_votes(keep: Member, gone: Member) -> None:
    """Rolls, check-offs and candidatures move to the kept number; on a roll one stands once."""
    kept = RollEntry.objects.filter(member=keep).values("poll")
    twice = RollEntry.objects.filter(member=gone, poll__in=kept)
    running = Poll.objects.open().filter(pk__in=twice.values("poll"))
    running.update(entitled=F("entitled") - 1)
    twice.delete()
    RollEntry.objects.filter(member=gone).update(member=keep)
    for vote in CheckOff.objects.filter(member=gone):
        vote.member = keep
        vote.save(update_fields=["member"])
    for choice in Choice.objects.filter(member=gone):
        choice.member = keep
        choice.save(update_fields=["member"])
