"""WCAG 2.2 AA: axe-core walks every page of the program, in both languages, light and dark.

English is looked at on a screen, German at 320 pixels: what a page of 1280 is at a zoom of 400 %.
"""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from tests.addresses.making import a_row_of_each_table, key_of
from tests.addresses.table import TABLE
from tests.browser.axe import faults
from tests.browser.conftest import log_out
from tests.browser.steps import too_wide

# What a page looks like does not depend on the database.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

# Each page is looked at once, with the eyes of the first who may see it and has most to see there.
WALKED_BY = ("member", "teller", "administrator")
# Answered, but no pages: files, and parts that are put into a page.
FILES = {"admin:audit_entry_export", "admin:audit_entry_heads", "findings_csv", "my-data-file"}
FILES |= {"meeting-ics", "meeting-feed", "admin:jsi18n", "admin:districts_suggest"}
PARTS = {"admin:search", "branch", "meeting-counts"}


def addresses_for(role, rows):
    """The addresses of the pages that this role looks at, by the table of addresses."""
    for name, (arguments, answers) in TABLE.items():
        first = next((one for one in WALKED_BY if getattr(answers, one) == 200), None)
        seen = role == first or (role == "nobody" and answers.nobody == 200)
        if seen and name not in FILES | PARTS:
            yield reverse(
                name, args=[key_of(rows[key]) if key in rows else key for key in arguments]
            )


def come_in(page, live_server, account, language) -> None:
    """Be logged in as `account`, or nobody, with the language chosen."""
    cookies = {"django_language": language}
    if account is not None:
        client = Client()
        client.force_login(account)
        cookies["sessionid"] = client.cookies["sessionid"].value
    log_out(page)
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
    )


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("en", "light", 1280), ("de", "dark", 320)]
)
@pytest.mark.parametrize("roles", [("nobody", "member", "teller"), ("administrator",)])
def test_no_page_has_a_serious_fault(
    page: Page, live_server, complaints, roles, language, scheme, width
):
    rows = a_row_of_each_table()
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found, wide, walked = [], [], 0
    for role in roles:
        come_in(page, live_server, rows.get(role), language)
        for address in addresses_for(role, rows):
            answer = page.goto(live_server.url + address)
            assert answer.status == 200, address
            assert page.locator("html").get_attribute("lang") == language, address
            found += [f"{role} {address}: {fault}" for fault in faults(page)]
            wide += [f"{role} {address}"] if too_wide(page) else []
            walked += 1
    assert not found, "\n".join(found)
    assert wide == []
    assert walked > 20
    assert complaints == []


def test_what_is_wrong_is_found(page: Page):
    page.set_content('<p style="color: #999; background: #fff">Pale</p><img src="data:,">')
    found = "\n".join(faults(page))
    for rule in ("color-contrast", "image-alt", "html-has-lang", "document-title"):
        assert f"{rule} at " in found
