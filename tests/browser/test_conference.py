"""A conference of delegates elects the town's leadership: from the members to who leads."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from districts.roles import SECRETARY, grant_role
from elections.bureaus.sitting import sitting_bureau
from elections.meetings.attending import record_attendance
from elections.meetings.passes import new_credential
from elections.models import Apportionment, Attendance, Delegate, Poll
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps, too_wide
from tests.delegates import making
from tests.voting import making as votes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def districts(transactional_db):
    """A town of three districts, and the conference that has begun."""
    return making.town(8, 4, 2)


@pytest.fixture
def conference(districts):
    return making.conference(districts.town)


@pytest.fixture
def of_town(districts, page, live_server):
    """The secretary of the town, logged in."""
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=districts.town)
    log_in(page, live_server, account)
    return account


def office(live_server, meeting) -> str:
    return f"{live_server.url}/admin/elections/meeting/{meeting.pk}"


def do(page: Page) -> None:
    """Look at what an act will do, and do it."""
    page.get_by_role("button", name="Show what this will do").click()
    page.get_by_role("button", name="Do it").click()


def send_all(districts, conference) -> list:
    """Delegates of all districts, as each has chosen them: four, two and one."""
    sent = []
    for district, people, seats in zip(
        districts.districts, districts.people, (4, 2, 1), strict=True
    ):
        sent += making.sent(conference, district, people[:seats], people[seats : seats + 1])
    return [one.member for one in sent if one.substitute is None]


def test_a_conference_of_delegates_elects_the_leadership_of_the_town(
    districts, conference, of_town, page: Page, live_server, complaints
):
    # The seats, by Sainte-Laguë: 8, 4 and 2 members have 4, 2 and 1 of seven.
    page.goto(f"{office(live_server, conference)}/change/")
    delegates = page.get_by_role("region", name="Delegates")
    steps = Steps(page)
    steps.click(delegates.get_by_role("link", name="Apportion the delegates"))
    steps.fill(page.get_by_label("Seats"), "7")
    steps.click(page.get_by_role("button", name="Show what this will do"))
    steps.click(page.get_by_role("button", name="Do it"))
    steps.within(4)
    expect(delegates).to_contain_text("7 seats by the home registrations on")
    for district, members, seats in zip(districts.districts, "842", "421", strict=True):
        row = delegates.get_by_role("row").filter(has_text=district.name)
        cells = row.get_by_role("cell")
        expect(cells.nth(1)).to_have_text(members)
        expect(cells.nth(3)).to_have_text(seats)
        expect(row).to_contain_text(f"{seats} missing")
        expect(row.get_by_role("link", name="Elect delegates")).to_be_visible()
    assert Apportionment.objects.get().method == "sainte-lague"

    # One district is entered by the page, the others by their acts; then the credentials.
    first = delegates.get_by_role("row").filter(has_text=districts.districts[0].name)
    first.get_by_role("link", name="Enter delegates").click()
    four = "\n".join(str(member.pk) for member in districts.people[0][:4])
    page.get_by_label("Delegates").fill(four)
    do(page)
    assert Delegate.objects.sent().count() == 4
    sent = [*districts.people[0][:4], *districts.people[1][:2], *districts.people[2][:1]]
    making.sent(conference, districts.districts[1], sent[4:6])
    making.sent(conference, districts.districts[2], sent[6:])
    page.goto(f"{office(live_server, conference)}/change/")
    delegates.get_by_role("link", name="Issue credentials").click()
    do(page)
    expect(page.get_by_role("article")).to_have_count(7)
    expect(page.get_by_role("img", name="Code for the door")).to_have_count(7)

    # At the door one shows the credential, five are ticked off, and one does not come.
    page.goto(f"{live_server.url}/meetings/{conference.code}/door/")
    field = page.get_by_label("Name, number, or code")
    field.fill(new_credential(meeting=conference.pk, member=sent[0].pk))
    field.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Here:")
    record_attendance(meeting=conference, members=sent[1:6])
    assert Attendance.objects.count() == 6

    # The document shows all of it.
    page.goto(f"{office(live_server, conference)}/change/")
    delegates.get_by_role("link", name="The whole way, to print").click()
    table = page.get_by_role("table").first
    last = table.get_by_role("row").last
    expect(last).to_have_text("All147776")
    expect(page.get_by_role("main")).to_contain_text("La représentation proportionnelle")
    assert not too_wide(page)

    # The election of the leadership, on paper, by the delegates present.
    question = votes.election(districts.town, sent[:5], seats=3, fills="bureau")
    poll = votes.put(question, districts.town, assembly="delegates", channels="paper")
    page.goto(f"{live_server.url}/admin/elections/poll/{poll.pk}/act/open-poll/")
    expect(page.locator("body")).to_contain_text("6 of 7")
    expect(page.get_by_label("Delegates")).to_have_count(0)
    page.get_by_role("button", name="Do it").click()
    poll = Poll.objects.get()
    assert poll.state == "open"
    assert set(poll.roll.values_list("member", flat=True)) == {one.pk for one in sent[:6]}
    votes.counted_on_paper(poll, sent[:6], {1: 6, 2: 5, 3: 4, 4: 2, 5: 1})

    # The leadership is constituted from the result.
    page.goto(f"{live_server.url}/admin/elections/question/{question.pk}/change/")
    page.get_by_role("link", name="Constitute from the result").first.click()
    page.get_by_label(f"Work of {sent[0].full_name}").first.select_option("chair")
    do(page)
    bureau = sitting_bureau(districts.town)
    assert bureau is not None
    assert bureau.mandate == "delegates"
    assert set(bureau.seats.values_list("member", flat=True)) == {one.pk for one in sent[:3]}
    assert complaints == []


@pytest.mark.sqlite  # pages look alike on both databases
def test_no_page_of_delegates_is_too_wide_on_a_phone(
    districts, conference, of_town, page: Page, live_server, complaints
):
    page.set_viewport_size({"width": 390, "height": 844})
    making.apportioned(conference, seats=7)
    sent = send_all(districts, conference)
    record_attendance(meeting=conference, members=sent[:1])
    Delegate.objects.sent().update(credential_on=timezone.localdate())
    Delegate.objects.filter(member=sent[-1]).update(until=timezone.localdate())
    district = districts.districts[2].pk
    for address in (
        f"elections/meeting/{conference.pk}/change/",
        f"elections/meeting/{conference.pk}/delegates/",
        f"elections/meeting/{conference.pk}/credentials/",
        f"elections/meeting/{conference.pk}/act/enter-delegates/",
        f"elections/meeting/{conference.pk}/act/replace-delegate/",
        f"districts/unit/{district}/change/",
        f"districts/unit/{district}/act/elect-delegates/",
    ):
        answer = page.goto(f"{live_server.url}/admin/{address}")
        assert answer is not None
        assert answer.status == 200, address
        assert not too_wide(page), address
    assert complaints == []
