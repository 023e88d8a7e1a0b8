"""Parallel writers on PostgreSQL: with the root locked the tree stays whole, without it breaks."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import DatabaseError, connection, connections

from audit.refusals import Refused
from districts import units
from districts.models import Unit
from districts.tree import tree_faults
from districts.units import CannotDissolve, CannotFound, dissolve_unit, found_unit, move_unit
from members.registrations import CannotRegister, change_cell
from tests import factories

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

DAY = date(2024, 1, 1)
WRITERS = 4


def in_parallel(*jobs: Callable[[], object]) -> list[object]:
    """What the jobs returned or raised, each run over a connection of its own."""

    def run(job: Callable[[], object]) -> object:
        try:
            return job()
        except (DatabaseError, Refused) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def writer(seed: int, districts: list[Unit], acts: int) -> Callable[[], None]:
    """Founds cells and moves every third of them to another district."""

    def work() -> None:
        chance = random.Random(seed)
        cell = districts[0]
        for number in range(acts):
            if number % 3 == 2:
                move_unit(unit=cell, parent=chance.choice(districts), on=DAY)
            else:
                cell = found_unit(
                    kind="factory_cell",
                    code=f"{chance.randrange(10**9)}-{seed}-{number}",
                    name="A cell",
                    founded=DAY,
                    parent=chance.choice(districts),
                )

    return work


def some_districts() -> list[Unit]:
    one, other = factories.town(), factories.town()
    return [one.district, factories.unit("district", one.area), other.district]


def test_five_hundred_parallel_acts_leave_the_tree_whole():
    districts = some_districts()
    outcomes = in_parallel(*(writer(seed, districts, 125) for seed in range(WRITERS)))
    assert outcomes == [None] * WRITERS
    assert list(tree_faults()) == []
    assert Unit.objects.filter(name="A cell").count() == WRITERS * 84


def test_without_the_lock_the_tree_breaks(monkeypatch):
    """The negative control: the same acts without the lock."""
    monkeypatch.setattr(units, "lock_trees", lambda *_units: None)
    districts = some_districts()
    in_parallel(*(writer(seed, districts, 60) for seed in range(WRITERS)))
    assert list(tree_faults()) != []


def test_parallel_new_trees_have_numbers_of_their_own():
    def plant(number: int) -> Callable[[], object]:
        return lambda: found_unit(kind="town", code=f"T{number}", name="T", founded=DAY)

    outcomes = in_parallel(*(plant(number) for number in range(8)))
    assert all(isinstance(outcome, Unit) for outcome in outcomes)
    assert list(tree_faults()) == []


def test_of_two_with_the_same_code_one_is_refused():
    town = factories.town()
    other = factories.town()

    def found(parent: Unit) -> Callable[[], object]:
        return lambda: found_unit(
            kind="street_cell", code="SAME", name="S", founded=DAY, parent=parent
        )

    outcomes = in_parallel(*(found(one.district) for one in (town, other, town, other)))
    assert sum(isinstance(outcome, Unit) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, CannotFound) for outcome in outcomes) == 3
    assert list(tree_faults()) == []


def test_nobody_is_registered_in_a_cell_that_is_dissolved_meanwhile():
    town = factories.town()
    members = [factories.member(cell=town.street_cell) for _number in range(6)]
    cells = [factories.unit("street_cell", town.district) for _number in range(6)]
    for member, cell in zip(members, cells, strict=True):
        moved, dissolved = in_parallel(
            lambda member=member, cell=cell: change_cell(member=member, to=cell, on=DAY),
            lambda cell=cell: dissolve_unit(unit=cell, on=DAY),
        )
        assert isinstance(moved, CannotRegister) != isinstance(dissolved, CannotDissolve)


def test_members_get_numbers_of_their_own():
    town = factories.town()
    outcomes = in_parallel(
        *(lambda: [factories.member(cell=town.street_cell).pk for _n in range(20)] for _w in "1234")
    )
    numbers = [number for outcome in outcomes for number in outcome]
    assert len(set(numbers)) == 80


def test_of_two_changes_of_cell_at_once_one_follows_the_other():
    town = factories.town()
    member = factories.member(cell=town.street_cell)
    cells = [factories.unit("street_cell", town.district) for _number in range(4)]
    in_parallel(*(lambda cell=cell: change_cell(member=member, to=cell, on=DAY) for cell in cells))
    assert member.registrations.filter(until=None).count() == 1
    assert connection.vendor == "postgresql"
