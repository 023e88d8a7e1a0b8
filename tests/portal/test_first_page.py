"""The member's first page: my cell and why, who leads it, what waits; how to reach a unit."""

import pytest
from django.urls import reverse

from districts.units import set_contact
from elections.models import Bureau, Seat
from elections.nominating.nominees import answer_nomination, nominate
from members.membership import end_membership
from members.models import Registration
from tests import factories
from tests.meetings import making as meetings
from tests.meetings.pages import in_days, queries
from tests.nominations.making import called
from tests.portal import making
from tests.voting import making as votes

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return making.place()


def page(client):
    answer = client.get(reverse("home"))
    assert answer.status_code == 200
    return answer.content.decode()


def led(unit, *members):
    """A bureau of the members, the first of them its chair."""
    bureau = Bureau.objects.create(unit=unit, mandate="cell", size=3, since=factories.JOINED)
    for number, member in enumerate(members):
        work = "" if number else "chair"
        Seat.objects.create(bureau=bureau, member=member, portfolio=work, since=factories.JOINED)


class TestMyCell:
    def test_it_says_why_with_the_article(self, client, town):
        making.logged_in(client, making.worker(town))
        shown = page(client)
        assert town.town.factory_cell.name in shown
        assert f"It belongs to {town.town.district.name}" in shown
        assert '<span class="article">A1</span> Works at Aurora Works' in shown
        assert "By the articles your cell is" not in shown

    def test_it_says_plainly_where_the_articles_name_another(self, client, town):
        member = making.worker(town)
        Registration.objects.filter(member=member).update(unit=town.town.street_cell)
        making.logged_in(client, member)
        assert f"By the articles your cell is {town.town.factory_cell.name}." in page(client)

    def test_the_second_registration_has_its_article(self, client, town):
        member = making.worker(town, locality=town.there)
        making.logged_in(client, member)
        assert "Registered where I live, a district, since 2021-01-01." in page(client)

    def test_whose_membership_is_going_to_end_reads_the_day(self, client, town):
        member = making.resident(town)
        making.logged_in(client, member)
        assert "Your membership ends on" not in page(client)
        end_membership(member=member, on=in_days(20).date(), reason="resigned")
        assert "Your membership ends on" in page(client)

    def test_who_left_reads_that(self, client, town):
        member = making.resident(town)
        end_membership(member=member, on=making.today(), reason="resigned")
        making.logged_in(client, member)
        shown = page(client)
        assert "The membership ended on" in shown
        assert "registered with no cell" not in shown


class TestLeaders:
    def test_names_work_and_how_to_reach_them(self, client, town):
        member, chair = making.worker(town), making.worker(town, family_name="Chairwoman")
        led(town.town.factory_cell, chair)
        led(town.town.district, making.resident(town, family_name="Districtman"))
        set_contact(unit=town.town.district, contact="d1@example.org, Tuesdays <18:00>")
        making.logged_in(client, member)
        shown = page(client)
        assert "Anna Chairwoman</bdi>, chair" in shown
        assert "Districtman" in shown
        assert 'href="mailto:d1@example.org"' in shown
        assert "&lt;18:00&gt;" in shown

    def test_who_gave_up_a_seat_is_not_named(self, client, town):
        member, gone = making.worker(town), making.worker(town, family_name="Gone")
        led(town.town.factory_cell, gone)
        Seat.objects.update(until=making.today(), ending="resigned")
        making.logged_in(client, member)
        assert "Gone" not in page(client)

    def test_a_secretary_sets_how_to_reach_it(self, client, town):
        client.force_login(making.secretary(town.town.district))
        arguments = [town.town.district.pk, "set-contact"]
        sent = {"contact": "030 123", "on": making.today().isoformat()}
        answer = client.post(reverse("admin:districts_unit_act", args=arguments), sent)
        assert answer.status_code == 302
        town.town.district.refresh_from_db()
        assert town.town.district.contact == "030 123"


class TestWaiting:
    def test_a_vote_to_cast_and_an_unknown_residence(self, client, town):
        member = making.worker(town, locality=None)
        tellers = votes.tellers(town.town.district)
        question = votes.motion(town.town.district, title="A paper?")
        votes.opened(question, town.town.factory_cell, tellers=tellers)
        making.logged_in(client, member)
        shown = page(client).split("What waits for me")[1].split("</section>")[0]
        assert "A ballot for you: A paper?" in shown
        assert "does not know where you live" in shown
        assert reverse("ask", args=["address"]) in shown

    def test_a_nomination_until_it_is_answered(self, client, town):
        member, other = making.worker(town), making.worker(town)
        question = called(town.town.district)
        nomination = nominate(question=question, member=member, by=other)
        making.logged_in(client, member)
        shown = " ".join(page(client).split("What waits for me")[1].split("</section>")[0].split())
        address = reverse("nominations", args=[question.pk])
        told = f"You are nominated: {question.title}, {town.town.district.name}. Please answer by"
        assert f'<a href="{address}">{told}' in shown
        answer_nomination(nomination=nomination, answer="declined")
        assert "What waits for me" not in page(client)

    def test_one_s_own_nomination_alone(self, client, town):
        member, other = making.worker(town), making.worker(town)
        nominate(question=called(town.town.district), member=other, by=member)
        making.logged_in(client, member)
        assert "What waits for me" not in page(client)


@pytest.mark.parametrize("rows", [1, 3])
def test_it_takes_as_many_queries_for_one_as_for_three(client, town, rows):
    member = making.worker(town, locality=town.there)
    Registration.objects.filter(member=member, kind="residence").update(unit=town.other_street)
    people = [making.worker(town) for _one in range(rows)]
    for unit in (town.town.factory_cell, town.town.district, town.other_street, town.other):
        led(unit, *people)
    tellers = votes.tellers(town.town.district)
    for number in range(rows):
        meetings.meeting(town.town.district, starts_at=in_days(number + 1))
        question = votes.motion(town.town.district, title=f"Question {number}")
        votes.opened(question, town.town.factory_cell, tellers=tellers)
    making.logged_in(client, member)
    assert queries(client, reverse("home")) == 21
