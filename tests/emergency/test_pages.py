"""The pages of an emergency: who may do what, what the unit's page shows, and what waits."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.days import day_in_words
from audit.models import Entry
from districts.roles import AUDITOR, SECRETARY, grant_role
from elections.bureaus.sitting import sitting_bureau
from elections.meetings.planning import cancel_meeting
from elections.models import Bureau, Emergency, Meeting
from elections.models.meetings import new_code
from tests import factories
from tests.admin_acts.performing import address, done, perform
from tests.bureaus import making as bureaus
from tests.bureaus.test_pages import lines, page_of, text_of
from tests.emergency.making import BEGUN, TODAY, appointed, declared, people

DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def log_in(client, unit, role=SECRETARY):
    account = factories.account()
    grant_role(user=account, role=role, unit=unit)
    client.force_login(account)
    return account


@pytest.fixture
def above(client, town):
    """The secretary of the town, logged in."""
    return log_in(client, town.town)


@pytest.fixture
def given(town):
    """What the form of an appointment is filled with."""
    return {
        "by": town.town.pk,
        "places": lines(*people(town)),
        "meets_on": (TODAY + 10 * DAY).isoformat(),
        "place": "The back room",
        "larger_because": "",
        "on": TODAY.isoformat(),
    }


def refused(answer) -> list[str]:
    return [one.article for one in answer.context_data["act"].refused]


def test_an_emergency_is_declared_a_committee_appointed_and_confirmed(client, town, above, given):
    because = "The committee was arrested."
    done(perform(client, town.area, "declare-emergency", by=town.town.pk, on=BEGUN, reason=because))
    town.area.refresh_from_db()
    assert town.area.regime == "emergency"
    done(perform(client, town.area, "appoint-committee", **given))
    committee = sitting_bureau(town.area)
    assert committee.is_unconfirmed
    assert committee.seats.get(portfolio="chair").member_id == int(given["places"].split()[0])
    page = page_of(client, town.area)
    assert f"is to be confirmed by {committee.confirm_by.isoformat()}" in page
    assert "30 days are left." in page
    assert "Delegate meeting" in page
    assert "The back room" in page
    assert because not in page  # that is for those with a role there
    done(perform(client, committee, "confirm-committee", meeting="", on=TODAY))
    page = page_of(client, committee)
    assert f"{committee.confirm_by.isoformat()}" in page
    assert page.count("not yet") == 1  # announced, that is
    assert "Record the confirmation" not in page
    done(perform(client, town.area, "end-emergency", on=TODAY, reason="Over."))
    assert not Emergency.objects.standing().exists()
    acts = set(Entry.objects.values_list("act", flat=True))
    assert {"declare-emergency", "appoint-committee", "confirm-committee", "end-emergency"} <= acts


def test_it_is_declared_for_a_reason(client, town, above):
    sent = {"by": town.town.pk, "on": TODAY, "reason": ""}
    answer = client.post(address(town.area, "declare-emergency"), sent)
    assert "This field is required" in text_of(answer)


@pytest.mark.parametrize("act", ["declare-emergency", "end-emergency", "appoint-committee"])
@pytest.mark.parametrize("who", ["area", "side"])
def test_nobody_does_it_from_the_unit_itself_or_from_the_side(client, town, given, act, who):
    if act != "declare-emergency":
        declared(town)
    unit = factories.unit("area", town.town) if who == "side" else town.area
    log_in(client, unit)
    form = client.get(address(town.area, act))
    sent = {**given, "reason": "Raided."}
    answer = client.post(address(town.area, act), sent)
    if who == "side":  # the unit is out of sight
        assert form.status_code == answer.status_code == 404
        return
    assert "a unit above" in text_of(form)
    assert refused(answer) == ["A14"]
    assert Emergency.objects.standing().count() == (0 if act == "declare-emergency" else 1)
    assert not Bureau.objects.exists()


def test_the_unit_itself_does_not_confirm_the_committee(client, town):
    declared(town)
    committee = appointed(town, people(town))
    log_in(client, town.area)
    sent = {"meeting": "", "on": TODAY, "reason": ""}
    answer = client.post(address(committee, "confirm-committee"), sent)
    assert refused(answer) == ["A14"]
    committee.refresh_from_db()
    assert committee.is_unconfirmed
    assert address(committee, "confirm-committee") not in page_of(client, town.area)


def test_an_auditor_does_nothing(client, town):
    log_in(client, town.town, AUDITOR)
    answer = client.get(address(town.area, "declare-emergency"))
    assert answer.status_code == 403


def test_the_acts_are_offered_where_they_make_sense(client, town, above):
    page = page_of(client, town.area)
    assert address(town.area, "declare-emergency") in page
    assert address(town.area, "appoint-committee") not in page
    assert address(town.town, "declare-emergency") not in page_of(client, town.town)
    declared(town)
    page = page_of(client, town.area)
    assert address(town.area, "declare-emergency") not in page
    assert address(town.area, "appoint-committee") in page
    assert address(town.area, "end-emergency") in page


def test_an_appointment_without_an_emergency_is_refused_on_the_page(client, town, above, given):
    form = client.get(address(town.area, "appoint-committee"))
    assert "There is no emergency" in text_of(form)
    answer = client.post(address(town.area, "appoint-committee"), {**given, "reason": ""})
    assert refused(answer) == ["A14"]


def test_the_smallest_number_is_proposed_and_more_needs_a_reason(client, town, above, given):
    declared(town)
    form = client.get(address(town.area, "appoint-committee"))
    assert "3, the smallest lawful number (A15)" in text_of(form)
    assert "What befell" not in text_of(form)
    given["places"] = lines(*people(town, 3, 2))
    answer = client.post(address(town.area, "appoint-committee"), {**given, "reason": ""})
    assert refused(answer) == ["A15"]
    done(
        perform(client, town.area, "appoint-committee", **given | {"larger_because": "Five areas."})
    )
    assert sitting_bureau(town.area).larger_because == "Five areas."


def test_what_befell_the_committee_that_sits_is_asked(client, town, above, given):
    elected = bureaus.bureau(town.area, people(town))
    declared(town)
    answer = client.post(
        address(town.area, "appoint-committee"), {**given, "befell": "", "reason": ""}
    )
    assert refused(answer) == ["A14"]
    done(perform(client, town.area, "appoint-committee", **given, befell="arrested"))
    elected.refresh_from_db()
    assert elected.ending == "arrested"


def test_a_confirmation_is_that_of_a_meeting_of_that_day(client, town, above):
    declared(town)
    committee = appointed(town, people(town))
    meeting = committee.confirming
    sent = {"meeting": meeting.pk, "on": TODAY, "reason": ""}
    answer = client.post(address(committee, "confirm-committee"), sent)
    assert refused(answer) == ["A14"]
    held = timezone.now().replace(microsecond=0)
    Meeting.objects.update(starts_at=held, ends_at=held + timedelta(hours=1))
    sent["on"] = timezone.localtime(held).date()
    done(perform(client, committee, "confirm-committee", **sent))
    committee.refresh_from_db()
    assert (committee.confirmed_on, committee.confirming) == (sent["on"], meeting)


def looked_at(client, row, act, **given):
    """What the first look at the act shows, and the answer where it is sent without a reason."""
    sent = {"reason": "", **given}
    preview = client.post(address(row, act), sent).context_data["preview"]
    return preview, client.post(address(row, act), {**sent, "seen": preview.seen})


def test_a_confirmation_by_a_meeting_that_is_not_entered_needs_a_reason(client, town, above):
    declared(town)
    committee = appointed(town, people(town), on=TODAY)
    awaited = committee.confirming
    preview, answer = looked_at(client, committee, "confirm-committee", meeting="", on=TODAY)
    unknown, early = preview.unusual
    assert "not entered here" in unknown
    assert day_in_words(awaited.day) in early
    assert ["stays planned" in one for one in preview.foretold] == [True]
    assert "Please say why" in text_of(answer)
    committee.refresh_from_db()
    assert committee.is_unconfirmed
    done(perform(client, committee, "confirm-committee", meeting="", on=TODAY))
    committee.refresh_from_db()
    awaited.refresh_from_db()
    assert (committee.confirmed_on, committee.confirming) == (TODAY, None)
    assert awaited.is_planned


def test_a_confirmation_by_another_meeting_before_the_planned_one_needs_a_reason(
    client, town, above
):
    declared(town)
    committee = appointed(town, people(town))
    awaited, held = committee.confirming, timezone.now().replace(microsecond=0)
    other = Meeting.objects.get(pk=awaited.pk)
    other.pk, other.code, other.starts_at = None, new_code(), held
    other.ends_at = held + timedelta(hours=1)
    other.save()
    given = {"meeting": other.pk, "on": other.day}
    preview, answer = looked_at(client, committee, "confirm-committee", **given)
    assert [day_in_words(awaited.day) in one for one in preview.unusual] == [True]
    assert "Please say why" in text_of(answer)


def test_a_confirmation_by_the_planned_meeting_needs_no_reason(client, town, above):
    declared(town)
    committee = appointed(town, people(town))
    held = timezone.now().replace(microsecond=0)
    Meeting.objects.update(starts_at=held, ends_at=held + timedelta(hours=1))
    given = {"meeting": committee.confirming.pk, "on": timezone.localtime(held).date()}
    preview, answer = looked_at(client, committee, "confirm-committee", **given)
    assert (preview.unusual, preview.foretold) == ([], [])
    done(answer)


@pytest.mark.parametrize(
    ("left", "told"),
    [(20, "20 days are left."), (7, "7 days are left."), (1, "1 day is left."), (-3, "3 days ago")],
)
def test_the_page_warns_as_the_day_comes_nearer(client, town, above, left, told):
    declared(town)
    appointed(town, people(town))
    Bureau.objects.update(confirm_by=TODAY + left * DAY)
    page = page_of(client, town.area)
    assert told in page
    assert (f'<strong class="k-no">{told}' in page) is (0 < left <= 7)
    waiting = text_of(client.get(reverse("admin:index")))
    assert "Committees to be confirmed (A14)" in waiting


def test_a_cancelled_meeting_is_told(client, town, above):
    declared(town)
    committee = appointed(town, people(town))
    cancel_meeting(meeting=committee.confirming, reason="Watched.")
    assert "was cancelled: plan another" in page_of(client, town.area)


def test_the_reason_is_shown_to_those_with_a_role_there(client, town):
    declared(town)
    log_in(client, town.area)
    page = page_of(client, town.area)
    assert "The committee was arrested." in page
    assert f"Declared by {town.town}" in page


def test_what_waits_leads_to_the_committees(client, town, above):
    assert "Committees to be confirmed" not in text_of(client.get(reverse("admin:index")))
    declared(town)
    committee = appointed(town, people(town))
    bureaus.of_district(town)
    listed = client.get(reverse("admin:elections_bureau_changelist"), {"state": "unconfirmed"})
    assert list(listed.context_data["cl"].result_list) == [committee]


def test_the_finding_leads_to_the_act_that_mends_it(client, town, above):
    declared(town)
    committee = appointed(town, people(town))
    Bureau.objects.update(confirm_by=TODAY - DAY)
    page = text_of(client.get(reverse("findings"), {"rule": "committee-confirmed"}))
    assert address(committee, "confirm-committee") in page
    Bureau.objects.update(size=4, confirm_by=TODAY)
    page = text_of(client.get(reverse("findings"), {"rule": "committee-small"}))
    assert address(committee, "give-reason") in page
    done(client.post(address(committee, "give-reason"), {"larger_because": "Many districts."}))
    committee.refresh_from_db()
    assert committee.larger_because == "Many districts."
