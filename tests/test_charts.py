"""The charts' geometry, pure; and the numbers in them, against counting by hand."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from audit.ground import EVERYWHERE, Ground
from districts.charts import WIDTH, bars, line, number, scale_of, ticks
from districts.kinds import Kind
from districts.models import Unit
from members.history_of_counts import home_counts, months_until
from members.membership import end_membership
from members.models import Member, Registration
from members.registrations import change_cell, register_member
from tests import factories

NUMBERS = st.integers(0, 3_000_000)


# Scales ---------------------------------------------------------------------------------------


@given(NUMBERS, NUMBERS, st.integers(2, 6))
def test_ticks_are_round_and_hold_both_ends(one, other, most):
    low, high = sorted((one, other))
    found = ticks(low, high, most)
    steps = {after - before for before, after in pairwise(found)}
    assert 2 <= len(found) <= most
    assert found[0] <= low <= high <= found[-1]
    assert len(steps) == 1
    assert str(steps.pop()).rstrip("0") in ("1", "2", "5")


@pytest.mark.parametrize(
    ("values", "begins"),
    [
        ([0], 0),
        ([3, 4], 0),  # of few people each counts
        ([400, 900], 0),
        ([880, 905], 800),
        ([900, 900], 850),
        ([999_000, 1_000_000], 900_000),
    ],
)
def test_a_scale_begins_at_zero_unless_zero_is_far_away(values, begins):
    assert scale_of(values)[0] == begins


@example([85, 70])
@example([29, 30])
@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_a_scale_never_makes_a_wave_of_a_ripple(values):
    scale = scale_of(values)
    assert scale[0] <= min(values) <= max(values) <= scale[-1]
    assert scale[0] >= 0
    assert scale[-1] - scale[0] >= max(values) // 10


# Lines and bars -------------------------------------------------------------------------------


@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_a_line_stays_in_its_frame_and_rises_with_its_numbers(values):
    drawn = line(values, range(len(values)), [str(index) for index in range(len(values))])
    points = [tuple(map(int, point.split())) for point in drawn.path[1:].split(" L")]
    assert len(points) == len(values)
    for x, y in points:
        assert drawn.left <= x <= drawn.right <= WIDTH
        assert 0 < y < drawn.height
    for (_, y), value in zip(points, values, strict=True):
        assert all(
            (y <= other) for (_x, other), less in zip(points, values, strict=True) if less < value
        )
    assert drawn.ends[-1] == points[-1]
    assert all(isinstance(label.x, int) for label in (*drawn.grid, *drawn.days))


def test_a_line_labels_its_two_ends_and_a_day_every_year():
    days = months_until(date(2025, 3, 15), 24)
    drawn = line(
        range(900, 925), [day.toordinal() for day in days], [f"{day:%Y-%m}" for day in days]
    )
    assert [label.text for label in drawn.end_labels] == ["900", "924"]
    assert [label.text for label in drawn.days] == ["2023-04", "2024-04", "2025-03"]
    assert [label.anchor for label in drawn.days] == ["start", "middle", "end"]


def test_the_distances_of_a_line_are_those_of_its_days():
    drawn = line([1, 2, 3], [0, 90, 100], ["a", "b", "c"])
    first, second, third = (int(point.split()[0]) for point in drawn.path[1:].split(" L"))
    assert second - first == pytest.approx(9 * (third - second), abs=9)


def test_bars_begin_at_zero_and_share_one_scale():
    drawn = bars([("much", 300), ("half", 150), ("one", 1), ("none", 0)])
    assert [bar.length for bar in drawn.bars] == [WIDTH, WIDTH // 2, 2, 0]
    assert [bar.number.text for bar in drawn.bars] == ["300", "150", "1", "0"]
    assert [bar.length for bar in bars([("none", 0)]).bars] == [0]
    assert bars([]).bars == ()


def test_thousands_stand_apart():
    assert number(1_042_103) == "1\u202f042\u202f103"
    assert number(900) == "900"


# The numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "first", "before_last"),
    [
        (date(2025, 3, 15), date(2023, 4, 1), date(2025, 3, 1)),
        (date(2025, 3, 1), date(2023, 3, 1), date(2025, 2, 1)),
        (date(2024, 1, 31), date(2022, 2, 1), date(2024, 1, 1)),
    ],
)
def test_the_days_are_the_firsts_of_two_years_and_today(today, first, before_last):
    days = months_until(today, 24)
    assert (len(days), days[0], days[-2], days[-1]) == (25, first, before_last, today)
    assert all(day.day == 1 for day in days[:-1])
    assert days == sorted(set(days))


DAYS = [date(2024, 1, 1), date(2024, 2, 1), date(2024, 2, 20)]


def by_hand(ground_units, days):
    """The same by looking at every registration on every day."""
    found: dict[str, list[int]] = {}
    for unit in ground_units:
        rows = [row for row in Registration.objects.filter(unit=unit) if row.kind == "home"]
        for index, day in enumerate(days):
            if held := sum(row.holds(day) for row in rows):
                found.setdefault(unit.kind, [0] * len(days))[index] += held
    return found


@pytest.mark.django_db
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_as_by_hand(db, data):
    Registration.objects.all().delete()
    if not Unit.objects.exists():
        factories.town()
        factories.town()
    units = list(Unit.objects.all())
    for _one in range(data.draw(st.integers(0, 8))):
        member = Member.objects.create(family_name="Example", joined=factories.JOINED)
        kind = data.draw(st.sampled_from(["home", "home", "residence"]))
        since = date(2023, 12, 20) + timedelta(days=data.draw(st.integers(0, 80)))
        ended = data.draw(st.sampled_from([None, 1, 12, 31, 60]))
        Registration.objects.create(
            member=member,
            unit=data.draw(st.sampled_from(units)),
            kind=kind,
            since=since,
            until=ended and since + timedelta(days=ended),
        )
    district = Unit.objects.filter(kind=Kind.DISTRICT).first()
    for ground, held in (
        (EVERYWHERE, units),
        (Ground((district.extent,)), district.get_descendants(include_self=True)),
        (Ground(), []),
    ):
        counted = home_counts(ground, DAYS)
        assert {kind: row for kind, row in counted.items() if any(row)} == by_hand(held, DAYS)


@pytest.mark.django_db
def test_who_changes_the_cell_counts_once_and_who_leaves_no_more():
    town, other = factories.town(), factories.town()
    moves = factories.member(cell=town.factory_cell)
    change_cell(member=moves, to=town.street_cell, on=DAYS[1])
    guest = factories.member(cell=other.factory_cell)
    register_member(member=guest, unit=town.street_cell, since=factories.JOINED, kind="residence")
    leaves = factories.member(cell=town.street_cell)
    end_membership(member=leaves, on=DAYS[2], reason="resigned")
    counted = home_counts(Ground((Unit.objects.get(pk=town.district.pk).extent,)), DAYS)
    assert counted == {"factory_cell": [1, 0, 0], "street_cell": [1, 2, 1]}


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_one_query_for_any_number_of_members(rows, django_assert_num_queries):
    town = factories.town()
    for _one in range(rows):
        factories.member(cell=town.street_cell)
    with django_assert_num_queries(1):
        home_counts(EVERYWHERE, DAYS)
