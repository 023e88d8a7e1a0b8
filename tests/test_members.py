"""The acts on people: what they do, what they refuse, and the history that stays."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.refusals import Refused
from districts.models import Unit
from districts.tree import tree_faults
from districts.units import dissolve_unit
from members.employments import CannotEmploy, end_employment, start_employment
from members.membership import (
    CannotAdmit,
    CannotEnd,
    CannotMoveHouse,
    admit_member,
    end_membership,
    move_house,
    readmit_member,
)
from members.models import EarlierMembership, Employment, Member, Registration
from members.registrations import (
    CannotRegister,
    change_cell,
    end_registration,
    register_member,
)
from members.regrouping import CannotMerge, CannotSplit, merge_cells, split_cell
from tests import factories

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 1)
HOME, RESIDENCE = Registration.Kind.HOME, Registration.Kind.RESIDENCE


@pytest.fixture
def member(town: factories.Town) -> Member:
    return factories.member(cell=town.factory_cell)


def history(member: Member, kind: str = HOME) -> list[tuple[Unit, date, date | None]]:
    rows = member.registrations.filter(kind=kind).order_by("since").select_related("unit")
    return [(row.unit, row.since, row.until) for row in rows]


class TestAdmission:
    def test_one_home_from_the_first_day(self, town, member):
        assert history(member) == [(town.factory_cell, factories.JOINED, None)]
        assert member.is_present(factories.JOINED)

    def test_numbers_follow_each_other(self, town, member):
        assert factories.member(cell=town.street_cell).pk > member.pk

    @pytest.mark.parametrize("place", ["town", "area", "district"])
    def test_only_in_a_cell(self, town, place):
        with pytest.raises(CannotAdmit, match=r"A1.*no cell"):
            factories.member(cell=getattr(town, place))
        assert not Member.objects.exists()

    def test_not_in_a_dissolved_cell(self, town):
        dissolve_unit(unit=town.street_cell, on=DAY)
        with pytest.raises(CannotAdmit, match=r"A1.*not open"):
            factories.member(cell=town.street_cell, joined=DAY)
        assert factories.member(cell=town.street_cell, joined=DAY - timedelta(1)).pk

    def test_what_is_wrong_with_the_person_is_told_together(self, town):
        with pytest.raises(CannotAdmit) as refusal:
            admit_member(family_name="", email="nobody", joined=DAY, cell=town.district)
        reasons = " ".join(str(blocker) for blocker in refusal.value.blockers)
        assert len(refusal.value.blockers) == 3
        assert "family name" in reasons
        assert "e-mail" in reasons


class TestChangeOfCell:
    def test_one_ends_as_the_other_begins(self, town, member):
        change_cell(member=member, to=town.street_cell, on=DAY)
        assert history(member) == [
            (town.factory_cell, factories.JOINED, DAY),
            (town.street_cell, DAY, None),
        ]

    def test_on_the_day_it_began_it_is_corrected(self, town, member):
        change_cell(member=member, to=town.street_cell, on=factories.JOINED)
        assert history(member) == [(town.street_cell, factories.JOINED, None)]

    def test_in_the_future_takes_effect_on_its_day(self, town, member):
        later = timezone.localdate() + timedelta(30)
        change_cell(member=member, to=town.street_cell, on=later)
        now = Registration.objects.in_force(timezone.localdate()).get(member=member)
        then = Registration.objects.in_force(later).get(member=member)
        assert (now.unit, then.unit) == (town.factory_cell, town.street_cell)

    def test_a_planned_change_is_not_overrun(self, town, member):
        later = timezone.localdate() + timedelta(30)
        change_cell(member=member, to=town.street_cell, on=later)
        other = factories.unit("street_cell", town.district)
        with pytest.raises(CannotRegister, match="holds from"):
            change_cell(member=member, to=other, on=timezone.localdate())

    def test_refusals(self, town, member):
        with pytest.raises(CannotRegister, match="there already"):
            change_cell(member=member, to=town.factory_cell, on=DAY)
        with pytest.raises(CannotRegister, match=r"A1.*no cell"):
            change_cell(member=member, to=town.district, on=DAY)
        with pytest.raises(CannotRegister, match="no such registration"):
            change_cell(member=member, to=town.street_cell, on=factories.FOUNDED)
        with pytest.raises(CannotRegister, match=r"A4"):
            change_cell(member=member, to=town.street_cell, on=DAY, kind=RESIDENCE)
        assert history(member) == [(town.factory_cell, factories.JOINED, None)]


class TestRegistration:
    @pytest.mark.parametrize(
        ("place", "lawful"),
        [
            ("town", False),
            ("area", False),
            ("district", True),
            ("factory_cell", False),
            ("street_cell", True),
        ],
    )
    def test_residence(self, town, member, place, lawful):
        other = factories.town()
        unit = getattr(other, place)
        if lawful:
            register_member(member=member, unit=unit, since=DAY, kind=RESIDENCE)
            assert history(member, RESIDENCE) == [(unit, DAY, None)]
        else:
            with pytest.raises(CannotRegister, match=r"A4"):
                register_member(member=member, unit=unit, since=DAY, kind=RESIDENCE)

    def test_one_of_a_kind(self, town, member):
        with pytest.raises(CannotRegister, match=r"A1.*holds from"):
            register_member(member=member, unit=town.street_cell, since=DAY)

    def test_ended_and_made_anew(self, town, member):
        end_registration(registration=member.registrations.get(), on=DAY)
        register_member(member=member, unit=town.street_cell, since=DAY)
        assert [row[0] for row in history(member)] == [town.factory_cell, town.street_cell]
        with pytest.raises(CannotRegister, match="already"):
            end_registration(registration=member.registrations.first(), on=DAY)

    def test_only_members(self, town, member):
        end_membership(member=member, on=DAY, reason="resigned")
        with pytest.raises(CannotRegister, match="not a member"):
            register_member(member=member, unit=town.street_cell, since=DAY)

    def test_the_database_holds_one_open_home(self, town, member):
        with pytest.raises(IntegrityError), transaction.atomic():
            Registration.objects.create(member=member, unit=town.street_cell, since=DAY)

    @pytest.mark.postgres
    def test_the_database_holds_no_overlap(self, town, member):
        with pytest.raises(IntegrityError, match="no_overlap"), transaction.atomic():
            Registration.objects.create(
                member=member, unit=town.street_cell, since=DAY, until=DAY + timedelta(1)
            )

    def test_validation_holds_no_overlap(self, town, member):
        row = Registration(
            member=member, unit=town.street_cell, since=DAY, until=DAY + timedelta(1)
        )
        with pytest.raises(Exception, match="overlaps"):
            row.full_clean()


class TestLeaving:
    @pytest.mark.parametrize("reason", ["died", "resigned", "excluded", "moved_away"])
    def test_all_registrations_end(self, town, member, reason):
        register_member(member=member, unit=factories.town().district, since=DAY, kind=RESIDENCE)
        end_membership(member=member, on=date(2024, 6, 1), reason=reason)
        assert not Registration.objects.not_ended(date(2024, 6, 1)).exists()
        assert Registration.objects.in_force(date(2024, 5, 31)).count() == 2

    def test_in_the_future(self, town, member):
        later = timezone.localdate() + timedelta(30)
        end_membership(member=member, on=later, reason="resigned")
        present = Member.objects.present(timezone.localdate())
        assert member in present
        assert member not in Member.objects.present(later)

    def test_on_the_day_of_a_change_of_cells_the_new_cell_never_held(self, town, member):
        account = factories.account(member=member)
        today = timezone.localdate()
        change_cell(member=member, to=town.street_cell, on=today)
        end_membership(member=member, on=today, reason="excluded")
        assert [(unit, until) for unit, *_, until in history(member)] == [
            (town.factory_cell, today)
        ]
        account.refresh_from_db()
        assert not account.is_active

    def test_a_change_that_held_for_a_day_is_not_lost(self, town, member):
        today = timezone.localdate()
        change_cell(member=member, to=town.street_cell, on=today)
        with pytest.raises(CannotEnd, match="after that day"):
            end_membership(member=member, on=today - timedelta(1), reason="excluded")

    def test_a_planned_change_never_takes_effect(self, town, member):
        later = timezone.localdate() + timedelta(30)
        change_cell(member=member, to=town.street_cell, on=later)
        end_membership(member=member, on=timezone.localdate(), reason="died")
        assert [row[0] for row in history(member)] == [town.factory_cell]

    def test_refusals(self, member):
        with pytest.raises(CannotEnd, match="joined on"):
            end_membership(member=member, on=factories.JOINED, reason="died")
        with pytest.raises(CannotEnd, match="why"):
            end_membership(member=member, on=DAY, reason="bored")
        end_membership(member=member, on=DAY, reason="died")
        with pytest.raises(CannotEnd, match="left on"):
            end_membership(member=member, on=DAY, reason="died")

    def test_what_is_recorded_to_end_is_said_so(self, member):
        later = timezone.localdate() + timedelta(30)
        end_membership(member=member, on=later, reason="resigned")
        with pytest.raises(CannotEnd, match="leaves on"):
            end_membership(member=member, on=later, reason="died")

    def test_readmitted_under_the_old_number(self, town, member):
        end_membership(member=member, on=DAY, reason="resigned")
        again = date(2025, 1, 1)
        with pytest.raises(CannotAdmit):
            readmit_member(member=member, on=DAY - timedelta(1), cell=town.street_cell)
        readmit_member(member=member, on=again, cell=town.street_cell)
        member.refresh_from_db()
        assert (member.joined, member.left, member.left_reason) == (again, None, "")
        earlier = EarlierMembership.objects.get()
        assert (earlier.since, earlier.until, earlier.reason) == (
            factories.JOINED,
            DAY,
            "resigned",
        )
        for day, present in [(DAY - timedelta(1), True), (DAY, False), (again, True)]:
            assert Member.objects.present(day).exists() is present
        with pytest.raises(CannotAdmit, match="is a member"):
            readmit_member(member=member, on=again, cell=town.street_cell)


class TestEmployments:
    def test_started_and_ended(self, member):
        works = factories.workplace()
        employment = start_employment(member=member, workplace=works, since=DAY)
        start_employment(member=member, workplace=factories.workplace(), since=DAY)
        with pytest.raises(CannotEmploy, match="already"):
            start_employment(member=member, workplace=works, since=date(2024, 2, 1))
        with pytest.raises(CannotEmploy, match="began"):
            end_employment(employment=employment, on=DAY)
        end_employment(employment=employment, on=date(2024, 3, 1))
        with pytest.raises(CannotEmploy, match="already"):
            end_employment(employment=employment, on=date(2024, 4, 1))
        start_employment(member=member, workplace=works, since=date(2024, 3, 1))
        assert Employment.objects.count() == 3

    def test_not_before_what_is_recorded(self, member):
        works = factories.workplace()
        start_employment(member=member, workplace=works, since=DAY)
        with pytest.raises(CannotEmploy, match="already"):
            start_employment(member=member, workplace=works, since=date(2023, 1, 1))


class TestMovingHouse:
    def test_moved(self, member):
        locality = factories.locality()
        today = timezone.localdate()
        move_house(member=member, address="New Street 1", locality=locality, on=today)
        member.refresh_from_db()
        assert (member.address, member.locality) == ("New Street 1", locality)

    def test_not_in_advance(self, member):
        tomorrow = timezone.localdate() + timedelta(1)
        with pytest.raises(CannotMoveHouse):
            move_house(member=member, address="X", locality=None, on=tomorrow)


class TestRegrouping:
    def test_merged(self, town, member):
        into = factories.unit("factory_cell", town.district)
        works = factories.workplace(cell=town.factory_cell)
        later = timezone.localdate() + timedelta(10)
        late = factories.member(cell=town.street_cell)
        change_cell(member=late, to=town.factory_cell, on=later)
        merge_cells(cell=town.factory_cell, into=into, on=DAY)
        town.factory_cell.refresh_from_db()
        works.refresh_from_db()
        assert town.factory_cell.dissolved == DAY
        assert works.cell == into
        assert history(member)[-1] == (into, DAY, None)
        assert history(late)[-1] == (into, later, None)
        assert list(tree_faults()) == []

    def test_not_into_itself_nor_a_district(self, town):
        for into in (town.factory_cell, town.district):
            with pytest.raises(CannotMerge):
                merge_cells(cell=town.factory_cell, into=into, on=DAY)

    def test_all_or_nothing(self, town, member):
        factories.member(cell=town.factory_cell)
        planned = timezone.localdate() + timedelta(30)
        into = factories.unit("factory_cell", town.district)
        change_cell(member=member, to=town.street_cell, on=planned)
        with pytest.raises(Refused):
            merge_cells(cell=town.factory_cell, into=into, on=DAY)
        assert not into.registrations.exists()
        town.factory_cell.refresh_from_db()
        assert town.factory_cell.dissolved is None

    def test_split(self, town, member):
        others = [factories.member(cell=town.factory_cell) for _number in range(3)]
        new = split_cell(cell=town.factory_cell, code="NEW", name="New", members=others[:2], on=DAY)
        assert new.kind == "factory_cell"
        assert new.parent == town.district
        assert Registration.objects.in_force(DAY).filter(unit=new).count() == 2
        assert Registration.objects.in_force(DAY).filter(unit=town.factory_cell).count() == 2
        assert list(tree_faults()) == []

    def test_split_refuses_strangers_and_nobody(self, town, member):
        stranger = factories.member(cell=town.street_cell)
        for members in ([], [stranger]):
            with pytest.raises(CannotSplit):
                split_cell(cell=town.factory_cell, code="NEW", name="N", members=members, on=DAY)
        assert not Unit.objects.filter(code="NEW").exists()
