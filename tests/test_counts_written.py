"""Member counts after every way of writing registrations: the pairs kept ready follow each."""

import time
from collections.abc import Callable
from datetime import date
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.bulk import copy_rows
from districts.models import Unit
from members.counts import member_counts
from members.models import Member, Registration
from tests import factories
from tests.test_counts import DAY, counted_by_hand
from tests.test_tree_races import in_parallel

DAYS = [date(2020, 1, 1), date(2022, 1, 1), DAY, date(2025, 1, 1)]
COLUMNS = ("member_id", "unit_id", "kind", "since", "until")

Row = tuple[int, int, str, date, date | None]


def by_orm(rows: list[Row]) -> None:
    for row in rows:
        Registration.objects.create(**dict(zip(COLUMNS, row, strict=True)))


def by_bulk(rows: list[Row]) -> None:
    Registration.objects.bulk_create(
        Registration(**dict(zip(COLUMNS, row, strict=True))) for row in rows
    )


def by_copy(rows: list[Row]) -> None:
    with connection.wrap_database_errors:
        copy_rows(Registration._meta.db_table, COLUMNS, rows)


def by_sql(rows: list[Row]) -> None:
    marks = ", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))
    execute(
        f"INSERT INTO members_registration ({', '.join(COLUMNS)}) VALUES {marks}",
        *(value for row in rows for value in row),
    )


def execute(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def write(data: st.DataObject, members: list[int], units: list[int]) -> None:
    """Write something at random; the database may refuse it, and then keeps nothing of it."""
    member, unit, day = (st.sampled_from(some) for some in (members, units, DAYS))
    kind = st.sampled_from(["home", "residence"])
    row = st.tuples(member, unit, kind, day, st.one_of(st.none(), day))
    insert = st.sampled_from([by_orm, by_bulk, by_copy, by_sql])
    chosen = Registration.objects.filter(member__in=data.draw(st.lists(member, min_size=1)))
    steps: list[Callable[[], object]] = [
        lambda: data.draw(insert)(data.draw(st.lists(row, min_size=1, max_size=4))),
        lambda: chosen.update(unit=data.draw(unit)),
        lambda: chosen.update(until=data.draw(st.one_of(st.none(), day))),
        lambda: chosen.filter(since=data.draw(day)).update(since=data.draw(day)),
        lambda: execute(
            "UPDATE members_registration SET kind = %s WHERE member_id = %s",
            *(data.draw(kind), data.draw(member)),
        ),
        lambda: execute(
            "UPDATE members_registration SET member_id = %s WHERE member_id = %s",
            *(data.draw(member), data.draw(member)),
        ),
        lambda: chosen.filter(kind=data.draw(kind)).delete(),
        lambda: execute("DELETE FROM members_registration WHERE unit_id = %s", data.draw(unit)),
    ]
    # Rows are added as often as they are changed or struck, or there would be few to count.
    step = data.draw(st.sampled_from([*[steps[0]] * (len(steps) - 1), *steps[1:]]))
    try:
        with transaction.atomic():
            step()
            refuse_overlaps()
    except IntegrityError:
        pass


def refuse_overlaps() -> None:
    """As PostgreSQL does by itself."""
    ends: dict[tuple[int, str], date] = {}
    for row in Registration.objects.order_by("since"):
        if row.since < ends.get((row.member_id, row.kind), date.min):
            raise IntegrityError
        ends[row.member_id, row.kind] = row.until or date.max


def assert_counted() -> None:
    for day in DAYS:
        assert member_counts(None, day) == counted_by_hand(day)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
@pytest.mark.django_db
def test_as_by_hand_whoever_writes(db, data):
    Registration.objects.all().delete()
    if not Unit.objects.exists():
        factories.town()
        factories.unit("joint_cell", factories.unit("local_group"))
        factories.unit("local_group")
        for _number in range(3):
            Member.objects.create(family_name="Example", joined=factories.JOINED)
    members = list(Member.objects.values_list("pk", flat=True))
    units = list(Unit.objects.values_list("pk", flat=True))
    for _number in range(data.draw(st.integers(1, 8))):
        write(data, members, units)
        assert_counted()


def registered_twice() -> tuple[factories.Town, Member]:
    town = factories.town()
    member = factories.member(cell=town.factory_cell)
    Registration.objects.create(
        member=member, unit=town.street_cell, kind="residence", since=factories.JOINED
    )
    return town, member


def pairs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM members_pair")
        (number,) = cursor.fetchone()
    return int(number)


@pytest.mark.postgres
@pytest.mark.django_db
def test_emptied_with_the_registrations():
    registered_twice()
    assert pairs() == 1
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("TRUNCATE members_registration")
    assert pairs() == 0


@pytest.mark.postgres
@pytest.mark.django_db
def test_filled_from_the_registrations_that_are_there():
    town, _member = registered_twice()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    migration = import_module("members.migrations.0006_pairs")
    execute(migration.LET_GO)
    execute(migration.KEEP)
    assert pairs() == 1
    assert member_counts(None, DAY)[town.district.pk] == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_home_and_residence_written_at_the_same_time(unlock_pairs, locked):
    """The negative control: without the lock neither sees the other's row, and no pair is kept."""
    town = factories.town()
    member = Member.objects.create(family_name="Example", joined=factories.JOINED)
    if not locked:
        unlock_pairs()

    def register(kind: str, unit: Unit) -> Callable[[], None]:
        def job() -> None:
            with transaction.atomic():
                by_sql([(member.pk, unit.pk, kind, factories.JOINED, None)])
                time.sleep(0.5)

        return job

    in_parallel(register("home", town.factory_cell), register("residence", town.street_cell))
    assert pairs() == (1 if locked else 0)
    assert member_counts(None, DAY)[town.town.pk] == (1 if locked else 2)
