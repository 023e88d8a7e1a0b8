"""Asking by a form, and changing by hand what could be asked for."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cells.requests import ask_for_detachment, ask_to_leave, grant_request
from districts import picking
from districts.kinds import Kind
from members.employments import start_employment
from members.membership import end_membership
from members.models import Request
from members.registrations import register_member
from tests import factories
from tests.admin_acts.performing import address, done, perform, refused
from tests.request_pages.making import TODAY, another, foreseen, log_in, out_of_work, section, sent
from tests.test_admin import listed, page

pytestmark = pytest.mark.django_db


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
        assert "already, and not decided yet" in told

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
