"""A town to walk through, people who log in, and an ear for what the browser complains of."""

import pytest
from playwright.sync_api import Page, expect

from districts.roles import SECRETARY, grant_role
from tests import factories

# A machine that others use may need a while for a page; what never comes fails all the same.
expect.set_options(timeout=20_000)


@pytest.fixture
def town(transactional_db):
    return factories.town()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console reports as an error, a breach of the content policy above all."""
    heard: list[str] = []
    page.on(
        "console",
        lambda message: (
            heard.append(f"{page.url}: {message.text}") if message.type == "error" else None
        ),
    )
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
    return heard


def log_in(page: Page, live_server, account) -> None:
    """Log in by the page, as everybody does."""
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login/" not in url)


def log_out(page: Page) -> None:
    """Be nobody. The page is left first: what it still asks for would bring cookies of its own."""
    page.goto("about:blank")
    page.context.clear_cookies()


@pytest.fixture
def secretary(town, page, live_server):
    """The secretary of the town's district, logged in and on the first page."""
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    log_in(page, live_server, account)
    return account


@pytest.fixture
def administrator(town, page, live_server):
    """The administrator, logged in and on the first page."""
    account = factories.account(is_staff=True, is_superuser=True)
    log_in(page, live_server, account)
    return account
