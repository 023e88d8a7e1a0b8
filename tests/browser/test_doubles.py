"""Somebody registered twice: found, looked at, merged, in the browser."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from members.models import Member, NotTheSame
from tests import factories
from tests.browser.steps import Steps, too_wide

pytestmark = pytest.mark.django_db(transaction=True)

BORN = date(1990, 5, 1)


@pytest.fixture
def twice(town):
    """One person under two numbers, in two cells."""
    return [
        factories.member(cell=cell, family_name=name, given_name="Eva", born=BORN)
        for cell, name in ((town.factory_cell, "Novak"), (town.street_cell, "Nowak"))
    ]


def test_likely_duplicates_are_merged(twice, secretary, town, page: Page, complaints):
    keep, gone = twice
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Likely duplicates"))
    expect(page.get_by_text("similar name")).to_be_visible()
    steps.click(page.get_by_role("link", name=f"Merge {keep}, {gone}"))
    steps.click(page.get_by_label(f"under number {gone.pk}"))
    steps.click(page.get_by_role("button", name="Show what this will do"))
    expect(page.get_by_role("status")).to_contain_text(f"number {gone.pk} leads there")
    steps.click(page.get_by_text("Every change in the register"))
    expect(page.get_by_text("Former number created")).to_be_visible()
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_text(f"was merged into {keep}")).to_be_visible()
    expect(page.get_by_text("Nobody seems to be here twice")).to_be_visible()
    steps.within(6)
    assert list(Member.objects.values_list("pk", flat=True)) == [keep.pk]
    assert complaints == []


def test_two_people_are_told_apart(twice, secretary, page: Page, complaints):
    page.get_by_role("link", name="Likely duplicates").click()
    page.get_by_role("link", name="Not the same").click()
    page.get_by_label("Reason").fill("Cousins.")
    page.get_by_role("button", name="Show what this will do").click()
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("Nobody seems to be here twice")).to_be_visible()
    assert NotTheSame.objects.count() == 1
    assert complaints == []


def test_an_admission_asks_back_about_a_double(twice, secretary, page: Page, complaints):
    page.get_by_role("link", name="Admit a member").click()
    page.get_by_label("Family name").fill("Novak")
    page.get_by_label("Given name").fill("Eva")
    page.get_by_label("Cell").fill(twice[0].registrations.get().unit.code)
    page.get_by_role("button", name="Show what this will do").click()
    expect(page.get_by_role("alert")).to_contain_text(f"{twice[0]} has the same name")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("Please say why")).to_be_visible()
    page.get_by_label("Reason").fill("Another one of that name.")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("was admitted to")).to_be_visible()
    assert Member.objects.count() == 3
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.sqlite  # pages look alike on both databases
def test_the_pages_are_fit_for_a_phone(
    twice, administrator, page: Page, live_server, complaints, width
):
    page.set_viewport_size({"width": width, "height": 844})
    keep, gone = twice
    member = f"members/member/{keep.pk}/act"
    for address in (
        "members/member/doubles/",
        f"{member}/merge/?other={gone.pk}",
        f"{member}/not-the-same/?other={gone.pk}",
    ):
        answer = page.goto(f"{live_server.url}/admin/{address}")
        assert answer is not None
        assert answer.status == 200, address
        assert not too_wide(page)
        if "/act/" in address:
            page.get_by_role("button", name="Show what this will do").click()
            expect(page.get_by_text("What this will do")).to_be_visible()
            assert not too_wide(page)
    assert complaints == []
