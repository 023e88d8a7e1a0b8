"""Withdrawing a question that was raised by mistake, or an election that is called off: an act."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from elections.models import Poll, Question
from elections.models.polls import State
from elections.polls import annul_poll
from elections.questions import lock_question, withdrawn_blockers

UNDER_WAY = (State.OPEN, State.CLOSED, State.COUNTED)


class CannotWithdraw(Refused):
    """A question that could not be withdrawn."""


@recorded("withdraw-question")
def withdraw_question(*, question: Question, on: date, because: str) -> Question:
    """Withdraw the question on the day `on`: it is kept with all that belongs to it, and takes no
    further step. Its drafted polls are annulled.

    Raises `CannotWithdraw` with all that stands in the way.
    """
    _locked_polls(question)  # before the question, as publishing locks them
    question = lock_question(question)
    polls = _locked_polls(question)
    found = [*withdrawing_blockers(question), *_day_blockers(question, on)]
    question.withdrawn_on, question.withdrawn_because = on, because.strip()
    refuse_if(found or field_blockers(question), CannotWithdraw)
    for poll in polls:
        if poll.state == State.DRAFTED:
            annul_poll(poll=poll)
    question.save(update_fields=["withdrawn_on", "withdrawn_because"])
    return question


def _locked_polls(question: Question) -> list[Poll]:
    """The polls on the question, each held in its state to the end of the transaction."""
    return list(question.polls.select_for_update(of=("self",)).order_by("pk"))


def withdrawing_blockers(question: Question) -> Iterator[Blocker]:
    """What keeps the question from being withdrawn: votes under way, seats that it filled."""
    yield from withdrawn_blockers(question)
    polls = question.polls.filter(state__in=UNDER_WAY).select_related("unit")
    for poll in polls.order_by("unit__tree_id", "unit__lft"):
        reason = _("The poll in %(unit)s is %(state)s: annul it first.")
        yield Blocker(reason % {"unit": poll.unit, "state": poll.get_state_display()})
    if question.bureaus.exists() or question.seats_filled.exists():
        yield Blocker(_("Seats of a bureau were filled from this election."), "A11")
    if question.delegates.exists():
        yield Blocker(_("Delegates were sent by this election."), "A12")


def _day_blockers(question: Question, on: date) -> Iterator[Blocker]:
    if on > timezone.localdate():
        yield Blocker(_("This is recorded when it has happened: the day is still to come."))
    elif on < question.raised_on:
        reason = _("The question was raised on %(day)s, not before that day.")
        yield Blocker(reason % {"day": day_in_words(question.raised_on)})
