"""The rule on delegations (A12): who is missing since when, and of what nothing is found."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.ground import EVERYWHERE, Ground
from districts.findings import shown
from elections.delegates.choosing import replace_delegate
from elections.delegates.rules import delegations_not_filled
from elections.models import Apportionment, Delegate, Delegation, Meeting
from members.membership import end_membership
from tests.delegates import making
from tests.delegates.test_pages import role

TODAY = timezone.localdate()

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return making.town(8, 4)


@pytest.fixture
def conference(town):
    meeting = making.conference(town.town)
    making.apportioned(meeting, seats=3)
    Apportionment.objects.update(
        made_on=TODAY - timedelta(days=9), counted_on=TODAY - timedelta(days=9)
    )
    return meeting


def found(on=TODAY, ground=EVERYWHERE):
    return [(breach.unit, breach.since) for breach in delegations_not_filled(ground, on)]


def filled(town, conference):
    making.sent(conference, town.districts[0], town.people[0][:2])
    making.sent(conference, town.districts[1], town.people[1][:1])
    Delegate.objects.update(since=TODAY - timedelta(days=5))


def test_missing_since_the_apportionment(town, conference):
    since = TODAY - timedelta(days=9)
    codes = [district.code for district in town.districts]
    assert found() == [(code, since) for code in codes]
    making.sent(conference, town.districts[0], town.people[0][:1])
    assert found() == [(code, since) for code in codes]
    making.sent(conference, town.districts[0], town.people[0][1:2])
    assert found() == [(codes[1], since)]
    assert found(ground=Ground((town.districts[0].extent,))) == []


def test_filled_is_no_finding(town, conference, django_assert_num_queries):
    filled(town, conference)
    with django_assert_num_queries(1):
        assert found() == []


def test_missing_since_somebody_left_or_gave_it_up(town, conference):
    filled(town, conference)
    end_membership(member=town.people[0][0], on=TODAY - timedelta(days=2), reason="resigned")
    assert found() == [(town.districts[0].code, TODAY - timedelta(days=2))]
    assert found(TODAY - timedelta(days=3)) == []
    replace_delegate(delegate=Delegate.objects.get(member=town.people[1][0]), on=TODAY)
    assert found() == [
        (town.districts[0].code, TODAY - timedelta(days=2)),
        (town.districts[1].code, TODAY),
    ]


def test_too_many_are_found_as_well(town, conference):
    filled(town, conference)
    Delegation.objects.filter(unit=town.districts[0]).update(seats=1)
    assert [code for code, _since in found()] == [town.districts[0].code]


@pytest.mark.parametrize("change", ["over", "cancelled", "tie"])
def test_of_what_nobody_waits_for_nothing_is_found(town, conference, change):
    now = timezone.now()
    if change == "over":
        Meeting.objects.update(starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=2))
    elif change == "cancelled":
        Meeting.objects.update(state="cancelled", cancelled_because="Snow.")
    else:
        Apportionment.objects.update(unassigned=1)
    assert found() == []


def test_the_finding_leads_to_the_act_that_fills_this_delegation(client, rf, town, conference):
    from audit.rulebook import findings

    account = role(client, "secretary", town.districts[0])
    request = rf.get("/")
    request.user = account
    (one,) = [
        finding
        for finding in findings(Ground((town.districts[0].extent,)), TODAY)
        if finding.rule == "delegation-filled"
    ]
    (row,) = shown(request, [one])
    key = making.delegation(conference, town.districts[0]).pk
    assert row.mend.url.endswith(f"/act/enter-delegates/?delegation={key}")
    assert client.get(row.mend.url).context_data["act"].initial["delegation"] == str(key)
