"""The first page and the search in the browser: with the keyboard alone, on a phone, no script."""

import pytest
from playwright.sync_api import Page, expect

from districts import branches
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from tests import factories
from tests.browser.conftest import log_in, log_out
from tests.browser.steps import Steps, too_wide

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shut(monkeypatch):
    """A page in which no branch but the first is open by itself."""
    monkeypatch.setattr(branches, "SHOWN", 2)


@pytest.fixture
def people(town):
    return [
        factories.member(cell=town.street_cell, family_name=family, given_name=given)
        for family, given in (("Müller", "Jürgen"), ("Müllerová", "Eva"), ("Schmidt", "Karl"))
    ]


def toggle(page: Page, unit: Unit):
    return page.get_by_role("button", name=f"{unit.name}: ")


def test_find_a_member_by_a_part_of_the_name_without_accents(
    people, secretary, page: Page, complaints
):
    steps = Steps(page)
    steps.fill(page.get_by_role("searchbox"), "jurg mull")
    steps.press(page.get_by_role("searchbox"))
    expect(page.get_by_role("heading", name="Jürgen Müller")).to_be_visible()
    steps.within(2)
    assert complaints == []


def test_of_several_one_is_chosen_and_going_back_shows_them_again(
    people, secretary, town, page: Page, live_server, complaints
):
    steps = Steps(page)
    steps.fill(page.get_by_role("searchbox"), "muller")
    steps.press(page.get_by_role("searchbox"))
    expect(page.get_by_role("link", name="Müller, Jürgen")).to_be_visible()
    expect(page.get_by_text("Schmidt")).to_have_count(0)
    steps.within(2)
    found = page.url
    assert "muller" not in found
    page.get_by_role("link", name="Müllerová, Eva").click()
    expect(page.get_by_role("heading", name="Eva Müllerová")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="Müller, Jürgen")).to_be_visible()
    assert page.url == found
    page.reload()
    expect(page.get_by_role("link", name="Müller, Jürgen")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value("muller")
    page.go_back()
    expect(page.get_by_role("heading", name=town.district.name)).to_be_visible()
    assert complaints == []


def test_the_box_in_the_header_finds_from_every_page(
    people, secretary, town, page: Page, live_server, complaints
):
    page.goto(f"{live_server.url}/admin/districts/unit/{town.street_cell.pk}/change/")
    box = page.get_by_label("Find people, units, workplaces")
    box.fill(town.factory_cell.name)
    box.press("Enter")
    expect(page.get_by_role("heading", name=town.factory_cell.name)).to_be_visible()
    page.goto(f"{live_server.url}/admin/members/member/")
    box.fill("schmi")
    box.press("Enter")
    expect(page.get_by_role("heading", name="Karl Schmidt")).to_be_visible()
    assert complaints == []


def test_branches_are_fetched_once_opened_shut_and_found_as_they_were_left(
    shut, administrator, town, page: Page, complaints
):
    asked = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/branch/" in request.url else 0
    )
    row = page.get_by_role("row").filter(has_text=town.street_cell.code)
    expect(page.get_by_role("row").filter(has_text=town.area.code)).to_be_visible()
    expect(row).to_have_count(0)
    toggle(page, town.area).click()
    toggle(page, town.district).click()
    expect(row).to_be_visible()
    toggle(page, town.area).click()
    expect(row).to_be_hidden()
    expect(toggle(page, town.area)).to_have_attribute("aria-expanded", "false")
    toggle(page, town.area).click()
    expect(row).to_be_visible()
    assert len(asked) == 2

    row.get_by_role("link", name=town.street_cell.name).first.click()
    expect(page.get_by_role("heading", name=town.street_cell.name)).to_be_visible()
    page.go_back()
    expect(row).to_be_visible()
    toggle(page, town.town).click()
    page.reload()
    expect(toggle(page, town.town)).to_have_attribute("aria-expanded", "false")
    expect(row).to_have_count(0)
    assert complaints == []


def test_a_branch_that_was_shut_inside_stays_shut_when_its_own_is_opened_again(
    administrator, town, page: Page, complaints
):
    row = page.get_by_role("row").filter(has_text=town.street_cell.code)
    expect(row).to_be_visible()
    toggle(page, town.district).click()
    toggle(page, town.town).click()
    toggle(page, town.town).click()
    expect(toggle(page, town.district)).to_be_visible()
    expect(row).to_be_hidden()
    toggle(page, town.district).click()
    expect(row).to_be_visible()
    assert complaints == []


def test_the_tree_is_walked_with_the_keyboard_alone(
    shut, administrator, town, page: Page, complaints
):
    toggle(page, town.town).focus()
    page.keyboard.press("ArrowDown")
    expect(toggle(page, town.area)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(toggle(page, town.district)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    row = page.get_by_role("row").filter(has_text=town.street_cell.code)
    expect(row).to_be_visible()
    page.keyboard.press("Enter")
    expect(row).to_be_hidden()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    expect(toggle(page, town.district)).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=town.area.name, exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=town.area.name)).to_be_visible()
    assert complaints == []


def test_a_session_that_ended_meanwhile_leads_to_the_login(shut, administrator, town, page: Page):
    page.context.clear_cookies()
    toggle(page, town.area).click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def test_the_first_page_works_without_javascript(shut, town, people, browser, live_server):
    account = factories.account(is_staff=True, is_superuser=True)
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        log_in(page, live_server, account)
        for unit in (town.area, town.district):
            page.get_by_role("link", name=f"{unit.name}: ").click()
        row = page.get_by_role("row").filter(has_text=town.street_cell.code)
        expect(row).to_be_visible()
        page.get_by_role("link", name=f"{town.town.name}: ").click()
        expect(row).to_have_count(0)
        page.get_by_text("The numbers as a table").click()
        expect(page.get_by_role("columnheader", name="Street cell")).to_be_visible()
        page.get_by_role("searchbox").fill("muller")
        page.get_by_role("button", name="Find").click()
        page.get_by_role("link", name="Müller, Jürgen").click()
        expect(page.get_by_role("heading", name="Jürgen Müller")).to_be_visible()


@pytest.mark.parametrize("width", [768, 390])
@pytest.mark.sqlite  # pages look alike on both databases
def test_full_and_empty_pages_fit_the_screen_and_the_policy(
    town, people, page: Page, live_server, complaints, width
):
    page.set_viewport_size({"width": width, "height": 844})
    district = Unit.objects.get(pk=town.district.pk)
    for number in range(40):
        name = f"Cell number {number} of the Wohnungsbaugenossenschaft"
        factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=district.pk), name=name)
    account, roleless = factories.account(), factories.account(is_staff=True)
    grant_role(user=account, role=SECRETARY, unit=town.district)
    log_in(page, live_server, account)
    assert page.locator(".k-tree tbody tr").count() == 43
    page.get_by_text("The numbers as a table").click()
    for address in ("", "find/", "find/forgotten/"):
        page.goto(f"{live_server.url}/admin/{address}")
        assert not too_wide(page)
    for text in ("cell", "xyzzy"):
        page.get_by_role("searchbox").fill(text)
        page.get_by_role("searchbox").press("Enter")
        page.wait_for_url(lambda url: not url.endswith("/forgotten/"))
        assert not too_wide(page)
    log_out(page)
    log_in(page, live_server, roleless)
    expect(page.get_by_text("it holds no role on a unit")).to_be_visible()
    assert complaints == []


def test_a_phone_has_a_link_to_the_search_on_every_page(
    secretary, people, page: Page, live_server, complaints
):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/admin/districts/unit/")
    page.get_by_role("link", name="Find people, units, workplaces").click()
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert complaints == []
