"""The list of requests."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cells.requests import (
    ask_for_admission,
    ask_for_transfer,
    ask_to_leave,
    grant_request,
    refuse_request,
    withdraw_request,
)
from districts.roles import AUDITOR
from members.models import Request
from tests import factories
from tests.admin_acts.performing import address
from tests.request_pages.making import TODAY, exception, log_in, panel
from tests.test_admin import listed, page

pytestmark = pytest.mark.django_db


class TestList:
    def test_each_state_lists_its_own(self, client, town, street, secretary):
        people = [factories.member(cell=town.street_cell, locality=street) for _n in range(6)]
        late = ask_to_leave(member=people[0], on=TODAY() - timedelta(days=31))
        punctual = ask_to_leave(member=people[1], on=TODAY() - timedelta(days=30))
        given = exception(town, people[2])
        grant_request(request=given, on=TODAY(), by=secretary)
        gone = ask_to_leave(member=people[3], on=TODAY())
        grant_request(request=gone, on=TODAY(), by=secretary)
        no = ask_to_leave(member=people[4], on=TODAY())
        refuse_request(request=no, on=TODAY(), by=secretary, reason="Stay.")
        back = ask_to_leave(member=people[5], on=TODAY())
        withdraw_request(request=back, on=TODAY(), by=secretary)
        expected = {
            None: [late, punctual],
            "overdue": [late],
            "exceptions": [given],
            "granted": [given, gone],
            "refused": [no],
            "withdrawn": [back],
            "all": [late, punctual, given, gone, no, back],
        }
        for state, rows in expected.items():
            assert listed(client, Request, **({"state": state} if state else {})) == rows, state
        assert listed(client, Request, kind__exact="transfer", state="all") == [given]
        assert "overdue" in page(client, late).content.decode()

    def test_of_the_own_units_alone(self, client, town, idle, secretary):
        mine = ask_to_leave(member=idle, on=TODAY())
        there = factories.town()
        ask_to_leave(member=factories.member(cell=there.street_cell), on=TODAY())
        ask_for_transfer(  # the whole organisation decides
            member=idle, cell=there.street_cell, on=TODAY(), exception=True, reason="Studies."
        )
        assert listed(client, Request) == [mine]
        assert listed(client, Request, unit=town.district.pk) == [mine]
        log_in(client, None)
        assert len(listed(client, Request)) == 3
        assert listed(client, Request, unit=town.area.pk) == [mine]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("muller", "member"),
            ("novak", "applicant"),
            ("eva nov", "applicant"),
            ("number", "member"),
            ("nobody", None),
        ],
    )
    def test_it_is_searched_by_name_and_number(self, client, town, idle, secretary, text, found):
        rows = {
            "member": ask_to_leave(member=idle, on=TODAY()),
            "applicant": ask_for_admission(
                family_name="Novak", given_name="Eva", cell=town.street_cell, on=TODAY()
            ),
        }
        asked = str(idle.pk) if text == "number" else text
        assert listed(client, Request, q=asked) == ([rows[found]] if found else [])

    def test_an_auditor_looks_and_does_nothing(self, client, town, idle):
        asked = ask_to_leave(member=idle, on=TODAY())
        log_in(client, town.district, role=AUDITOR)
        assert listed(client, Request) == [asked]
        assert page(client, asked).context_data["acts"] == []
        assert client.get(address(asked, "grant")).status_code == 403
        assert panel(client, "home_requests") is None

    @pytest.mark.parametrize("rows", [1, 3])
    def test_as_many_queries_for_one_row_as_for_three(self, client, town, street, secretary, rows):
        for _one in range(rows):
            person = factories.member(cell=town.street_cell, locality=street)
            asked = ask_to_leave(member=person, on=TODAY(), by=secretary)
            exception(town, person)
            ask_for_admission(family_name="X", cell=town.street_cell, on=TODAY(), by=secretary)
        queries = {
            reverse("admin:members_request_changelist"): 6,
            reverse("admin:members_request_change", args=[asked.pk]): 10,
            address(asked, "grant"): 13,
        }
        for where, expected in queries.items():
            client.get(where)
            with CaptureQueriesContext(connection) as done_queries:
                client.get(where)
            told = "\n".join(query["sql"] for query in done_queries)
            assert len(done_queries) == expected, told
