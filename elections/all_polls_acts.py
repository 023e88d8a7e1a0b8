"""The steps of all polls on a question at once: opening, closing, counting, publishing.

Each poll takes the step by itself; one that cannot is named with its reasons and waits.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from audit.refusals import Blocker, refuse_if
from audit.rulebook import statutes
from districts.acts import Outcome, Text, act_on, sentence
from districts.roles import CHANGE
from districts.scope import ground_of
from elections.act_fields import Undated
from elections.models import Poll, Question
from elections.models.polls import State
from elections.poll_acts import (
    ClosePoll,
    CountPoll,
    OpenPoll,
    PublishPoll,
    few,
    must_name_delegates,
)
from elections.poll_blockers import counting_blockers, opening_blockers, publishing_blockers
from elections.polls import close_poll, count_poll, open_poll, publish_poll
from elections.roll import entitled
from elections.steps import Turnout, fewest_together, turnouts

MOST_NAMED = 10


class AllPolls(Undated):
    """A step of all polls on the question that are in one state and in the user's ground."""

    state: ClassVar[str] = ""
    rehearsed = False
    looked_at = False
    order = 6

    @classmethod
    def applies_to(cls, target: Question, on: date) -> bool:
        return target.polls.filter(state=cls.state).exists()

    @cached_property
    def polls(self) -> list[Poll]:
        """The polls that are in this state, in the order of the tree."""
        mine = Poll.objects.on_ground(ground_of(self.request, CHANGE))
        found = mine.filter(question=self.target, state=self.state)
        in_order = found.select_related("unit", "question__unit")
        return list(in_order.order_by("unit__tree_id", "unit__lft"))

    @cached_property
    def standing(self) -> list[tuple[Poll, Sequence[Blocker]]]:
        """Each of the polls with what stands in its way."""
        return [(poll, self.blocking(poll)) for poll in self.polls]

    @property
    def ready(self) -> list[Poll]:
        """Those in whose way nothing stands."""
        return [poll for poll, found in self.standing if not found]

    def blocking(self, poll: Poll) -> Sequence[Blocker]:
        """What stands in the way of this one."""
        return ()

    def do(self, poll: Poll) -> Poll:
        """Take the step with one poll. Raises `Refused`."""
        raise NotImplementedError

    def told(self, number: int) -> str:
        """What was done, for so many polls."""
        raise NotImplementedError

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Question"), self.target
        yield lazy("Polls to which it is done"), len(self.ready)
        waiting = len(self.polls) - len(self.ready)
        if self.ready and waiting:
            yield lazy("Cannot yet"), waiting
            yield lazy("Because"), " ".join(str(blocker) for blocker in self._reasons())

    def foreseen(self) -> Iterable[Blocker]:
        return self.blockers(self.target)

    def blockers(self, target: Question) -> Iterable[Blocker]:
        """Something stands in the way only where no poll at all can take the step."""
        if self.ready:
            return
        if not self.polls:
            yield Blocker(_("There is no poll that waits for this."))
        yield from self._reasons()

    def _reasons(self) -> Iterator[Blocker]:
        """What stands in the way of some, each reason once: with the unit, or of how many."""
        units: dict[Blocker, list[Poll]] = {}
        for poll, found in self.standing:
            for blocker in found:
                units.setdefault(blocker, []).append(poll)
        for blocker, polls in list(units.items())[:MOST_NAMED]:
            told = {"reason": blocker.reason, "unit": polls[0].unit, "number": len(polls)}
            text = (
                _("%(unit)s: %(reason)s") if len(polls) == 1 else _("%(number)s polls: %(reason)s")
            )
            yield Blocker(text % told, blocker.article)

    def perform(self, target: Question) -> Outcome:
        refuse_if(self.blockers(target))
        ready = self.ready
        for poll in ready:
            self.do(poll)
        waiting = len(self.polls) - len(ready)
        text = self.told(len(ready))
        if waiting:
            text += " " + _("Not yet: %(number)s.") % {"number": waiting}
        return Outcome(target, sentence(text.replace("%", "%%")))


@act_on(Question)
class OpenAll(AllPolls):
    """Open all drafted polls."""

    name = "open-all"
    title = lazy("Open all drafted polls")
    explanation = OpenPoll.explanation
    icon = OpenPoll.icon
    state = State.DRAFTED

    def blocking(self, poll: Poll) -> Sequence[Blocker]:
        if must_name_delegates(poll):
            return [Blocker(_("It is opened by itself, with the numbers of the delegates."))]
        return opening_blockers(poll)

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        yield lazy("Will be on their rolls"), sum(number for _poll, number in self.entitled)

    @cached_property
    def entitled(self) -> list[tuple[Poll, int]]:
        """Those that can be opened, each with how many are entitled."""
        today = timezone.localdate()
        return [(poll, entitled(poll, today).count()) for poll in self.ready]

    def unusual(self, target: Question) -> Iterator[Text]:
        for poll, number in self.entitled:
            yield from few(poll, number)

    def do(self, poll: Poll) -> Poll:
        return open_poll(poll=poll)

    def told(self, number: int) -> str:
        text = ngettext("%(number)s poll is open.", "%(number)s polls are open.", number)
        return text % {"number": number}


class WithTurnout(AllPolls):
    """A step before which one looks at how many have voted."""

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        counted = turnouts(self.polls)
        whole = sum((counted[poll.pk] for poll in self.polls), Turnout())
        text = _("%(voted)s of %(entitled)s")
        yield lazy("Have voted"), text % {"voted": whole.voted, "entitled": whole.entitled}


@act_on(Question)
class CloseAll(WithTurnout):
    """Close all open polls."""

    name = "close-all"
    title = lazy("Close all open polls")
    explanation = ClosePoll.explanation
    icon = ClosePoll.icon
    state = State.OPEN

    def unusual(self, target: Question) -> Iterator[Text]:
        now = timezone.now()
        early = sum(poll.closes_at is not None and poll.closes_at > now for poll in self.polls)
        if early:
            text = ngettext(
                "In %(number)s poll the time to vote is not over.",
                "In %(number)s polls the time to vote is not over.",
                early,
            )
            yield text % {"number": early}

    def do(self, poll: Poll) -> Poll:
        return close_poll(poll=poll)

    def told(self, number: int) -> str:
        text = ngettext("%(number)s poll is closed.", "%(number)s polls are closed.", number)
        return text % {"number": number}


@act_on(Question)
class CountAll(WithTurnout):
    """Count all closed polls that can be counted."""

    name = "count-all"
    title = lazy("Count all closed polls")
    explanation = CountPoll.explanation
    icon = CountPoll.icon
    state = State.CLOSED

    def blocking(self, poll: Poll) -> Sequence[Blocker]:
        return counting_blockers(poll)

    def do(self, poll: Poll) -> Poll:
        return count_poll(poll=poll)

    def told(self, number: int) -> str:
        text = ngettext("%(number)s poll is counted.", "%(number)s polls are counted.", number)
        return text % {"number": number}


@act_on(Question)
class PublishAll(AllPolls):
    """Publish all results that are counted."""

    name = "publish-all"
    title = lazy("Publish all results")
    explanation = PublishPoll.explanation
    icon = PublishPoll.icon
    state = State.COUNTED

    def blocking(self, poll: Poll) -> Sequence[Blocker]:
        return publishing_blockers(poll)

    def unusual(self, target: Question) -> Iterator[Text]:
        least = statutes().secret_least
        few = sum(0 < number < least for number in fewest_together(self.polls).values())
        if few:
            text = ngettext(
                "In %(number)s poll fewer than %(least)s ballots lie together: what is published "
                "may tell how everybody of them voted.",
                "In %(number)s polls fewer than %(least)s ballots lie together: what is published "
                "may tell how everybody of them voted.",
                few,
            )
            yield text % {"number": few, "least": least}

    def do(self, poll: Poll) -> Poll:
        return publish_poll(poll=poll)

    def told(self, number: int) -> str:
        text = ngettext(
            "%(number)s result is published.", "%(number)s results are published.", number
        )
        return text % {"number": number}
