"""Whether a member can vote in a poll, and if not why: yes, or no with the article (A5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.refusals import Blocker
from elections.models import CheckOff, Poll, RollEntry
from elections.models.polls import Channel, State
from members.models import Member


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Yes, or no with a sentence and the article. `voted` is the vote that was given already."""

    entitled: bool
    reason: str = ""
    article: str = ""
    voted: CheckOff | None = None

    def __bool__(self) -> bool:
        return self.entitled

    @property
    def blockers(self) -> list[Blocker]:
        """The same as an act refuses with it; empty for yes."""
        return [] if self.entitled else [Blocker(self.reason, self.article)]

    @property
    def voted_here(self) -> bool:
        """Whether the vote that was given already was given in this very poll."""
        return self.voted is not None and self.article == ""


YES = Eligibility(entitled=True)


def eligibility(*, member: Member, poll: Poll, channel: str | None = None) -> Eligibility:
    """Whether the member can vote in the poll now. Two queries.

    `channel` asks for one way of voting; without it any way will do.
    """
    return eligibilities(poll=poll, members=[member], channel=channel)[member.pk]


def eligibilities(
    *, poll: Poll, members: Iterable[Member], channel: str | None = None
) -> Mapping[int, Eligibility]:
    """The same for several members by their numbers. Two queries for all of them."""
    asked = list(members)
    numbers = [member.pk for member in asked]
    entries = RollEntry.objects.filter(poll=poll, member__in=numbers)
    on_roll = set(entries.values_list("member", flat=True))
    votes = _votes(poll, numbers)
    closed = _closed(poll, channel)
    return {
        member.pk: _answer(poll, member, member.pk in on_roll, votes.get(member.pk), closed)
        for member in asked
    }


def eligibilities_on_roll(*, poll: Poll, entries: Iterable[RollEntry]) -> Mapping[int, Eligibility]:
    """The same for entries of the poll's roll, whose members are there. One query."""
    asked = [entry.member for entry in entries]
    votes = _votes(poll, [member.pk for member in asked])
    closed = _closed(poll, None)
    return {
        member.pk: _answer(poll, member, True, votes.get(member.pk), closed) for member in asked
    }


def eligibilities_of(*, member: Member, polls: Iterable[Poll]) -> Mapping[int, Eligibility]:
    """The same for polls on whose rolls the member stands, by their keys. One query for all."""
    asked = list(polls)
    votes = CheckOff.objects.filter(member=member, annulled=False)
    found = votes.filter(question__in={poll.question_id for poll in asked})
    given = {vote.question_id: vote for vote in found.select_related("poll__unit")}
    return {
        poll.pk: _answer(poll, member, True, given.get(poll.question_id), _closed(poll, None))
        for poll in asked
    }


def _votes(poll: Poll, numbers: list[int]) -> dict[int, CheckOff]:
    votes = CheckOff.objects.filter(question=poll.question_id, annulled=False)
    found = votes.filter(member__in=numbers).select_related("poll__unit")
    return {vote.member_id: vote for vote in found}


def _answer(
    poll: Poll, member: Member, on_roll: bool, vote: CheckOff | None, closed: Eligibility | None
) -> Eligibility:
    if vote is not None:
        return _voted(poll, vote)
    if not on_roll:
        return _no(_("Not on the roll of this poll: who may vote was settled when it opened."))
    if member.left is not None and member.left <= timezone.localdate():
        text = _("The membership ended on %(day)s.")
        return _no(text % {"day": day_in_words(member.left)})
    return YES if closed is None else closed


def _voted(poll: Poll, vote: CheckOff) -> Eligibility:
    told = {"day": day_in_words(vote.on), "unit": vote.poll.unit}
    if vote.poll_id == poll.pk:
        text = _("Has voted in this poll already, on %(day)s.")
        return Eligibility(False, text % told, voted=vote)
    text = _("Has voted on this question already, on %(day)s in %(unit)s.")
    return Eligibility(False, text % told, "A5", voted=vote)


def _closed(poll: Poll, channel: str | None) -> Eligibility | None:
    """Why nobody can vote, in this way or at all; None where somebody can."""
    if poll.state == State.DRAFTED:
        return _no(_("The poll is not open yet."))
    if poll.state == State.ANNULLED:
        return _no(_("The poll is annulled: its votes count no more."))
    if poll.state != State.OPEN:
        return _no(_("The poll is no longer open."))
    if poll.closes_at is not None and poll.closes_at <= timezone.now():
        return _no(_("The time to vote is over."))
    if channel == Channel.ONLINE and not poll.is_online:
        return _no(_("Votes are cast on paper alone."))
    if channel == Channel.PAPER and not poll.is_on_paper:
        return _no(_("Votes are cast online alone."))
    return None


def _no(reason: str) -> Eligibility:
    return Eligibility(False, reason)
