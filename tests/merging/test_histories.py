"""Any two histories make a lawful one."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from districts.kinds import Kind
from districts.models import Unit
from members import merging
from members.merging import merge_members
from members.models import EarlierMembership, Employment, Member
from tests import factories
from tests.merging.making import ON, breaches, register

START = date(2015, 1, 1)
YEARS = [START + timedelta(days=90 * number) for number in range(36)]


@st.composite
def histories(draw, cells: list[Unit], works: list) -> dict:
    """Memberships, homes within them, residences beside the homes, and employments."""
    edges = sorted(draw(st.lists(st.sampled_from(YEARS), unique=True, min_size=1, max_size=5)))
    runs = list(pairwise(edges))[::2] or []
    if len(edges) % 2:
        runs.append((edges[-1], None))
    inner, residences = [], []
    for since, until in runs:
        cuts = [one for one in YEARS if since < one and (until is None or one < until)]
        cuts = sorted(
            draw(st.lists(st.sampled_from(cuts), unique=True, max_size=2)) if cuts else []
        )
        for start, end in pairwise([since, *cuts, until]):
            if draw(st.integers(0, 4)):  # now and then nobody took the member in
                unit = draw(st.sampled_from(cells))
                inner.append((unit, start, end))
                if draw(st.booleans()):
                    residences.append((unit, start, end))
    jobs = []
    for place in works:
        ends = sorted(draw(st.lists(st.sampled_from(YEARS), unique=True, max_size=3)))
        jobs += [(place, *span) for span in list(pairwise(ends))[::2]]
        if len(ends) == 3:
            jobs.append((place, ends[-1], None))
    return {"runs": runs, "homes": inner, "residences": residences, "jobs": jobs}


def make(history: dict, resident_with: dict[int, Unit]) -> Member:
    *earlier, (joined, left) = history["runs"]
    member = Member.objects.create(
        family_name="X", joined=joined, left=left, left_reason="resigned" if left else ""
    )
    for since, until in earlier:
        member.earlier_memberships.create(since=since, until=until, reason="resigned")
    for unit, since, until in history["homes"]:
        member.registrations.create(unit=unit, since=since, until=until)
    for unit, since, until in history["residences"]:
        if unit.pk in resident_with:
            where = resident_with[unit.pk]
            member.registrations.create(unit=where, since=since, until=until, kind="residence")
    for place, since, until in history["jobs"]:
        member.employments.create(workplace=place, since=since, until=until)
    return member


def days_of(rows) -> dict[date, int]:
    """Which unit, or whatever the row is of, holds on each of the days."""
    return {
        one: of
        for of, since, until in rows
        for one in [*YEARS, *(year - timedelta(days=1) for year in YEARS)]
        if since <= one and (until is None or one < until)
    }


def home_days(member: Member) -> dict[date, int]:
    return days_of(member.registrations.filter(kind="home").values_list("unit", "since", "until"))


def member_days(*numbers: int) -> set[date]:
    rows = [
        *Member.objects.filter(pk__in=numbers).values_list("pk", "joined", "left"),
        *EarlierMembership.objects.filter(member__in=numbers).values_list("pk", "since", "until"),
    ]
    return set(days_of(rows))


def job_days(*numbers: int) -> set[tuple[int, date]]:
    rows = Employment.objects.filter(member__in=numbers).values_list("workplace", "since", "until")
    return {(row[0], one) for row in rows for one in days_of([row])}


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a failure takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_two_histories_make_a_lawful_one(ground_of_two_districts, data):
    cells, works, resident_with = ground_of_two_districts
    with transaction.atomic():
        told = histories(cells, works)
        keep, gone = make(data.draw(told), resident_with), make(data.draw(told), resident_with)
        make(data.draw(told), resident_with)  # somebody whom it does not concern
        numbers, before, others = (keep.pk, gone.pk), home_days(keep), register(keep.pk, gone.pk)
        theirs, present, jobs = home_days(gone), member_days(*numbers), job_days(*numbers)
        wrong = breaches(*YEARS[::3])
        open_ones = merging.open_homes(keep, gone)
        chosen = data.draw(st.sampled_from([None, *open_ones]))
        stays = chosen or merging.staying_home(open_ones)
        merged = merge_members(keep=keep, gone=gone, on=ON, home=chosen)

        for row in [merged, *merged.registrations.all(), *merged.employments.all()]:
            row.full_clean()
        for earlier in merged.earlier_memberships.all():
            earlier.full_clean()
            assert earlier.until <= merged.joined
        assert member_days(merged.pk) == present
        assert job_days(merged.pk) == jobs
        after = home_days(merged)
        assert set(after) == set(before) | set(theirs)
        for one, unit in before.items():
            replaced = stays is not None and stays.member_id == numbers[1] and one >= stays.since
            assert after[one] == unit or (replaced and after[one] == stays.unit_id)
        assert all(unit in (before.get(one), theirs.get(one)) for one, unit in after.items())
        if stays is not None:
            assert after[YEARS[-1]] == stays.unit_id
        assert breaches(*YEARS[::3]) <= wrong
        assert register(merged.pk) == others
        assert not Member.objects.filter(pk=numbers[1]).exists()
        transaction.set_rollback(True)


@pytest.fixture
def ground_of_two_districts(town):
    """Cells of every kind in two districts, workplaces, and where who works there may live."""
    sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    there = [factories.unit(kind, sister) for kind in (Kind.FACTORY_CELL, Kind.STREET_CELL)]
    resident_with = {town.factory_cell.pk: there[1], there[0].pk: town.district}
    return (
        [town.factory_cell, town.street_cell, *there],
        [factories.workplace() for _each in "12"],
        resident_with,
    )
