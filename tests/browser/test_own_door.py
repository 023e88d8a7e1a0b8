"""The member's own door, from the invitation to a new cell: one walk on a phone."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from districts.roles import SECRETARY
from elections.models import Poll
from elections.polls import close_poll, count_poll, open_poll, publish_poll
from members.employments import end_employment
from members.models import Request
from tests.accounts.making import officer
from tests.browser.steps import look_and_do, too_wide
from tests.browser.test_accounts import authenticator as put_phone
from tests.browser.test_accounts import invitation_of
from tests.portal import making
from tests.voting import making as votes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

PHONE = {"width": 390, "height": 844}


authenticator = put_phone


@pytest.fixture(autouse=True)
def door(settings):
    """The door as it is where people are real; only the secretary's factor is not asked here."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    cache.clear()


def test_from_the_invitation_to_the_cell_at_home(
    transactional_db,
    browser: Browser,
    page: Page,
    live_server,
    authenticator,
    complaints,
):
    place = making.place()
    member = making.worker(place, family_name="Walker", email="anna@example.org")
    end_employment(employment=member.employments.get(), on=making.today() - timedelta(days=215))
    poll = votes.put(votes.motion(place.town.factory_cell), place.town.factory_cell)
    poll = open_poll(poll=poll)
    page.set_viewport_size(PHONE)

    # The invitation, a passkey, the first page.
    page.goto(live_server.url + invitation_of(member))
    page.get_by_role("button", name="Create a passkey").click()
    belongs = page.get_by_role("region", name="Where I belong")
    expect(belongs).to_contain_text(place.town.factory_cell.name)
    assert not too_wide(page)

    # The vote, and the receipt.
    page.get_by_role("link", name="Vote:").click()
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Cast my vote").click()
    receipt = page.locator(".receipt").inner_text()
    close_poll(poll=Poll.objects.get())
    votes.open_box_of(Poll.objects.get())
    publish_poll(poll=count_poll(poll=Poll.objects.get()))
    page.goto(f"{live_server.url}/votes/{poll.code}/board/")
    page.get_by_label("Is my ballot there?").fill(receipt)
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_role("status")).to_contain_text("at place 1 of 1")

    # The detachment is asked for.
    page.goto(live_server.url)
    page.get_by_role("link", name="I want to be detached").click()
    page.get_by_label("Reason").fill("Seven months without work")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("Asked: detachment")

    # The district's secretary grants it in the office.
    asked = Request.objects.get()
    office = browser.new_page()
    account = officer(SECRETARY, place.town.district)
    office.goto(f"{live_server.url}/login/")
    office.get_by_label("E-mail").fill(account.email)
    office.get_by_label("Password").fill("password")
    office.get_by_role("button", name="Log in").click()
    office.goto(f"{live_server.url}/admin/members/request/{asked.pk}/change/")
    office.get_by_role("link", name="Grant").first.click()
    look_and_do(office)
    expect(office.locator("body")).to_contain_text("Granted on")
    office.close()

    # The member's page shows the new cell, and the article.
    page.goto(live_server.url)
    expect(belongs).to_contain_text(place.town.street_cell.name)
    expect(belongs).to_contain_text("A6")
    assert not too_wide(page)
    assert complaints == []
