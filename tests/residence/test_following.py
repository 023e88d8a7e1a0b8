"""How it follows a move, a change of cell and of work, and what the log says of that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from districts.kinds import Kind
from districts.models import Unit
from members.employments import end_employment, start_employment
from members.membership import move_house
from members.models import Member
from members.registrations import change_cell, register_member
from members.residing import assign_street_cell, register_residence
from tests import factories
from tests.residence.making import DAY, LATER, ON, found, residences

pytestmark = pytest.mark.django_db


def move(member, locality, on=ON):
    move_house(member=Member.objects.get(pk=member.pk), address="", locality=locality, on=on)


class TestMovingHouse:
    def test_to_another_district_and_back_to_one_s_own(self, town, there, member):
        third = factories.town()
        register_member(member=member, unit=there.street_cell, since=DAY, kind="residence")
        move(member, factories.locality(unit=third.district))
        assert residences(member) == [(there.street_cell, DAY, ON), (third.district, ON, None)]
        move(member, factories.locality(unit=town.district), on=LATER)
        assert residences(member)[-1] == (third.district, ON, LATER)
        assert found(on=timezone.localdate()) == []

    def test_out_of_the_home_cell_s_own_district(self, town, there, place):
        own = factories.locality(unit=town.district)
        member = factories.member(cell=town.factory_cell, locality=own)
        move(member, place)
        assert residences(member) == [(there.district, ON, None)]

    def test_within_the_district_the_street_cell_stays(self, there, member):
        register_member(member=member, unit=there.street_cell, since=DAY, kind="residence")
        move(member, factories.locality(unit=there.district))
        assert residences(member) == [(there.street_cell, DAY, None)]

    def test_to_a_place_of_no_district_nothing_is_opened(self, there, member):
        register_member(member=member, unit=there.district, since=DAY, kind="residence")
        move(member, factories.locality())
        assert residences(member) == [(there.district, DAY, ON)]

    def test_to_an_unknown_place_nothing_is_known_to_have_ended(self, there, member):
        register_member(member=member, unit=there.district, since=DAY, kind="residence")
        move(member, None)
        assert residences(member) == [(there.district, DAY, None)]

    def test_of_a_member_of_a_street_cell_nothing_follows(self, town, place):
        member = factories.member(cell=town.street_cell)
        move(member, place)
        assert residences(member) == []

    def test_on_the_day_on_which_the_old_one_began_it_is_struck_out(self, there, member):
        third = factories.town()
        register_member(member=member, unit=there.district, since=ON, kind="residence")
        move(member, factories.locality(unit=third.district))
        assert residences(member) == [(third.district, ON, None)]

    def test_on_a_day_past_the_homes_since_then_are_followed(self, town, there, place):
        member = factories.member(cell=town.factory_cell)
        change_cell(member=member, to=town.street_cell, on=LATER)
        move(member, place, on=ON)
        assert residences(member) == [(there.district, ON, LATER)]

    def test_before_the_home_began_it_is_due_from_then_on(self, there, place, town):
        member = factories.member(cell=town.factory_cell)
        move(member, place, on=factories.JOINED - timedelta(400))
        assert residences(member) == [(there.district, factories.JOINED, None)]

    def test_what_was_planned_for_the_old_place_never_comes_to_hold(self, there, member):
        third = factories.town()
        coming = timezone.localdate() + timedelta(30)
        register_member(member=member, unit=there.district, since=DAY, kind="residence")
        assign_street_cell(member=member, cell=there.street_cell, on=coming)
        move(member, factories.locality(unit=third.district))
        spans = [(unit, since) for unit, since, _until in residences(member)]
        assert there.street_cell not in [unit for unit, _since in spans]
        assert spans[:2] == [(there.district, DAY), (third.district, ON)]
        held = member.registrations.filter(kind="residence").in_force(coming + timedelta(1))
        assert held.get().unit == third.district


class TestChangeOfCell:
    @pytest.fixture
    def resident(self, member, there):
        register_member(member=member, unit=there.street_cell, since=DAY, kind="residence")
        return member

    def test_to_a_street_cell_ends_it(self, there, resident):
        change_cell(member=resident, to=there.street_cell, on=ON)
        assert residences(resident) == [(there.street_cell, DAY, ON)]

    def test_to_a_factory_cell_of_the_district_of_residence_ends_it(self, there, resident):
        change_cell(member=resident, to=there.factory_cell, on=ON)
        assert residences(resident) == [(there.street_cell, DAY, ON)]

    def test_to_a_factory_cell_elsewhere_leaves_it(self, there, resident):
        change_cell(member=resident, to=factories.town().factory_cell, on=ON)
        assert residences(resident) == [(there.street_cell, DAY, None)]

    def test_from_the_street_cell_to_a_factory_elsewhere_opens_it(self, town, there, place):
        member = factories.member(cell=there.street_cell, locality=place)
        change_cell(member=member, to=town.factory_cell, on=ON)
        assert residences(member) == [(there.district, ON, None)]

    def test_on_a_day_to_come_it_holds_until_then(self, there, resident):
        coming = timezone.localdate() + timedelta(30)
        change_cell(member=resident, to=there.street_cell, on=coming)
        assert residences(resident) == [(there.street_cell, DAY, coming)]

    def test_nobody_else_s_is_touched(self, town, there, place, resident):
        other = factories.member(cell=town.factory_cell, locality=place)
        register_residence(member=other, on=DAY)
        change_cell(member=resident, to=there.street_cell, on=ON)
        assert residences(other) == [(there.district, DAY, None)]

    def test_without_a_known_locality_only_what_the_home_forbids_ends(self, town, there):
        member = factories.member(cell=town.factory_cell)
        register_member(member=member, unit=there.district, since=DAY, kind="residence")
        change_cell(member=member, to=factories.town().factory_cell, on=ON)
        assert residences(member) == [(there.district, DAY, None)]
        change_cell(member=member, to=there.factory_cell, on=LATER)
        assert residences(member) == [(there.district, DAY, LATER)]


class TestWork:
    def test_a_new_job_puts_right_what_is_missing(self, there, member):
        start_employment(member=member, workplace=factories.workplace(), since=ON)
        assert residences(member) == [(there.district, ON, None)]

    def test_and_so_does_the_end_of_one(self, there, member):
        past = factories.JOINED - timedelta(100)
        job = start_employment(member=member, workplace=factories.workplace(), since=past)
        assert residences(member) == []  # of the time before the home nothing is registered
        end_employment(employment=job, on=ON)
        assert residences(member) == [(there.district, ON, None)]

    def test_nothing_is_done_where_all_is_well(self, there, member):
        register_member(member=member, unit=there.street_cell, since=DAY, kind="residence")
        start_employment(member=member, workplace=factories.workplace(), since=ON)
        assert residences(member) == [(there.street_cell, DAY, None)]


class TestLog:
    def test_a_consequence_elsewhere_stands_there_by_itself(self, town, there, member):
        """What the district of residence reads of it names neither work nor cell nor reason."""
        from audit.log import recording

        register_member(member=member, unit=there.district, since=DAY, kind="residence")
        last = Entry.objects.order_by("-pk").first().pk
        other = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk))
        with recording("change-cell", reason="The mill is closed.") as running:
            change_cell(member=member, to=other, on=ON)
            running.sentence = f"Registered with {other}."
        told = {
            entry.unit: (entry.act, entry.sentence, entry.reason)
            for entry in Entry.objects.filter(pk__gt=last, table="registrations")
        }
        assert told[there.district.pk] == ("settle-residence", "", "")
        assert told[other.pk] == (
            "change-cell",
            f"Registered with {other}.",
            "The mill is closed.",
        )
