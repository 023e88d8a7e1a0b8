"""Requests as pages: asking, the list, deciding, and what other pages say of them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cells.requests import (
    ask_for_admission,
    ask_for_detachment,
    ask_for_transfer,
    ask_to_leave,
    grant_request,
    refuse_request,
    withdraw_request,
)
from districts import picking
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.employments import end_employment, start_employment
from members.membership import end_membership
from members.models import Member, Request
from members.registrations import register_member
from members.timeline import Event, of_request
from tests import factories
from tests.admin_acts.performing import address, done, perform, refused
from tests.test_admin import listed, page

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def street(town):
    return factories.locality(unit=town.district, street_cell=town.street_cell)


@pytest.fixture
def idle(town, street):
    return factories.member(
        cell=town.street_cell, locality=street, family_name="Müller", given_name="Jürgen"
    )


@pytest.fixture
def secretary(town, client):
    return log_in(client, town.district)


def log_in(client, unit, role=SECRETARY, **fields):
    account = factories.account(**fields)
    grant_role(user=account, role=role, unit=unit and Unit.objects.get(pk=unit.pk))
    client.force_login(account)
    return account


def out_of_work(town, street, days):
    """Somebody who lost the work in the factory so many days ago."""
    found = factories.member(cell=town.factory_cell, locality=street)
    works = factories.workplace(cell=town.factory_cell)
    job = start_employment(member=found, workplace=works, since=factories.JOINED)
    end_employment(employment=job, on=TODAY() - timedelta(days=days))
    return found


def another(town, kind=Kind.STREET_CELL, **fields):
    return factories.unit(kind, Unit.objects.get(pk=town.district.pk), **fields)


def exception(town, member, on=None):
    return ask_for_transfer(
        member=member,
        cell=another(town),
        on=on or TODAY(),
        exception=True,
        reason="Cares for the mother.",
    )


def section(answer, name):
    found = [one for one in answer.context_data["sections"] if name in one["template"]]
    return found[0] if found else None


def panel(client, name):
    panels = client.get(reverse("admin:index")).context_data["panels"]
    found = [one for one in panels if name in one["template"]]
    return found[0] if found else None


def about_requests(queries):
    """Those of the queries that look for requests, but for the placement of members."""
    told = [query["sql"] for query in queries]
    return [sql for sql in told if 'FROM "members_request"' in sql and "work AS (" not in sql]


def foreseen(client, row, act):
    return [str(one) for one in client.get(address(row, act)).context_data["foreseen"]]


def sent(client, row, act, **given):
    """The answer to a form that is done as it is sent."""
    return client.post(address(row, act), {"on": TODAY().isoformat(), "reason": "", **given})


# Asking -------------------------------------------------------------------------------------------


class TestAsking:
    def test_what_stands_in_the_way_is_shown_before_anything_is_asked(
        self, client, town, street, secretary
    ):
        person = out_of_work(town, street, 30)
        (told,) = foreseen(client, person, "ask-detachment")
        assert told.startswith("A6: ")
        assert "can be asked for from" in told
        assert refused(sent(client, person, "ask-detachment")) == [told]

    def test_a_detachment_after_the_period(self, client, town, street, secretary):
        person = out_of_work(town, street, 200)
        assert foreseen(client, person, "ask-detachment") == []
        location = done(sent(client, person, "ask-detachment", reason="No work."))
        assert location == reverse("admin:members_member_change", args=[person.pk])
        asked = Request.objects.get()
        assert (asked.kind, asked.reason, asked.asked_by) == ("detachment", "No work.", secretary)
        (told,) = foreseen(client, person, "ask-detachment")
        assert "waits for a decision already" in told

    @pytest.mark.parametrize(
        ("days", "works", "offered"), [(200, False, True), (5, False, True), (5, True, False)]
    )
    def test_a_detachment_is_offered_to_who_is_out_of_work(
        self, client, town, street, secretary, days, works, offered
    ):
        person = out_of_work(town, street, days)
        if works:
            job = factories.workplace(cell=town.factory_cell)
            start_employment(member=person, workplace=job, since=TODAY())
        acts = [link.url for link in page(client, person).context_data["acts"]]
        assert (address(person, "ask-detachment") in acts) is offered

    def test_an_exception_is_ticked_and_has_a_reason(self, client, town, idle, secretary):
        to = {"cell": another(town).code}
        (told,) = refused(sent(client, idle, "ask-transfer", **to))
        assert told.startswith("A3: By the articles")
        (told,) = refused(sent(client, idle, "ask-transfer", **to, exception="on"))
        assert told == "A3: An exception has a reason."
        done(sent(client, idle, "ask-transfer", **to, exception="on", reason="The mother."))
        assert Request.objects.get().basis == "exception"

    def test_a_cell_elsewhere_is_named_by_its_code_and_never_suggested(
        self, client, town, idle, secretary
    ):
        there = factories.town().street_cell
        form = client.get(address(idle, "ask-transfer"))
        assert there.code not in form.content.decode()
        given = {"exception": "on", "reason": "Studies there."}
        answer = sent(client, idle, "ask-transfer", cell=there.name, **given)
        assert answer.context_data["act"].errors["cell"]
        done(sent(client, idle, "ask-transfer", cell=there.code, **given))
        assert (Request.objects.get().cell, Request.objects.get().unit) == (there, None)

    def test_a_long_list_of_cells_is_suggested_from_the_own_ones(
        self, client, town, idle, secretary, monkeypatch
    ):
        monkeypatch.setattr(picking, "SHORT", 1)
        factories.unit(Kind.STREET_CELL, factories.town().district, name="Harbour")
        mine = another(town, name="Harbour")
        form = client.get(address(idle, "ask-transfer")).content.decode()
        source = reverse("admin:districts_suggest", args=["asked-cell"])
        assert source in form
        assert mine.code in client.get(source, {"q": "harb"}).content.decode()
        assert client.get(source, {"q": "harb"}).content.decode().count("Harbour") == 1

    def test_an_exit_and_a_readmission(self, client, town, idle, secretary):
        done(sent(client, idle, "ask-exit"))
        assert Request.objects.get().kind == "exit"
        assert foreseen(client, idle, "ask-readmission") == [f"{idle} is a member on that day."]
        end_membership(member=idle, on=date(2024, 1, 1), reason="resigned")
        assert foreseen(client, idle, "ask-readmission") == []
        done(sent(client, idle, "ask-readmission", cell=town.factory_cell.code))
        assert Request.objects.get(kind="readmission").cell == town.factory_cell

    def test_an_application_leads_to_itself_where_the_user_decides(
        self, client, town, street, secretary
    ):
        given = {"family_name": "Novak", "locality": street.code, "cell": town.street_cell.code}
        location = done(sent(client, Request, "ask-admission", **given))
        asked = Request.objects.get()
        assert location == reverse("admin:members_request_change", args=[asked.pk])
        assert (asked.applicant, asked.locality, asked.asked_by) == ("Novak", street, secretary)

    def test_an_application_without_a_cell_goes_to_the_one_that_the_articles_name(
        self, client, town, street, secretary
    ):
        works = factories.workplace(cell=town.factory_cell)
        for workplace, cell in (("", town.street_cell), (works.code, town.factory_cell)):
            given = {"family_name": "Novak", "locality": street.code, "workplace": workplace}
            done(sent(client, Request, "ask-admission", **given))
            assert Request.objects.order_by("pk").last().cell == cell

    def test_a_cell_s_secretary_asks_and_does_not_decide(self, client, town, idle):
        log_in(client, town.street_cell)
        given = {"family_name": "Novak", "cell": town.street_cell.code}
        location = done(sent(client, Request, "ask-admission", **given))
        assert location == reverse("admin:members_request_changelist")
        assert str(town.district) in client.get(location).content.decode()
        done(sent(client, idle, "ask-exit"))
        assert listed(client, Request) == []
        for asked in Request.objects.all():
            assert page(client, asked).status_code == 404
            assert client.get(address(asked, "grant")).status_code == 404
        (row,) = section(page(client, idle), "member_requests")["requests"]
        assert (row["asked"].kind, row["address"]) == ("exit", "")
        which = str(Request.objects.get(kind="exit").pk)
        done(sent(client, idle, "withdraw-request", which=which))
        assert Request.objects.get(kind="exit").state == "withdrawn"

    def test_who_may_be_the_same_person_is_told(self, client, town, idle, secretary):
        given = {
            "family_name": "Müller",
            "given_name": "Jürgen",
            "cell": town.street_cell.code,
            "on": TODAY().isoformat(),
        }
        answer = client.post(address(Request, "ask-admission"), given)
        (told,) = answer.context_data["preview"].unusual
        assert str(idle) in told
        assert not Request.objects.exists()
        done(perform(client, Request, "ask-admission", **given))
        asked = Request.objects.get()
        answer = sent(client, asked, "grant-admission")
        (told,) = answer.context_data["preview"].unusual
        assert str(idle) in told

    def test_a_unit_of_residence_is_offered_none_of_it(self, client, town, secretary):
        guest = factories.member(cell=factories.town().factory_cell)
        register_member(
            member=guest, unit=town.street_cell, since=factories.JOINED, kind="residence"
        )
        ask_to_leave(member=guest, on=TODAY())
        shown = page(client, guest)
        assert section(shown, "member_requests") is None
        texts = [event.text for event in section(shown, "member_timeline")["events"]]
        assert not any("exit" in text for text in texts)
        assert not any("ask-" in link.url for link in shown.context_data["acts"])
        for act in ("ask-transfer", "ask-exit", "ask-detachment", "withdraw-request"):
            assert client.get(address(guest, act)).status_code == 403


class TestChangingByHand:
    def test_who_is_out_of_work_is_moved_by_a_granted_request_alone(
        self, client, town, street, secretary
    ):
        person = out_of_work(town, street, 200)
        given = {"to": town.street_cell.code, "kind": "home", "on": TODAY().isoformat()}
        (told,) = refused(perform(client, person, "change-cell", **given))
        assert told.startswith("A6: ")
        assert str(town.factory_cell) in told
        asked = ask_for_detachment(member=person, on=TODAY())
        later = TODAY() + timedelta(days=9)
        grant_request(request=asked, on=TODAY(), by=secretary, takes_effect=later)
        assert person.registrations.get(until=None).unit == town.street_cell

    def test_who_is_in_a_wrong_cell_is_put_right_by_hand(self, client, town, street, secretary):
        person = out_of_work(town, street, 200)
        home = person.registrations.get()
        home.unit = another(town)
        home.save()
        for cell in (another(town), town.factory_cell):
            given = {"to": cell.code, "kind": "home", "on": TODAY().isoformat()}
            done(perform(client, person, "change-cell", **given))
        assert person.registrations.get(until=None).unit == town.factory_cell

    def test_who_never_worked_goes_where_the_secretary_says(self, client, town, idle, secretary):
        given = {"to": another(town).code, "kind": "home", "on": TODAY().isoformat()}
        done(perform(client, idle, "change-cell", **given))


# Deciding -----------------------------------------------------------------------------------------


class TestDeciding:
    def test_a_grant_is_looked_at_and_leads_to_the_member(self, client, town, street, secretary):
        person = out_of_work(town, street, 200)
        asked = ask_for_detachment(member=person, on=TODAY())
        answer = sent(client, asked, "grant")
        (told,) = answer.context_data["preview"].foretold
        assert told.startswith(f"{person} is registered with {town.street_cell} from ")
        assert Request.objects.open().exists()
        location = done(perform(client, asked, "grant", on=TODAY().isoformat()))
        assert location == reverse("admin:members_member_change", args=[person.pk])
        asked.refresh_from_db()
        assert (asked.state, asked.decided_by, asked.decision_reason) == (
            "granted",
            secretary,
            "Because.",
        )

    def test_it_takes_effect_on_a_later_day(self, client, idle, secretary):
        asked = ask_to_leave(member=idle, on=TODAY())
        later = TODAY() + timedelta(days=20)
        given = {"on": TODAY().isoformat(), "takes_effect": later.isoformat()}
        done(perform(client, asked, "grant", **given))
        idle.refresh_from_db()
        assert idle.left == later

    def test_an_application_uses_up_no_number_by_being_looked_at(self, client, town, secretary):
        asked = ask_for_admission(family_name="Novak", cell=town.street_cell, on=TODAY())
        last = Member.objects.order_by("pk").last()
        sent(client, asked, "grant-admission")
        done(perform(client, asked, "grant-admission", on=TODAY().isoformat()))
        new = Member.objects.get(family_name="Novak")
        assert new.pk == (last.pk if last else 0) + 1 or last is None

    def test_what_stands_in_the_way_of_an_admission_is_told_without_a_rehearsal(
        self, client, town, secretary
    ):
        asked = ask_for_admission(family_name="Novak", cell=town.street_cell, on=TODAY())
        Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=TODAY())
        told = refused(sent(client, asked, "grant-admission"))
        assert any("is not open" in one for one in told)
        assert told == foreseen(client, asked, "grant-admission")

    def test_a_refusal_has_a_reason_and_changes_nothing_else(self, client, idle, secretary):
        asked = ask_to_leave(member=idle, on=TODAY())
        assert sent(client, asked, "refuse").context_data["act"].errors["reason"]
        done(sent(client, asked, "refuse", reason="Stay."))
        asked.refresh_from_db()
        assert (asked.state, asked.decision_reason) == ("refused", "Stay.")
        assert page(client, idle).status_code == 200
        assert Member.objects.get(pk=idle.pk).left is None

    def test_whoever_comes_second_is_told(self, client, town, idle, secretary):
        asked = ask_to_leave(member=idle, on=TODAY())
        other = factories.account()
        grant_role(user=other, role=SECRETARY, unit=Unit.objects.get(pk=town.town.pk))
        refuse_request(request=asked, on=TODAY(), by=other, reason="Stay.")
        for act in ("grant", "refuse", "withdraw"):
            (told,) = refused(perform(client, asked, act, on=TODAY().isoformat()))
            assert f"already: refused by {other}" in told
            assert foreseen(client, asked, act) == [told]
        links = [link.url for link in page(client, asked).context_data["acts"]]
        assert links == []

    def test_nobody_decides_for_himself_or_herself(self, client, town, idle):
        log_in(client, town.district, member=idle)
        asked = ask_to_leave(member=idle, on=TODAY())
        (told,) = foreseen(client, asked, "grant")
        assert told == "Nobody decides on a request of his or her own."
        assert refused(sent(client, asked, "refuse", reason="No.")) == [told]
        assert Request.objects.open().exists()

    def test_a_role_that_ends_with_the_membership_is_told(self, client, town, idle, secretary):
        holder = factories.account(member=idle)
        grant_role(user=holder, role=AUDITOR, unit=Unit.objects.get(pk=town.district.pk))
        asked = ask_to_leave(member=idle, on=TODAY())
        (told,) = sent(client, asked, "grant").context_data["preview"].unusual
        assert str(told).startswith("This also ends a role: auditor")

    def test_it_is_taken_back(self, client, idle, secretary):
        asked = ask_to_leave(member=idle, on=TODAY())
        done(sent(client, asked, "withdraw"))
        asked.refresh_from_db()
        assert asked.state == "withdrawn"


# The list -----------------------------------------------------------------------------------------


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


# The first page and the member's page -------------------------------------------------------------


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


def test_every_step_stands_in_the_time_line_with_its_article(town, street, idle):
    decider = factories.account(is_superuser=True)
    day = date(2024, 9, 1)
    asked = exception(town, idle, on=day)
    to = f"transfer to another cell, to {asked.cell}, as an exception"
    first = Event(day, 0, f"Asked: {to}. {town.district} decides by 2024-10-01.", "A3")
    assert list(of_request(asked)) == [first]
    refused_one = refuse_request(request=asked, on=date(2024, 9, 2), by=decider, reason="No.")
    last = Event(date(2024, 9, 2), 1, f"Refused by {town.district}: {to}.", "A3")
    assert list(of_request(refused_one)) == [first, last]
    leaving = ask_to_leave(member=idle, on=day)
    back = withdraw_request(request=leaving, on=day, by=decider)
    assert [event.text for event in of_request(back)][1:] == ["Withdrawn: exit."]
    again = grant_request(request=ask_to_leave(member=idle, on=day), on=day, by=decider)
    assert [event.text for event in of_request(again)][1:] == [f"Granted by {town.district}: exit."]
