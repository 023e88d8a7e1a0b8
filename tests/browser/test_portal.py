"""The member's journeys on a phone: a new address, a detachment, all data; steps are counted."""

import json
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from members.employments import end_employment
from members.models import Request
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps, too_wide
from tests.portal import making

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def place(transactional_db):
    return making.place()


@pytest.fixture
def plain(browser: Browser):
    """A phone without JavaScript."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_new_address_and_what_the_articles_make_of_it(place, page: Page, live_server, complaints):
    member = making.resident(place)
    page.set_viewport_size(PHONE)
    log_in(page, live_server, factories.account(member=member))
    cell = page.get_by_role("region", name="Where I belong")
    expect(cell).to_contain_text(place.town.street_cell.name)
    expect(cell).to_contain_text("A3 Lives in 10001 Riverside")
    expect(page.get_by_role("region", name="Who leads")).to_contain_text("district")
    assert not too_wide(page)
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="I have moved"))
    steps.fill(page.get_by_label("Street and house number"), "New Street 5")
    steps.fill(page.get_by_label("Postcode or place"), "Hilltop")
    steps.click(page.get_by_role("button", name="Show what follows"))
    told = page.get_by_role("status")
    expect(told).to_contain_text(f"A3 You go over to the cell {place.other_street}")
    expect(told).to_contain_text("decides within 30 days")
    assert not too_wide(page)
    assert not Request.objects.exists()
    steps.click(page.get_by_role("button", name="Send"))
    expect(page.get_by_role("status")).to_contain_text("Asked: new address")
    steps.within(6)
    assert "New%20Street" not in page.url
    assert Request.objects.get().cell == place.other_street
    assert complaints == []


def test_a_detachment_is_asked_and_all_data_downloaded_without_javascript(
    place, plain: Page, live_server
):
    member = making.worker(place)
    lost = making.today() - timedelta(days=215)
    end_employment(employment=member.employments.get(), on=lost)
    plain.goto(f"{live_server.url}/login/")
    account = factories.account(member=member)
    plain.get_by_label("E-mail").fill(account.email)
    plain.get_by_label("Password").fill("password")
    plain.get_by_role("button", name="Log in").click()
    steps = Steps(plain)
    steps.click(plain.get_by_role("link", name="I want to be detached"))
    expect(plain.get_by_text(lost.isoformat())).to_be_visible()
    steps.fill(plain.get_by_label("Reason"), "Seven months without work")
    steps.click(plain.get_by_role("button", name="Send"))
    expect(plain.get_by_role("status")).to_contain_text("Asked: detachment")
    steps.within(4)
    asked = Request.objects.get()
    assert (asked.kind, asked.unit) == ("detachment", place.town.district)
    plain.goto(live_server.url)
    steps = Steps(plain)
    steps.click(plain.get_by_role("link", name="My data"))
    with plain.expect_download() as download:
        steps.click(plain.get_by_role("link", name="Download all of it"))
    steps.within(2)
    held = json.loads(download.value.path().read_text())
    assert held["held"]["requests"][0]["reason"] == "Seven months without work"
