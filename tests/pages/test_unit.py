"""The page of a unit."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from districts import surveys, unit_page
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY
from members import unit_people
from members.registrations import change_cell, end_registration, register_member
from tests import factories
from tests.pages.looking import DAY, address, log_in, look, section, shown

pytestmark = pytest.mark.django_db

RULES = factories.rule_queries()  # each asks once, whatever the page shows


class TestUnit:
    def test_the_path_names_all_above_and_leads_where_the_user_may_go(
        self, client, town, secretary
    ):
        answer = look(client, town.factory_cell)
        assert answer.context_data["path"] == [
            (town.town, ""),
            (town.area, ""),
            (town.district, address(town.district)),
            (town.factory_cell, ""),
        ]
        assert town.town.name in shown(answer)
        assert address(town.area) not in shown(answer)

    def test_its_findings_and_those_below_stand_there_with_their_acts(
        self, client, town, secretary
    ):
        people = [factories.member(cell=town.street_cell) for _one in range(2)]
        for person in people:
            end_registration(registration=person.registrations.get(), on=DAY)
        for unit in (town.district, town.street_cell):
            told = section(look(client, unit), "unit_findings")
            assert len(told["findings"]) == 2
            assert told["findings"][0].mend.url.startswith(address(people[0], "act", "register"))
            assert not told["more"]
        assert section(look(client, town.factory_cell), "unit_findings")["findings"] == []

    def test_of_many_findings_the_first_stand_there_and_a_link_to_all(
        self, client, town, secretary, monkeypatch
    ):
        monkeypatch.setattr(unit_page, "MOST_FINDINGS", 2)
        for _one in range(3):
            person = factories.member(cell=town.street_cell)
            end_registration(registration=person.registrations.get(), on=DAY)
        answer = look(client, town.district)
        assert len(section(answer, "unit_findings")["findings"]) == 2
        assert "All 3 findings" in shown(answer)
        assert f"/admin/findings/?unit={town.district.pk}" in shown(answer)

    def test_a_large_unit_says_as_of_when_or_that_it_is_being_counted(
        self, client, town, secretary, monkeypatch
    ):
        monkeypatch.setattr(surveys, "LIVE_UNITS", 1)
        monkeypatch.setattr(surveys, "newest_survey", lambda: None)
        monkeypatch.setattr("districts.findings.newest_survey", lambda: None)
        answer = look(client, town.district)
        assert "being looked through" in shown(answer)
        assert "…" in shown(answer)
        survey = surveys.survey_register()
        monkeypatch.setattr("districts.findings.newest_survey", lambda: survey)
        assert "As of " in shown(look(client, town.district))

    def test_the_units_below_stand_there_with_their_figures(self, client, town, secretary):
        factories.settled(cell=town.street_cell)
        old = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk))
        Unit.objects.filter(pk=old.pk).update(dissolved=DAY)
        told = section(look(client, town.district), "unit_below")
        figures = {
            unit: {str(title): number for title, number, _link in unit.counted}
            for unit in told["units"]
        }
        assert figures == {
            town.factory_cell: {"Findings": 0, "Members": 0},
            town.street_cell: {"Findings": 0, "Members": 1},
        }

    def test_of_many_units_below_the_first_stand_there(self, client, town, secretary, monkeypatch):
        monkeypatch.setattr(unit_page, "MOST_BELOW", 1)
        answer = look(client, town.district)
        assert section(answer, "unit_below")["units"] == [town.factory_cell]
        assert "These are not all" in shown(answer)
        assert f"/admin/districts/unit/?unit={town.district.pk}" in shown(answer)

    def test_a_cell_has_none_below_and_a_bare_district_says_so(self, client, town, secretary):
        assert section(look(client, town.street_cell), "unit_below") is None
        bare = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
        log_in(client, SECRETARY, bare)
        assert "There is no open unit below it." in shown(look(client, bare))

    def test_the_people_registered_here_by_name_at_home_and_as_residents(
        self, client, town, secretary
    ):
        last = factories.member(cell=town.street_cell, family_name="Zander")
        first = factories.member(cell=town.street_cell, family_name="Ábel")
        guest = factories.member(cell=factories.town().factory_cell, family_name="Moser")
        register_member(member=guest, unit=town.street_cell, since=DAY, kind="residence")
        gone = factories.member(cell=town.street_cell)
        change_cell(member=gone, to=town.factory_cell, on=DAY)
        answer = look(client, town.street_cell)
        people = section(answer, "unit_people")["people"]
        assert [(row.member, row.kind) for row, _name in people] == [
            (first, "home"),
            (guest, "residence"),
            (last, "home"),
        ]
        assert address(guest) in shown(answer)
        assert "2021-01-01" in shown(answer)
        assert section(look(client, town.district), "unit_people") is None
        assert "Nobody is registered here." not in shown(answer)

    def test_an_empty_cell_says_so(self, client, town, secretary):
        assert "Nobody is registered here." in shown(look(client, town.street_cell))

    def test_of_many_people_the_first_stand_there(self, client, town, secretary, monkeypatch):
        monkeypatch.setattr(unit_people, "MOST_PEOPLE", 1)
        factories.member(cell=town.street_cell, family_name="B")
        first = factories.member(cell=town.street_cell, family_name="A")
        answer = look(client, town.street_cell)
        people = section(answer, "unit_people")["people"]
        assert [row.member for row, _name in people] == [first]
        assert "These are not all" in shown(answer)
        assert f"/admin/members/member/?unit={town.street_cell.pk}" in shown(answer)

    def test_the_places_that_it_answers_for(self, client, town, secretary):
        street = factories.locality(unit=town.district, street_cell=town.street_cell)
        covered = factories.workplace(locality=street, cell=town.factory_cell)
        bare = factories.workplace(locality=street)
        factories.workplace(locality=factories.locality())
        district = section(look(client, town.district), "unit_places")
        assert (district["localities"], district["workplaces"]) == ([street], [bare])
        factory = section(look(client, town.factory_cell), "unit_places")
        assert (factory["localities"], factory["workplaces"]) == ([], [covered])
        street_cell = section(look(client, town.street_cell), "unit_places")
        assert (street_cell["localities"], street_cell["workplaces"]) == ([street], [])

    def test_of_many_places_it_says_that_there_are_more(self, client, town, secretary, monkeypatch):
        monkeypatch.setattr(unit_page, "MOST_PLACES", 1)
        for _one in range(2):
            factories.workplace(cell=town.factory_cell)
        answer = look(client, town.factory_cell)
        assert len(section(answer, "unit_places")["workplaces"]) == 1
        assert "These are not all." in shown(answer)

    def test_an_auditor_sees_all_of_it_and_no_act(self, client, town):
        log_in(client, AUDITOR, town.district)
        person = factories.member(cell=town.street_cell)
        end_registration(registration=person.registrations.get(), on=DAY)
        answer = look(client, town.district)
        assert len(section(answer, "unit_findings")["findings"]) == 1
        assert "/act/" not in shown(answer)

    def test_a_dissolved_unit_has_a_page_too(self, client, town, secretary):
        Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=DAY)
        assert "2024-01-01" in shown(look(client, town.street_cell))

    def test_an_emergency_is_told(self, client, town, secretary):
        Unit.objects.filter(pk=town.district.pk).update(regime="emergency", regime_since=DAY)
        assert "Emergency since (A14)" in shown(look(client, town.district))

    @pytest.mark.parametrize(
        # Three for those who live elsewhere and those who live here, one on a street cell (A4); six
        # for the coverage of a district (A2); three for votes; two for meetings; two for leaders;
        # one for delegates.
        ("kind", "queries"),
        [("district", 19 + 3 + 6 + 3 + 5 + RULES), ("street_cell", 18 + 1 + 3 + 5 + RULES)],
    )
    def test_it_takes_as_many_queries_for_one_row_as_for_three(
        self, client, town, secretary, kind, queries, settings
    ):
        settings.STATUTES = {**settings.STATUTES, "bureau_least": 20}  # no findings on who leads
        unit = getattr(town, kind)
        for rows in (1, 2):  # one of each, and two more
            for _one in range(rows):
                self.fill(town)
            look(client, unit)
            with CaptureQueriesContext(connection) as asked:
                look(client, unit)
            assert len(asked) == queries

    def fill(self, town):
        """One more finding, unit below, resident of both kinds, member, workplace and locality."""
        district = Unit.objects.get(pk=town.district.pk)
        factories.unit(Kind.STREET_CELL, district)
        street = factories.locality(unit=district, street_cell=town.street_cell)
        factories.workplace(locality=street)
        factories.member(cell=town.street_cell)
        homeless = factories.member(cell=town.street_cell)
        end_registration(registration=homeless.registrations.get(), on=DAY)
        guest = factories.member(cell=factories.town().factory_cell)
        register_member(member=guest, unit=district, since=DAY, kind="residence")
        away = factories.locality(unit=factories.town().district)
        factories.member(cell=town.factory_cell, locality=away)
