"""WCAG 2.2 AA: axe-core walks every page of the program, in both languages, light and dark."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.axe import faults
from tests.test_admin_urls import TABLE, a_row_of_each_table, key_of

# What a page looks like does not depend on the database.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

# Each page is looked at once, with the eyes of the first who may see it and has most to see there.
WALKED_BY = ("member", "teller", "administrator")


def addresses_for(role, rows):
    """The addresses of the pages that are looked at by this role, as the table of addresses says."""
    for name, (arguments, answers) in TABLE.items():
        first = next((one for one in WALKED_BY if getattr(answers, one) == 200), None)
        if role == first or (role == "nobody" and answers.nobody == 200):
            yield reverse(
                name, args=[key_of(rows[key]) if key in rows else key for key in arguments]
            )


def is_page(client, address) -> bool:
    """Whether a whole page is answered: no file, and no part that is put into another page."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer["Content-Type"].startswith("text/html") and "<html" in answer.text


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("de", "dark")])
@pytest.mark.parametrize("roles", [("nobody", "member", "teller"), ("administrator",)])
def test_no_page_has_a_serious_fault(page: Page, live_server, complaints, roles, language, scheme):
    rows = a_row_of_each_table()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found, walked = [], 0
    for role in roles:
        client = Client()
        cookies = {"django_language": language}
        if role != "nobody":
            client.force_login(rows[role])
            cookies["sessionid"] = client.cookies["sessionid"].value
        page.context.clear_cookies()
        page.context.add_cookies(
            [
                {"name": name, "value": value, "url": live_server.url}
                for name, value in cookies.items()
            ]
        )
        for address in addresses_for(role, rows):
            if is_page(client, address):
                page.goto(live_server.url + address)
                assert page.locator("html").get_attribute("lang") == language, address
                found += [f"{role} {address}: {fault}" for fault in faults(page)]
                walked += 1
    assert found == []
    assert walked > 20
    assert complaints == []
