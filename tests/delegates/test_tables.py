"""Delegations, delegates and emergencies as files: numbers and codes, and nobody's name."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from audit.ground import EVERYWHERE
from districts.veil import looking_as
from elections.emergency.declaring import declare_emergency, end_emergency
from elections.emergency.tables import EMERGENCIES
from elections.models import Delegate
from tests import factories
from tests.delegates import making
from tests.delegates.making import TODAY

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def exported(folder, **options):
    call_command("export_register", str(folder), stdout=StringIO(), **options)
    names = ("delegations", "delegates", "emergencies")
    return [list(csv.reader((folder / f"{name}.csv").open()))[1:] for name in names]


@pytest.fixture
def conference():
    town = making.town(2, 2)
    meeting = making.conference(town.town)
    making.apportioned(meeting, 2)
    one, other = town.people[0]
    making.sent(meeting, town.districts[0], [one], [other])
    return town, meeting


def test_delegations_and_delegates_go_out(conference, tmp_path):
    town, meeting = conference
    (one, other), district = town.people[0], town.districts[0]
    delegations, delegates, _none = exported(tmp_path / "one")
    today, code = TODAY.isoformat(), meeting.code
    sending = sorted(district.code for district in town.districts)
    assert delegations == [[code, unit, today, "2", "1"] for unit in sending]
    assert delegates == [
        [code, district.code, str(one.pk), today, "", "delegate", ""],
        [code, district.code, str(other.pk), today, "", "substitute", "1"],
    ]
    Delegate.objects.filter(member=one).update(until=TODAY + DAY)
    _same, delegates, _none = exported(tmp_path / "two")
    assert delegates[0][4:] == [(TODAY + DAY).isoformat(), "replaced", ""]
    _same, delegates, _none = exported(tmp_path / "then", as_of=TODAY)
    assert delegates[0][4:] == ["", "delegate", ""]
    _same, delegates, _none = exported(tmp_path / "later", as_of=TODAY + DAY)
    assert [row[2] for row in delegates] == [str(other.pk)]


def test_emergencies_go_out_with_the_reason_for_whoever_may_know_it(conference, tmp_path):
    town, _meeting = conference
    district = town.districts[0]
    declare_emergency(unit=district, by=town.town, on=TODAY - 9 * DAY, reason="Raided.")
    told = [district.code, (TODAY - 9 * DAY).isoformat(), "", town.town.code, "Raided."]
    assert exported(tmp_path / "one")[2] == [told]
    with looking_as(factories.account()):
        rows = list(EMERGENCIES.computed(EVERYWHERE, None))
    assert [row[-1] for row in rows] == [""]
    end_emergency(unit=district, on=TODAY)
    assert exported(tmp_path / "two")[2] == [[*told[:2], TODAY.isoformat(), *told[3:]]]
    assert exported(tmp_path / "then", as_of=TODAY - DAY)[2] == [told]
