"""The steps of one poll as pages: opening, closing, counting, publishing, annulling."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from audit.days import moment_in_words
from audit.refusals import Blocker, refuse_if
from audit.rulebook import statutes
from districts.acts import Outcome, Text, act_on, sentence
from districts.scope import ground_of
from elections.act_fields import Lines, Undated
from elections.candidates import read_numbers
from elections.delegates.rolls import conference_on, delegates_to
from elections.models import Meeting, Poll
from elections.models.polls import State
from elections.poll_blockers import (
    annulling_blockers,
    closing_blockers,
    counting_blockers,
    opening_blockers,
    publishing_blockers,
)
from elections.polls import annul_poll, close_poll, count_poll, open_poll, publish_poll
from elections.roll import entitled
from elections.steps import fewest_together, turnouts

DELEGATES = Poll.Assembly.DELEGATES


class PollStep(Undated):
    """A step of a poll, or of several that were chosen from the list.

    It is not rehearsed: opening makes keys, and closing lays the box anew.
    """

    state: ClassVar[str] = ""  # in which it is taken
    done: ClassVar[Text] = ""
    rehearsed = False
    looked_at = False
    bulk = True

    @classmethod
    def applies_to(cls, target: Poll, on: date) -> bool:
        return target.state == cls.state

    def facts(self) -> Iterable[tuple[Text, Any]]:
        if self.target is None:
            return
        poll: Poll = self.target
        yield lazy("Question"), poll.question
        yield lazy("Put to"), poll.unit
        yield lazy("Asked are"), poll.get_assembly_display()
        yield from self.numbers(poll)

    def numbers(self, poll: Poll) -> Iterable[tuple[Text, Any]]:
        """How many have voted, of how many; never for what."""
        turnout = turnouts([poll])[poll.pk]
        text = _("%(voted)s of %(entitled)s")
        yield lazy("Have voted"), text % {"voted": turnout.voted, "entitled": turnout.entitled}

    def blocking(self, poll: Poll) -> list[Blocker]:
        """What stands in the way of the step."""
        raise NotImplementedError

    def foreseen(self) -> Iterable[Blocker]:
        return self.blocking(self.target)

    def blockers(self, target: Poll) -> Iterable[Blocker]:
        return self.blocking(target)

    def outcome(self, poll: Poll) -> Outcome:
        """The outcome, with its sentence on the unit."""
        return Outcome(poll, sentence(str(self.done), unit=poll.unit))


def few(poll: Poll, number: int) -> Iterator[Text]:
    """A warning where so few are entitled that the totals may tell how each voted."""
    least = statutes().secret_least
    if number < least:
        text = _(
            "%(unit)s: %(number)s are entitled, fewer than %(least)s. The totals may tell how "
            "everybody voted."
        )
        yield text % {"unit": poll.unit, "number": number, "least": least}


def conference_of(poll: Poll) -> Meeting | None:
    """The meeting of delegates, held today, whose delegates present are the poll's roll (A12)."""
    if poll.assembly != DELEGATES:
        return None
    return conference_on(poll.unit, timezone.localdate())


def must_name_delegates(poll: Poll) -> bool:
    """Whether the delegates have to be named, as no meeting tells who they are."""
    return poll.assembly == DELEGATES and conference_of(poll) is None


@act_on(Poll)
class OpenPoll(PollStep):
    """Open the poll."""

    name = "open-poll"
    title = lazy("Open the poll")
    explanation = lazy(
        "Who may vote is settled at this moment, and neither the question nor its choices can be "
        "changed any more. The key of the box is made and given to the tellers alone."
    )
    icon = "lock_open"
    order = 10
    state = State.DRAFTED
    done = lazy("The poll in %(unit)s is open.")

    delegates = forms.CharField(
        label=lazy("Delegates"),
        widget=Lines,
        help_text=lazy("The members' numbers, one on each line."),
    )

    def adapt(self) -> None:
        if self.target is None or self.target.assembly != DELEGATES:
            del self.fields["delegates"]
        elif conference_of(self.target) is not None:
            del self.fields["delegates"]  # its roll are those present

    def clean_delegates(self) -> list[int]:
        """The numbers of those entitled, all of them in the user's part of the register."""
        text: str = self.cleaned_data["delegates"]
        return read_numbers(text, ground_of(self.request), timezone.localdate())

    def numbers(self, poll: Poll) -> Iterable[tuple[Text, Any]]:
        conference = conference_of(poll)
        if conference is not None:
            told = {"present": self._entitled(poll), "sent": delegates_to(conference).count()}
            yield lazy("Meeting"), conference
            yield lazy("Delegates present"), _("%(present)s of %(sent)s") % told
        elif poll.assembly != DELEGATES:
            yield lazy("Will be on the roll"), self._entitled(poll)

    def foreseen(self) -> Iterable[Blocker]:
        found = opening_blockers(self.target)
        if "delegates" in self.fields:
            return [blocker for blocker in found if blocker.article != "A10"]  # not named yet
        return found

    def blocking(self, poll: Poll) -> list[Blocker]:
        if must_name_delegates(poll) and self._members() is None:
            return [Blocker(_("It is opened by itself, with the numbers of the delegates."))]
        return opening_blockers(poll, self._members())

    def unusual(self, target: Poll) -> Iterator[Text]:
        number = self._entitled(target)
        if number:
            yield from few(target, number)

    def _members(self) -> Sequence[int] | None:
        members: list[int] | None = getattr(self, "cleaned_data", {}).get("delegates")
        return members

    def _entitled(self, poll: Poll) -> int:
        return entitled(poll, timezone.localdate(), self._members()).count()

    def perform(self, target: Poll) -> Outcome:
        refuse_if(self.blocking(target))
        return self.outcome(open_poll(poll=target, members=self._members()))


@act_on(Poll)
class ClosePoll(PollStep):
    """Close the poll."""

    name = "close-poll"
    title = lazy("Close the poll")
    explanation = lazy(
        "No vote is taken any more. The box is laid anew in a random order, so that nothing tells "
        "when each ballot came; then two tellers open it."
    )
    icon = "lock"
    order = 10
    state = State.OPEN
    done = lazy("The poll in %(unit)s is closed.")

    def blocking(self, poll: Poll) -> list[Blocker]:
        return closing_blockers(poll)

    def unusual(self, target: Poll) -> Iterator[Text]:
        if target.closes_at is not None and target.closes_at > timezone.now():
            told = {"unit": target.unit, "moment": moment(target)}
            yield _("%(unit)s: the time to vote was to end on %(moment)s.") % told

    def perform(self, target: Poll) -> Outcome:
        return self.outcome(close_poll(poll=target))


def moment(poll: Poll) -> str:
    """The day and the minute at which the poll closes; empty where none is set."""
    return "" if poll.closes_at is None else moment_in_words(poll.closes_at)


@act_on(Poll)
class CountPoll(PollStep):
    """Count the poll."""

    name = "count-poll"
    title = lazy("Count the poll")
    explanation = lazy(
        "The opened box and the papers that two people entered alike are counted together. The "
        "result is shown once it is published."
    )
    icon = "calculate"
    order = 10
    state = State.CLOSED
    done = lazy("The poll in %(unit)s is counted.")

    def blocking(self, poll: Poll) -> list[Blocker]:
        return counting_blockers(poll)

    def perform(self, target: Poll) -> Outcome:
        return self.outcome(count_poll(poll=target))


@act_on(Poll)
class PublishPoll(PollStep):
    """Publish the result."""

    name = "publish-poll"
    title = lazy("Publish the result")
    explanation = lazy(
        "The result is shown to all on the roll, with the board and the ballots from which "
        "everybody can count again. Who voted how stays unknown."
    )
    icon = "publish"
    order = 10
    state = State.COUNTED
    done = lazy("The result in %(unit)s is published.")

    def blocking(self, poll: Poll) -> list[Blocker]:
        return publishing_blockers(poll)

    def unusual(self, target: Poll) -> Iterator[Text]:
        number, least = fewest_together([target])[target.pk], statutes().secret_least
        if 0 < number < least:
            text = _(
                "%(unit)s: %(number)s ballots lie together, fewer than %(least)s. What is "
                "published may tell how everybody of them voted."
            )
            yield text % {"unit": target.unit, "number": number, "least": least}

    def perform(self, target: Poll) -> Outcome:
        return self.outcome(publish_poll(poll=target))


@act_on(Poll)
class AnnulPoll(PollStep):
    """Annul the poll."""

    name = "annul-poll"
    title = lazy("Annul the poll")
    explanation = lazy(
        "The votes in this poll count no more, and who has voted in it can vote on the question "
        "again. Roll, ballots and result are kept. This cannot be taken back."
    )
    icon = "block"
    grave = True
    order = 90
    bulk = False
    looked_at = True
    rehearsed = True
    done = lazy("The poll in %(unit)s is annulled.")

    def blocking(self, poll: Poll) -> list[Blocker]:
        return annulling_blockers(poll)

    @classmethod
    def applies_to(cls, target: Poll, on: date) -> bool:
        return target.state != State.ANNULLED

    def adapt(self) -> None:
        self.fields["reason"].required = True
        self.fields["reason"].help_text = lazy("Kept in the log.")

    def unusual(self, target: Poll) -> Iterator[Text]:
        if target.state == State.PUBLISHED:
            yield _("The result has been published.")

    def foretold(self, target: Poll) -> Iterable[Text]:
        turnout = turnouts([target])[target.pk]
        text = ngettext(
            "%(voted)s vote counts no more.", "%(voted)s votes count no more.", turnout.voted
        )
        yield text % {"voted": turnout.voted}

    def perform(self, target: Poll) -> Outcome:
        return self.outcome(annul_poll(poll=target))
