"""The seats of a conference: who is counted, the record, ties, and what keeps them as they are."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from districts.kinds import Kind
from elections.delegates.apportioning import NoApportionment, apportion_meeting, senders
from elections.delegates.choosing import CannotSend
from elections.models import Apportionment, Delegation
from members.membership import end_membership
from members.models import Registration
from tests import factories
from tests.delegates import making
from tests.meetings import making as meetings

TODAY = timezone.localdate()

pytestmark = pytest.mark.django_db


def seats_of(apportionment):
    rows = apportionment.delegations.order_by("unit__code")
    return list(rows.values_list("members", "seats"))


def test_members_are_home_registrations_counted_once(django_assert_num_queries):
    town = making.town(4, 2, 0)
    # Registered a second time where they live (A4): they count at home alone.
    for member in town.people[0][:2]:
        Registration.objects.create(
            member=member, unit=town.cells[1], kind="residence", since=factories.JOINED
        )
    end_membership(member=town.people[0][3], on=TODAY, reason="resigned")
    meeting = making.conference(town.town)
    with django_assert_num_queries(2):
        counted = senders(meeting, TODAY)
    assert [(one.unit, one.members) for one in counted] == [
        (town.districts[0], 3),
        (town.districts[1], 2),
        (town.districts[2], 0),
    ]
    before = senders(meeting, TODAY - timedelta(days=1))
    assert [one.members for one in before] == [4, 2, 0]


def test_the_units_that_send_are_those_below_of_the_kind():
    town = making.town(2, 1)
    group = factories.unit(Kind.LOCAL_GROUP, factories.unit(Kind.AREA, town.town))
    cell = factories.unit(Kind.STREET_CELL, group)
    factories.member(cell=cell)
    for unit in (*town.districts, *town.cells, town.town, group, cell):
        unit.refresh_from_db()
    at_town = senders(making.conference(town.town), TODAY)
    assert [(one.unit, one.members) for one in at_town] == [
        (town.districts[0], 2),
        (town.districts[1], 1),
        (group, 1),
    ]
    area = town.districts[0].parent
    area.refresh_from_db()
    at_area = senders(meetings.meeting(area), TODAY)
    assert [one.unit for one in at_area] == list(town.districts)
    at_district = senders(meetings.meeting(town.districts[0], kind="delegates"), TODAY)
    assert [(one.unit, one.members) for one in at_district] == [(town.cells[0], 2)]


@pytest.mark.parametrize(
    ("method", "minimum", "seats"),
    [
        ("sainte-lague", 0, [4, 1, 0]),
        ("sainte-lague", 1, [3, 1, 1]),
        ("dhondt", 0, [4, 1, 0]),
        ("adams", 0, [3, 1, 1]),
        ("huntington-hill", 0, [3, 1, 1]),
        ("largest-remainder-hare", 0, [3, 1, 1]),
        ("largest-remainder-droop", 0, [3, 1, 1]),
    ],
)
def test_each_method_with_its_whole_table(method, minimum, seats):
    town = making.town(8, 3, 1)
    made = making.apportioned(making.conference(town.town), method=method, minimum=minimum)
    assert [one for _members, one in seats_of(made)] == seats
    assert made.is_settled
    lines = made.table["units"]
    assert [line["unit"] for line in lines] == [unit.code for unit in town.districts]
    assert [line["members"] for line in lines] == [8, 3, 1]
    assert all("fair_share" in line for line in lines)


def test_a_tie_is_open_until_a_seed_draws_it_once():
    town = making.town(2, 2, 2)
    meeting = making.conference(town.town)
    made = making.apportioned(meeting, seats=4)
    assert not made.is_settled
    assert (made.unassigned, made.table["ties"][0]["means"]) == (1, "open")
    assert seats_of(made) == [(2, 1)] * 3
    with pytest.raises(CannotSend, match="A12: A tie for seats is open"):
        making.sent(meeting, town.districts[0], town.people[0][:1])


def test_the_lot_is_drawn_by_the_seed_and_not_again_by_another():
    town = making.town(2, 2, 2)
    meeting = making.conference(town.town)
    making.apportioned(meeting, seats=4)
    drawn = making.apportioned(meeting, seats=4, seed="4711")
    (tie,) = drawn.table["ties"]
    assert (tie["means"], len(tie["chosen"])) == ("lot", 1)
    assert sorted(seats for _members, seats in seats_of(drawn)) == [1, 1, 2]
    with pytest.raises(NoApportionment, match="drawn already"):
        making.apportioned(meeting, seats=4, seed="4712")
    assert Apportionment.objects.get().table == drawn.table


def test_done_anew_until_somebody_is_sent():
    town = making.town(4, 2)
    meeting = making.conference(town.town)
    making.apportioned(meeting, seats=3)
    kept = set(Delegation.objects.values_list("pk", flat=True))
    made = making.apportioned(meeting, seats=6)
    assert seats_of(made) == [(4, 4), (2, 2)]
    assert set(Delegation.objects.values_list("pk", flat=True)) == kept
    making.sent(meeting, town.districts[0], town.people[0][:1])
    with pytest.raises(NoApportionment, match="A12: Delegates are entered already"):
        making.apportioned(meeting, seats=3)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "general"}, "Nobody is sent to such a meeting"),
        ({"on": TODAY + timedelta(days=1)}, "on a day that has come"),
        ({"seats": 1, "minimum": 1}, "A12: 1 seats are too few"),
        ({"nobody": True}, "No unit has members"),
        ({"method": "guessing"}, "There is no method guessing"),
        ({"held": True}, "held or cancelled"),
    ],
)
def test_what_cannot_be_apportioned(change, told):
    sizes = (0, 0) if change.pop("nobody", False) else (2, 1)
    town = making.town(*sizes)
    if change.pop("kind", ""):
        meeting = meetings.meeting(town.districts[0])
    elif change.pop("held", False):
        meeting = meetings.held(town.town)
    else:
        meeting = making.conference(town.town)
    with pytest.raises(NoApportionment, match=told):
        making.apportioned(meeting, **change)
    assert not Apportionment.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "guessing"},
        {"seats": 0},
        {"unassigned": 6},
        {"counted_on": TODAY + timedelta(days=1)},
    ],
)
def test_the_database_holds_what_an_apportionment_is(wrong):
    town = making.town(2, 1)
    making.apportioned(making.conference(town.town))
    with pytest.raises(IntegrityError), transaction.atomic():
        Apportionment.objects.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.update(members=0, seats=1)


def test_one_apportionment_for_a_meeting():
    town = making.town(2, 1)
    meeting = making.conference(town.town)
    making.apportioned(meeting)
    apportion_meeting(meeting=meeting, on=TODAY, seats=3, method="dhondt")
    assert Apportionment.objects.get().method == "dhondt"
