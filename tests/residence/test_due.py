"""When the second registration is due, and what is found where it is missing."""

from datetime import timedelta

import pytest

from audit.ground import EVERYWHERE, Ground
from audit.rulebook import findings
from districts.kinds import Kind
from districts.models import Unit
from members.membership import end_membership
from members.models import Registration
from members.registrations import end_registration, register_member
from members.residence import district_of_residence, is_lawful_beside
from members.rules import _checks
from tests import factories
from tests.residence.making import DAY, LATER, ON, RULE, found

pytestmark = pytest.mark.django_db


class TestWhereItIsDue:
    @pytest.mark.parametrize(
        ("home", "lives", "due"),
        [
            ("factory_cell", "another", True),
            ("joint_cell", "another", True),
            ("street_cell", "another", False),
            ("factory_cell", "own", False),
            ("joint_cell", "own", False),
            ("factory_cell", None, False),
        ],
    )
    def test_for_whom(self, home, lives, due):
        own, another = Unit(pk=1, kind=Kind.DISTRICT), Unit(pk=2, kind=Kind.LOCAL_GROUP)
        there = {"own": own, "another": another, None: None}[lives]
        cell = Unit(pk=3, kind=home, parent=own)
        assert district_of_residence(home=cell, lives=there) == (another if due else None)

    @pytest.mark.parametrize(
        ("home", "residence", "lawful"),
        [
            ("factory_cell", "district there", True),
            ("factory_cell", "street there", True),
            ("factory_cell", "own district", False),
            ("factory_cell", "own street", False),
            ("street_cell", "district there", False),
        ],
    )
    def test_beside_which_home_it_may_stand(self, home, residence, lawful):
        own, another = Unit(pk=1, kind=Kind.DISTRICT), Unit(pk=2, kind=Kind.DISTRICT)
        units = {
            "own district": own,
            "district there": another,
            "own street": Unit(pk=4, kind=Kind.STREET_CELL, parent=own),
            "street there": Unit(pk=5, kind=Kind.STREET_CELL, parent=another),
        }
        cell = Unit(pk=3, kind=home, parent=own)
        held = Registration(unit=units[residence], kind="residence", since=DAY)
        assert is_lawful_beside(held, cell) is lawful


class TestFinding:
    def test_where_it_is_missing_since_the_home_began(self, town, member):
        code = town.factory_cell.code
        assert found() == [(code, f"member {member.pk}", factories.JOINED)]
        assert found(on=factories.JOINED - timedelta(1)) == []

    def test_it_is_the_home_cell_s_and_nobody_else_s(self, town, there, member):
        for unit in (town.factory_cell, town.district, town.town):
            assert found(ground=Ground((Unit.objects.get(pk=unit.pk).extent,))) == found()
        for unit in (town.street_cell, there.district, there.street_cell):
            assert found(ground=Ground((Unit.objects.get(pk=unit.pk).extent,))) == []
        assert found(ground=Ground()) == []

    def test_it_tells_nothing_but_the_number_and_the_home_cell(self, there, place, member):
        (one,) = findings(EVERYWHERE, LATER, among=[RULE])
        told = repr((one.subject, one.unit, one.given, str(one.sentence), str(one.remedy)))
        for name in (there.district.code, there.district.name, place.code, member.family_name):
            assert name not in told

    def test_since_the_last_registration_there_ended(self, town, there, member):
        register_member(member=member, unit=there.district, since=DAY, kind="residence")
        held = member.registrations.get(kind="residence")
        assert found() == []
        end_registration(registration=held, on=ON)
        assert found() == [(town.factory_cell.code, f"member {member.pk}", ON)]

    @pytest.mark.parametrize("unit", ["district", "street_cell"])
    def test_not_for_who_is_registered_there(self, there, member, unit):
        register_member(member=member, unit=getattr(there, unit), since=DAY, kind="residence")
        assert found() == []
        assert found(on=DAY - timedelta(1)) != []

    def test_a_registration_elsewhere_does_not_count(self, member):
        other = factories.town().district
        register_member(member=member, unit=other, since=DAY, kind="residence")
        assert len(found()) == 1

    def test_in_a_joint_cell_of_a_local_group(self, place):
        cell = factories.unit(Kind.JOINT_CELL, factories.unit(Kind.LOCAL_GROUP))
        member = factories.member(cell=cell, locality=place)
        assert found() == [(cell.code, f"member {member.pk}", factories.JOINED)]

    def test_for_nobody_else(self, town, there):
        own = factories.locality(unit=town.district)
        nobody_s = factories.locality()
        old = factories.locality(unit=there.district)
        for cell, locality in (
            (town.street_cell, old),
            (town.factory_cell, own),
            (town.factory_cell, nobody_s),
            (town.factory_cell, None),
        ):
            factories.member(cell=cell, locality=locality)
        gone = factories.member(cell=town.factory_cell, locality=old)
        end_membership(member=gone, on=ON, reason="resigned")
        gone.registrations.update(until=None)
        assert found() == []

    def test_a_district_that_is_no_more_asks_for_nothing(self, there, member):
        Unit.objects.filter(pk=there.district.pk).update(dissolved=ON)
        assert found() == []
        assert len(found(on=DAY)) == 1

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_is_one_question_for_one_and_for_three(
        self, town, place, number, django_assert_num_queries
    ):
        for _one in range(number):
            factories.member(cell=town.factory_cell, locality=place)
        # All members seen once, and each rule of theirs asked about those who are left over.
        with django_assert_num_queries(1 + len(_checks)):
            assert len(found()) == number
