"""The journey of a nomination: the call, the nomination, the answer on a phone, and the ballot."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from districts.roles import SECRETARY, grant_role
from elections.models import Poll, Question
from elections.polls import open_poll
from elections.questions import put_question
from tests import factories
from tests.browser.conftest import log_in, log_out
from tests.browser.steps import Steps, too_wide
from tests.voting import making

TODAY = timezone.localdate()
SAID = "More print runs, and a stall at the gate."


@pytest.fixture
def people(town):
    """Anna and Berta of the factory with accounts, and the secretary of their district."""
    made = {
        name: factories.account(
            member=factories.member(
                cell=town.factory_cell, given_name=name, family_name="Candidate"
            )
        )
        for name in ("Anna", "Berta")
    }
    secretary = factories.account()
    grant_role(user=secretary, role=SECRETARY, unit=town.district)
    return {**made, "secretary": secretary}


def as_somebody(page: Page, live_server, account) -> Steps:
    log_out(page)
    log_in(page, live_server, account)
    return Steps(page)


def test_a_member_is_nominated_accepts_on_a_phone_and_the_ballot_shows_what_she_says(
    town, people, page: Page, live_server, complaints
):
    cell = town.factory_cell
    steps = as_somebody(page, live_server, people["secretary"])
    page.goto(f"{live_server.url}/admin/districts/unit/{cell.pk}/change/")
    leads = page.get_by_role("region", name="Who leads it")
    steps.click(leads.get_by_role("link", name="Elect a bureau"))
    steps.fill(page.get_by_role("spinbutton", name="Seats"), "3")
    steps.fill(
        page.get_by_label("Call for nominations until"), (TODAY + timedelta(days=7)).isoformat()
    )
    steps.click(page.locator("input[name=method][value=scottish-stv]"))
    steps.do()
    way = page.get_by_role("region", name="The way of this election")
    expect(way.locator("[aria-current=step]")).to_contain_text("0 nominated")
    steps.within(8)

    page.set_viewport_size({"width": 390, "height": 800})
    steps = as_somebody(page, live_server, people["Anna"])
    steps.click(page.get_by_role("link", name=re.compile("^Nominate: ")))
    steps.fill(page.get_by_label("Member's number or whole name"), "Berta Candidate")
    steps.click(page.get_by_role("button", name="Nominate"))
    expect(page.get_by_role("status")).to_contain_text("The nomination is noted.")
    assert not too_wide(page)
    steps.within(4)

    steps = as_somebody(page, live_server, people["Berta"])
    steps.click(page.get_by_role("link", name=re.compile("^Answer: ")))
    steps.fill(page.get_by_label("My statement to the voters"), SAID)
    steps.click(page.get_by_role("button", name="Accept"))
    expect(page.get_by_role("heading", name="You stand")).to_be_visible()
    assert not too_wide(page)
    steps.within(3)

    page.set_viewport_size({"width": 1280, "height": 800})
    steps = as_somebody(page, live_server, people["secretary"])
    question = Question.objects.get()
    page.goto(f"{live_server.url}/admin/elections/question/{question.pk}/change/")
    expect(way).to_contain_text("Standing so far: 1, for 3 seats; 2 more must accept.")
    steps.click(way.get_by_role("link", name="Close the nominations"))
    steps.click(page.get_by_role("button", name="Show what this will do"))
    expect(page.locator("body")).to_contain_text("stands.")
    steps.fill(page.get_by_label("Reason"), "Two more were named at the meeting.")
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_role("region", name="What is asked")).to_contain_text("Berta Candidate")
    steps.within(4)

    page.set_viewport_size({"width": 390, "height": 800})
    assert not too_wide(page)

    # What is still missing for three seats is another journey: the poll is for one.
    Question.objects.update(seats=1, fills="")
    (poll,) = put_question(
        question=question,
        units=[cell],
        assembly=Poll.Assembly.CELL,
        channels=Poll.Channels.ONLINE,
        tellers=making.tellers(town.town),
    )
    open_poll(poll=poll)
    as_somebody(page, live_server, people["Anna"])
    page.get_by_role("link", name=re.compile("^Vote: ")).click()
    statement = page.get_by_text("Statement")
    expect(page.get_by_text(SAID)).to_be_hidden()
    statement.click()
    expect(page.get_by_text(SAID)).to_be_visible()
    page.get_by_role("button", name=re.compile("Add as the next choice: Berta")).click()
    statement.click()  # it is folded again, or stays open: it goes along with the name
    assert page.get_by_text(SAID).count() == 1
    assert not too_wide(page)
    assert complaints == []
