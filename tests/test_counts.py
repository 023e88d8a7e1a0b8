"""Member counts of units with all below them: against counting by hand, in one query."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from districts.models import Unit
from members.counts import member_counts
from members.models import Member, Registration
from tests import factories

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 1)


def counted_by_hand(on: date) -> dict[int, int]:
    registrations = list(Registration.objects.in_force(on).select_related("unit"))
    return {
        unit.pk: len(
            {
                row.member_id
                for row in registrations
                if row.unit.tree_id == unit.tree_id and unit.lft <= row.unit.lft <= unit.rght
            }
        )
        for unit in Unit.objects.all()
    }


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_as_by_hand(db, data):
    Registration.objects.all().delete()
    if not Unit.objects.exists():
        factories.town()
        factories.town()
        factories.unit("joint_cell", factories.unit("local_group"))
    units = list(Unit.objects.all())
    for _number in range(data.draw(st.integers(0, 12))):
        member = Member.objects.create(family_name="Example", joined=factories.JOINED)
        for kind in ("home", "residence"):
            unit = data.draw(st.sampled_from([None, *units]))
            if unit is not None:
                ended = data.draw(st.sampled_from([None, DAY, date(2025, 1, 1)]))
                Registration.objects.create(
                    member=member, unit=unit, kind=kind, since=factories.JOINED, until=ended
                )
    assert member_counts(None, DAY) == counted_by_hand(DAY)
    some = units[::2]
    by_hand = counted_by_hand(DAY)
    assert member_counts(some, DAY) == {unit.pk: by_hand[unit.pk] for unit in some}


def test_one_query_for_any_number_of_units(django_assert_num_queries):
    town = factories.town()
    factories.member(cell=town.street_cell)
    with django_assert_num_queries(1):
        member_counts([town.town], DAY)
    with django_assert_num_queries(1):
        member_counts([town.town, town.area, town.district], DAY)


def test_no_units_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert member_counts([], DAY) == {}
