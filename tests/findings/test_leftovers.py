"""What no other act mends, and subjects outside the ground."""

from datetime import date

import pytest
from django.urls import reverse

from districts.kinds import Kind
from districts.models import Unit
from members.membership import end_membership
from members.models import Registration
from members.registrations import change_cell
from tests import factories
from tests.findings.making import DAY, REPORT, listed

pytestmark = pytest.mark.django_db


class TestLeftover:
    @pytest.fixture
    def person(self, town):
        person = factories.member(cell=town.street_cell)
        end_membership(member=person, on=DAY, reason="resigned")
        person.registrations.update(until=None)
        return person

    def send(self, client, person, **given):
        address = reverse("admin:members_member_act", args=[person.pk, "end-leftover"])
        sent = {"on": "2024-01-01", "reason": "Left over.", **given}
        answer = client.post(address, sent)
        preview = (answer.context_data or {}).get("preview")
        return client.post(address, sent | {"seen": preview.seen}) if preview else answer

    def test_the_registration_ends_with_the_membership(self, client, town, secretary, person):
        (one,) = client.get(REPORT).context_data["findings"]
        assert one.mend.url.endswith("/act/end-leftover/?on=2024-01-01")
        assert self.send(client, person).status_code == 302
        assert person.registrations.get().until == DAY
        assert listed(client.get(REPORT)) == []

    def test_it_is_not_done_to_a_member(self, client, town, secretary):
        member = factories.member(cell=town.street_cell)
        answer = self.send(client, member)
        assert answer.status_code == 200
        assert answer.context_data["act"].refused
        assert member.registrations.get().until is None

    def test_nor_to_a_registration_elsewhere(self, client, town, secretary, person):
        cell = factories.town().district
        Registration.objects.create(member=person, unit=cell, kind="residence", since=DAY)
        answer = self.send(client, person)
        (blocker,) = answer.context_data["act"].refused
        assert blocker.article == "A4"
        assert cell.name not in str(blocker)
        assert person.registrations.filter(until=None).count() == 2

    def test_it_is_offered_where_it_applies(self, client, town, secretary, person):
        page = reverse("admin:members_member_change", args=[person.pk])
        assert "/act/end-leftover/" in client.get(page).content.decode()
        member = factories.member(cell=town.street_cell)
        page = reverse("admin:members_member_change", args=[member.pk])
        assert "/act/end-leftover/" not in client.get(page).content.decode()


def test_a_subject_outside_the_ground_is_named_by_number_and_leads_nowhere(client, town, secretary):
    """A unit's finding about a member whom somebody else answers for by now."""
    person = factories.member(cell=town.street_cell, family_name="Elsewhere")
    other = factories.town()
    change_cell(member=person, to=other.street_cell, on=DAY)
    Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=date(2023, 1, 1))
    answer = client.get(REPORT, {"day": "2023-06-01"})
    (one,) = answer.context_data["findings"]
    assert (one.subject, one.subject_address) == (f"member {person.pk}", "")
    assert "Elsewhere" not in answer.content.decode()


def test_every_kind_of_unit_can_be_asked(client, administrator):
    town = factories.town()
    group = factories.unit(Kind.LOCAL_GROUP)
    for unit in (town.town, town.area, town.district, town.factory_cell, group):
        assert client.get(REPORT, {"unit": unit.pk}).status_code == 200
