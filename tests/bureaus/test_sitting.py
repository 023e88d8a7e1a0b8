"""Constituting bureaus, taking and leaving seats: what is lawful is done, all else refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from districts.kinds import CELLS, Kind
from districts.models import HeldRole
from districts.roles import SECRETARY, grant_role
from districts.units import CannotDissolve, dissolve_unit
from elections.bureaus.lawful import (
    MANDATES,
    Strength,
    factory_least,
    limits,
    majority_blockers,
    strength_blockers,
)
from elections.bureaus.sitting import (
    CannotChangeSeat,
    CannotConstitute,
    Place,
    constitute_bureau,
    end_bureau,
    leave_seat,
    share_out,
    sitting_bureau,
    take_seat,
)
from elections.models import Bureau, Seat
from members.merging import CannotMerge, merge_members
from members.registrations import change_cell
from tests import factories
from tests.bureaus import making

ON = making.ON
LATER = ON + timedelta(days=30)


def articles(refused) -> set[str]:
    return {blocker.article for blocker in refused.value.blockers}


# Predicates --------------------------------------------------------------------------------------


@given(size=st.integers(1, 1000))
def test_a_factory_majority_is_more_than_half_and_no_more_than_it_must(size):
    least = factory_least(size)
    assert 2 * least > size >= 2 * (least - 1)


@pytest.mark.parametrize("kind", Kind.values)
def test_each_kind_of_unit_has_limits_and_mandates(kind):
    bounds = limits(kind)
    assert bounds.least == 3
    assert bounds.most == (None if kind in ("town", "area") else 5)
    assert MANDATES[kind]
    assert ("cell" in MANDATES[kind]) == (kind in CELLS)


@given(size=st.integers(1, 9), factory=st.integers(0, 9))
def test_only_districts_and_areas_are_bound_by_the_majority(size, factory):
    factory = min(size, factory)
    strength = Strength(size, factory)
    for kind in Kind.values:
        wrong = list(majority_blockers(kind, strength))
        assert bool(wrong) == (kind in ("district", "area") and 2 * factory <= size)


@pytest.mark.parametrize(
    ("kind", "size", "called", "article"),
    [
        ("factory_cell", 2, 2, "A8"),
        ("factory_cell", 3, 3, ""),
        ("factory_cell", 5, 5, ""),
        ("street_cell", 6, 6, "A8"),
        ("district", 2, 2, "A11"),
        ("district", 4, 5, ""),
        ("local_group", 6, 6, "A11"),
        ("area", 2, 2, "A15"),
        ("area", 3, 7, "A15"),
        ("area", 7, 7, ""),
        ("town", 11, 11, ""),
        ("town", 10, 11, "A12"),
    ],
)
def test_sizes(kind, size, called, article):
    found = strength_blockers(kind, Strength(size, size), called=called)
    assert [one.article for one in found] == ([article] if article else [])


# Constituting ------------------------------------------------------------------------------------


def test_a_lawful_bureau_leads_from_its_day(town):
    bureau = making.of_district(town)
    assert sitting_bureau(town.district) == bureau
    assert bureau.size == bureau.seats.count() == 5
    assert not bureau.is_appointed


def test_a_district_bureau_without_a_factory_majority_is_refused_with_a13(town):
    with pytest.raises(CannotConstitute) as refused:
        making.of_district(town, factory=2, street=3)
    assert articles(refused) == {"A13"}
    assert "2 of 5 are of factory cells; at least 3 must be." in str(refused.value)
    assert not Bureau.objects.exists()


def test_where_one_is_at_home_on_that_day_decides(town):
    people = making.members_of(town.factory_cell, 3)
    with pytest.raises(CannotConstitute) as refused:
        making.bureau(town.district, people, on=people[0].joined - timedelta(days=1))
    assert "is no member on that day" in str(refused.value)


@pytest.mark.parametrize("number", [1, 2, 6])
def test_a_cell_bureau_of_another_size_is_refused_with_a8(town, number):
    with pytest.raises(CannotConstitute) as refused:
        making.bureau(town.factory_cell, making.members_of(town.factory_cell, number))
    assert "A8" in articles(refused)


def test_all_that_is_unlawful_is_said_at_once(town):
    stranger = factories.member(cell=factories.town().factory_cell)
    with pytest.raises(CannotConstitute) as refused:
        constitute_bureau(
            unit=town.district,
            mandate="cell",
            places=[Place(stranger, "chair"), Place(stranger, "chair")],
            on=timezone.localdate() + timedelta(days=1),
        )
    told = str(refused.value)
    for part in ("still to come", "elected by a meeting", "two seats", "one chair", "not at home"):
        assert part in told
    assert "A11" in articles(refused)


def test_a_second_bureau_ends_the_first_on_the_same_day(town):
    first = making.of_district(town)
    second = making.of_district(town, on=LATER)
    first.refresh_from_db()
    assert (first.until, first.ending) == (LATER, "succeeded")
    assert set(first.seats.values_list("until", "ending")) == {(LATER, "term")}
    assert sitting_bureau(town.district) == second
    with pytest.raises(CannotConstitute):
        making.of_district(town, on=LATER)


def test_the_database_holds_one_sitting_bureau_a_unit(town):
    making.of_district(town)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bureau.objects.create(unit=town.district, mandate="general", size=3, since=LATER)


def test_the_model_asks_the_same_predicates(town):
    bureau = Bureau(unit=town.factory_cell, mandate="cell", size=6, since=ON)
    with pytest.raises(ValidationError, match="A8"):
        bureau.full_clean()


def test_who_may_stand_and_sit_are_settings(town, settings):
    other = factories.unit("factory_cell", town.district)
    people = making.members_of(town.factory_cell, 3)
    with pytest.raises(CannotConstitute) as refused:
        making.bureau(other, people)
    assert articles(refused) == {"A8"}
    settings.STATUTES = {"candidates_from_below": False}
    making.bureau(other, people)
    with pytest.raises(CannotConstitute) as refused:
        making.bureau(town.factory_cell, people)
    assert "sits on the bureau of" in str(refused.value)
    settings.STATUTES = {"candidates_from_below": False, "cell_bureaus_each": 2}
    making.bureau(town.factory_cell, people)


# Seats -------------------------------------------------------------------------------------------


def test_leaving_a_seat_is_no_bar_and_takes_the_secretary_s_role_along(town):
    bureau = making.of_district(town)
    seat = bureau.seats.first()
    account = factories.account(member=seat.member)
    grant_role(user=account, role=SECRETARY, unit=town.district)
    grant_role(user=account, role=SECRETARY, unit=town.factory_cell)
    leave_seat(seat=seat, on=LATER, ending="resigned")
    seat.refresh_from_db()
    assert (seat.until, seat.ending) == (LATER, "resigned")
    assert HeldRole.objects.get(unit=town.district).until is not None
    assert HeldRole.objects.get(unit=town.factory_cell).until is None
    with pytest.raises(CannotChangeSeat, match="no more since"):
        leave_seat(seat=seat, on=LATER, ending="resigned")


def test_a_free_seat_is_taken_by_somebody_who_keeps_the_majority(town):
    bureau = making.of_district(town)
    leave_seat(seat=bureau.seats.first(), on=LATER, ending="resigned")  # of the factory
    street = factories.member(cell=town.street_cell)
    with pytest.raises(CannotChangeSeat) as refused:
        take_seat(bureau=bureau, member=street, on=LATER)
    assert articles(refused) == {"A13"}
    worker = factories.member(cell=town.factory_cell)
    take_seat(bureau=bureau, member=worker, on=LATER, portfolio="treasurer")
    assert Seat.objects.held().filter(bureau=bureau).count() == 5
    with pytest.raises(CannotChangeSeat, match="sits on the bureau already"):
        take_seat(bureau=bureau, member=worker, on=LATER)
    with pytest.raises(CannotChangeSeat) as refused:
        take_seat(bureau=bureau, member=factories.member(cell=town.factory_cell), on=LATER)
    assert "A11" in articles(refused)


def test_a_seat_that_mends_a_part_of_what_is_wrong_is_welcome(town):
    bureau = making.of_district(town)
    for seat in list(bureau.seats.order_by("pk")[:3]):  # all three of the factory
        leave_seat(seat=seat, on=LATER, ending="resigned")
    take_seat(bureau=bureau, member=factories.member(cell=town.factory_cell), on=LATER)
    assert Seat.objects.held().count() == 3


def test_work_is_shared_out_with_one_chair(town):
    bureau = making.of_district(town)
    first, second = bureau.seats.all()[:2]
    share_out(seat=first, portfolio="chair")
    with pytest.raises(CannotChangeSeat, match="one chair"):
        share_out(seat=second, portfolio="chair")
    share_out(seat=second, portfolio="the library")
    leave_seat(seat=first, on=LATER, ending="resigned")
    share_out(seat=second, portfolio="chair")
    with pytest.raises(CannotChangeSeat, match="held no more"):
        share_out(seat=first, portfolio="chair")


def test_days_follow_each_other(town):
    bureau = making.of_district(town)
    seat = bureau.seats.first()
    future = timezone.localdate() + timedelta(days=1)
    for act in (
        lambda: leave_seat(seat=seat, on=ON, ending="resigned"),
        lambda: leave_seat(seat=seat, on=future, ending="resigned"),
        lambda: end_bureau(bureau=bureau, on=ON, ending="resigned"),
        lambda: end_bureau(bureau=bureau, on=date(2020, 1, 1), ending="resigned"),
    ):
        with pytest.raises(CannotChangeSeat):
            act()
    end_bureau(bureau=bureau, on=LATER, ending="resigned")
    with pytest.raises(CannotChangeSeat, match="led no more"):
        take_seat(bureau=bureau, member=factories.member(cell=town.factory_cell), on=LATER)


# What goes with other acts -----------------------------------------------------------------------


def test_a_dissolved_unit_is_led_by_nobody(town):
    bureau = making.bureau(town.factory_cell, making.members_of(town.factory_cell, 3))
    with pytest.raises(CannotDissolve, match="constituted or changed"):
        dissolve_unit(unit=town.factory_cell, on=ON)
    other = factories.unit("street_cell", town.district)
    led = making.bureau(other, making.members_of(other, 3))
    for seat in led.seats.select_related("member"):
        change_cell(member=seat.member, to=town.street_cell, on=LATER)
    dissolve_unit(unit=other, on=LATER)
    led.refresh_from_db()
    assert (led.until, led.ending) == (LATER, "dissolved")
    assert sitting_bureau(town.factory_cell) == bureau


def test_two_of_one_bureau_are_not_merged_and_seats_follow_the_person(town):
    bureau = making.of_district(town)
    first, second = (seat.member for seat in bureau.seats.order_by("member")[:2])
    with pytest.raises(CannotMerge, match="A8"):
        merge_members(keep=first, gone=second, on=LATER)
    keep = bureau.seats.order_by("member").first().member
    gone = factories.member(cell=town.factory_cell)
    led = making.bureau(town.factory_cell, [gone, *making.members_of(town.factory_cell, 2)])
    merge_members(keep=keep, gone=gone, on=LATER)
    assert led.seats.filter(member=keep).exists()
