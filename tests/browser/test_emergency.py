"""An emergency in the browser: a committee is appointed, overdue, found, and confirmed (A14)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from districts.roles import SECRETARY, grant_role
from elections.bureaus.sitting import sitting_bureau
from elections.models import Bureau, Emergency, Seat
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps
from tests.emergency.making import people

pytestmark = pytest.mark.django_db(transaction=True)

BACK = timedelta(days=40)


def look_and_do(steps: Steps, page: Page) -> None:
    steps.click(page.get_by_role("button", name="Show what this will do"))
    steps.click(page.get_by_role("button", name="Do it"))


def test_a_committee_is_appointed_overdue_and_confirmed(town, page: Page, live_server, complaints):
    members = people(town)
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.town)
    log_in(page, live_server, account)
    steps = Steps(page)
    unit = f"{live_server.url}/admin/districts/unit/{town.area.pk}/change/"

    page.goto(unit)
    steps.click(page.get_by_role("link", name="Declare the emergency"))
    steps.fill(page.get_by_label("Reason"), "The committee was arrested.")
    look_and_do(steps, page)
    emergency = page.get_by_role("region", name="Emergency")
    expect(emergency).to_contain_text(f"Declared by {town.town}")

    steps.click(page.get_by_role("link", name="Appoint a committee"))
    steps.fill(page.get_by_label("Members"), "\n".join(str(one.pk) for one in members))
    steps.fill(page.get_by_role("textbox", name="Place*"), "The back room")
    look_and_do(steps, page)
    expect(page.get_by_role("region", name="Seats")).to_contain_text("3 of 3 seats are held.")
    steps.within(9)

    Bureau.objects.update(
        since=timezone.localdate() - BACK, confirm_by=timezone.localdate() - timedelta(days=2)
    )
    Seat.objects.update(since=timezone.localdate() - BACK)
    Emergency.objects.update(since=timezone.localdate() - BACK)
    page.goto(unit)
    expect(page.get_by_role("region", name="Emergency")).to_contain_text("That was 2 days ago.")
    expect(page.locator("body")).to_contain_text("An appointed committee is confirmed by its day")
    steps.click(
        page.get_by_role("region", name="Emergency").get_by_role(
            "link", name="Record the confirmation"
        )
    )
    steps.fill(page.get_by_label("Reason"), "The delegates met earlier, in secret.")
    look_and_do(steps, page)
    expect(page.get_by_text("was confirmed on")).to_be_visible()
    committee = sitting_bureau(town.area)
    assert committee is not None
    assert committee.confirmed_on == timezone.localdate()
    page.goto(unit)
    expect(page.locator("body")).not_to_contain_text("An appointed committee is confirmed")
    assert not complaints
