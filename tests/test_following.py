"""New work and a new home change the cell in the same act, where the articles say so."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from members.employments import start_employment
from members.models import Member, Registration
from members.registrations import change_cell, end_registration
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2024, 1, 1)


@pytest.fixture
def street(town):
    return factories.locality(unit=town.district, street_cell=town.street_cell)


@pytest.fixture
def works(town, street):
    return factories.workplace(cell=town.factory_cell, locality=street)


@pytest.fixture(autouse=True)
def secretary(town, client):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    return account


def do(client, person, act, **given):
    """Fill the act's page, look, confirm; what the program says of it."""
    address = reverse("admin:members_member_act", args=[person.pk, act])
    data = {"on": timezone.localdate().isoformat(), "perform": "1", "reason": "Said so", **given}
    looked = client.post(address, data)
    assert looked.context_data["act"].errors == {}
    seen = looked.context_data["preview"].seen
    answer = client.post(address, {**data, "seen": seen}, follow=True)
    return [str(message) for message in answer.context["messages"]]


def home_of(person):
    (home,) = person.registrations.filter(kind="home").in_force(timezone.localdate())
    return home.unit


def test_a_new_job_takes_the_member_to_the_factory_s_cell(client, town, street, works):
    person = factories.member(cell=town.street_cell, locality=street)
    (said,) = do(client, person, "start-employment", workplace=works.code, follow="on")
    assert "Works at" in said
    assert f"Registered with {town.factory_cell}" in said
    assert "(A1)" in said
    assert home_of(person) == town.factory_cell


def test_it_stays_where_it_was_unticked(client, town, street, works):
    person = factories.member(cell=town.street_cell, locality=street)
    (said,) = do(client, person, "start-employment", workplace=works.code)
    assert "Registered with" not in said
    assert home_of(person) == town.street_cell


def test_nothing_is_said_of_who_stands_right_already(client, town, street, works):
    person = factories.member(cell=town.factory_cell, locality=street)
    (said,) = do(client, person, "start-employment", workplace=works.code, follow="on")
    assert said.endswith(".")
    assert "Registered" not in said
    assert Registration.objects.filter(member=person).count() == 1


def test_a_cell_of_another_part_is_told_and_not_taken(client, town, street):
    elsewhere = factories.workplace(cell=factories.town().factory_cell)
    person = factories.member(cell=town.street_cell, locality=street)
    (said,) = do(client, person, "start-employment", workplace=elsewhere.code, follow="on")
    assert "ask for a transfer" in said
    assert home_of(person) == town.street_cell


def test_a_new_home_takes_who_works_nowhere_to_its_street_cell(client, town, street):
    other = factories.unit("street_cell", Unit.objects.get(pk=town.district.pk))
    new = factories.locality(unit=town.district, street_cell=other)
    person = factories.member(cell=town.street_cell, locality=street)
    (said,) = do(client, person, "move-house", address="1", locality=new.code, follow="on")
    assert f"Registered with {other}" in said
    assert home_of(person) == other


def test_a_member_of_a_factory_cell_stays_there_when_moving(client, town, street):
    person = factories.settled(cell=town.factory_cell, locality=street)
    other = factories.unit("street_cell", Unit.objects.get(pk=town.district.pk))
    new = factories.locality(unit=town.district, street_cell=other)
    do(client, person, "move-house", address="1", locality=new.code, follow="on")
    assert home_of(person) == town.factory_cell


def test_the_district_of_residence_is_not_asked_for_it(client, town, street):
    person = factories.member(cell=factories.town().factory_cell, locality=street)
    Registration.objects.create(member=person, unit=town.district, kind="residence", since=DAY)
    page = client.get(reverse("admin:members_member_act", args=[person.pk, "move-house"]))
    assert "follow" not in page.context_data["act"].fields


def test_a_change_that_is_planned_already_is_not_passed_over(client, town, street, works):
    person = factories.member(cell=town.street_cell, locality=street)
    later = factories.unit("street_cell", Unit.objects.get(pk=town.district.pk))
    change_cell(member=person, to=later, on=date(2999, 1, 1))
    address = reverse("admin:members_member_act", args=[person.pk, "start-employment"])
    today = timezone.localdate().isoformat()
    given = {"workplace": works.code, "follow": "on", "on": today, "perform": "1"}
    answer = client.post(address, given)
    assert answer.context_data["act"].refused
    assert not person.employments.exists()


class TestAdmission:
    """Somebody who joins is placed by the program's advice."""

    def admit(self, client, **given):
        address = reverse("admin:members_member_list_act", args=["admit"])
        today = timezone.localdate().isoformat()
        data = {"family_name": "New", "on": today, "perform": "1", "reason": "Asked", **given}
        looked = client.post(address, data)
        if looked.context_data["preview"] is None:
            return looked, None
        seen = looked.context_data["preview"].seen
        client.post(address, {**data, "seen": seen})
        return looked, Member.objects.filter(family_name="New").first()

    def test_by_the_work(self, client, town, street, works):
        looked, person = self.admit(client, workplace=works.code, locality=street.code)
        assert any("A1: Works at" in text for text in looked.context_data["preview"].foretold)
        assert home_of(person) == town.factory_cell
        assert person.employments.get().workplace == works

    def test_by_the_residence(self, client, town, street):
        _looked, person = self.admit(client, locality=street.code)
        assert home_of(person) == town.street_cell
        assert not person.employments.exists()

    def test_where_nobody_can_tell_it_says_what_is_missing(self, client, town):
        looked, person = self.admit(client)
        assert person is None
        (error,) = looked.context_data["act"].errors["cell"]
        assert error == "A3: Works in no factory, and no locality of residence is known."

    def test_a_cell_of_another_part_is_for_its_secretary(self, client, town):
        elsewhere = factories.workplace(cell=factories.town().factory_cell)
        looked, person = self.admit(client, workplace=elsewhere.code)
        assert person is None
        assert "whose secretary admits there" in str(looked.context_data["act"].errors["cell"])

    def test_another_cell_is_unusual(self, client, town, street, works):
        given = {"workplace": works.code, "cell": town.street_cell.code}
        looked, person = self.admit(client, **given)
        (text,) = looked.context_data["preview"].unusual
        assert text.startswith(f"By A1 the member belongs to {town.factory_cell}")
        assert home_of(person) == town.street_cell


class TestPlace:
    """The act that moves members to their right cells, many at once."""

    def place(self, client, people):
        address = reverse("admin:members_member_changelist")
        data = {
            "action": "place",
            "_selected_action": [person.pk for person in people],
            "on": timezone.localdate().isoformat(),
            "perform": "1",
        }
        seen = client.post(address, data).context_data["preview"].seen
        return client.post(address, {**data, "seen": seen}, follow=True)

    def test_each_goes_to_his_or_her_own(self, client, town, street, works):
        closed = factories.unit("street_cell", Unit.objects.get(pk=town.district.pk))
        worker = factories.member(cell=closed, locality=street)
        start_employment(member=worker, workplace=works, since=DAY)
        neighbour = factories.member(cell=closed, locality=street)
        nobody_knows = factories.member(cell=closed)
        Unit.objects.filter(pk=closed.pk).update(dissolved=DAY)
        answer = self.place(client, [worker, neighbour, nobody_knows])
        assert home_of(worker) == town.factory_cell
        assert home_of(neighbour) == town.street_cell
        assert home_of(nobody_knows) == closed
        assert "no locality of residence is known" in answer.content.decode()

    def test_who_stands_right_stays(self, client, town, street):
        person = factories.member(cell=town.street_cell, locality=street)
        assert "in the right cell already" in self.place(client, [person]).content.decode()
        assert person.registrations.count() == 1

    def test_who_has_no_home_gets_one(self, client, town, street):
        person = factories.member(cell=town.factory_cell, locality=street)
        end_registration(registration=person.registrations.get(), on=DAY)
        self.place(client, [person])
        assert home_of(person) == town.street_cell

    def test_not_into_another_part(self, client, town, street):
        elsewhere = factories.workplace(cell=factories.town().factory_cell)
        person = factories.member(cell=town.street_cell, locality=street)
        start_employment(member=person, workplace=elsewhere, since=DAY)
        assert "ask for a transfer" in self.place(client, [person]).content.decode()
        assert home_of(person) == town.street_cell
