"""What attackers try first: forged forms, foreign rows, redirects, hosts, sessions, random input.

`RANDOM_INPUTS` sets how many random requests are made: 100 in the suite, 10000 to prove it.
"""

import os
import re
from contextlib import suppress
from io import BytesIO

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import NoReverseMatch, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.parameters import WithoutNul
from districts import export_admin
from districts.roles import SECRETARY
from elections.meetings.feeds import renew_feed
from members.models import Request
from tests import factories
from tests.accounts.making import log_in, officer
from tests.addresses.making import a_row_of_each_table, key_of
from tests.addresses.table import TABLE

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("RANDOM_INPUTS", "100"))
EVIL = "evil.example"
CHANGES_NOTHING = {"receipt-code"}  # it draws what was sent, by POST to keep it out of addresses


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    cache.clear()


@pytest.fixture
def rows():
    return a_row_of_each_table()


def address_of(name, found):
    keys = TABLE[name][0]
    return reverse(name, args=[key_of(found[key]) if key in found else key for key in keys])


def test_no_form_anywhere_is_taken_without_its_token(rows):
    client = Client(enforce_csrf_checks=True)
    client.force_login(rows["administrator"])
    taken = {
        name: status
        for name in set(TABLE) - CHANGES_NOTHING
        if (status := client.post(address_of(name, rows)).status_code) != 403
    }
    assert taken == {}


def test_another_member_s_request_data_and_feed_are_not_there(client, rows):
    client.force_login(rows["another"])
    asked = rows["asked"]
    assert client.post(reverse("withdraw", args=[asked.pk])).status_code == 404
    assert Request.objects.get(pk=asked.pk).is_open
    mine, theirs = rows["another"].member, rows["member"].member
    assert client.get(reverse("my-data-file")).json()["member"] == mine.pk
    theirs_too = {"member": theirs.pk, "number": theirs.pk}
    assert client.get(reverse("my-data-file"), theirs_too).json()["member"] == mine.pk
    before = rows["feed"]
    renew_feed(member=theirs)
    assert client.get(reverse("meeting-feed", args=[before])).status_code == 404
    assert client.get(reverse("import", args=[rows["job"].pk])).status_code in (302, 403, 404)
    nominations = reverse("nominate", args=[rows["called"].pk])
    assert client.post(nominations, {"who": str(mine.pk)}).status_code == 404


@pytest.mark.parametrize(
    "to", [f"//{EVIL}", f"https://{EVIL}/", f"/\\{EVIL}", "javascript:alert(1)"]
)
def test_a_login_leads_to_no_other_site(client, to):
    account = factories.account(member=factories.member(cell=factories.town().street_cell))
    data = {"login": account.email, "password": "password", "next": to}
    answer = client.post(f"{reverse('login')}?next={to}", data)
    assert answer["Location"] == reverse("home")
    assert EVIL not in client.post(reverse("logout"), {"next": to}).get("Location", "")


def test_a_session_that_was_planted_is_not_the_one_after_the_login(client):
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies[configured.SESSION_COOKIE_NAME] = planted
    log_in(client, factories.account(member=factories.member(cell=factories.town().street_cell)))
    assert client.session.session_key != planted
    stolen = Client()
    stolen.cookies[configured.SESSION_COOKIE_NAME] = planted
    assert stolen.get(reverse("votes")).status_code == 302


@pytest.mark.parametrize("name", ["login", "join", "account_reset_password", "home"])
def test_a_page_is_served_under_its_own_host_alone(client, name):
    assert client.get(reverse(name), headers={"Host": EVIL}).status_code == 400
    with_port = {"Host": f"testserver:80@{EVIL}"}
    assert (
        client.post(reverse(name), {"email": "a@b.example"}, headers=with_port).status_code == 400
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("members.csv", b"\0\xff\xfe junk"),
        ("../../etc/passwd.csv", b"number\n1\n"),
        ("register.zip", b"PK\x03\x04 not a zip"),
        ("page.html", b"<script>alert(1)</script>"),
        ("members.csv", b""),
    ],
)
def test_an_upload_that_is_no_register_is_refused_and_not_run(client, name, content):
    client.force_login(officer(SECRETARY, factories.town().district))
    sent = {"files": SimpleUploadedFile(name, content, content_type="text/html")}
    answer = client.post(reverse("imports"), sent, follow=True)
    assert answer.status_code < 500
    page = answer.content.decode()
    assert "<script>alert(1)</script>" not in page
    assert "etc/passwd" not in page


# Random input -------------------------------------------------------------------------------------

NASTY = [
    *("\0", "", " ", "-1", "0", "9" * 30, "2026-02-30", "0000-00-00", "9999-12-31", "1e999", "nan"),
    *(
        "'",
        '"',
        "%",
        "\\",
        "../..",
        "<b>",
        "{{7*7}}",
        "٣",
        "²",
        "\U0001d7d9",
        "\ud7ff",
        "\u202e",
        "x" * 5000,
    ),
    *("True", "null", "[]", "1,2", "__all__", "id__in", "on"),
]
WORDS = st.one_of(st.sampled_from(NASTY), st.text(max_size=30))
PARAMETERS = [
    *("q", "p", "o", "e", "on", "day", "unit", "below", "state", "kind", "kind__exact", "next"),
    *("seen", "page", "member", "all", "_popup", "_to_field", "who", "term", "rule", "from", "to"),
]
ROLES = ["nobody", "member", "another", "secretary", "auditor", "teller", "administrator"]


def test_an_empty_name_of_a_field_is_none(client, rows):
    client.force_login(rows["administrator"])
    pages = [name for name in TABLE if re.fullmatch(r"admin:\w+_(change|history)", name)]
    found = {name: client.get(address_of(name, rows), {"_to_field": ""}) for name in pages}
    assert len(found) > 10
    assert {answer.status_code for answer in found.values()} <= {200, 302}


@pytest.mark.parametrize("state", ["\0", "open\0", "%\x0000"])
def test_no_list_takes_nul_for_a_value(client, rows, state):
    client.force_login(rows["administrator"])
    for name in (name for name in TABLE if name.endswith("_changelist")):
        for parameter in ("state", "kind", "q", "day", "below", "p"):
            answer = client.get(address_of(name, rows), {parameter: state})
            assert answer.status_code in (200, 302), (name, parameter)


def test_parameters_lose_nul_however_it_is_written(rf):
    request = rf.get("/?q=a%00b%%0000c\0d&e=1")
    assert WithoutNul(lambda request: request.GET)(request) == QueryDict("q=abcd&e=1")


@pytest.mark.parametrize(
    "address",
    [
        "/account/password/reset/%00/key/",
        "/account/password/reset/%20/key/",
        "/account/password/reset/-1/key/",
        "/votes/%00/",
    ],
)
def test_an_address_that_can_be_none_s_leads_nowhere(client, address):
    assert client.get(address).status_code == 404


class InPlace:
    """An export written at once by who asked: another connection would wait for the test's own."""

    def __init__(self, write, whole, freed):
        file = BytesIO()
        try:
            whole(write(file))
        finally:
            freed()
        self.content = [file.getvalue()]

    def __iter__(self):
        return iter(self.content)


@pytest.fixture
def in_place(monkeypatch):
    """Exports without a thread of their own."""
    monkeypatch.setattr(export_admin, "Stream", InPlace)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="RANDOM_INPUTS" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_no_random_input_ends_in_an_error(rows, in_place, data):
    name = data.draw(st.sampled_from(sorted(TABLE)))
    role = data.draw(st.sampled_from(ROLES))
    cache.clear()  # else the limits of tries would soon answer in place of the pages
    with transaction.atomic():
        ask_at_random(name, role, rows, data)
        transaction.set_rollback(True)  # each request meets the same register


def ask_at_random(name, role, rows, data):
    """Get a page with random parameters, and send its form filled with random words."""
    client = Client()  # which raises what a view does not catch
    if role != "nobody":
        client.force_login(rows[role])
    address = address_of(name, rows)
    if TABLE[name][0] and data.draw(st.integers(0, 3)) == 0:
        with suppress(NoReverseMatch):
            address = reverse(name, args=[data.draw(WORDS) for _key in TABLE[name][0]])
    query = data.draw(st.dictionaries(st.sampled_from(PARAMETERS), WORDS, max_size=3))
    answer = whole(client.get(address, query))
    assert answer.status_code < 500
    fields = sorted({*re.findall(r'name="([\w-]+)"', text_of(answer))} - {"csrfmiddlewaretoken"})
    sent = {field: data.draw(WORDS) for field in fields[:25]}
    assert whole(client.post(address, sent)).status_code < 500


def whole(answer):
    """The answer, read to its end; the exports are written as they are sent."""
    if answer.streaming:
        list(answer.streaming_content)
    return answer


def text_of(answer):
    """The page; of a file nothing."""
    return "" if answer.streaming else answer.content.decode(errors="replace")
