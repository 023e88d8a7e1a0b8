"""Seeing all members at once and asking about few finds what asking about everybody finds."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.ground import EVERYWHERE
from districts.kinds import Kind
from districts.models import Unit
from members.models import EarlierMembership, Member, Registration
from members.rules import _checks, look_at_members
from members.suspects import suspects
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 31)


@pytest.fixture
def units():
    """Units of every kind in two districts, one of them dissolved and one not founded yet."""
    town = factories.town()
    district = Unit.objects.get(pk=town.district.pk)
    other = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    group = factories.unit(Kind.LOCAL_GROUP)
    closed, coming = (factories.unit(Kind.STREET_CELL, district) for _one in range(2))
    Unit.objects.filter(pk=closed.pk).update(dissolved=date(2024, 1, 1))
    Unit.objects.filter(pk=coming.pk).update(founded=date(2027, 1, 1))
    below = [factories.unit(kind, other) for kind in (Kind.FACTORY_CELL, Kind.STREET_CELL)]
    joint = factories.unit(Kind.JOINT_CELL, group)
    return [
        *(town.town, town.area, town.district, town.factory_cell, town.street_cell),
        *(other, *below, group, joint, closed, coming),
    ]


day = st.integers(-2000, 60).map(lambda number: DAY + timedelta(days=number))
place = st.integers(0, 11)
span = st.tuples(place, day, st.one_of(st.none(), st.integers(1, 1500)))
people = st.lists(
    st.fixed_dictionaries(
        {
            "joined": day,
            "left": st.one_of(st.none(), st.integers(1, 1500)),
            "earlier": st.one_of(st.none(), st.tuples(day, st.integers(1, 900))),
            "lives": st.one_of(st.none(), st.sampled_from([2, 5, 8])),
            "home": st.one_of(st.none(), span),
            "residence": st.one_of(st.none(), span),
        }
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(people=people)
def test_the_few_who_are_left_over_are_all_of_whom_a_rule_is_broken(people, units):
    Member.objects.all().delete()
    places = {index: factories.locality(unit=units[index]) for index in (2, 5, 8)}
    for one in people:
        make(one, units, places)
    asked_about_everybody = {
        (name, breach.unit, breach.subject, breach.since)
        for name, check in _checks.items()
        for breach in check(EVERYWHERE, DAY, None)
    }
    seen_at_once = {
        (name, breach.unit, breach.subject, breach.since)
        for name, breach in look_at_members(EVERYWHERE, DAY)
    }
    assert seen_at_once == asked_about_everybody


def make(one, units, places):
    """One of the people that were drawn."""
    joined, days = one["joined"], one["left"]
    member = Member.objects.create(
        family_name="Drawn",
        joined=joined,
        left=joined + timedelta(days=days) if days else None,
        left_reason="resigned" if days else "",
        locality=places.get(one["lives"]),
    )
    if one["earlier"]:
        since, length = one["earlier"]
        until = since + timedelta(days=length)
        EarlierMembership.objects.create(member=member, since=since, until=until, reason="resigned")
    for kind in ("home", "residence"):
        if one[kind]:
            index, since, length = one[kind]
            until = since + timedelta(days=length) if length else None
            Registration.objects.create(
                member=member, unit=units[index], kind=kind, since=since, until=until
            )


def test_who_stands_right_is_not_asked_about():
    town, there = factories.town(), factories.town()
    factories.settled(cell=town.street_cell)
    works = factories.settled(cell=town.factory_cell)
    home = factories.locality(unit=there.district, street_cell=there.street_cell)
    Member.objects.filter(pk=works.pk).update(locality=home)
    assert list(suspects(DAY)) == [works.pk]
    Registration.objects.create(
        member=works, unit=there.street_cell, kind="residence", since=factories.JOINED
    )
    assert list(suspects(DAY)) == []
