"""The way of a workplace to its own cell, through the browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from members.employments import start_employment
from members.models import Registration
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps, too_wide
from tests.test_coverage import Place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(town):
    """A factory with its cell, and a workplace that it covers where two members work."""
    place = Place(town)
    place.workers(place.factory, 3, cell=town.factory_cell)
    place.mill = place.works(50.02, name="Mill", cell=town.factory_cell, coverage="attached")
    place.people = place.workers(place.mill, 2, cell=town.factory_cell)
    return place


def test_a_workplace_reaches_three_members_and_forms_its_cell(
    place, secretary, town, page: Page, live_server, complaints
):
    page.goto(f"{live_server.url}/admin/coverage/")
    expect(page.get_by_text("Nothing: every workplace has the cell")).to_be_visible()
    third = factories.member(cell=town.street_cell, family_name="Third")
    start_employment(member=third, workplace=place.mill, since=factories.JOINED)

    steps = Steps(page)
    page.goto(f"{live_server.url}/admin/")
    steps.click(page.get_by_role("link", name="Coverage"))
    expect(page.get_by_text("3 members work there: it can form its own cell.")).to_be_visible()
    steps.click(page.get_by_role("link", name="Form its own cell"))
    expect(page.get_by_label("Name of the new cell")).to_have_value("Mill")
    code = f"{town.district.code}-F01"
    expect(page.get_by_label("Code of the new cell")).to_have_value(code)
    steps.click(page.get_by_role("button", name="Show what this will do"))
    expect(page.get_by_text("3 members who work there are registered with Mill.")).to_be_visible()
    assert not Unit.objects.filter(code=code).exists()
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_text("was founded as the cell of Mill")).to_be_visible()
    for one in (*place.people, third):
        expect(page.get_by_role("link", name=f"({one.pk})")).to_be_visible()
    steps.within(4)

    cell = Unit.objects.get(code=code)
    homes = Registration.objects.filter(unit=cell, until=None, kind="home")
    assert set(homes.values_list("member", flat=True)) == {one.pk for one in (*place.people, third)}
    page.goto(f"{live_server.url}/admin/coverage/")
    expect(page.get_by_text("Nothing: every workplace has the cell")).to_be_visible()
    assert complaints == []


def test_the_map_is_walked_with_the_keyboard_and_passed_over(
    place, secretary, page: Page, live_server, complaints
):
    page.goto(f"{live_server.url}/admin/coverage/")
    past = page.get_by_role("link", name="Past the map")
    past.focus()
    box = past.bounding_box()
    assert box is not None
    assert box["width"] > 24
    page.keyboard.press("Tab")
    first = page.locator(":focus")
    assert "Cell: " in first.get_attribute("aria-label")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/districts/workplace/\d+/change/"))
    assert complaints == []


def test_it_works_without_javascript(place, town, browser, live_server):
    account = factories.account(username="plain")
    grant_role(user=account, role=SECRETARY, unit=town.district)
    place.works(50.3, name="Kiln")
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        log_in(page, live_server, account)
        page.goto(f"{live_server.url}/admin/coverage/")
        page.get_by_label("Workplaces with").select_option("none")
        page.get_by_role("button", name="Show", exact=True).click()
        expect(page.get_by_role("heading", name="1 workplace")).to_be_visible()
        page.get_by_role("link", name="Attach to a factory cell").click()
        page.get_by_role("button", name="Show what this will do").click()
        page.get_by_role("button", name="Do it").click()
        expect(page.get_by_text("Kiln")).not_to_have_count(0)
        expect(page.get_by_text("was attached to")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("empty", [True, False])
def test_no_page_is_wider_than_the_screen(
    town, administrator, page: Page, live_server, complaints, width, empty
):
    page.set_viewport_size({"width": width, "height": 844})
    addresses = ["coverage/"]
    if not empty:
        place = Place(town)
        works = place.works(50.02, name="W" * 180)
        place.workers(works, 3)
        place.cell(50.3, name="C" * 180)
        for act in ("form-cell", "attach-workplace"):
            addresses.append(f"districts/workplace/{works.pk}/act/{act}/")
        addresses.append(f"districts/unit/{town.factory_cell.pk}/act/attach-cell/")
        addresses.append(f"districts/workplace/{works.pk}/change/")
    for address in addresses:
        answer = page.goto(f"{live_server.url}/admin/{address}")
        assert answer is not None
        assert answer.status == 200, address
        wide = too_wide(page)
        assert not wide, address
    assert complaints == []
