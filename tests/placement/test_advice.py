"""To which cell a member belongs, by work and by residence: a truth table."""

from datetime import date, timedelta

import pytest

from cells.placement import Why, advice_for, advise, sentences
from districts.kinds import Kind
from districts.models import Unit, Workplace
from districts.places import CannotAssign, set_street_cell
from members.belonging import belongings
from members.employments import CannotEmploy, set_main_employment
from members.models import EarlierMembership, Employment, Leaving, Member
from tests import factories
from tests.placement.making import DAY, JOINED, detach, told, work

pytestmark = pytest.mark.django_db


class TestWork:
    def test_the_factory_s_own_cell(self, town, person, works):
        work(person, works)
        assert told(person) == (Why.OWN, "A1", town.factory_cell.pk)

    def test_the_cell_that_covers_it(self, town, person, street):
        shop = factories.workplace(cell=town.factory_cell, coverage="attached", locality=street)
        work(person, shop)
        assert told(person) == (Why.ATTACHED, "A2", town.factory_cell.pk)

    def test_a_workplace_of_no_cell(self, person, street):
        work(person, factories.workplace(locality=street))
        assert told(person) == (Why.UNCOVERED, "A2", None)

    def test_a_cell_that_is_dissolved_covers_nothing(self, town, person, works):
        work(person, works)
        Unit.objects.filter(pk=town.factory_cell.pk).update(dissolved=DAY)
        assert told(person) == (Why.UNCOVERED, "A2", None)
        assert told(person, DAY - timedelta(days=1))[0] == Why.OWN

    def test_the_main_work_before_a_later_side_job(self, town, person, works, street):
        work(person, works)
        work(person, factories.workplace(locality=street), date(2025, 1, 1), standing="side")
        assert told(person) == (Why.OWN, "A1", town.factory_cell.pk)

    def test_of_two_main_ones_the_later(self, person, works, street):
        work(person, works)
        work(person, factories.workplace(locality=street), date(2025, 1, 1))
        assert told(person)[0] == Why.UNCOVERED
        assert told(person, date(2024, 12, 31))[0] == Why.OWN

    def test_a_side_job_alone_decides(self, town, person, works):
        work(person, works, standing="side")
        assert told(person) == (Why.OWN, "A1", town.factory_cell.pk)

    def test_work_that_is_to_come_does_not_decide_yet(self, town, person, works):
        work(person, works, since=DAY + timedelta(days=1))
        assert told(person) == (Why.STREET, "A3", town.street_cell.pk)
        assert told(person, DAY + timedelta(days=1))[0] == Why.OWN


class TestUnemployment:
    def test_the_cell_of_the_last_workplace(self, town, person, works, street):
        work(person, factories.workplace(locality=street), until=date(2024, 1, 1))
        work(person, works, since=date(2024, 1, 1), until=date(2025, 1, 1), standing="side")
        assert told(person) == (Why.UNEMPLOYED, "A6", town.factory_cell.pk)

    def test_work_that_ended_before_joining_binds_nobody(self, town, person, works):
        work(person, works, since=date(2010, 1, 1), until=JOINED)
        assert told(person) == (Why.STREET, "A3", town.street_cell.pk)

    def test_a_detachment_that_was_granted(self, town, person, works):
        work(person, works, until=date(2025, 1, 1))
        detach(person, town.district, date(2025, 9, 1))
        assert told(person, date(2025, 8, 31))[0] == Why.UNEMPLOYED
        assert told(person) == (Why.STREET, "A3", town.street_cell.pk)
        assert advice_for(person, DAY).since == date(2025, 9, 1)

    @pytest.mark.parametrize("state", ["asked", "refused", "withdrawn"])
    def test_no_other_request_detaches(self, town, person, works, state):
        work(person, works, until=date(2025, 1, 1))
        detach(person, town.district, date(2025, 9, 1), state)
        assert told(person)[0] == Why.UNEMPLOYED

    def test_new_work_after_it_binds_anew(self, town, person, works):
        work(person, works, until=date(2024, 1, 1))
        detach(person, town.district, date(2024, 9, 1))
        again = work(person, works, since=date(2025, 1, 1))
        assert told(person)[0] == Why.OWN
        Employment.objects.filter(pk=again.pk).update(until=date(2025, 6, 1))
        assert told(person) == (Why.UNEMPLOYED, "A6", town.factory_cell.pk)


class TestResidence:
    def test_the_street_cell(self, town, person):
        assert told(person) == (Why.STREET, "A3", town.street_cell.pk)

    def test_a_locality_of_no_cell(self, town, person):
        Member.objects.filter(pk=person.pk).update(locality=factories.locality(unit=town.district))
        assert told(person) == (Why.NO_STREET, "A3", None)

    def test_no_locality(self, person):
        Member.objects.filter(pk=person.pk).update(locality=None)
        assert told(person) == (Why.NOWHERE, "A3", None)

    def test_who_left_belongs_nowhere_and_who_was_there_before_does(self, town, person):
        Member.objects.filter(pk=person.pk).update(
            left=date(2025, 1, 1), left_reason=Leaving.RESIGNED
        )
        assert told(person) is None
        EarlierMembership.objects.create(
            member=person, since=date(2020, 6, 1), until=date(2021, 1, 1), reason="resigned"
        )
        assert told(person, date(2020, 7, 1)) == (Why.STREET, "A3", town.street_cell.pk)


class TestSmallPlaces:
    def test_work_and_home_in_one_cell(self, village, person):
        joint, home, works = village
        Member.objects.filter(pk=person.pk).update(locality=home)
        assert told(person) == (Why.JOINT_HOME, "A7", joint.pk)
        work(person, works)
        assert told(person) == (Why.JOINT_WORK, "A7", joint.pk)

    def test_a_joint_cell_that_is_named(self, village, person):
        joint, _home, works = village
        Workplace.objects.filter(pk=works.pk).update(cell=joint, coverage="own")
        work(person, works)
        assert told(person) == (Why.JOINT_WORK, "A7", joint.pk)

    def test_of_two_the_older(self, village, person):
        joint, home, _works = village
        factories.unit(Kind.JOINT_CELL, joint.parent, founded=date(2021, 1, 1))
        Member.objects.filter(pk=person.pk).update(locality=home)
        assert told(person) == (Why.JOINT_HOME, "A7", joint.pk)

    def test_a_joint_cell_of_a_district_takes_nobody_in(self, town, person):
        factories.unit(Kind.JOINT_CELL, town.district)
        Member.objects.filter(pk=person.pk).update(locality=factories.locality(unit=town.district))
        assert told(person)[0] == Why.NO_STREET


def test_every_answer_has_a_sentence_and_the_place(person, works, street):
    work(person, works)
    (advice,) = advise([person.pk], DAY)
    assert str(works) in sentences([advice])[person.pk]
    known = belongings([person.pk], DAY)[person.pk]
    assert (known.article, known.cell) == ("A1", works.cell)
    for why in Why:
        assert why.article in {"A1", "A2", "A3", "A6", "A7"}


class TestMainEmployment:
    def test_it_decides_and_the_others_are_side_jobs(self, town, person, works, street):
        first = work(person, works)
        second = work(person, factories.workplace(locality=street), date(2025, 1, 1))
        assert told(person)[0] == Why.UNCOVERED
        set_main_employment(employment=first, on=DAY)
        assert told(person) == (Why.OWN, "A1", town.factory_cell.pk)
        second.refresh_from_db()
        assert second.standing == "side"

    def test_not_one_that_ended(self, person, works):
        ended = work(person, works, until=date(2025, 1, 1))
        with pytest.raises(CannotEmploy, match="A1"):
            set_main_employment(employment=ended, on=DAY)


class TestStreetCells:
    def test_a_cell_takes_a_locality_over(self, town, person):
        bare = factories.locality(unit=town.district)
        Member.objects.filter(pk=person.pk).update(locality=bare)
        set_street_cell(locality=bare, cell=town.street_cell, on=DAY)
        assert told(person) == (Why.STREET, "A3", town.street_cell.pk)

    def test_not_a_factory_cell_nor_a_closed_one_nor_the_same(self, town, street):
        with pytest.raises(CannotAssign, match="neither a street cell"):
            set_street_cell(locality=street, cell=town.factory_cell, on=DAY)
        with pytest.raises(CannotAssign, match="already"):
            set_street_cell(locality=street, cell=town.street_cell, on=DAY)
        Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=DAY)
        closed = Unit.objects.get(pk=town.street_cell.pk)
        with pytest.raises(CannotAssign, match="not open"):
            set_street_cell(locality=factories.locality(), cell=closed, on=DAY)
