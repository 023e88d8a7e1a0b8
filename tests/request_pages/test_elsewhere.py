"""What the first page and the member's page say of requests."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cells.requests import ask_to_leave, grant_request, refuse_request, withdraw_request
from members.timeline import Event, of_request
from tests import factories
from tests.request_pages.making import TODAY, exception, panel, section
from tests.test_admin import page

pytestmark = pytest.mark.django_db


def about_requests(queries):
    """Those of the queries that look for requests, but for the placement of members."""
    told = [query["sql"] for query in queries]
    return [sql for sql in told if 'FROM "members_request"' in sql and "work AS (" not in sql]


class TestElsewhere:
    def test_the_most_urgent_stand_on_the_first_page(self, client, town, street, secretary):
        assert panel(client, "home_requests") is None
        days = (1, 40, 3, 2, 5, 4)
        people = [factories.member(cell=town.street_cell, locality=street) for _day in days]
        for person, day in zip(people, days, strict=True):
            ask_to_leave(member=person, on=TODAY() - timedelta(days=day))
        shown = panel(client, "home_requests")
        order = [people[n] for n in (1, 4, 5, 2, 3)]
        assert [row["who"] for row in shown["requests"]] == [str(person) for person in order]
        assert [row["overdue"] for row in shown["requests"]] == [True, *[False] * 4]
        assert shown["more"] == reverse("admin:members_request_changelist")
        waiting = {
            str(title): (number, where)
            for title, number, where in panel(client, "home_waiting")["waiting"]
        }
        listing = reverse("admin:members_request_changelist")
        assert waiting["Requests to decide"] == (6, listing)
        assert waiting["Requests overdue"] == (1, f"{listing}?state=overdue")

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_first_page_asks_once_for_all(self, client, town, street, secretary, rows):
        for _one in range(rows):
            ask_to_leave(
                member=factories.member(cell=town.street_cell, locality=street), on=TODAY()
            )
        client.get(reverse("admin:index"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("admin:index"))
        assert len(about_requests(asked)) == 3

    def test_an_exception_is_told_beside_the_cell(self, client, town, idle, secretary):
        given = exception(town, idle)
        grant_request(request=given, on=TODAY(), by=secretary)
        shown = page(client, idle)
        assert section(shown, "member_why")["exception"] == given
        assert "As an exception, granted by" in shown.content.decode()
        assert "Cares for the mother." in shown.content.decode()
        (row,) = section(shown, "member_requests")["requests"]
        assert row["address"] == reverse("admin:members_request_change", args=[given.pk])

    def test_no_request_no_section(self, client, idle, secretary):
        assert section(page(client, idle), "member_requests") is None

    @pytest.mark.parametrize("times", [1, 3])
    def test_a_member_s_page_asks_once_for_all(self, client, idle, secretary, times):
        for _one in range(times):
            asked = ask_to_leave(member=idle, on=TODAY())
            refuse_request(request=asked, on=TODAY(), by=secretary, reason="Stay.")
        page(client, idle)
        with CaptureQueriesContext(connection) as queries:
            page(client, idle)
        assert len(about_requests(queries)) == 2  # all that is shown, and whether one waits


def test_every_step_stands_in_the_time_line_and_an_exception_with_no_article(town, street, idle):
    decider = factories.account(is_superuser=True)
    day = date(2024, 9, 1)
    asked = exception(town, idle, on=day)
    to = f"transfer to another cell, to {asked.cell}, as an exception"
    first = Event(day, 0, f"Asked: {to}. {town.district} decides by 2024-10-01.", "")
    assert list(of_request(asked)) == [first]
    refused_one = refuse_request(request=asked, on=date(2024, 9, 2), by=decider, reason="No.")
    last = Event(date(2024, 9, 2), 1, f"Refused by {town.district}: {to}.", "")
    assert list(of_request(refused_one)) == [first, last]
    leaving = ask_to_leave(member=idle, on=day)
    back = withdraw_request(request=leaving, on=day, by=decider)
    assert [event.text for event in of_request(back)][1:] == ["Withdrawn: exit."]
    again = grant_request(request=ask_to_leave(member=idle, on=day), on=day, by=decider)
    assert [event.text for event in of_request(again)][1:] == [f"Granted by {town.district}: exit."]
