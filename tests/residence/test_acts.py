"""The acts on the second registration: registering as a resident, and the street cell."""

import pytest

from districts.kinds import Kind
from districts.models import Unit
from members.membership import end_membership
from members.models import Member
from members.registrations import CannotRegister, register_member
from members.residing import assign_street_cell, register_residence, take_back
from tests import factories
from tests.residence.making import DAY, LATER, ON, found, residences

pytestmark = pytest.mark.django_db


class TestRegistering:
    def test_with_the_district_of_the_locality(self, there, member):
        new = register_residence(member=member, on=ON)
        assert new.unit == there.district
        assert residences(member) == [(there.district, ON, None)]
        assert found() == []

    def test_a_registration_elsewhere_ends_that_day(self, there, member):
        other = factories.town().district
        register_member(member=member, unit=other, since=DAY, kind="residence")
        register_residence(member=member, on=ON)
        assert residences(member) == [(other, DAY, ON), (there.district, ON, None)]

    def test_it_leads_up_to_what_is_registered_from_a_later_day(self, there, member):
        register_member(member=member, unit=there.street_cell, since=LATER, kind="residence")
        register_residence(member=member, on=ON)
        assert residences(member) == [
            (there.district, ON, LATER),
            (there.street_cell, LATER, None),
        ]

    def test_what_stands_in_the_way(self, town, there, member, place):
        def refused(**changed):
            Member.objects.filter(pk=member.pk).update(**changed)
            with pytest.raises(CannotRegister) as refusal:
                register_residence(member=member, on=ON)
            Member.objects.filter(pk=member.pk).update(locality=place)
            return str(refusal.value)

        assert refused(locality=None).startswith("A4: It is not known where")
        nobody_s = factories.locality()
        assert (
            refused(locality=nobody_s) == f"A4: {nobody_s} belongs to no district or local group."
        )
        own = factories.locality(unit=town.district)
        assert "of a factory cell of another district" in refused(locality=own)
        register_member(member=member, unit=there.street_cell, since=DAY, kind="residence")
        assert f"registered with {there.street_cell} since 2024-01-01 already" in refused()
        assert residences(member) == [(there.street_cell, DAY, None)]

    def test_not_for_a_member_of_a_street_cell_nor_for_who_left(self, town, place, there):
        street = factories.member(cell=town.street_cell, locality=place)
        with pytest.raises(CannotRegister, match=r"A4: Only a member of a factory cell"):
            register_residence(member=street, on=ON)
        gone = factories.member(cell=town.factory_cell, locality=place)
        end_membership(member=gone, on=DAY, reason="resigned")
        with pytest.raises(CannotRegister, match="is not a member on that day"):
            register_residence(member=gone, on=ON)

    def test_not_with_a_district_that_is_no_more(self, there, member):
        Unit.objects.filter(pk=there.district.pk).update(dissolved=DAY)
        with pytest.raises(CannotRegister, match=r"A4: .* is not open on that day"):
            register_residence(member=member, on=ON)
        assert residences(member) == []


class TestStreetCell:
    @pytest.fixture
    def resident(self, member, there):
        register_member(member=member, unit=there.district, since=DAY, kind="residence")
        return member

    def test_assigned_and_taken_back(self, there, resident):
        assign_street_cell(member=resident, cell=there.street_cell, on=ON)
        take_back(member=resident, on=LATER)
        assert residences(resident) == [
            (there.district, DAY, ON),
            (there.street_cell, ON, LATER),
            (there.district, LATER, None),
        ]
        assert resident.registrations.get(kind="home").until is None

    def test_from_one_street_cell_to_another_of_the_same_district(self, there, resident):
        second = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=there.district.pk))
        assign_street_cell(member=resident, cell=there.street_cell, on=ON)
        assign_street_cell(member=resident, cell=second, on=LATER)
        assert residences(resident)[-1] == (second, LATER, None)

    @pytest.mark.parametrize("unit", ["factory_cell", "district", "area"])
    def test_to_no_other_unit_of_the_district(self, there, resident, unit):
        with pytest.raises(CannotRegister, match=r"A4: .* is no street cell of"):
            assign_street_cell(member=resident, cell=getattr(there, unit), on=ON)
        assert residences(resident) == [(there.district, DAY, None)]

    def test_to_no_street_cell_of_another_district(self, town, resident):
        for cell in (town.street_cell, factories.town().street_cell):
            with pytest.raises(CannotRegister, match=r"A4: .* is no street cell of"):
                assign_street_cell(member=resident, cell=cell, on=ON)

    def test_only_who_is_registered_and_assigned(self, there, member):
        with pytest.raises(CannotRegister, match=r"A4: .* not registered as a resident"):
            assign_street_cell(member=member, cell=there.street_cell, on=ON)
        with pytest.raises(CannotRegister, match=r"A4: .* not registered as a resident"):
            take_back(member=member, on=ON)
        register_residence(member=member, on=DAY)
        with pytest.raises(CannotRegister, match=r"A4: .* assigned to no street cell"):
            take_back(member=member, on=ON)
