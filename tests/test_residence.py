"""The second registration (A4): when it is due, what a move ends and opens, and the acts on it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.ground import EVERYWHERE, Ground
from audit.models import Entry
from audit.rulebook import findings, rule_named
from districts.kinds import Kind
from districts.models import Unit
from members.employments import end_employment, start_employment
from members.membership import end_membership, move_house
from members.models import Member, Registration
from members.registrations import (
    CannotRegister,
    change_cell,
    end_registration,
    register_member,
)
from members.residence import district_of_residence, is_lawful_beside
from members.residing import assign_street_cell, register_residence, take_back
from tests import factories

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 1)
ON = date(2024, 3, 1)
LATER = date(2024, 6, 1)
RULE = rule_named("residence-registration")


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def there():
    """The town where the member lives."""
    return factories.town()


@pytest.fixture
def place(there):
    return factories.locality(unit=there.district, street_cell=there.street_cell)


@pytest.fixture
def member(town, place):
    return factories.member(cell=town.factory_cell, locality=place)


def residences(member):
    rows = member.registrations.filter(kind="residence").order_by("since")
    return [(row.unit, row.since, row.until) for row in rows.select_related("unit")]


def found(on=LATER, ground=EVERYWHERE):
    broken = findings(ground, on, among=[RULE])
    return [(one.unit, one.subject, one.since) for one in broken]


def move(member, locality, on=ON):
    move_house(member=Member.objects.get(pk=member.pk), address="", locality=locality, on=on)


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
        with django_assert_num_queries(1):
            assert len(found()) == number


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
