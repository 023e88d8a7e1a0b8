"""Deciding by a form."""

from datetime import timedelta

import pytest
from django.urls import reverse

from audit.ground import EVERYWHERE
from audit.refusals import Blocker
from audit.rulebook import findings
from cells.requests import ask_for_admission, ask_for_detachment, ask_to_leave, refuse_request
from cells.telling import ask_for_correction
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.employments import CannotEmploy
from members.models import Member, Request
from tests import factories
from tests.admin_acts.performing import address, done, perform, refused
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


class TestCorrecting:
    def test_the_form_says_that_nothing_is_changed_and_takes_an_answer(
        self, client, idle, secretary
    ):
        asked = ask_for_correction(member=idle, on=TODAY(), reason="Jurgen has no ü.", by=None)
        shown = client.get(address(asked, "grant-correction")).content.decode()
        assert "Nothing is changed by this: correct the register first" in shown
        assert "What was asked for is done together with the decision" not in shown
        assert "By the articles" not in shown
        assert "Takes effect on" not in shown
        assert "<dt>What is wrong, and what is right</dt><dd>Jurgen has no ü.</dd>" in shown
        (link,) = [one for one in page(client, asked).context_data["acts"] if "grant" in one.url]
        assert link.url == address(asked, "grant-correction")
        done(sent(client, asked, "grant-correction", reason="It is put right."))
        asked.refresh_from_db()
        assert (asked.state, asked.decision_reason) == ("granted", "It is put right.")

    def test_it_is_granted_by_its_own_act_alone(self, client, idle, secretary):
        asked = ask_for_correction(member=idle, on=TODAY(), reason="Jurgen has no ü.", by=None)
        told = ["This request is granted by “Corrected”."]
        assert foreseen(client, asked, "grant") == told
        assert refused(perform(client, asked, "grant", on=TODAY().isoformat())) == told
        assert Request.objects.open().get() == asked

    def test_the_member_reads_what_was_told_and_the_answer(self, client, idle, secretary):
        asked = ask_for_correction(member=idle, on=TODAY(), reason="Jurgen has no ü.", by=None)
        done(sent(client, asked, "grant-correction", reason="It is put right."))
        client.force_login(factories.account(member=idle))
        shown = client.get(reverse("requests")).content.decode()
        assert "<dt>What is wrong, and what is right</dt><dd>Jurgen has no ü.</dd>" in shown
        assert "Answer: It is put right." in shown
        assert "My reason" not in shown
        assert "In effect from" not in shown


class TestAdmitting:
    """The work is entered with the admission, so that something explains the cell (A1)."""

    @pytest.fixture
    def works(self, town, street):
        return factories.workplace(name="Aurora Works", cell=town.factory_cell, locality=street)

    def asked(self, town, street, **fields):
        fields = {"family_name": "Novak", "cell": town.factory_cell, "locality": street, **fields}
        return ask_for_admission(on=TODAY(), **fields)

    def told(self, answer):
        return [str(one) for one in answer.context_data["preview"].foretold]

    def test_the_work_is_entered_from_the_day_of_admission(
        self, client, town, street, works, secretary
    ):
        asked = self.asked(town, street, workplace=works)
        later = TODAY() + timedelta(days=3)
        given = {"on": TODAY().isoformat(), "takes_effect": later.isoformat()}
        answer = sent(client, asked, "grant-admission", **given)
        assert f"Works at {works} since {later}." in self.told(answer)
        assert not answer.context_data["preview"].unusual
        done(perform(client, asked, "grant-admission", **given))
        new = Member.objects.get(family_name="Novak")
        job = new.employments.get()
        assert (job.workplace, job.since, new.joined) == (works, later, later)
        assert not found_at(later, new)

    def test_a_workplace_that_is_missing_is_told_and_can_be_chosen(
        self, client, town, street, works, secretary
    ):
        asked = self.asked(town, street)
        assert any("No work is entered" in one for one in self.told(self.look(client, asked)))
        given = {"on": TODAY().isoformat(), "workplace": works.code}
        done(perform(client, asked, "grant-admission", **given))
        asked.refresh_from_db()
        assert asked.workplace == asked.member.employments.get().workplace == works

    def test_a_cell_that_the_articles_do_not_name_is_unusual(
        self, client, town, street, works, secretary
    ):
        asked = self.asked(town, street, cell=town.street_cell)
        assert not self.look(client, asked).context_data["preview"].unusual
        preview = self.look(client, asked, workplace=works.code).context_data["preview"]
        assert f"By A1 the member belongs to {town.factory_cell}" in str(preview.unusual)

    def test_nothing_is_kept_where_the_work_cannot_be_entered(
        self, client, town, street, works, secretary, monkeypatch
    ):
        asked = self.asked(town, street, workplace=works)

        def refuse(**_given):
            raise CannotEmploy(Blocker("Not there."))

        monkeypatch.setattr("cells.requests.start_employment", refuse)
        given = {"on": TODAY().isoformat()}
        assert refused(perform(client, asked, "grant-admission", **given)) == ["Not there."]
        assert not Member.objects.filter(family_name="Novak").exists()
        assert Request.objects.open().get() == asked

    @pytest.mark.parametrize("wrong", ["grant", "grant-admission"])
    def test_each_is_granted_by_its_own_act_alone(
        self, client, town, street, idle, secretary, wrong
    ):
        right = "Grant and admit" if wrong == "grant" else "Grant"
        asked = self.asked(town, street) if wrong == "grant" else leaving(idle)
        told = [f"This request is granted by “{right}”."]
        assert foreseen(client, asked, wrong) == told
        assert refused(perform(client, asked, wrong, on=TODAY().isoformat())) == told
        assert Request.objects.open().get() == asked

    def test_an_application_that_the_office_enters_keeps_the_work(
        self, client, town, street, works, secretary
    ):
        given = {
            "family_name": "Novak",
            "given_name": "Eva",
            "born": "1990-01-01",
            "locality": street.code,
            "workplace": works.code,
            "on": TODAY().isoformat(),
        }
        done(perform(client, Request, "ask-admission", **given))
        asked = Request.objects.get()
        assert (asked.cell, asked.workplace) == (town.factory_cell, works)
        done(perform(client, asked, "grant-admission", on=TODAY().isoformat()))
        assert Member.objects.get(family_name="Novak").employments.get().workplace == works

    def look(self, client, asked, **given):
        return sent(client, asked, "grant-admission", **given)


def leaving(member):
    return ask_to_leave(member=member, on=TODAY())


def found_at(day, member):
    """The findings about the member as of that day."""
    return [one for one in findings(EVERYWHERE, day) if one.subject == f"member {member.pk}"]
