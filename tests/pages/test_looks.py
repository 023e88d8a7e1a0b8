"""Who looked at whose page is logged."""

import pytest

from audit.models import Entry
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.looks import SAME_LOOK
from members.registrations import register_member
from tests import factories
from tests.pages.looking import DAY, address, log_in, look

pytestmark = pytest.mark.django_db


class TestLooks:
    @pytest.fixture
    def person(self, town):
        return factories.member(cell=town.street_cell)

    def looks(self):
        return list(Entry.objects.filter(what="looked").order_by("pk"))

    def test_a_look_at_the_page_is_logged(self, client, town, secretary, person):
        look(client, person)
        (entry,) = self.looks()
        assert (entry.table, entry.key, entry.act) == ("members", str(person.pk), "look")
        assert (entry.member, entry.unit) == (person.pk, town.street_cell.pk)
        assert (entry.actor, entry.actor_name) == (secretary.pk, secretary.username)
        assert entry.facts == {"scope": [f"secretary {town.district.code}"]}
        assert entry.changes == {}

    def test_the_roles_that_reach_the_member_are_named_and_no_others(self, client, town, person):
        account = log_in(client, AUDITOR, town.town)
        grant_role(user=account, role=SECRETARY, unit=factories.town().district)
        grant_role(user=account, role=AUDITOR, unit=None)
        look(client, person)
        (entry,) = self.looks()
        assert entry.facts["scope"] == [f"auditor {town.town.code}", "auditor (everything)"]

    def test_so_is_that_of_the_administrator(self, client, person):
        client.force_login(factories.account(is_staff=True, is_superuser=True))
        look(client, person)
        (entry,) = self.looks()
        assert entry.facts == {"scope": ["administrator"]}

    def test_a_second_look_within_the_minute_is_the_same_one(
        self, client, town, secretary, person, monkeypatch
    ):
        look(client, person)
        look(client, person)
        assert len(self.looks()) == 1
        log_in(client, AUDITOR, town.district)
        look(client, person)
        assert len(self.looks()) == 2

    def test_a_look_after_the_minute_is_another(self, client, town, secretary, person, monkeypatch):
        look(client, person)
        monkeypatch.setattr("members.looks.SAME_LOOK", -SAME_LOOK)
        look(client, person)
        assert len(self.looks()) == 2

    def test_looking_at_one_is_not_looking_at_another(self, client, town, secretary, person):
        look(client, person)
        look(client, factories.member(cell=town.street_cell))
        assert len(self.looks()) == 2

    def test_what_is_not_seen_is_not_logged(self, client, town, person):
        log_in(client, SECRETARY, factories.town().district)
        assert client.get(address(person)).status_code == 404
        client.force_login(factories.account(is_staff=True))
        assert client.get(address(person)).status_code == 403
        client.logout()
        assert client.get(address(person)).status_code == 302
        assert self.looks() == []

    def test_saving_is_a_change_and_no_look(self, client, town, secretary, person):
        given = {"family_name": "New", "given_name": "", "born": "", "email": "", "phone": ""}
        assert client.post(address(person), given).status_code == 302
        assert self.looks() == []
        assert Entry.objects.filter(member=person.pk, act="by-hand").count() == 1

    def test_the_history_shows_looks_and_changes(self, client, town, secretary, person):
        look(client, person)
        log_in(client, AUDITOR, town.district)
        content = client.get(address(person, "history")).content.decode()
        assert "Member looked at" in content
        assert secretary.username in content
        assert f"As secretary {town.district.code}" in content
        assert "Member created" in content
        page = client.get(address(person, "history"), headers={"Accept-Language": "de"}).text
        assert f"Als Sekretär/in {town.district.code}" in page

    def test_the_look_of_a_unit_of_residence_is_known_at_home(self, client, town, secretary):
        elsewhere = factories.town()
        guest = factories.member(cell=elsewhere.factory_cell)
        register_member(member=guest, unit=town.street_cell, since=DAY, kind="residence")
        look(client, guest)
        (entry,) = self.looks()
        assert entry.unit == elsewhere.factory_cell.pk
        log_in(client, AUDITOR, elsewhere.district)
        content = client.get(address(guest, "history")).content.decode()
        assert f"As secretary {town.district.code}" in content
