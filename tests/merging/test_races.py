"""Merging while somebody else acts on the same people, on PostgreSQL: one follows the other."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date

import pytest
from django.db import DatabaseError, connections

from audit.refusals import Refused
from members import merging
from members.merging import CannotMerge, merge_members
from members.models import FormerNumber, Member, Registration
from members.registrations import MergedAway, change_cell
from tests import factories
from tests.test_tree_races import in_parallel

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ON = date(2024, 6, 1)


@pytest.fixture
def people():
    """The town, and somebody under two numbers."""
    town = factories.town()
    keep = factories.member(cell=town.factory_cell)
    return town, keep, factories.member(cell=town.street_cell)


def outcome_of(job: Callable[[], object]) -> object:
    try:
        return job()
    except (DatabaseError, Refused) as error:
        return error
    finally:
        connections.close_all()


def merge_while(monkeypatch, keep: Member, gone: Member, other: Callable[[], object]) -> object:
    """What becomes of `other`, which begins when a merge has moved the registrations."""
    settle, begun = merging._settle_accounts, []

    def settle_later(*members_and_day: object) -> None:
        if not begun:
            begun.append(pool.submit(outcome_of, other))
            time.sleep(0.5)
        settle(*members_and_day)

    monkeypatch.setattr(merging, "_settle_accounts", settle_later)
    with ThreadPoolExecutor(1) as pool:
        merge_members(keep=keep, gone=gone, on=ON)
        (future,) = begun
        assert isinstance(future, Future)
        return future.result(timeout=20)


def without_lock(monkeypatch) -> None:
    def unlocked(keep: Member, gone: Member) -> tuple[Member, Member]:
        return Member.objects.get(pk=keep.pk), Member.objects.get(pk=gone.pk)

    monkeypatch.setattr(merging, "_locked", unlocked)


@pytest.mark.parametrize("locked", [True, False])
def test_a_second_merge_waits_and_is_refused(monkeypatch, people, locked):
    """The negative control: without the lock the second one fails in the midst of its writing."""
    _town, keep, gone = people
    if not locked:
        without_lock(monkeypatch)
    second = merge_while(
        monkeypatch, keep, gone, lambda: merge_members(keep=keep, gone=gone, on=ON)
    )
    assert isinstance(second, CannotMerge if locked else DatabaseError)
    assert FormerNumber.objects.count() == 1


@pytest.mark.parametrize("locked", [True, False])
def test_a_change_of_cell_waits_and_says_where_to_look(monkeypatch, people, locked, unlock_pairs):
    """The negative control: the pairs' lock too would hold the change up until the merge ends."""
    town, keep, gone = people
    cell = factories.unit("street_cell", type(town.district).objects.get(pk=town.district.pk))
    if not locked:
        without_lock(monkeypatch)
        unlock_pairs()
    change = merge_while(monkeypatch, keep, gone, lambda: change_cell(member=gone, to=cell, on=ON))
    assert isinstance(change, MergedAway if locked else DatabaseError)
    assert keep.registrations.filter(until=None).count() == 1


def test_whichever_comes_first_the_register_is_whole(people):
    town, keep, gone = people
    cell = factories.unit("street_cell", type(town.district).objects.get(pk=town.district.pk))
    merged, same, changed = in_parallel(
        lambda: merge_members(keep=keep, gone=gone, on=ON),
        lambda: merge_members(keep=keep, gone=gone, on=ON),
        lambda: change_cell(member=gone, to=cell, on=ON),
    )
    assert sorted(isinstance(one, Member) for one in (merged, same)) == [False, True]
    assert isinstance(changed, Registration | MergedAway)
    (home,) = keep.registrations.filter(until=None)
    assert (home.unit == cell) is isinstance(changed, Registration)
