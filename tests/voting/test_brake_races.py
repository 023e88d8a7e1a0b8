"""Tries at a passphrase that come at the same moment, on PostgreSQL: none goes uncounted."""

import threading
from contextlib import suppress

import pytest
from django.db.models import QuerySet

from audit.refusals import Refused
from elections import brake
from elections.brake import MOST_TRIES, TooManyTries, braked
from elections.models import PassphraseTry
from tests import factories
from tests.test_tree_races import in_parallel

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


class Wrong(Refused):
    """What a wrong passphrase raises."""


@pytest.mark.parametrize("locked", [True, False])
def test_of_two_last_tries_at_once_one_is_looked_at(monkeypatch, locked):
    """The negative control: without the lock on the account both are."""
    account = factories.account()
    looked = []

    def wrong():
        with braked(account):
            looked.append(account)
            raise Wrong

    for _one in range(MOST_TRIES - 1):
        with pytest.raises(Wrong):
            wrong()
    looked.clear()
    if not locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)
    met = threading.Barrier(2)
    create = PassphraseTry.objects.create

    def both_have_counted(**fields):
        with suppress(threading.BrokenBarrierError):
            met.wait(timeout=0.5 if locked else 10)
        return create(**fields)

    monkeypatch.setattr(brake.PassphraseTry.objects, "create", both_have_counted)
    outcomes = in_parallel(wrong, wrong)
    assert len(looked) == (1 if locked else 2)
    assert sum(isinstance(told, TooManyTries) for told in outcomes) == (1 if locked else 0)
