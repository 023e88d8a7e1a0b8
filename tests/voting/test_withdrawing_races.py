"""A question is withdrawn while a poll on it is opened: one of the two is refused."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.utils import timezone

from elections import polls, withdrawing
from elections.models import Poll
from elections.polls import CannotOpenPoll, open_poll
from elections.withdrawing import CannotWithdraw, withdraw_question
from tests import factories
from tests.meetings.test_races import at_once
from tests.voting import making

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def both(monkeypatch):
    """Opening and withdrawing; each waits after it has looked until the other has looked too."""
    town = factories.town()
    factories.member(cell=town.factory_cell)
    poll = making.put(making.motion(town.factory_cell), town.factory_cell, channels="paper")
    barrier = Barrier(2)

    def slowly(look):
        def looked(*args):
            found = list(look(*args))
            with suppress(BrokenBarrierError):  # where the other one waits for the lock
                barrier.wait(1)
            return found

        return looked

    monkeypatch.setattr(polls, "opening_blockers", slowly(polls.opening_blockers))
    monkeypatch.setattr(
        withdrawing, "withdrawing_blockers", slowly(withdrawing.withdrawing_blockers)
    )

    def withdraw():
        withdraw_question(question=poll.question, on=timezone.localdate(), because="A mistake.")

    return lambda: open_poll(poll=poll), withdraw


def test_a_poll_is_opened_or_its_question_withdrawn(both):
    refused = [type(error) for error in at_once(*both) if error is not None]
    assert refused in ([CannotOpenPoll], [CannotWithdraw])


def test_without_the_lock_on_the_polls_votes_would_be_withdrawn_unseen(both, monkeypatch):
    monkeypatch.setattr(
        withdrawing, "_locked_polls", lambda question: list(Poll.objects.filter(question=question))
    )
    assert at_once(*both) == [None, None]
