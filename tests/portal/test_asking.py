"""What members tell and ask on their own pages, what follows, and what the decision does."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from cells.requests import CannotDecide, grant_request
from districts.roles import SECRETARY, grant_role
from members import request_views
from members.asking import asked_by_name
from members.employments import end_employment
from members.models import Member, Request
from tests import factories
from tests.meetings.pages import queries, send
from tests.portal import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def patient():
    """Nobody has looked anything up yet."""
    cache.clear()


@pytest.fixture
def town():
    return making.place()


def ask(client, name, **filled):
    """Fill in a form, look at what follows, and send it; the page that comes then."""
    address = reverse("ask", args=[name])
    filled = {"since": making.today().isoformat(), **filled}
    answer = client.post(address, {**filled, "look": "1"})
    if answer.status_code == 302:
        return answer, ""
    shown = answer.content.decode()
    assert answer.status_code == 200, shown
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    return client.post(address, {**filled, "send": "1", "seen": seen}), shown


def grant(asked):
    """Grant the request as the secretary of the unit that decides."""
    secretary = making.secretary(asked.unit)
    return grant_request(request=asked, on=making.today(), by=secretary)


def home_of(member):
    return member.registrations.in_force(making.today()).get(kind="home").unit


class TestAddress:
    def test_a_move_to_another_street_cell_is_shown_and_done_when_granted(self, client, town):
        member = making.resident(town)
        making.logged_in(client, member)
        _answer, shown = ask(client, "address", address="New Street 5", locality="Hilltop")
        assert '<span class="article">A3</span> You go over to the cell' in shown
        assert f"{town.town.area} decides within 30 days" in shown
        asked = Request.objects.get()
        assert (asked.cell, asked.unit) == (town.other_street, town.town.area)
        member.refresh_from_db()
        assert member.address == ""
        assert home_of(member) == town.town.street_cell
        grant(asked)
        member.refresh_from_db()
        assert (member.address, member.locality) == ("New Street 5", town.there)
        assert home_of(member) == town.other_street

    def test_of_a_factory_s_member_the_second_registration_follows(self, client, town):
        member = making.worker(town)
        making.logged_in(client, member)
        _answer, shown = ask(client, "address", address="New Street 5", locality="10002")
        assert "Your cell stays" in shown
        assert f"Registered as a resident with {town.other}" in shown
        asked = Request.objects.get()
        assert (asked.cell, asked.unit, asked.article) == (None, town.town.district, "A4")
        grant(asked)
        assert member.registrations.get(kind="residence").unit == town.other

    def test_where_nothing_follows_it_is_entered_at_once(self, client, town):
        member = making.worker(town)
        making.logged_in(client, member)
        _answer, shown = ask(client, "address", address="New Street 5", locality="Riverside")
        assert "the register is changed as you send this" in shown
        assert not Request.objects.exists()
        member.refresh_from_db()
        assert member.address == "New Street 5"

    def test_what_was_before_the_membership_is_no_change(self, client, town):
        member = making.worker(town)
        making.logged_in(client, member)
        day = member.joined - timedelta(days=1)
        filled = {"address": "A", "locality": "Hilltop", "since": day.isoformat(), "look": "1"}
        shown = client.post(reverse("ask", args=["address"]), filled).content.decode()
        assert f"You are a member since {member.joined}" in shown
        assert not Request.objects.exists()

    def test_nothing_is_sent_that_was_not_shown(self, client, town):
        making.logged_in(client, making.resident(town))
        filled = {"address": "A", "locality": "Hilltop", "since": making.today().isoformat()}
        address = reverse("ask", args=["address"])
        answer = client.post(address, {**filled, "send": "1", "seen": "another"})
        assert b"What follows from it" in answer.content
        assert not Request.objects.exists()

    def test_a_day_to_come_and_an_unknown_place_are_refused(self, client, town):
        making.logged_in(client, making.resident(town))
        address = reverse("ask", args=["address"])
        later = making.today() + timedelta(days=1)
        filled = {"address": "A", "locality": "Hilltop", "since": later.isoformat()}
        answer = client.post(address, filled)
        assert answer.status_code == 409
        assert b"Please tell it when it has happened." in answer.content
        answer = client.post(address, {**filled, "locality": "Nowhere"})
        assert answer.status_code == 422

    def test_what_leads_elsewhere_by_now_is_not_granted(self, client, town):
        making.logged_in(client, making.resident(town))
        ask(client, "address", address="A", locality="Hilltop")
        town.there.street_cell = None
        town.there.save()
        with pytest.raises(CannotDecide, match="By now it leads to no other cell; ask anew"):
            grant(Request.objects.get())


class TestLookingUp:
    """An account looks so many places and cells up in an hour, in all forms together."""

    def test_more_in_an_hour_are_refused_of_this_account_alone(self, client, town, monkeypatch):
        monkeypatch.setitem(request_views.LOOK_UPS, "look-up", "4/h/user")
        making.logged_in(client, making.resident(town))
        typed = {"work": "workplace", "transfer": "cell", "address": "locality"}
        for name, field in typed.items():
            assert client.post(reverse("ask", args=[name]), {field: "nowhere"}).status_code == 422
        assert client.post(reverse("ask", args=["work"])).status_code == 422
        for name, field in typed.items():
            answer = client.post(reverse("ask", args=[name]), {field: "nowhere"})
            assert answer.status_code == 429
            assert b"There were too many tries from here." in answer.content
        assert client.get(reverse("ask", args=["work"])).status_code == 200
        assert client.post(reverse("ask", args=["correction"]), {"reason": "A"}).status_code == 302
        making.logged_in(client, making.resident(town))
        assert client.post(reverse("ask", args=["work"])).status_code == 422


class TestWork:
    def test_new_work_takes_the_place_of_the_present_one(self, client, town):
        member = making.resident(town)
        making.logged_in(client, member)
        _answer, shown = ask(client, "work", workplace="aurora", standing="main")
        assert '<span class="article">A1</span> You go over to the cell' in shown
        grant(Request.objects.get())
        assert home_of(member) == town.town.factory_cell
        assert member.employments.get().workplace == town.works

    def test_workplaces_are_not_told_for_the_asking(self, client, town):
        factories.workplace(name="Aurora Mill")
        making.logged_in(client, making.resident(town))
        address = reverse("ask", args=["work"])
        assert b"Aurora" not in client.get(address).content
        filled = {"standing": "main", "since": making.today().isoformat()}
        assert b"Aurora" not in client.post(address, {**filled, "workplace": "a"}).content
        assert b"Aurora Mill" in client.post(address, {**filled, "workplace": "aur"}).content

    def test_the_help_names_the_link_that_there_is(self, client, town):
        making.logged_in(client, making.resident(town))
        page = client.get(reverse("ask", args=["work"])).content.decode()
        assert f"under “{asked_by_name('correction').title}”" in page

    def test_of_several_that_fit_few_names_are_told_and_no_codes(self, client, town):
        mills = [factories.workplace(name=f"Aurora Mill {number}") for number in range(5)]
        making.logged_in(client, making.resident(town))
        shown = self.typed(client, "aurora mill")
        assert "Which one? Please give its name: Aurora Mill 0; Aurora Mill 1" in shown
        assert "and others" in shown
        assert not [mill for mill in mills if mill.code in shown]
        assert "Aurora Mill 3" not in shown

    def test_of_several_with_one_name_the_place_says_which(self, client, town):
        for locality in (town.here, town.there):
            factories.workplace(name="Bakery", cell=town.town.factory_cell, locality=locality)
        making.logged_in(client, making.resident(town))
        assert "name: Bakery, Riverside; Bakery, Hilltop." in self.typed(client, "bakery")
        assert "You go over to the cell" in self.typed(client, "Bakery, Hilltop")

    def typed(self, client, text):
        filled = {"standing": "main", "since": making.today().isoformat(), "workplace": text}
        return client.post(reverse("ask", args=["work"]), filled).content.decode()

    def test_a_side_job_changes_no_cell(self, client, town):
        making.logged_in(client, making.worker(town))
        second = factories.workplace(name="Corner shop", cell=town.town.factory_cell)
        ask(client, "work", workplace=second.code, standing="side")
        grant(Request.objects.get())
        assert list(Member.objects.get().employments.values_list("standing", flat=True)) == [
            "main",
            "side",
        ]

    def test_a_loss_of_work_says_from_when_a_detachment_can_be_asked(self, client, town):
        member = making.worker(town)
        making.logged_in(client, member)
        _answer, shown = ask(client, "jobless", workplace=town.works.pk, since="2026-01-31")
        assert '<span class="article">A6</span> Your cell stays' in shown
        assert "a detachment can be asked for from 2026-07-31" in shown
        grant(Request.objects.get())
        assert member.employments.get().until.isoformat() == "2026-01-31"


class TestDetachment:
    def test_it_is_asked_after_seven_months(self, client, town):
        member = making.worker(town)
        lost = making.today() - timedelta(days=215)
        end_employment(employment=member.employments.get(), on=lost)
        making.logged_in(client, member)
        shown = client.get(reverse("ask", args=["detachment"])).content.decode()
        assert lost.isoformat() in shown
        assert str(town.town.street_cell) in shown
        ask(client, "detachment")
        asked = Request.objects.get()
        assert (asked.kind, asked.unit) == ("detachment", town.town.district)
        grant(asked)
        assert home_of(member) == town.town.street_cell

    def test_before_that_the_page_says_when(self, client, town):
        member = making.worker(town)
        end_employment(employment=member.employments.get(), on=making.today())
        making.logged_in(client, member)
        shown = client.get(reverse("ask", args=["detachment"])).content.decode()
        assert "a detachment can be asked for from" in shown
        assert "<textarea" not in shown


class TestOwnRequests:
    def test_state_who_decides_and_why(self, client, town):
        making.logged_in(client, making.resident(town))
        ask(client, "exit", sure="on", reason="Moves abroad")
        ask(client, "correction", reason="My name has two n")
        shown = client.get(reverse("requests")).content.decode()
        assert shown.count(f"{town.town.district.name} decides by") == 2
        exit_asked = Request.objects.get(kind="exit")
        client.post(reverse("withdraw", args=[exit_asked.pk]))
        exit_asked.refresh_from_db()
        assert exit_asked.state == "withdrawn"
        done = grant(Request.objects.get(kind="correction"))
        assert done.state == "granted"
        shown = client.get(reverse("home")).content.decode()
        assert "correction of my data, granted" in shown

    def test_a_second_one_of_a_kind_waits_for_the_first(self, client, town):
        making.logged_in(client, making.resident(town))
        ask(client, "correction", reason="One")
        answer = client.post(reverse("ask", args=["correction"]), {"reason": "Two"})
        assert answer.status_code == 422
        assert b"already, and not decided yet: correction of my data." in answer.content
        assert Request.objects.count() == 1

    def test_an_exception_needs_a_reason_and_is_told_as_one(self, client, town):
        making.logged_in(client, making.worker(town))
        address = reverse("ask", args=["transfer"])
        answer = client.post(address, {"cell": town.town.street_cell.code})
        assert answer.status_code == 409
        _answer, shown = ask(client, "transfer", cell=town.town.street_cell.code, reason="Ill")
        assert '<span class="article">A1</span> The articles name another cell' in shown
        assert Request.objects.get().basis == "exception"
        listed = client.get(reverse("requests")).content.decode()
        assert "<strong>Transfer to another cell</strong>" in listed  # no article speaks for it
        assert "as an exception" in listed

    def test_those_of_others_are_not_there(self, client, town):
        other = making.resident(town)
        making.logged_in(client, other)
        ask(client, "correction", reason="Of Berta alone")
        making.logged_in(client, making.worker(town))
        assert "Of Berta alone" not in client.get(reverse("requests")).content.decode()
        answer = client.post(reverse("withdraw", args=[Request.objects.get().pk]))
        assert answer.status_code == 404
        assert Request.objects.get().is_open

    def test_a_secretary_does_not_grant_the_own_one(self, client, town):
        member = making.resident(town)
        account = making.logged_in(client, member)
        ask(client, "correction", reason="Mine")
        grant_role(user=account, role=SECRETARY, unit=town.town.town)
        with pytest.raises(CannotDecide, match="of his or her own"):
            grant_request(request=Request.objects.get(), on=making.today(), by=account)

    def test_the_secretary_sees_what_is_told_and_grants_it(self, client, town):
        member = making.resident(town)
        making.logged_in(client, member)
        ask(client, "address", address="New Street 5", locality="Hilltop")
        asked = Request.objects.get()
        client.force_login(making.secretary(town.town.town))
        address = reverse("admin:members_request_act", args=[asked.pk, "grant"])
        shown = client.get(address).content.decode()
        assert "New Street 5, 10002 Hilltop" in shown
        assert send(client, address, on=making.today().isoformat()).status_code == 302
        member.refresh_from_db()
        assert member.address == "New Street 5"

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_takes_as_many_queries_for_one_as_for_three(self, client, town, rows):
        member = making.resident(town)
        making.logged_in(client, member)
        for _row in range(rows):
            Request.objects.create(
                kind="exit",
                state="refused",
                member=member,
                unit=town.town.district,
                asked_on=factories.JOINED,
                due_on=factories.JOINED,
                decided_on=factories.JOINED,
            )
        assert queries(client, reverse("requests")) == 8
