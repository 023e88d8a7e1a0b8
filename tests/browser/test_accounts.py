"""The door in the browser: an invitation, a passkey, one-time codes, and the steps they cost."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from districts.roles import SECRETARY
from members.accounts.inviting import invite_to_portal
from members.accounts.tokens import hash_of, new_token
from members.models import Account, Invitation
from tests import factories
from tests.accounts.making import code_of, officer
from tests.browser.conftest import log_out
from tests.browser.steps import Steps, too_wide


@pytest.fixture(autouse=True)
def door(settings):
    """The door as it is where people are real."""
    settings.SECOND_FACTOR = True
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    cache.clear()


@pytest.fixture
def authenticator(page: Page):
    """A phone that knows its owner's finger, put in front of the page."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def invitation_of(person) -> str:
    """The path of the link in the invitation."""
    made = invite_to_portal(member=person, way="letter", by=None)
    token = new_token()
    Invitation.objects.filter(pk=made.pk).update(token_hash=hash_of(token))
    return f"/account/invitation/{token}/"


@pytest.mark.parametrize("email", ["eva@example.org", ""])
def test_from_the_invitation_to_the_first_page_with_a_passkey(
    town, page: Page, live_server, authenticator, complaints, email
):
    person = factories.member(cell=town.street_cell, given_name="Eva", email=email)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(live_server.url + invitation_of(person))
    assert not too_wide(page)
    steps = Steps(page)
    if not email:
        page.get_by_role("button", name="Create a passkey").click()
        expect(page).to_have_url(re.compile("/account/invitation/$"))  # the address comes first
        steps.fill(page.get_by_label("Your e-mail address"), "eva@example.org")
    steps.click(page.get_by_role("button", name="Create a passkey"))
    if not email:
        expect(page.get_by_text("does not hold yet")).to_be_visible()
        steps.click(page.get_by_role("link", name="Kartei"))
    expect(page.get_by_role("heading", name="Eva Example")).to_be_visible()
    steps.within(4)
    account = Account.objects.get(member=person)
    assert (account.email, account.has_usable_password()) == (email, False)

    keep = page.get_by_role("link", name="Keep your recovery codes")
    keep.click()
    expect(page.get_by_role("listitem").locator("code")).to_have_count(10)
    assert not too_wide(page)
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Eva Example")).to_be_visible()
    expect(keep).to_have_count(0)

    page.get_by_role("button", name="Log out").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Eva Example")).to_be_visible()
    for name in ("My account", "Passkeys"):
        page.get_by_role("link", name=name, exact=True).click()
        assert not too_wide(page)
    expect(page.get_by_text("Passkey 1")).to_be_visible()
    assert complaints == []


def test_a_secretary_sets_codes_up_and_reaches_the_office_with_them(
    town, page: Page, live_server, complaints
):
    account = officer(SECRETARY, town.district)

    def enter():
        page.goto(f"{live_server.url}/admin/")
        page.get_by_label("E-mail").fill(account.email)
        page.get_by_label("Password").fill("password")
        page.get_by_role("button", name="Log in").click()

    enter()
    page.get_by_role("link", name="Use codes from an app").click()
    expect(page.locator(".qr svg")).to_be_visible()
    secret = page.locator("main code").inner_text()
    page.get_by_label("Code that the app shows").fill(code_of(secret))
    page.get_by_role("button", name="Turn the codes on").click()
    recovery = page.get_by_role("listitem").locator("code").first.inner_text()
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", name=town.district.name)).to_be_visible()

    log_out(page)
    enter()
    page.get_by_label("Code", exact=True).fill(recovery)
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(f"{live_server.url}/admin/")
    expect(page.get_by_role("heading", name=town.district.name)).to_be_visible()
    assert complaints == []


def test_an_office_opens_with_a_passkey_at_once(
    town, page: Page, live_server, authenticator, complaints
):
    account = officer(SECRETARY, town.district)
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    log_out(page)
    page.goto(f"{live_server.url}/login/?next=/admin/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name=town.district.name)).to_be_visible()
    assert complaints == []
