"""A member's whole way by the keyboard alone: nothing is clicked, and one sees where one is."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from elections.models import CheckOff
from tests import factories
from tests.voting import making

pytestmark = pytest.mark.django_db(transaction=True)

RECEIPT = re.compile(r"^(?:[0-9A-F]{4} ?){16}$")
MOST = 20  # keys to what one looks for, at the most
IS_SEEN = """
one => {
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return one.matches(":focus-visible") && (drawn || style.boxShadow !== "none") && box.width > 0;
}
"""


def tab_to(page: Page, target: Locator) -> None:
    """Go from what has the focus to the target, and see at each step where one is."""
    wanted = target.element_handle()
    for _key in range(MOST):
        page.keyboard.press("Tab")
        there = page.evaluate_handle("document.activeElement").as_element()
        assert there.evaluate(IS_SEEN), there.evaluate("one => one.outerHTML")
        if there.evaluate("(one, wanted) => one === wanted", wanted):
            return
    raise AssertionError(f"{target} is not reached by {MOST} keys")


def test_from_the_login_to_the_receipt(town, page: Page, live_server, complaints):
    three = making.tellers(town.town)
    member = factories.member(cell=town.factory_cell)
    account = factories.account(member=member)
    poll = making.opened(making.motion(town.town), town.factory_cell, tellers=three)
    page.goto(f"{live_server.url}/login/")
    tab_to(page, page.get_by_label("E-mail"))
    page.keyboard.type(account.email)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type("password")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)

    tab_to(page, page.get_by_role("link", name="Vote: "))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cast my vote")).to_be_visible()
    tab_to(page, page.get_by_label("Yes"))
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("No", exact=True)).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Cast my vote"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your vote is cast")).to_be_visible()
    expect(page.locator(".receipt")).to_have_text(RECEIPT)
    assert CheckOff.objects.filter(poll=poll, member=member).exists()
    assert complaints == []


def test_the_office_s_navigation_opens_by_the_keyboard_on_a_phone(
    administrator, page: Page, live_server, complaints
):
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{live_server.url}/admin/rules/")
    opening = page.get_by_role("button", name="Navigation", exact=True)
    expect(opening).to_have_attribute("aria-expanded", "false")
    tab_to(page, opening)
    page.keyboard.press("Enter")
    closing = page.get_by_role("button", name="Close the navigation")
    expect(closing).to_be_visible()
    closing.press("Enter")
    expect(closing).to_be_hidden()
    assert complaints == []
