"""The coverage: who covers which factory, and what the articles propose (A1, A2)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.ground import EVERYWHERE, Ground
from audit.rulebook import findings, rule_named
from cells.coverage import State, Step, look
from cells.territory import Territory
from districts.kinds import Kind
from districts.models import Unit
from districts.units import dissolve_unit
from members.employments import start_employment
from members.membership import end_membership
from members.models import Employment
from tests import factories

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 1)


class Place:
    """A district with a factory cell in its factory, and a locality for more of them."""

    def __init__(self, town=None):
        self.town = town or factories.town()
        self.locality = factories.locality(
            unit=self.town.district,
            street_cell=self.town.street_cell,
            latitude=Decimal("50.0"),
            longitude=Decimal("10.0"),
        )
        self.factory = self.works(50.0, cell=self.town.factory_cell)

    def works(self, north=None, **fields):
        """A workplace so far north on the meridian of the locality, or nowhere known."""
        if north is not None:
            fields |= {"latitude": Decimal(str(north)), "longitude": Decimal("10.0")}
        return factories.workplace(**{"locality": self.locality, **fields})

    def cell(self, north, **fields):
        """A factory cell in a factory of its own."""
        made = factories.unit(Kind.FACTORY_CELL, self.district, **fields)
        return made, self.works(north, cell=made)

    @property
    def district(self):
        return Unit.objects.get(pk=self.town.district.pk)

    def workers(self, works, number, cell=None, **fields):
        """Members who work there."""
        people = [factories.member(cell=cell or self.town.street_cell) for _one in range(number)]
        for one in people:
            start_employment(member=one, workplace=works, since=factories.JOINED)
        return people


@pytest.fixture
def place():
    return Place()


def ground(unit):
    unit.refresh_from_db()
    return Ground((unit.extent,))


def rows(where=EVERYWHERE, on=DAY):
    return {row.code: row for row in look(where, on).rows}


def proposals(where=EVERYWHERE, on=DAY):
    """What is proposed: the step, about what, where to."""
    return [
        (one.step, one.subject.code, one.to.code if one.to else "")
        for one in look(where, on).proposals
    ]


def test_a_workplace_with_its_cell_its_members_and_its_distance(place):
    place.workers(place.factory, 2)
    attached = place.works(50.1, cell=place.town.factory_cell, coverage="attached")
    alone = place.works(50.2)
    found = rows()
    own = found[place.factory.code]
    assert (own.members, own.state, own.km) == (2, State.OWN, 0)
    assert own.cell.code == place.town.factory_cell.code
    other = found[attached.code]
    assert (other.members, other.state) == (0, State.ATTACHED)
    assert other.km == pytest.approx(11.12, abs=0.01)
    assert (found[alone.code].cell, found[alone.code].state) == (None, State.NONE)


def test_a_place_without_a_position_stands_where_its_locality_does(place):
    nearby = place.works(cell=place.town.factory_cell, coverage="attached")
    nowhere = place.works(
        cell=place.town.factory_cell,
        coverage="attached",
        locality=factories.locality(unit=place.town.district),
    )
    assert rows()[nearby.code].km == 0
    assert rows()[nowhere.code].km is None


def test_a_cell_stands_at_its_own_factory_or_else_where_the_unit_does(place):
    Unit.objects.filter(pk=place.town.factory_cell.pk).update(latitude=51, longitude=10)
    far = place.works(50.0, cell=place.town.factory_cell, coverage="attached")
    assert rows()[far.code].km == 0  # its own factory counts
    place.factory.delete()
    assert rows()[far.code].km == pytest.approx(111.19, abs=0.01)


@pytest.mark.parametrize(
    ("more", "counted"),
    [
        ({"standing": "side", "since": date(2023, 1, 1)}, True),  # a later side job beside it
        ({"standing": "main", "since": date(2023, 1, 1)}, False),  # a later main employment
        ({"standing": "main", "since": date(2019, 1, 1)}, True),  # an earlier one
        ({"standing": "main", "since": date(2019, 1, 1), "until": DAY}, True),
        ({"standing": "main", "since": date(2024, 1, 2)}, True),  # that has not begun
    ],
)
def test_who_works_in_two_places_counts_where_the_deciding_employment_is(place, more, counted):
    (person,) = place.workers(place.factory, 1)
    Employment.objects.create(member=person, workplace=place.works(50.1), **more)
    assert rows()[place.factory.code].members == (1 if counted else 0)
    assert sum(row.members for row in rows().values()) == 1


def test_a_side_job_counts_while_there_is_no_other(place):
    (person,) = place.workers(place.factory, 1)
    person.employments.update(standing="side")
    assert rows()[place.factory.code].members == 1


def test_only_who_is_a_member_counts(place):
    one, _other = place.workers(place.factory, 2)
    end_membership(member=one, on=DAY, reason="resigned")
    assert rows(on=DAY - timedelta(days=1))[place.factory.code].members == 2
    assert rows()[place.factory.code].members == 1


# Proposals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "step"), [(0, Step.TERRITORY), (2, Step.TERRITORY), (3, Step.FORM)]
)
def test_a_workplace_without_a_cell(place, members, step):
    place.workers(place.factory, 3)
    works = place.works(50.1)
    place.workers(works, members)
    to = "" if step == Step.FORM else place.town.factory_cell.code
    assert proposals() == [(step, works.code, to)]


def test_an_attached_workplace_with_three_members_can_form_its_own(place):
    place.workers(place.factory, 3)
    works = place.works(50.1, cell=place.town.factory_cell, coverage="attached")
    place.workers(works, 3)
    assert proposals() == [(Step.FORM, works.code, "")]


def test_the_statutes_say_how_many_form_a_cell(place, settings):
    settings.STATUTES = {"cell_least": 2}
    works = place.works(50.1)
    place.workers(works, 2)
    place.workers(place.factory, 2)
    assert proposals() == [(Step.FORM, works.code, "")]


def test_a_joint_cell_in_a_district_keeps_nobody_from_a_cell(place):
    place.workers(place.factory, 3)
    factories.unit(Kind.JOINT_CELL, place.district)  # against A7
    works = place.works(50.1)
    place.workers(works, 3)
    assert proposals() == [(Step.FORM, works.code, "")]


def test_a_shrunk_cell_goes_to_the_nearest(place):
    place.workers(place.factory, 3)
    near, near_works = place.cell(50.4)
    far, far_works = place.cell(51.0)
    place.workers(near_works, 3)
    place.workers(far_works, 2)
    assert proposals() == [(Step.ATTACH, far.code, near.code)]


def test_the_only_cell_of_a_district_goes_nowhere(place):
    other = Place()
    other.workers(other.factory, 3)
    assert proposals() == []
    assert Territory(DAY).nearest_beside(place.town.factory_cell.pk) is None


def test_a_joint_cell_is_neither_attached_nor_split(place):
    place.workers(place.factory, 3)
    group = factories.unit(Kind.LOCAL_GROUP)
    joint, other = (factories.unit(Kind.JOINT_CELL, group) for _one in range(2))
    village = factories.locality(unit=group, latitude=Decimal("49.0"), longitude=Decimal("10.0"))
    place.works(49.0, locality=village, cell=joint)
    place.works(49.1, locality=village, cell=other)
    mill = place.works(49.01, locality=village)
    place.workers(mill, 3)
    assert proposals() == [(Step.TERRITORY, mill.code, joint.code)]


def test_the_same_town_first_then_any(place):
    place.workers(place.factory, 3)
    other = Place()
    other.workers(other.factory, 3)
    other.factory.latitude = Decimal("50.5")
    other.factory.save()
    works = place.works(50.5)
    assert proposals() == [(Step.TERRITORY, works.code, place.town.factory_cell.code)]
    works.locality = factories.locality(unit=factories.unit(Kind.LOCAL_GROUP))
    works.save()
    assert proposals() == [(Step.TERRITORY, works.code, other.town.factory_cell.code)]


def test_a_dissolved_cell_covers_nothing(place):
    place.workers(place.factory, 3)
    gone, works = place.cell(50.4)
    dissolve_unit(unit=gone, on=DAY)
    assert proposals(on=DAY - timedelta(days=1)) == [
        (Step.ATTACH, gone.code, place.town.factory_cell.code)
    ]
    assert proposals() == [(Step.TERRITORY, works.code, place.town.factory_cell.code)]


def test_a_place_that_is_nowhere_has_no_nearest_cell(place):
    place.workers(place.factory, 3)
    place.works(locality=factories.locality(unit=place.town.district))
    assert proposals() == []


# The ground ---------------------------------------------------------------------------------------


def test_a_part_sees_its_workplaces_and_those_of_its_cells(place):
    other = Place()
    abroad = place.works(50.2, cell=other.town.factory_cell, coverage="attached")
    assert set(rows(ground(place.town.district))) == {place.factory.code, abroad.code}
    theirs = rows(ground(other.town.district))
    assert set(theirs) == {other.factory.code, abroad.code}
    assert [
        theirs[one.code].lies_in(ground(other.town.district)) for one in (other.factory, abroad)
    ] == [True, False]
    assert rows(Ground()) == {}


def test_a_part_is_proposed_what_concerns_it_alone(place):
    other = Place()
    other.cell(50.4)
    place.workers(place.factory, 3)
    assert proposals(ground(place.town.town)) == []
    assert {step for step, *_about in proposals(ground(other.town.town))} == {Step.ATTACH}


def test_as_many_queries_for_one_as_for_three(place):
    def asked(part):
        with CaptureQueriesContext(connection) as captured:
            look(part, DAY)
        return len(captured)

    place.works(50.1)
    first = asked(ground(place.town.town))
    for number in range(3):
        _cell, works = place.cell(51 + number)
        place.workers(works, number)
        place.workers(place.works(52 + number), 3)
    assert asked(ground(place.town.town)) == first == 4


# The rule -----------------------------------------------------------------------------------------


def found(where=EVERYWHERE, on=DAY):
    rule = rule_named("workplace-covered")
    return [(one.unit, one.subject, one.since) for one in findings(where, on, among=[rule])]


def test_a_workplace_that_nobody_covers_is_found(place):
    alone = place.works(50.1)
    assert found() == [(place.town.district.code, f"workplace {alone.code}", None)]
    assert found(ground(place.town.district)) == found()
    assert found(ground(Place().town.district)) == []


def test_a_workplace_of_a_dissolved_cell_is_found_from_that_day_on(place):
    gone, works = place.cell(50.4)
    dissolve_unit(unit=gone, on=DAY)
    assert found(on=DAY - timedelta(days=1)) == []
    assert found() == [(place.town.district.code, f"workplace {works.code}", DAY)]
