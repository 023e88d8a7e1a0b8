"""Deciding by a form."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cells.requests import ask_for_admission, ask_for_detachment, ask_to_leave, refuse_request
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.models import Member, Request
from tests import factories
from tests.admin_acts.performing import done, perform, refused
from tests.request_pages.making import TODAY, foreseen, log_in, out_of_work, sent
from tests.test_admin import page

pytestmark = pytest.mark.django_db


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
