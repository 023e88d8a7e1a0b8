"""Requests in the browser: what a decision costs, and the way of somebody who loses the work."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cells.requests import ask_to_leave
from members.employments import start_employment
from members.models import Request
from tests import factories
from tests.browser.steps import Steps, too_wide

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]


@pytest.fixture
def street(town):
    return factories.locality(unit=town.district, street_cell=town.street_cell)


@pytest.fixture
def person(town, street):
    works = factories.workplace(cell=town.factory_cell, locality=street)
    found = factories.member(
        cell=town.factory_cell, family_name="Müller", given_name="Jürgen", locality=street
    )
    start_employment(member=found, workplace=works, since=factories.JOINED)
    return found


@pytest.fixture
def asked(town, street):
    leaving = factories.member(cell=town.street_cell, family_name="Novak", locality=street)
    return ask_to_leave(member=leaving, on=timezone.localdate())


def test_a_request_is_granted_in_three_steps_from_the_first_page(
    asked, secretary, page: Page, complaints
):
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Grant: Novak"))
    steps.click(page.get_by_role("button", name="Show what this will do"))
    expect(page.get_by_role("status")).to_contain_text("The membership of Novak")
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_text("Granted on")).to_be_visible()
    steps.within(3)
    asked.refresh_from_db()
    assert asked.state == "granted"
    assert complaints == []


def test_a_request_is_refused_in_three_steps_from_the_first_page(
    asked, secretary, page: Page, complaints
):
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Refuse: Novak"))
    steps.fill(page.get_by_label("Reason", exact=False).last, "Stays until the congress.")
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_text("Refused on")).to_be_visible()
    steps.within(3)
    asked.refresh_from_db()
    assert (asked.state, asked.decision_reason) == ("refused", "Stays until the congress.")
    assert complaints == []


def test_who_loses_the_work_stays_asks_and_is_detached(
    person, secretary, town, page: Page, live_server, complaints
):
    today = timezone.localdate()
    lost = today - timedelta(days=200)
    member = f"{live_server.url}/admin/members/member/{person.pk}/change/"
    page.goto(member)
    page.get_by_role("link", name="Job ended").click()
    page.get_by_label("First day without this work").fill(lost.isoformat())
    page.get_by_role("button", name="Show what this will do").click()
    page.get_by_role("button", name="Do it").click()
    why = page.get_by_role("region", name="Why here")
    expect(why).to_contain_text("A6 Last worked at")

    page.get_by_role("link", name="Ask for the detachment").click()
    page.get_by_label("Asked on").fill((lost + timedelta(days=100)).isoformat())
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_role("alert")).to_contain_text("A6: ")
    expect(page.get_by_role("alert")).to_contain_text("a detachment can be asked for from")
    page.get_by_label("Asked on").fill(today.isoformat())
    page.get_by_label("Reason").fill("The works closed.")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text(f"{town.district} decides by").first).to_be_visible()
    expect(page.get_by_role("region", name="Requests")).to_contain_text("to be decided by")

    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="Requests to decide").click()
    page.get_by_role("link", name="Jürgen Müller").click()
    page.get_by_role("link", name="Grant", exact=True).click()
    page.get_by_role("button", name="Show what this will do").click()
    expect(page.get_by_role("status")).to_contain_text(str(town.street_cell))
    page.get_by_role("button", name="Do it").click()

    expect(page.get_by_role("heading", name="Jürgen Müller")).to_be_visible()
    expect(why).to_contain_text("A3 Lives in")
    rows = page.get_by_role("region", name="Time line").get_by_role("row")
    told = [text for text in rows.all_inner_texts() if "A3" in text or "A6" in text]
    for text, part in zip(
        told,
        (
            f"A3 Home cell: {town.street_cell}",
            f"A6 Granted by {town.district}: detachment from the factory cell",
            "A6 Asked: detachment from the factory cell",
            "A6 No longer works at",
        ),
        strict=True,
    ):
        assert part in text
    assert Request.objects.get().decided_by == secretary
    assert complaints == []


def test_an_applicant_is_entered_and_admitted_on_a_phone(
    secretary, town, page: Page, live_server, complaints
):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/admin/members/request/act/ask-admission/")
    page.get_by_label("Family name").fill("Novak")
    page.get_by_label("Cell", exact=False).last.fill(town.street_cell.code)
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text(f"{town.district} decides by").first).to_be_visible()
    request = Request.objects.get()
    paths = ("", "members/request/", f"members/request/{request.pk}/change/")
    acts = tuple(
        f"members/request/{request.pk}/act/{act}/"
        for act in ("grant-admission", "refuse", "withdraw")
    )
    for path in (*paths, *acts):
        page.goto(f"{live_server.url}/admin/{path}")
        wide = too_wide(page)
        assert not wide, path
    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="Grant: Novak").click()
    page.get_by_role("button", name="Show what this will do").click()
    expect(page.get_by_role("status")).to_contain_text("under the next number")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_role("heading", name="Novak")).to_be_visible()
    assert complaints == []
