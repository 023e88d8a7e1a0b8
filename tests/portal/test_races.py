"""Two at the same moment, on PostgreSQL: one request of a kind waits, and one erasure is told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from audit.chain import log_faults
from audit.models import Entry
from audit.refusals import Refused
from cells import requests, telling
from cells.foresight import Foreseen
from cells.telling import address_told, tell
from members.erasing import erase_member
from members.membership import end_membership
from members.models import Member, Request
from tests.portal import making
from tests.test_tree_races import in_parallel

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("locked", [True, False])
def test_of_two_told_at_once_one_waits(monkeypatch, locked):
    """Without the lock the database's constraint still holds it."""
    town = making.place()
    member = making.resident(town)
    if not locked:
        for module in (telling, requests):
            monkeypatch.setattr(module, "lock_member", lambda member: member)
        foreseen = Foreseen(None, town.other_street, ())
        monkeypatch.setattr(telling, "foreseen_of", lambda told, on: foreseen)
        monkeypatch.setattr(requests, "open_blockers", lambda member, kind: ())

    def once():
        told = address_told(member, "New Street 5", town.there, making.today())
        return tell(told=told, on=making.today(), by=None)

    outcomes = in_parallel(once, once)
    assert sum(isinstance(one, Request) for one in outcomes) == 1
    assert Request.objects.open().count() == 1
    (refused,) = (one for one in outcomes if not isinstance(one, Request))
    assert isinstance(refused, Refused if locked else (Refused, IntegrityError))


def test_of_two_who_erase_one_does():
    town = making.place()
    member = making.resident(town)
    end_membership(member=member, on=making.today() - timedelta(days=1), reason="resigned")

    def once():
        return erase_member(member=member, on=making.today())

    outcomes = in_parallel(once, once)
    assert sorted(isinstance(one, Refused) for one in outcomes) == [False, True]
    assert Entry.objects.filter(act="erase-member").count() == 1
    assert Member.objects.get().is_erased
    assert [*log_faults()] == []
