"""Who leads the demonstration town: a bureau, a conference, and a committee in an emergency."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from districts.kinds import FACTORY_CELLS, Kind
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from elections.bureaus.sitting import sitting_bureau
from elections.meetings.attending import record_attendance
from elections.models import Bureau, Delegate, Emergency, Meeting, Question, Seat
from elections.polls import open_poll
from members.models import Member, Registration
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import look_and_do, too_wide
from tests.voting import making as votes

pytestmark = pytest.mark.walk

TODAY = timezone.localdate()
MAJORITY = "Most members of a district bureau or an area committee"
CONFIRMED = "An appointed committee is confirmed by its day"


@pytest.fixture
def town(transactional_db) -> Unit:
    """The demonstration town, small, without the towns and cities around it."""
    call_command("demo", "--members", 400, "--seed", 7, verbosity=0)
    return Unit.objects.get(kind=Kind.TOWN)


@pytest.fixture
def office(town, page, live_server, complaints) -> str:
    """The address of the office, with the secretary of the town at the screen."""
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town)
    log_in(page, live_server, account)
    return f"{live_server.url}/admin"


def at_home(district: Unit, *, factory: bool) -> list[Member]:
    """Members of the district's factory cells, or of its street cells."""
    homes = Registration.objects.filter(
        kind="home", until=None, member__left=None, unit__parent=district
    )
    rows = (
        homes.filter(unit__kind__in=FACTORY_CELLS)
        if factory
        else homes.filter(unit__kind=Kind.STREET_CELL)
    )
    return [row.member for row in rows.select_related("member").order_by("member")]


def elected_on_paper(question: Question, unit: Unit, voters: list[Member], totals) -> str:
    """The general meeting elects on paper; the code of the poll is returned."""
    poll = open_poll(poll=votes.put(question, unit, assembly="general", channels="paper"))
    votes.counted_on_paper(poll, voters, totals)
    return poll.code


def test_a_district_elects_its_bureau_loses_the_majority_and_elects_again(
    office, town, page: Page, live_server, complaints
):
    district = Unit.objects.filter(kind=Kind.DISTRICT).order_by("code")[0]
    street, factory = at_home(district, factory=False), at_home(district, factory=True)
    stand, voters = [*street[:3], *factory[:3]], [*street, *factory][:30]
    unit = f"{office}/districts/unit/{district.pk}"
    page.goto(f"{unit}/change/")
    page.get_by_role("link", name="Elect a bureau").first.click()
    page.get_by_label("Candidates").fill("\n".join(str(one.pk) for one in stand))
    look_and_do(page)
    expect(page.get_by_role("region", name="What is asked")).to_contain_text("at least 3")
    question = Question.objects.get()
    code = elected_on_paper(question, district, voters, {1: 30, 2: 28, 3: 26, 4: 24, 5: 22, 6: 10})

    # By votes alone two of the five would be of factory cells.
    page.goto(f"{live_server.url}/votes/{code}/result/")
    result = page.get_by_role("main")
    expect(result).to_contain_text(f"{factory[2].full_name} came in by it.")
    expect(result).to_contain_text(f"{street[2].full_name} stood back for it.")
    page.goto(f"{office}/elections/question/{question.pk}/change/")
    page.get_by_role("link", name="Constitute from the result").first.click()
    look_and_do(page)
    seats = page.get_by_role("region", name="Seats")
    expect(seats).to_contain_text("5 of 5 seats are held. 3 members are of factory cells.")

    # Weeks later one of them goes to a street cell: told before, found after.
    day = TODAY - timedelta(days=20)
    earlier = Bureau.objects.filter(unit=district).exclude(question=question)
    Seat.objects.filter(bureau__in=earlier, until=TODAY).update(until=day)
    earlier.filter(until=TODAY).update(until=day)
    led = Bureau.objects.filter(question=question)
    Seat.objects.filter(bureau__in=led).update(since=day)
    led.update(since=day)
    cell = Unit.objects.filter(kind=Kind.STREET_CELL, parent=district).order_by("code")[0]
    page.goto(f"{office}/members/member/{factory[0].pk}/act/change-cell/")
    page.get_by_label("New cell").fill(cell.code)
    page.get_by_label("Reason").fill("Asked for by the cell.")
    page.get_by_role("button", name="Show what this will do").click()
    expect(page.locator("body")).to_contain_text(MAJORITY)
    page.get_by_role("button", name="Do it").click()
    page.goto(f"{unit}/change/")
    wrong = page.get_by_role("region", name="What is wrong")
    expect(wrong).to_contain_text(MAJORITY)
    expect(wrong).to_contain_text("A13")

    # The one who went gives up the seat, and a by-election keeps the majority of the whole.
    page.get_by_role("link", name="Seats and work").click()
    page.get_by_role("link", name="Give up a seat").click()
    page.get_by_label(re.compile(re.escape(factory[0].full_name))).click()
    look_and_do(page)
    page.get_by_role("link", name="Hold a by-election").first.click()
    page.get_by_label("Candidates").fill(f"{street[3].pk}\n{factory[3].pk}")
    look_and_do(page)
    again = Question.objects.latest("pk")
    assert again.fills == Question.Fills.FREE_SEATS
    elected_on_paper(again, district, voters, {1: 20, 2: 10})
    page.goto(f"{office}/elections/question/{again.pk}/change/")
    page.get_by_role("link", name="Constitute from the result").first.click()
    look_and_do(page)
    expect(seats).to_contain_text("5 of 5 seats are held. 3 members are of factory cells.")
    expect(seats).to_contain_text(factory[3].full_name)
    page.goto(f"{unit}/change/")
    expect(wrong).not_to_contain_text(MAJORITY)
    assert complaints == []


def test_the_conference_elects_the_leadership_and_a_committee_is_confirmed(
    office, town, page: Page, complaints
):
    # The conference is there, apportioned by Sainte-Laguë, and one delegation is missing.
    conference = Meeting.objects.get(kind="conference")
    moved = timezone.now() - conference.starts_at
    Meeting.objects.filter(pk=conference.pk).update(
        starts_at=conference.starts_at + moved, ends_at=conference.ends_at + moved
    )
    page.goto(f"{office}/elections/meeting/{conference.pk}/change/")
    delegates = page.get_by_role("region", name="Delegates")
    expect(delegates).to_contain_text("25 seats by the home registrations on")
    expect(delegates).to_contain_text("Sainte-Laguë")
    delegates.get_by_role("link", name="Enter delegates").click()
    late = Unit.objects.filter(delegations__delegates=None, delegations__seats__gt=0).get()
    number = late.delegations.get().seats
    sent = [*at_home(late, factory=True), *at_home(late, factory=False)][:number]
    page.get_by_label("Delegates").fill("\n".join(str(one.pk) for one in sent))
    look_and_do(page)
    page.goto(f"{office}/elections/meeting/{conference.pk}/change/")
    delegates.get_by_role("link", name="Issue credentials").click()
    look_and_do(page)
    expect(page.get_by_role("article")).to_have_count(25)
    present = list(Member.objects.filter(delegacies__in=Delegate.objects.sent())[:20])
    record_attendance(meeting=conference, members=present)
    question = votes.election(town, present[:5], seats=3, fills="bureau")
    poll = open_poll(poll=votes.put(question, town, assembly="delegates", channels="paper"))
    assert poll.roll.count() == len(present)
    votes.counted_on_paper(poll, present, {1: 20, 2: 18, 3: 16, 4: 3, 5: 2})
    page.goto(f"{office}/elections/question/{question.pk}/change/")
    page.get_by_role("link", name="Constitute from the result").first.click()
    look_and_do(page)
    expect(page.get_by_role("region", name="Seats")).to_contain_text("3 of 3 seats are held.")
    leads = sitting_bureau(town)
    assert leads is not None
    assert (leads.mandate, leads.question) == ("delegates", question)

    # In the area the day of the confirmation has passed: found, and confirmed by the delegates.
    area = Emergency.objects.get().unit
    page.goto(f"{office}/districts/unit/{area.pk}/change/")
    emergency = page.get_by_role("region", name="Emergency")
    wrong = page.get_by_role("region", name="What is wrong")
    expect(wrong).to_contain_text(CONFIRMED)
    emergency.get_by_role("link", name="Record the confirmation").click()
    page.get_by_label("Reason").fill("The delegates met in secret.")
    look_and_do(page)
    page.goto(f"{office}/districts/unit/{area.pk}/change/")
    expect(page.locator("body")).not_to_contain_text(CONFIRMED)
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    assert not too_wide(page)
    committee = sitting_bureau(area)
    assert committee is not None
    assert committee.confirmed_on == TODAY
    assert complaints == []
