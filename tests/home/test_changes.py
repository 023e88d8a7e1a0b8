"""The last changes: which acts are told, and with which links."""

from datetime import date

import pytest
from django.urls import reverse

from audit.log import Draft, recording
from audit.models import Entry
from districts import changes
from members.registrations import change_cell
from tests import factories
from tests.home.looking import home, panel

pytestmark = pytest.mark.django_db


def test_the_last_acts_are_told_once_each_newest_first(client, town, secretary):
    person = factories.member(cell=town.street_cell)
    with recording("change-cell") as running:
        change_cell(member=person, to=town.factory_cell, on=date(2024, 5, 1))
        running.sentence = "Moved to the factory."
    done = panel(client, "changes")["acts"]
    assert done[0].text == "Moved to the factory."
    assert done[0].more == 1
    assert done[0].address == reverse("admin:members_member_change", args=[person.pk])
    assert (done[1].text, done[1].key) == ("Member created", str(person.pk))
    assert len({one.entry.act_id for one in done}) == len(done)


def test_looks_and_what_is_outside_the_ground_are_not_told(client, town, secretary):
    factories.member(cell=factories.town().street_cell)
    person = factories.member(cell=town.street_cell)
    client.get(reverse("admin:members_member_change", args=[person.pk]))
    with recording("look") as running:
        running.drafts.append(
            Draft(what=Entry.What.LOOKED, table="members", key="1", unit=town.district.pk)
        )
    seen = panel(client, "changes")["acts"]
    assert {one.entry.act for one in seen} <= {"admit-member", "found-unit", "grant-role"}
    inside = {town.district.pk, town.factory_cell.pk, town.street_cell.pk}
    assert {one.entry.unit for one in seen} <= inside


def test_who_has_moved_away_is_told_of_without_a_link(client, town, secretary):
    person = factories.member(cell=town.street_cell)
    other = factories.town()
    change_cell(member=person, to=other.street_cell, on=date(2022, 5, 1))
    done = panel(client, "changes")["acts"]
    about = [one for one in done if one.entry.member == person.pk]
    assert about
    assert {one.address for one in about} == {""}


def test_units_are_linked_where_they_lie_in_the_ground(client, town, secretary):
    done = panel(client, "changes")["acts"]
    founded = next(one for one in done if one.entry.key == town.street_cell.code)
    assert founded.address == reverse("admin:districts_unit_change", args=[town.street_cell.pk])


def test_an_act_on_very_many_rows_is_one_line(client, town, secretary, monkeypatch):
    monkeypatch.setattr(changes, "LOOKED_AT", 3)
    with recording("many"):
        for _one in range(5):
            factories.member(cell=town.street_cell)
    done = panel(client, "changes")["acts"]
    assert [(one.entry.act, one.more) for one in done] == [("many", 2)]
    assert "and 2 more rows" in home(client)


def test_ten_acts_are_told_and_no_more(client, town, secretary):
    for _one in range(12):
        factories.member(cell=town.street_cell)
    assert len(panel(client, "changes")["acts"]) == 10
