"""Admitting by the program's advice, a new job, and a dissolved cell: walked, and counted."""

import pytest
from playwright.sync_api import Page, expect

from districts.models import Unit
from members.employments import start_employment
from tests import factories
from tests.browser.steps import Steps

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def street(town):
    return factories.locality(
        unit=town.district, street_cell=town.street_cell, postcode="10115", name="Riverside"
    )


@pytest.fixture
def works(town, street):
    return factories.workplace(cell=town.factory_cell, locality=street, name="Copper mill")


def test_somebody_is_admitted_from_a_paper_form_and_placed_by_the_advice(
    secretary, town, street, works, page: Page, live_server, complaints
):
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="group Members"))
    steps.click(page.get_by_role("link", name="Admit a member"))
    steps.fill(page.get_by_label("Family name"), "Ivanov")
    steps.fill(page.get_by_label("Given name"), "Pyotr")
    steps.fill(page.get_by_label("Born"), "1990-05-01")
    steps.fill(page.get_by_label("Telephone"), "0123 456")
    steps.fill(page.get_by_label("Street and house number"), "Quay 3")
    steps.fill(page.get_by_label("Locality of residence"), street.code)
    steps.fill(page.get_by_label("Works at"), works.code)
    steps.click(page.get_by_role("button", name="Show what this will do"))
    expect(page.get_by_role("status")).to_contain_text("A1: Works at Copper mill")
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_text(f"was admitted to {town.factory_cell}")).to_be_visible()
    steps.within(12)
    assert complaints == []


def test_a_new_job_shows_what_it_changes_and_is_done_in_one_act(
    secretary, town, street, works, page: Page, live_server, complaints
):
    factories.member(cell=town.street_cell, family_name="Ivanov", locality=street)
    steps = Steps(page)
    steps.fill(page.get_by_role("searchbox"), "ivanov")
    steps.press(page.get_by_role("searchbox"))
    steps.click(page.get_by_role("link", name="New job"))
    steps.fill(page.get_by_role("combobox", name="Workplace"), works.code)
    steps.click(page.get_by_role("button", name="Show what this will do"))
    preview = page.get_by_role("status")
    expect(preview).to_contain_text(town.factory_cell.code)
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_text(f"Registered with {town.factory_cell} from")).to_be_visible()
    expect(page.get_by_text("Works at Copper mill").first).to_be_visible()
    steps.within(6)
    assert complaints == []


def test_why_a_member_stands_here_and_where_he_or_she_should(
    secretary, town, street, works, page: Page, live_server, complaints
):
    person = factories.member(cell=town.street_cell, family_name="Ivanov", locality=street)
    start_employment(member=person, workplace=works, since=factories.JOINED)
    steps = Steps(page)
    steps.fill(page.get_by_role("searchbox"), "ivanov")
    steps.press(page.get_by_role("searchbox"))
    expect(page.get_by_text(f"By the articles: {town.factory_cell}")).to_be_visible()
    expect(page.get_by_text("which has this cell of its own")).to_be_visible()
    steps.within(3)
    assert complaints == []


def test_the_members_of_a_dissolved_cell_go_to_their_right_cells(
    secretary, town, street, works, page: Page, live_server, complaints
):
    closed = factories.unit("street_cell", Unit.objects.get(pk=town.district.pk), name="Old cell")
    for number in range(5):
        person = factories.member(cell=closed, family_name=f"Ivanov {number}", locality=street)
        if number < 2:
            start_employment(member=person, workplace=works, since=factories.JOINED)
    Unit.objects.filter(pk=closed.pk).update(dissolved=factories.JOINED)
    steps = Steps(page)
    steps.fill(page.get_by_role("searchbox"), closed.code)
    steps.press(page.get_by_role("searchbox"))
    steps.click(page.get_by_role("link", name="As a list to search and choose from"))
    steps.click(page.locator("#action-toggle"))
    steps.choose(page.locator("select[name=action]"), "place")
    steps.click(page.get_by_role("button", name="Run"))
    steps.click(page.get_by_role("button", name="Show what this will do"))
    expect(page.get_by_text("This ends 5 findings:")).to_be_visible()
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_text(f"Registered with {town.factory_cell}")).to_have_count(2)
    expect(page.get_by_text(f"Registered with {town.street_cell}")).to_have_count(3)
    steps.within(8)
    assert complaints == []
