"""Declaring and ending an emergency, appointing a committee and confirming it: what is refused."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.refusals import Refused
from districts.units import dissolve_unit
from elections.bureaus.sitting import (
    CannotConstitute,
    Place,
    constitute_bureau,
    end_bureau,
    sitting_bureau,
)
from elections.emergency.appointing import (
    CannotAppoint,
    Gathering,
    confirm_committee,
    give_reason,
    last_day,
    proposed_day,
)
from elections.emergency.declaring import CannotDeclare, declare_emergency, end_emergency
from elections.meetings.planning import cancel_meeting
from elections.models import Bureau, Emergency, Meeting
from tests import factories
from tests.bureaus import making as bureaus
from tests.emergency.making import APPOINTED, BEGUN, TODAY, appointed, declared, people

DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def articles(error) -> list[str]:
    return [blocker.article for blocker in error.value.blockers]


def reasons(error) -> str:
    return " ".join(blocker.reason for blocker in error.value.blockers)


# Declaring and ending ----------------------------------------------------------------------------


def test_an_emergency_is_declared_from_above_and_ends_by_an_act_of_its_own(town):
    declared(town)
    assert (town.area.regime, town.area.regime_since) == ("emergency", BEGUN)
    ended = end_emergency(unit=town.area, on=TODAY)
    town.area.refresh_from_db()
    assert (ended.since, ended.until) == (BEGUN, TODAY)
    assert (town.area.regime, town.area.regime_since) == ("normal", TODAY)


@pytest.mark.parametrize("who", ["area", "district", "side"])
def test_it_is_not_declared_from_below_from_the_side_or_by_the_unit_itself(town, who):
    by = factories.unit("area", town.town) if who == "side" else getattr(town, who)
    for unit in (town.area, town.town, by):
        unit.refresh_from_db()
    with pytest.raises(CannotDeclare) as error:
        declare_emergency(unit=town.area, by=by, on=TODAY, reason="Raided.")
    assert articles(error) == ["A14"]
    assert "does not stand above" in reasons(error)
    assert not Emergency.objects.exists()


def test_it_has_a_reason_a_day_and_is_declared_once(town):
    with pytest.raises(CannotDeclare, match="for a reason"):
        declare_emergency(unit=town.area, by=town.town, on=TODAY, reason="  ")
    with pytest.raises(CannotDeclare, match="still to come"):
        declare_emergency(unit=town.area, by=town.town, on=TODAY + DAY, reason="Raided.")
    declared(town)
    with pytest.raises(CannotDeclare, match="declared already"):
        declare_emergency(unit=town.area, by=town.town, on=TODAY, reason="Raided.")
    end_emergency(unit=town.area, on=TODAY)
    with pytest.raises(CannotDeclare, match="not before that day"):
        declare_emergency(unit=town.area, by=town.town, on=TODAY - DAY, reason="Raided.")


def test_an_emergency_that_nobody_declared_does_not_end(town):
    with pytest.raises(CannotDeclare, match="No emergency"):
        end_emergency(unit=town.area, on=TODAY)
    declared(town, on=TODAY)
    with pytest.raises(CannotDeclare, match="lasts a day at least"):
        end_emergency(unit=town.area, on=TODAY)


def test_it_does_not_end_while_a_committee_waits_for_its_confirmation(town):
    declared(town)
    committee = appointed(town, people(town))
    with pytest.raises(CannotDeclare) as error:
        end_emergency(unit=town.area, on=TODAY)
    assert articles(error) == ["A14"]
    confirm_committee(bureau=committee, on=TODAY)
    assert end_emergency(unit=town.area, on=TODAY).until == TODAY


def test_the_database_holds_one_standing_emergency_of_a_unit(town):
    declared(town)
    with pytest.raises(IntegrityError), transaction.atomic():
        Emergency.objects.create(
            unit=town.area, declared_by=town.town, since=BEGUN - DAY, reason="Twice."
        )


def test_with_a_dissolved_unit_its_emergency_ends(town):
    side = factories.unit("area", town.town)
    town.town.refresh_from_db()
    declare_emergency(unit=side, by=town.town, on=BEGUN, reason="Raided.")
    with pytest.raises(Refused, match="was declared on"):
        dissolve_unit(unit=side, on=BEGUN)
    dissolve_unit(unit=side, on=TODAY)
    side.refresh_from_db()
    assert side.emergencies.get().until == TODAY
    assert side.regime == "normal"


# Appointing --------------------------------------------------------------------------------------


def test_a_committee_is_appointed_with_its_deadline_and_its_delegate_meeting(town, settings):
    settings.STATUTES = {"confirmation_days": 20}
    declared(town)
    committee = appointed(town, people(town))
    assert (committee.mandate, committee.size) == ("appointed", 3)
    assert committee.confirm_by == APPOINTED + 20 * DAY
    assert committee.is_unconfirmed
    meeting = Meeting.objects.get()
    assert committee.confirming == meeting
    assert (meeting.unit, meeting.kind) == (town.area, "delegates")
    held = timezone.localtime(meeting.starts_at).date()
    assert TODAY < held <= committee.confirm_by
    assert "Confirmation" in meeting.agenda.get().text


def test_the_meeting_is_proposed_at_the_first_opportunity(settings):
    settings.STATUTES = {"confirmation_days": 10}
    assert proposed_day(TODAY) == TODAY + 10 * DAY
    assert proposed_day(TODAY - 60 * DAY) == TODAY + DAY


def test_nobody_appoints_without_an_emergency(town):
    with pytest.raises(CannotAppoint) as error:
        appointed(town, people(town))
    assert articles(error) == ["A14"]
    assert "no emergency" in reasons(error)
    declared(town)
    with pytest.raises(CannotAppoint, match="no emergency"):
        appointed(town, people(town), on=BEGUN - DAY)
    end_emergency(unit=town.area, on=TODAY)
    with pytest.raises(CannotAppoint, match="no emergency"):
        appointed(town, people(town), on=TODAY)


@pytest.mark.parametrize("who", ["area", "district"])
def test_nobody_appoints_from_below(town, who):
    declared(town)
    with pytest.raises(CannotAppoint) as error:
        appointed(town, people(town), by=getattr(town, who))
    assert articles(error) == ["A14"]


def test_only_an_area_committee_is_appointed(town):
    declare_emergency(unit=town.district, by=town.area, on=BEGUN, reason="Raided.")
    with pytest.raises(CannotAppoint, match="Only an area committee"):
        appointed(town, people(town), unit=town.district)


def test_a_sitting_committee_is_replaced_only_where_it_is_said_what_befell_it(town):
    declared(town)
    elected = bureaus.bureau(town.area, people(town))
    for befell in ("", "succeeded", "dissolved"):
        with pytest.raises(CannotAppoint) as error:
            appointed(town, people(town), befell=befell)
        assert articles(error) == ["A14"]
        assert "say what befell it" in reasons(error)
    committee = appointed(town, people(town), befell="arrested")
    elected.refresh_from_db()
    assert (elected.until, elected.ending) == (APPOINTED, "arrested")
    assert sitting_bureau(town.area) == committee


def test_nobody_appoints_a_second_time_without_a_confirmation_between(town):
    declared(town)
    first = appointed(town, people(town))
    for _sitting in (True, False):
        with pytest.raises(CannotAppoint) as error:
            appointed(town, people(town), on=TODAY, befell="arrested")
        assert "never confirmed" in reasons(error)
        if sitting_bureau(town.area):
            end_bureau(bureau=first, on=TODAY - DAY, ending="arrested")
    Bureau.objects.update(until=None, ending="")
    confirm_committee(bureau=first, on=TODAY - DAY)
    second = appointed(town, people(town), on=TODAY, befell="arrested")
    assert second.confirm_by == last_day(TODAY)


def test_an_elected_committee_between_serves_as_well(town):
    declared(town)
    appointed(town, people(town))
    constitute_bureau(
        unit=town.area,
        mandate="delegates",
        places=[Place(one) for one in people(town)],
        on=TODAY - DAY,
    )
    assert appointed(town, people(town), on=TODAY, befell="arrested").is_unconfirmed


def test_a_larger_committee_needs_a_reason(town):
    declared(town)
    five = people(town, 3, 2)
    with pytest.raises(CannotAppoint) as error:
        appointed(town, five)
    assert articles(error) == ["A15"]
    committee = appointed(town, five, larger_because="Five districts.")
    assert (committee.size, committee.larger_because) == (5, "Five districts.")


def test_the_smallest_keeps_no_reason_for_its_size(town):
    declared(town)
    assert appointed(town, people(town), larger_because="For nothing.").larger_because == ""


def test_the_factories_have_the_majority_there_too(town):
    declared(town)
    with pytest.raises(CannotAppoint) as error:
        appointed(town, people(town, 1, 2))
    assert articles(error) == ["A13"]
    with pytest.raises(CannotAppoint) as error:
        appointed(town, people(town, 2, 0))
    assert articles(error) == ["A15"]


def test_the_meeting_lies_ahead_and_before_the_deadline(town):
    declared(town)
    late = Gathering(last_day(APPOINTED) + DAY, "There")
    with pytest.raises(CannotAppoint, match="is held by"):
        appointed(town, people(town), meeting=late)
    with pytest.raises(CannotAppoint, match="lies ahead"):
        appointed(town, people(town), meeting=Gathering(TODAY, "There"))
    assert not Bureau.objects.exists()
    assert not Meeting.objects.exists()


def test_no_bureau_is_appointed_by_the_way(town):
    declared(town)
    with pytest.raises(CannotConstitute) as error:
        constitute_bureau(
            unit=town.area,
            mandate="appointed",
            places=[Place(one) for one in people(town)],
            on=TODAY,
        )
    assert articles(error) == ["A14"]


def test_the_database_holds_that_an_appointment_has_a_deadline(town):
    declared(town)
    committee = appointed(town, people(town))
    for wrong in ({"confirm_by": None}, {"mandate": "cells"}, {"confirmed_on": BEGUN}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Bureau.objects.filter(pk=committee.pk).update(**wrong)


# Confirming --------------------------------------------------------------------------------------


def test_the_mandate_stays_that_of_the_appointment(town):
    declared(town)
    committee = appointed(town, people(town))
    confirmed = confirm_committee(bureau=committee, on=TODAY)
    assert (confirmed.mandate, confirmed.confirmed_on) == ("appointed", TODAY)
    with pytest.raises(CannotAppoint, match="already"):
        confirm_committee(bureau=committee, on=TODAY)


def test_what_is_no_delegate_meeting_of_that_day_confirms_nothing(town):
    declared(town)
    committee = appointed(town, people(town))
    meeting = committee.confirming
    with pytest.raises(CannotAppoint, match="not held on that day"):
        confirm_committee(bureau=committee, on=TODAY, meeting=meeting)
    cancel_meeting(meeting=meeting, reason="Watched.")
    meeting.refresh_from_db()
    with pytest.raises(CannotAppoint, match="A delegate meeting"):
        confirm_committee(bureau=committee, on=TODAY, meeting=meeting)
    with pytest.raises(CannotAppoint, match="still to come"):
        confirm_committee(bureau=committee, on=TODAY + DAY)
    with pytest.raises(CannotAppoint, match="was appointed on"):
        confirm_committee(bureau=committee, on=APPOINTED - DAY)


def test_an_elected_or_ended_committee_is_not_confirmed(town):
    elected = bureaus.bureau(town.area, people(town))
    with pytest.raises(CannotAppoint, match="was elected"):
        confirm_committee(bureau=elected, on=TODAY)
    end_bureau(bureau=elected, on=BEGUN, ending="recalled")
    declared(town)
    committee = appointed(town, people(town))
    end_bureau(bureau=committee, on=TODAY, ending="arrested")
    with pytest.raises(CannotAppoint, match="led no more"):
        confirm_committee(bureau=committee, on=TODAY)


def test_the_reason_for_the_size_is_kept_afterwards_too(town):
    declared(town)
    small = appointed(town, people(town))
    with pytest.raises(CannotAppoint, match="Only a larger"):
        give_reason(bureau=small, larger_because="Many.")
    Bureau.objects.update(size=5)
    with pytest.raises(CannotAppoint, match="Give the reason"):
        give_reason(bureau=small, larger_because=" ")
    assert give_reason(bureau=small, larger_because="Many.").larger_because == "Many."
