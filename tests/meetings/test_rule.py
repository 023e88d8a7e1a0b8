"""A district or local group that has not met within the interval (A10)."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.ground import EVERYWHERE, Ground
from audit.rulebook import findings, rule_named
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from elections.meetings.minutes import write_minutes
from elections.meetings.planning import cancel_meeting
from tests import factories
from tests.meetings import making

pytestmark = pytest.mark.django_db

RULE = [rule_named("general-meeting")]
DAY = date(2026, 3, 31)


@pytest.fixture(autouse=True)
def interval(settings):
    settings.STATUTES = {"meeting_interval_days": 31}


def found(ground=EVERYWHERE, on=DAY):
    return [(one.unit, one.since) for one in findings(ground, on, among=RULE)]


def held_on(unit, day, **fields):
    starts_at = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    made = making.meeting(unit, starts_at=starts_at, **fields)
    return write_minutes(meeting=made, text="", present=0)


@pytest.mark.parametrize(
    ("ago", "since"), [(0, None), (31, None), (32, DAY), (40, DAY - timedelta(days=8))]
)
def test_the_interval_counts_from_the_last_meeting(ago, since):
    district = factories.town().district
    held_on(district, DAY - timedelta(days=100))
    held_on(district, DAY - timedelta(days=ago))
    assert found() == ([] if since is None else [(district.code, since)])


@pytest.mark.parametrize(("ago", "overdue"), [(31, False), (32, True)])
def test_a_young_one_counts_from_its_foundation(ago, overdue):
    town = factories.unit(Kind.TOWN)
    area = factories.unit(Kind.AREA, town)
    founded = DAY - timedelta(days=ago)
    district = factories.unit(Kind.DISTRICT, area, founded=founded)
    expected = [(district.code, DAY)] if overdue else []
    assert found() == expected


def test_only_general_meetings_that_were_held_count():
    district = factories.town().district
    held_on(district, DAY - timedelta(days=3), kind="delegates")
    making.meeting(district, starts_at=timezone.make_aware(datetime(2026, 3, 20)))
    off = making.meeting(district, starts_at=timezone.make_aware(datetime(2026, 3, 21)))
    cancel_meeting(meeting=off, reason="Snow")
    held_on(district, DAY + timedelta(days=1))
    assert [unit for unit, _since in found()] == [district.code]


def test_a_dissolved_one_owes_no_meeting_and_a_local_group_does():
    town = factories.town()
    Unit.objects.filter(pk=town.district.pk).update(dissolved=DAY)
    group = factories.unit(Kind.LOCAL_GROUP)
    assert [unit for unit, _since in found()] == [group.code]


def test_a_ground_is_told_its_own_in_one_query(django_assert_num_queries):
    town = factories.town()
    factories.town()
    for _one in range(2):
        factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    root = Unit.objects.get(pk=town.town.pk)
    with django_assert_num_queries(1):
        assert len(found(Ground((root.extent,)))) == 3


def test_its_finding_leads_to_the_form_filled_in(client):
    town = factories.town()
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    page = client.get(reverse("findings"), {"rule": "general-meeting"}).content.decode()
    address = reverse("admin:districts_unit_act", args=[town.district.pk, "plan-meeting"])
    assert f"{address}?kind=general" in page
