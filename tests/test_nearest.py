"""The nearest factory cell: exact, the town first, the older of two that are as near."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cells.nearest import TIE_KM, Near, Place, Site, Sites, foremost, great_circle_km

DAY = date(2020, 1, 1)
# A few metres around places where degrees behave badly, and anywhere at all.
CORNERS = [(90.0, 0.0), (90.0, 137.0), (-90.0, 12.0), (0.0, 180.0), (0.0, -180.0), (52.5, 13.4)]
nudges = st.sampled_from([0.0, 0.0, 0.000001, -0.000001, 0.000009, 0.0001])
corners = st.tuples(st.sampled_from(CORNERS), nudges, nudges).map(
    lambda one: (max(min(one[0][0] + one[1], 90), -90), max(min(one[0][1] + one[2], 180), -180))
)
positions = st.one_of(
    corners, st.tuples(st.floats(-90, 90), st.floats(-180, 180, exclude_min=False))
)
homes = st.sampled_from(["one", "two"])


def site(key, position, *, founded=DAY, code="", home="one"):
    return Site(key, *position, founded, code or f"C{key:04}", home)


sites = st.lists(
    st.tuples(positions, st.integers(0, 3), homes, st.integers(0, 1)), max_size=12
).map(
    lambda rows: [
        # Every other site is a second one of the cell before it.
        site(
            number - second if number else 0,
            position,
            founded=DAY + timedelta(days=0 if second else age),
            code=f"C{number - second if number else 0}",
            home=home,
        )
        for number, (position, age, home, second) in enumerate(rows)
    ]
)


def by_brute_force(place, known):
    others = [one for one in known if one.key != place.but]
    mine = [one for one in others if place.home is not None and one.home == place.home]
    return foremost(place, mine or others)


@settings(max_examples=400, deadline=None)
@given(
    sites,
    st.lists(
        st.tuples(positions, st.sampled_from([None, "one", "two", "none"]), st.integers(-1, 4)),
        min_size=1,
        max_size=6,
    ),
)
def test_the_index_finds_what_brute_force_finds(known, asked):
    places = [Place(*position, home, None if but < 0 else but) for position, home, but in asked]
    assert Sites(known).nearest(places) == [by_brute_force(place, known) for place in places]


@settings(max_examples=200, deadline=None)
@given(positions, positions)
def test_the_distance_is_one_of_a_sphere(here, there):
    km = great_circle_km(*here, *there)
    assert km == pytest.approx(great_circle_km(*there, *here), abs=1e-9)
    assert 0 <= km <= 20015.12
    assert great_circle_km(*here, *here) == 0


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [
        ((36.12, -86.67), (33.94, -118.40), 2886.45),  # two airports: 2887.26 at 6372.8 km
        ((0, 179.999), (0, -179.999), 0.2224),  # over the date line
        ((89.999, 0), (89.999, 180), 0.2224),  # over the pole
        ((0, 0), (0, 180), 20015.11),  # the far end of the earth
    ],
)
def test_distances_that_are_known(here, there, km):
    assert great_circle_km(*here, *there) == pytest.approx(km, abs=0.01)


def test_the_same_town_comes_before_a_nearer_one():
    known = [site(1, (50.0, 10.0), home="far"), site(2, (50.5, 10.0), home="mine")]
    nearer, mine, nobody_s = Sites(known).nearest(
        [Place(50.0, 10.0, None), Place(50.0, 10.0, "mine"), Place(50.0, 10.0, "elsewhere")]
    )
    assert (nearer.key, mine.key, nobody_s.key) == (1, 2, 1)


@pytest.mark.parametrize(
    ("metres", "found"), [(0, 2), (0.9, 2), (1.2, 1), (50, 1)], ids=lambda value: str(value)
)
def test_a_metre_makes_no_difference_and_the_older_cell_is_taken(metres, found):
    north = metres / 1000 / 111.195
    known = [
        site(1, (50.0, 10.0), founded=DAY + timedelta(days=1)),
        site(2, (50.0 - north, 10.0), founded=DAY),
    ]
    (near,) = Sites(known).nearest([Place(50.001, 10.0)])
    assert near.key == found
    assert near.km >= great_circle_km(50.001, 10.0, 50.0, 10.0) - TIE_KM


def test_of_the_same_age_the_first_code_is_taken():
    known = [site(1, (50.0, 10.0), code="B"), site(2, (50.0, 10.0), code="A")]
    assert Sites(known).nearest([Place(50.0, 10.0)]) == [Near(2, 0.0)]


def test_a_cell_is_not_its_own_nearest():
    known = [site(1, (50.0, 10.0)), site(2, (50.1, 10.0)), site(3, (49.0, 10.0), home="two")]
    (near,) = Sites(known).nearest([Place(50.0, 10.0, "one", but=1)])
    assert near.key == 2
    (outside,) = Sites(known).nearest([Place(49.0, 10.0, "two", but=3)])
    assert outside.key == 1


def test_there_may_be_none():
    assert Sites([]).nearest([Place(50.0, 10.0, "one")]) == [None]
    assert Sites([site(1, (50.0, 10.0))]).nearest([Place(50.0, 10.0, but=1)]) == [None]


def test_many_workplaces_among_many_cells():
    chance = Random(1)

    def somewhere():
        return 52.5 + chance.gauss(0, 0.4), 13.4 + chance.gauss(0, 0.6)

    known = [site(number, somewhere(), home=number % 20) for number in range(1_000)]
    places = [Place(*somewhere(), chance.choice([None, number % 21])) for number in range(4_000)]
    found = Sites(known).nearest(places)
    for number in range(0, 4_000, 100):
        assert found[number] == by_brute_force(places[number], known)
