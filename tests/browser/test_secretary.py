"""The secretary's ways through the office, with what each may cost."""

import pytest
from playwright.sync_api import Page, expect

from districts import picking
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from members.employments import start_employment
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps, too_wide

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(town):
    locality = factories.locality(unit=town.district, street_cell=town.street_cell)
    works = factories.workplace(locality=locality, cell=town.factory_cell)
    found = factories.member(
        cell=town.factory_cell, family_name="Müller", given_name="Jürgen", locality=locality
    )
    start_employment(member=found, workplace=works, since=factories.JOINED)
    factories.member(cell=town.street_cell, family_name="Schmidt")
    return found


def test_find_a_member_change_the_cell_and_see_it_in_the_history(
    person, secretary, town, page: Page, complaints
):
    steps = Steps(page)
    steps.fill(page.get_by_role("searchbox"), "jurgen mull")
    steps.press(page.get_by_role("searchbox"))
    expect(page.get_by_role("heading", name="Jürgen Müller")).to_be_visible()
    steps.within(2)

    steps.click(page.get_by_role("link", name="Change the cell"))
    steps.fill(page.get_by_label("New cell"), town.street_cell.code)
    steps.click(page.get_by_role("button", name="Show what this will do"))
    expect(page.get_by_role("status")).to_contain_text(town.street_cell.code)
    expect(page.get_by_role("alert")).to_contain_text("By A1 ")
    steps.fill(page.get_by_label("Reason"), "Retires next month.")
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_text(f"Registered with {town.street_cell} from")).to_be_visible()
    steps.click(page.get_by_role("link", name="History", exact=True))
    entry = page.get_by_role("row").filter(has_text="Registration created").first
    expect(entry).to_contain_text(str(town.street_cell))
    expect(entry).to_contain_text(secretary.username)
    steps.within(8)
    assert complaints == []


def test_several_members_change_the_cell_at_once(person, secretary, town, page: Page, complaints):
    other = factories.member(cell=town.factory_cell, family_name="Novak")
    person.employments.get().delete()  # who works nowhere belongs to the street cell
    page.reload()
    steps = Steps(page)
    row = page.get_by_role("row").filter(has_text=town.factory_cell.name)
    steps.click(row.get_by_title(f"Members: {town.factory_cell.name}"))
    for _each in (person, other):
        steps.click(page.locator("input.action-select:not(:checked)").first)
    steps.choose(page.get_by_label("Select action to run"), "change-cell")
    steps.click(page.get_by_role("button", name="Run"))
    steps.fill(page.get_by_label("New cell"), town.street_cell.code)
    steps.click(page.get_by_role("button", name="Show what this will do"))
    steps.click(page.get_by_role("button", name="Do it"))
    for member in (person, other):
        expect(page.get_by_text(f"{member}: Registered with")).to_be_visible()
    steps.within(8)
    assert complaints == []


def test_a_long_list_of_cells_is_suggested_while_typing(
    person, secretary, town, page: Page, live_server, monkeypatch, complaints
):
    monkeypatch.setattr(picking, "SHORT", 1)
    factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk), name="Harbour")
    page.goto(f"{live_server.url}/admin/members/member/{person.pk}/act/change-cell/")
    field = page.get_by_label("New cell")
    assert page.locator("datalist option").count() == 0
    field.press_sequentially("harb")
    expect(page.locator("datalist option")).to_have_count(1)
    assert "Harbour (" in page.locator("datalist option").get_attribute("value")
    assert complaints == []


def test_an_act_that_is_refused_says_why_and_keeps_what_was_typed(
    person, secretary, town, page: Page, live_server, complaints
):
    page.goto(f"{live_server.url}/admin/members/member/{person.pk}/act/change-cell/")
    page.get_by_label("New cell").fill(town.district.code)
    page.get_by_label("Reason").fill("By mistake.")
    page.get_by_role("button", name="Show what this will do").click()
    expect(page.get_by_role("alert")).to_contain_text("A1: ")
    expect(page.get_by_label("Reason")).to_have_value("By mistake.")
    assert complaints == []


def test_the_office_works_without_javascript(person, town, browser, live_server):
    account = factories.account(username="plain")
    grant_role(user=account, role=SECRETARY, unit=town.district)
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        log_in(page, live_server, account)
        page.get_by_role("searchbox").fill("muller")
        page.get_by_role("searchbox").press("Enter")
        page.get_by_role("link", name="Change the cell").click()
        page.get_by_label("New cell").fill(str(town.street_cell))
        page.get_by_role("button", name="Show what this will do").click()
        page.get_by_label("Reason").fill("Retires next month.")
        page.get_by_role("button", name="Do it").click()
        expect(page.get_by_text(f"Registered with {town.street_cell} from")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.sqlite  # pages look alike on both databases
def test_no_page_breaks_the_content_policy_or_is_wider_than_the_screen(
    person, administrator, town, page: Page, live_server, complaints, width
):
    page.set_viewport_size({"width": width, "height": 844})
    account = factories.account(member=person)
    tables = {
        "members/member": person.pk,
        "members/registration": person.registrations.get().pk,
        "members/employment": person.employments.get().pk,
        "members/account": account.pk,
        "districts/unit": town.factory_cell.pk,
        "districts/locality": person.locality_id,
        "districts/workplace": person.employments.get().workplace_id,
    }
    addresses = ["", "password_change/", "districts/locality/add/"]
    for table, key in tables.items():
        addresses += [f"{table}/", f"{table}/{key}/change/", f"{table}/{key}/history/"]
    for act in ("found", "rename", "move", "dissolve", "merge", "split", "admit"):
        addresses.append(f"districts/unit/{town.factory_cell.pk}/act/{act}/")
    for act in ("change-cell", "register", "start-employment", "end-employment", "move-house"):
        addresses.append(f"members/member/{person.pk}/act/{act}/")
    addresses += ["members/member/act/admit/", f"members/account/{account.pk}/act/grant-role/"]
    addresses += ["districts/heldrole/", "districts/heldrole/act/give-role/"]
    beyond = []
    for address in addresses:
        answer = page.goto(f"{live_server.url}/admin/{address}")
        assert answer is not None
        assert answer.status == 200, address
        wide = too_wide(page)
        beyond += [address] if wide else []
    assert complaints == []
    assert beyond == []


@pytest.mark.sqlite  # pages look alike on both databases
def test_the_member_s_page_is_fit_for_a_phone(person, town, page: Page, live_server, complaints):
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, live_server, factories.account(member=person))
    expect(page.get_by_role("heading", name="Jürgen Müller")).to_be_visible()
    belongs = page.get_by_role("region", name="Where I belong")
    expect(belongs).to_contain_text(town.factory_cell.name)
    assert not too_wide(page)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert complaints == []
