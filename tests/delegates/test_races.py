"""Two delegations that send the same member at the same moment: one of them does (A12)."""

from threading import Barrier

import pytest
from django.db import IntegrityError

from elections.delegates import choosing
from elections.delegates.choosing import CannotSend
from elections.models import Delegate
from tests.delegates import making
from tests.meetings.test_races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def both(monkeypatch):
    """Two units below each other's eyes that send one member, and hold until both have looked."""
    town = making.town(2, 2)
    meeting = making.conference(town.town)
    making.apportioned(meeting, 2)
    member = town.people[0][0]
    barrier = Barrier(2)
    looked = choosing.people_blockers

    def slowly(*args):
        found = list(looked(*args))
        # Whoever is let in alone waits for nobody: the other is held by the lock.
        if not barrier.broken:
            try:
                barrier.wait(1)
            except Exception:
                barrier.abort()
        return [one for one in found if "home" not in one.reason]

    monkeypatch.setattr(choosing, "people_blockers", slowly)

    def sending(district):
        return lambda: making.sent(meeting, district, [member])

    return [sending(district) for district in town.districts]


def test_one_member_is_sent_by_one_of_two_at_once(both):
    raised = [one for one in at_once(*both) if one is not None]
    assert [type(one) for one in raised] == [CannotSend]
    assert Delegate.objects.count() == 1


def test_without_the_lock_the_database_refuses_the_second(both, monkeypatch):
    monkeypatch.setattr(choosing, "lock_meeting", lambda meeting: meeting)
    raised = [one for one in at_once(*both) if one is not None]
    assert [type(one) for one in raised] == [IntegrityError]
    assert Delegate.objects.count() == 1
