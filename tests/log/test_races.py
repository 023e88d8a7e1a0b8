"""Parallel acts on PostgreSQL: every chain stays whole, and towns do not wait for each other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connections, transaction

from audit import log
from audit.chain import log_faults
from audit.models import Chain, Entry
from districts.units import rename_unit
from members.registrations import change_cell
from members.regrouping import merge_cells
from tests import factories
from tests.test_tree_races import DAY, in_parallel

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

WRITERS, ACTS = 4, 25


def renaming(unit):
    def work():
        for number in range(ACTS):
            rename_unit(unit=unit, name=f"Name {number}")

    return work


def test_parallel_acts_in_one_town_leave_its_chain_whole():
    town = factories.town()
    units = (town.area, town.district, town.factory_cell, town.street_cell)
    before = Entry.objects.count()
    assert in_parallel(*(renaming(unit) for unit in units)) == [None] * WRITERS
    assert Entry.objects.count() == before + WRITERS * ACTS
    assert list(log_faults()) == []


def test_without_the_lock_entries_are_lost_or_the_chain_breaks(monkeypatch):
    """The negative control: the same acts without the lock on the chain."""

    def unlocked(roots):
        for root in sorted(roots):
            Chain.objects.get_or_create(root=root)
        return {chain.root: chain for chain in Chain.objects.filter(pk__in=roots)}

    monkeypatch.setattr(log, "_locked", unlocked)
    town = factories.town()
    units = (town.area, town.district, town.factory_cell, town.street_cell)
    outcomes = in_parallel(*(renaming(unit) for unit in units))
    # The place is unique, so that the database refuses what would have broken the chain.
    assert any(outcome is not None for outcome in outcomes)


def test_an_act_in_one_town_does_not_wait_for_another_town():
    one, other = factories.town(), factories.town()
    done, started = Event(), Event()

    def hold():
        with transaction.atomic():
            Chain.objects.select_for_update().get(pk=one.town.pk)
            started.set()
            assert done.wait(20), "the act in the other town waited"
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert started.wait(20)
        rename_unit(unit=other.district, name="Not held up")
        done.set()
        holding.result()


def test_acts_that_touch_the_same_people_and_the_same_chain_do_not_lock_each_other_out():
    town, away = factories.town(), factories.town()
    people = [factories.member(cell=town.factory_cell) for _number in range(6)]
    second = factories.unit("factory_cell", town.district)

    def changing():
        for person in people:
            change_cell(member=person, to=away.street_cell, on=DAY)

    outcomes = in_parallel(
        changing,
        lambda: merge_cells(cell=town.factory_cell, into=second, on=DAY),
        lambda: [rename_unit(unit=town.district, name=f"N {n}") for n in range(ACTS)],
        lambda: [rename_unit(unit=away.district, name=f"N {n}") for n in range(ACTS)],
    )
    assert not [one for one in outcomes if "deadlock" in str(one)]
    assert list(log_faults()) == []
