"""The rules on who leads: each breach is found with its first day, and nothing else is."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from audit.ground import EVERYWHERE, Ground
from audit.rulebook import findings, rule_named
from districts.models import Unit
from elections.bureaus.sitting import leave_seat, take_seat
from elections.models import Bureau, Seat
from members.membership import end_membership
from members.registrations import change_cell
from tests import factories
from tests.bureaus import making

ON = making.ON
FIRST, SECOND, THIRD = (ON + timedelta(days=days) for days in (10, 20, 30))
TODAY = ON + timedelta(days=60)
RULES = (
    "cell-led",
    "unit-led",
    "town-led",
    "cell-bureau-size",
    "bureau-size",
    "leadership-size",
    "committee-size",
    "factory-majority",
    "bureau-mandate",
    "leadership-mandate",
    "cell-seat-held",
    "seat-held",
    "cell-seat-here",
    "seat-here",
    "one-cell-bureau",
)


def found(ground: Ground = EVERYWHERE, on: date = TODAY) -> dict[tuple[str, str], date | None]:
    """The findings of these rules: by rule and unit, since when."""
    among = [rule for name in RULES if (rule := rule_named(name))]
    assert len(among) == len(RULES)
    return {(one.rule, one.unit): one.since for one in findings(ground, on, among=among)}


def mending(rule: str, unit: Unit) -> str:
    """The act that mends the finding on the unit."""
    among = [named for named in [rule_named(rule)] if named]
    (one,) = [one for one in findings(EVERYWHERE, TODAY, among=among) if one.unit == unit.code]
    return one.mend


@pytest.fixture
def led(db):
    """A town that is led lawfully in all its parts."""
    town = factories.town()
    people = {cell: making.members_of(cell, 6) for cell in (town.factory_cell, town.street_cell)}
    for cell, members in people.items():
        making.bureau(cell, members[:3])
    workers, neighbours = people[town.factory_cell], people[town.street_cell]
    district = making.bureau(town.district, [*workers[:3], *neighbours[:2]])
    area = making.bureau(town.area, [*workers[2:4], neighbours[2]])
    making.bureau(town.town, [*neighbours[:4], workers[0]])
    return SimpleNamespace(
        town=town, workers=workers, neighbours=neighbours, district=district, area=area
    )


def test_nothing_is_found_where_all_is_lawful(led):
    assert found() == {}


def test_who_is_led_by_nobody_is_found_since_the_last_bureau_or_the_founding(led):
    town = led.town
    Seat.objects.all().delete()
    Bureau.objects.exclude(pk=led.district.pk).delete()
    Bureau.objects.update(until=FIRST, ending="resigned")
    assert found() == {
        ("cell-led", town.factory_cell.code): town.factory_cell.founded,
        ("cell-led", town.street_cell.code): town.street_cell.founded,
        ("unit-led", town.district.code): FIRST,
        ("town-led", town.town.code): town.town.founded,
    }


def test_a_cell_too_small_for_a_bureau_is_not_asked_for_one(led):
    small = factories.unit("street_cell", led.town.district)
    making.members_of(small, 2)
    assert found() == {}
    making.members_of(small, 1)
    assert found() == {("cell-led", small.code): small.founded}


def test_the_size_is_found_from_the_day_on_which_too_few_were_left(led):
    cell = led.town.street_cell
    bureau = Bureau.objects.get(unit=cell)
    first, second = bureau.seats.order_by("pk")[:2]
    leave_seat(seat=first, on=FIRST, ending="resigned")
    leave_seat(seat=second, on=SECOND, ending="resigned")
    assert found() == {("cell-bureau-size", cell.code): FIRST}
    assert found(on=FIRST - timedelta(days=1)) == {}
    take_seat(bureau=bureau, member=led.neighbours[4], on=THIRD)
    assert found() == {("cell-bureau-size", cell.code): FIRST}
    take_seat(bureau=bureau, member=led.neighbours[5], on=THIRD)
    assert found() == {}
    assert found(on=SECOND) == {("cell-bureau-size", cell.code): FIRST}


@pytest.mark.parametrize(
    ("unit", "rule"), [("area", "committee-size"), ("town", "leadership-size")]
)
def test_a_committee_keeps_the_number_it_was_called_for(led, unit, rule):
    bureau = Bureau.objects.get(unit=getattr(led.town, unit))
    seat = bureau.seats.filter(member__in=led.neighbours).first()
    leave_seat(seat=seat, on=FIRST, ending="resigned")
    assert found() == {(rule, bureau.unit.code): FIRST}


def test_a_move_from_the_factory_to_the_street_breaks_the_majority_from_that_day(led):
    town = led.town
    # On the district's bureau and in the area's committee alike.
    change_cell(member=led.workers[2], to=town.street_cell, on=SECOND)
    assert found() == {
        ("factory-majority", town.district.code): SECOND,
        ("factory-majority", town.area.code): SECOND,
        ("cell-seat-here", town.factory_cell.code): SECOND,
    }
    assert found(on=SECOND - timedelta(days=1)) == {}
    assert mending("factory-majority", town.district) == "leave-seat"  # none is free
    take_over = led.district.seats.get(member=led.workers[2])
    leave_seat(seat=take_over, on=THIRD, ending="resigned")
    assert mending("factory-majority", town.district) == "take-seat"
    assert found()["factory-majority", town.district.code] == SECOND
    take_seat(bureau=led.district, member=led.workers[3], on=THIRD)
    assert ("factory-majority", town.district.code) not in found()


def test_who_leaves_the_organisation_holds_the_seat_until_it_is_given_up(led):
    worker = led.workers[0]
    end_membership(member=worker, on=FIRST, reason="resigned")
    town = led.town
    assert found() == {
        ("cell-seat-held", town.factory_cell.code): FIRST,
        ("cell-bureau-size", town.factory_cell.code): FIRST,
        ("seat-held", town.district.code): FIRST,
        ("factory-majority", town.district.code): FIRST,
        ("seat-held", town.town.code): FIRST,
        ("leadership-size", town.town.code): FIRST,
    }


def test_who_moves_to_another_district_is_found_on_each_bureau_that_he_or_she_left(led, settings):
    mover, town = led.neighbours[0], led.town
    other = factories.unit("street_cell", factories.unit("district", town.area))
    change_cell(member=mover, to=other, on=SECOND)
    # The town's leadership, on which the member sits too, is above both cells.
    assert found() == {
        ("cell-seat-here", town.street_cell.code): SECOND,
        ("seat-here", town.district.code): SECOND,
    }
    assert found(on=SECOND - timedelta(days=1)) == {}
    assert mending("seat-here", town.district) == "leave-seat"
    settings.STATUTES = {"candidates_from_below": False}
    assert found() == {}
    settings.STATUTES = {}
    change_cell(member=mover, to=town.street_cell, on=THIRD)
    assert found() == {}


def test_who_never_was_at_home_in_the_unit_is_found_since_the_seat(led):
    cell = led.town.street_cell
    Seat.objects.filter(bureau__unit=cell).order_by("pk").delete()
    bureau = Bureau.objects.get(unit=cell)
    for member, since in zip(led.workers[3:6], (THIRD, FIRST, SECOND), strict=True):
        Seat.objects.create(bureau=bureau, member=member, since=since)
    # The bureau is told once, from the first of them on.
    assert found() == {("cell-seat-here", cell.code): FIRST}


def test_mandates(led):
    Bureau.objects.filter(unit__in=[led.town.district, led.town.town]).update(mandate="cells")
    assert found() == {
        ("bureau-mandate", led.town.district.code): ON,
        ("leadership-mandate", led.town.town.code): ON,
    }


def test_a_member_on_two_cell_bureaus_is_found_in_both(led, settings):
    both = led.workers[0]
    Seat.objects.create(
        bureau=Bureau.objects.get(unit=led.town.street_cell), member=both, since=FIRST
    )
    cells = (led.town.factory_cell, led.town.street_cell)
    elsewhere = {("cell-seat-here", led.town.street_cell.code): FIRST}
    assert found() == elsewhere | {("one-cell-bureau", cell.code): FIRST for cell in cells}
    settings.STATUTES = {"cell_bureaus_each": 2}
    assert found() == elsewhere


def test_a_ground_is_asked_about_its_own_units_alone(led):
    other = factories.town()
    assert found(Ground((led.town.town.extent,))) == {}
    assert found(Ground((other.town.extent,))) == {}  # nobody there could lead
    making.members_of(other.factory_cell, 3)
    assert {unit for _rule, unit in found(Ground((other.town.extent,)))} == {
        other.factory_cell.code,
        other.district.code,
        other.town.code,
    }


@pytest.mark.parametrize("breaches", [1, 3])
def test_the_number_of_queries_does_not_depend_on_that_of_breaches(
    led, breaches, django_assert_num_queries
):
    for bureau in list(Bureau.objects.all()[:breaches]):
        for seat in bureau.seats.all():
            leave_seat(seat=seat, on=FIRST, ending="resigned")
    with django_assert_num_queries(24, exact=False):
        assert found()
