"""What the rules find of appointed committees: from which day, until which act (A14, A15)."""

from datetime import timedelta

import pytest

from audit.ground import EVERYWHERE, Ground
from audit.rulebook import findings
from elections.bureaus.sitting import Place, constitute_bureau
from elections.emergency.appointing import confirm_committee, give_reason
from elections.models import Bureau, Emergency
from tests import factories
from tests.emergency.making import APPOINTED, BEGUN, TODAY, appointed, declared, people

DAY = timedelta(days=1)
RULES = {"committee-confirmed", "appointed-in-emergency", "committee-small"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee(settings):
    """A committee that the town appointed for its area, to be confirmed within eight days."""
    settings.STATUTES = {"confirmation_days": 8}
    town = factories.town()
    declared(town)
    made = appointed(town, people(town))
    made.town = town
    return made


def found(on=TODAY, ground=EVERYWHERE):
    return [
        (one.article, one.rule, one.unit, one.subject, one.since)
        for one in findings(ground, on)
        if one.rule in RULES
    ]


def test_nothing_is_found_up_to_the_last_day_and_the_deadline_from_the_next(committee):
    last = committee.confirm_by
    assert last == APPOINTED + 8 * DAY
    assert found(last) == []
    told = ("A14", "committee-confirmed", committee.unit.code, f"bureau {committee.pk}", last + DAY)
    assert found(last + DAY) == [told]
    assert found(TODAY) == [told]


def test_the_finding_is_that_of_the_area_s_ground_alone(committee):
    other = factories.town()
    committee.unit.refresh_from_db()
    assert len(found(ground=Ground((committee.unit.extent,)))) == 1
    assert found(ground=Ground((other.town.extent,))) == []


def test_a_confirmation_mends_it_from_its_day_on(committee):
    confirm_committee(bureau=committee, on=TODAY)
    assert found(TODAY) == []
    assert [one[1] for one in found(TODAY - DAY)] == ["committee-confirmed"]


def test_an_elected_committee_mends_it_too(committee):
    constitute_bureau(
        unit=committee.unit,
        mandate="delegates",
        places=[Place(one) for one in people(committee.town)],
        on=TODAY,
    )
    assert found(TODAY) == []


@pytest.mark.parametrize(
    ("since", "until", "is_found"),
    [
        (BEGUN, None, False),
        (APPOINTED, None, False),
        (APPOINTED + DAY, None, True),
        (BEGUN, APPOINTED, True),
        (BEGUN, APPOINTED + DAY, False),
    ],
)
def test_an_appointment_outside_of_the_emergency_is_found_since_its_day(
    committee, since, until, is_found
):
    Bureau.objects.update(confirm_by=TODAY)
    Emergency.objects.update(since=since, until=until)
    told = ("A14", "appointed-in-emergency", committee.unit.code, f"bureau {committee.pk}")
    assert found() == ([(*told, APPOINTED)] if is_found else [])
    confirm_committee(bureau=committee, on=TODAY)
    assert found() == []


def test_a_larger_committee_without_a_reason_is_found_until_there_is_one(committee):
    Bureau.objects.update(confirm_by=TODAY, size=4)
    told = ("A15", "committee-small", committee.unit.code, f"bureau {committee.pk}", APPOINTED)
    assert found() == [told]
    give_reason(bureau=committee, larger_because="Four districts.")
    assert found() == []


def test_elected_committees_are_left_alone():
    town = factories.town()
    constitute_bureau(
        unit=town.area,
        mandate="delegates",
        places=[Place(one) for one in people(town, 3, 2)],
        on=APPOINTED,
    )
    assert found() == []
