"""Asking to be admitted, from the public form to the cell: a phone without JavaScript."""

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from cells import joining_forms
from members.models import Member
from tests.browser.conftest import log_in
from tests.browser.steps import Steps, look_and_do, too_wide
from tests.portal import making

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def place(transactional_db, monkeypatch):
    """The town; nobody has asked yet, and the form does not wait for slow hands."""
    cache.clear()
    monkeypatch.setattr(joining_forms, "LEAST_SECONDS", -1)
    return making.place()


@pytest.fixture
def plain(browser: Browser):
    with browser.new_context(java_script_enabled=False, viewport=PHONE) as context:
        yield context.new_page()


def test_from_the_form_to_the_cell_that_placement_names(
    place, page: Page, plain: Page, live_server, complaints
):
    plain.goto(f"{live_server.url}/login/")
    steps = Steps(plain)
    steps.click(plain.get_by_role("link", name="Ask to be admitted"))
    assert not too_wide(plain)
    for label, given in (
        ("Given name", "Clara"),
        ("Family name", "Newcomer"),
        ("Telephone", "555 0101"),
        ("Street and house number", "New Street 4"),
        ("Where you live", "10001"),
        ("Where you work", "aurora works"),
        ("Why you want to join", "I work here."),
    ):
        steps.fill(plain.get_by_label(label), given)
    steps.click(plain.get_by_label("I agree that this is kept"))
    expect(plain.get_by_label("Leave this field empty")).not_to_be_in_viewport()
    steps.click(plain.get_by_role("button", name="Send the application"))
    steps.click(plain.get_by_role("link", name="/join/"))
    steps.within(12)
    expect(plain.get_by_role("main")).to_contain_text("those who admit members where you")
    assert not too_wide(plain)

    log_in(page, live_server, making.secretary(place.town.district))
    page.get_by_role("link", name="Requests").first.click()
    page.get_by_role("link", name="Newcomer").click()
    page.get_by_role("link", name="Grant").first.click()
    look_and_do(page)
    expect(page.locator("body")).to_contain_text("Granted on")
    home = Member.objects.get(family_name="Newcomer").registrations.get(kind="home")
    assert home.unit_id == place.town.factory_cell.pk
    assert home.member.employments.get().workplace == place.works

    plain.reload()
    expect(plain.get_by_role("main")).to_contain_text("Member from")
    expect(plain.get_by_role("main")).to_contain_text(place.town.factory_cell.name)
    assert not too_wide(plain)
    assert complaints == []
