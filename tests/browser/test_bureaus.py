"""The journeys with bureaus: the election at the meeting on paper, and a seat that falls free."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from districts.roles import SECRETARY, TELLER, grant_role
from elections.bureaus.sitting import sitting_bureau
from elections.models import Bureau, Poll
from elections.papers import enter_papers
from elections.voting import check_off
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps, too_wide
from tests.bureaus import making

pytestmark = pytest.mark.walk

TODAY = timezone.localdate()
VOTERS = 60
# Anna and Berta of the street are liked best; by votes alone two of five would be of the factory.
VOTES = {"Anna": 55, "Berta": 50, "Clara": 45, "Dora": 40, "Emma": 35, "Frieda": 20}
NAMES = list(VOTES)


@pytest.fixture
def people(town):
    """Three candidates of the street and three of the factory, and members enough to elect them."""
    cells = [town.street_cell] * 3 + [town.factory_cell] * 3
    stand = [
        factories.member(cell=cell, given_name=name, family_name="Candidate")
        for cell, name in zip(cells, NAMES, strict=True)
    ]
    for number in range(VOTERS - len(stand)):
        cell = town.street_cell if number % 2 else town.factory_cell
        factories.member(cell=cell, given_name="Voter", family_name=f"Number {number}")
    return stand


@pytest.fixture
def secretary(town, page, live_server):
    """The district's secretary, who tells votes there too, on the first page."""
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    grant_role(user=account, role=TELLER, unit=town.district)
    log_in(page, live_server, account)
    return account


def test_the_bureau_is_elected_at_the_meeting_on_paper_in_forty_steps(
    town, people, secretary, page: Page, live_server, complaints
):
    steps = Steps(page)
    steps.click(page.get_by_role("link", name=town.district.name).first)
    leads = page.get_by_role("region", name="Who leads it")
    expect(leads).to_contain_text("Nobody, as far as the register knows.")
    steps.click(leads.get_by_role("link", name="Elect a bureau"))
    expect(page.get_by_role("spinbutton", name="Seats")).to_have_value("5")
    steps.fill(page.get_by_label("Candidates"), "\n".join(f"{name} Candidate" for name in NAMES))
    steps.do()
    expect(page.get_by_role("region", name="What is asked")).to_contain_text("Factory members")

    standing = page.get_by_role("region", name="Where it stands")
    steps.click(standing.get_by_role("link", name="Put the question"))
    steps.click(page.get_by_label(re.compile("general meeting")))
    steps.click(page.get_by_label("on paper, or by show of hands", exact=True))
    steps.do()
    steps.click(standing.get_by_role("link", name="Open all drafted polls"))
    steps.do()

    # At the door each is checked off; that is the tellers' journey.
    poll = Poll.objects.get()
    for entry in poll.roll.select_related("member"):
        check_off(poll=poll, member=entry.member, by=None)
    page.reload()
    steps.click(standing.get_by_role("link", name="Close all open polls"))
    steps.do()

    # A second teller enters the same totals.
    totals = dict(enumerate(VOTES.values(), start=1))
    enter_papers(poll=Poll.objects.get(), by=factories.account(), totals=totals, papers=VOTERS)
    steps.click(page.get_by_role("link", name="At the door"))
    steps.click(page.get_by_role("link", name="Enter the papers"))
    for name, number in VOTES.items():
        steps.fill(page.get_by_label(f"{name} Candidate"), str(number))
    steps.fill(page.get_by_label("Valid papers, the blank"), str(VOTERS))
    steps.click(page.get_by_role("button", name="Enter these totals"))
    expect(page.get_by_text("Two people have entered the papers alike")).to_be_visible()

    steps.click(page.get_by_role("link", name="Kartei"))
    steps.click(page.get_by_role("link", name="Votes"))
    steps.click(page.get_by_role("link", name=re.compile("Election of the bureau")))
    steps.click(standing.get_by_role("link", name="Count all closed polls"))
    steps.do()
    steps.click(standing.get_by_role("link", name="Publish all results"))
    steps.do()
    question = page.url
    page.goto(f"{live_server.url}/votes/{poll.code}/result/")
    result = page.get_by_role("main")
    expect(result).to_contain_text("Frieda Candidate came in by it.")
    expect(result).to_contain_text("Clara Candidate stood back for it.")

    page.goto(question)
    steps.click(page.get_by_role("link", name="Constitute from the result").first)
    steps.choose(page.get_by_label("Work of Anna Candidate"), "chair")
    steps.do()
    seats = page.get_by_role("region", name="Seats")
    expect(seats).to_contain_text("5 of 5 seats are held. 3 members are of factory cells.")
    steps.within(40)
    assert complaints == []
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    assert not too_wide(page)


@pytest.fixture
def led(town, people):
    """The district led by three of the factory and two of the street for two months."""
    on = TODAY - timedelta(days=60)
    return making.bureau(town.district, [*people[:2], *people[3:]], on=on)


def test_one_who_moves_breaks_the_majority_and_a_seat_filled_anew_ends_it_in_ten_steps(
    town, people, led, secretary, page: Page, live_server, complaints
):
    mover = people[3]
    # What the transfer means is told before it is done.
    page.goto(f"{live_server.url}/admin/members/member/{mover.pk}/act/change-cell/")
    page.get_by_label("New cell").fill(town.street_cell.code)
    page.get_by_label("Reason").fill("Works at home now.")
    page.get_by_role("button", name="Show what this will do").click()
    told = page.locator("body")
    expect(told).to_contain_text("Most members of a district bureau or an area committee")
    page.get_by_role("button", name="Do it").click()
    assert Bureau.objects.get(pk=led.pk).seats.filter(until=None).count() == 5

    page.goto(f"{live_server.url}/admin/")
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Bureaus"))
    steps.click(page.get_by_role("link", name=re.compile(town.district.name)))
    seats = page.get_by_role("region", name="Seats")
    expect(seats).to_contain_text("A13: 2 of 5 are of factory cells; at least 3 must be.")
    steps.click(page.get_by_role("link", name="Give up a seat"))
    steps.click(page.get_by_label(re.compile("Dora Candidate")))
    steps.do()
    steps.click(seats.get_by_role("link", name="Fill a seat"))
    worker = factories.member(cell=town.factory_cell, given_name="Gerda", family_name="Worker")
    steps.fill(page.get_by_label("Who"), str(worker.pk))
    steps.do()
    expect(seats).to_contain_text("5 of 5 seats are held. 3 members are of factory cells.")
    steps.within(10)
    assert sitting_bureau(town.district).pk == led.pk
    assert complaints == []
