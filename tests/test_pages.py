"""The page of a unit and of a member: what stands there and for whom; looks are logged."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from districts import surveys, unit_page
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from members import unit_people
from members.employments import end_employment, start_employment
from members.looks import SAME_LOOK
from members.membership import end_membership, readmit_member
from members.models import Employment, Member, Registration
from members.registrations import change_cell, end_registration, register_member
from members.timeline import Event, timeline
from members.work_acts import StartEmployment
from tests import factories

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 1)
RULES = factories.rule_queries()  # each asks once, whatever the page shows


@pytest.fixture
def town():
    return factories.town()


def log_in(client, role, unit):
    account = factories.account()
    grant_role(user=account, role=role, unit=unit)
    client.force_login(account)
    return account


@pytest.fixture
def secretary(town, client):
    """The secretary of the district, logged in with `client`."""
    return log_in(client, SECRETARY, town.district)


def address(row, view="change", *arguments):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{view}", args=[row.pk, *arguments])


def look(client, row):
    """The answer of a row's page."""
    answer = client.get(address(row))
    assert answer.status_code == 200
    return answer


def section(answer, template):
    """What stands in one section of a page, None where it is left out."""
    found = {one["template"]: one for one in answer.context_data["sections"]}
    return found.get(f"kartei/{template}.html")


def shown(answer):
    """The page without its menu."""
    return answer.content.decode().split('id="content-main"')[1]


# A unit ---------------------------------------------------------------------------------------


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


# A member -------------------------------------------------------------------------------------


class TestTimeLine:
    def test_it_tells_everything_the_newest_first(self, client, town, secretary):
        person = factories.member(cell=town.street_cell)
        works = factories.workplace(cell=town.factory_cell)
        job = start_employment(member=person, workplace=works, since=date(2022, 1, 1))
        change_cell(member=person, to=town.factory_cell, on=date(2022, 2, 1))
        end_employment(employment=job, on=date(2022, 3, 1))
        end_membership(member=person, on=date(2023, 1, 1), reason="resigned")
        readmit_member(member=person, on=DAY, cell=town.street_cell)
        events = section(look(client, person), "member_timeline")["events"]
        assert [(event.day.isoformat(), event.text) for event in events] == [
            ("2024-01-01", f"Home cell: {town.street_cell}."),
            ("2024-01-01", "Joined again."),
            ("2023-01-01", "Left: resigned."),
            ("2023-01-01", f"No longer in the home cell {town.factory_cell}."),
            ("2022-03-01", f"No longer works at {works}; out of work, and still in the cell."),
            ("2022-02-01", f"Home cell: {town.factory_cell}."),
            ("2022-02-01", f"No longer in the home cell {town.street_cell}."),
            ("2022-01-01", f"Works at {works}."),
            ("2021-01-01", f"Home cell: {town.street_cell}."),
            ("2021-01-01", "Joined: an earlier membership."),
        ]

    def test_a_residence_and_a_day_to_come(self, client, town, secretary):
        person = factories.member(cell=town.factory_cell)
        other = factories.town().district
        Registration.objects.create(member=person, unit=other, kind="residence", since=DAY)
        coming = timezone.localdate() + timedelta(days=30)
        change_cell(member=person, to=town.street_cell, on=coming)
        answer = look(client, person)
        texts = [event.text for event in section(answer, "member_timeline")["events"]]
        assert f"Registered as a resident: {other}." in texts
        # Out of one cell into the other, and with the factory cell out of the residence (A4).
        assert shown(answer).count("(still to come)") == 3

    def test_of_one_day_what_ends_comes_before_what_begins(self):
        person = Member(pk=1, family_name="X", joined=DAY)
        unit = Unit(code="C", name="Cell")
        rows = [
            Registration(unit=unit, kind="home", since=DAY, until=date(2024, 2, 1)),
            Registration(unit=unit, kind="home", since=date(2024, 2, 1)),
        ]
        texts = [event.text for event in timeline(person, rows, [])]
        assert texts == [
            "Home cell: Cell (C).",
            "No longer in the home cell Cell (C).",
            "Home cell: Cell (C).",
            "Joined.",
        ]
        assert Event(DAY, 0, "b") < Event(DAY, 1, "a")


class TestWhyHere:
    def why(self, client, person):
        return section(look(client, person), "member_why")

    def test_by_work(self, client, town, secretary):
        person = factories.member(cell=town.factory_cell)
        works = factories.workplace(cell=town.factory_cell)
        start_employment(member=person, workplace=works, since=DAY)
        told = self.why(client, person)
        assert told["reason"].article == "A1"
        assert str(works) in told["reason"].why
        assert told["other"] is None

    def test_by_the_main_one_of_two_jobs(self, client, town, secretary):
        person = factories.member(cell=town.factory_cell)
        other = factories.unit(Kind.FACTORY_CELL, Unit.objects.get(pk=town.district.pk))
        later = date(2024, 2, 1)
        for cell, since, kind in ((town.factory_cell, DAY, "main"), (other, later, "side")):
            start_employment(
                member=person,
                workplace=factories.workplace(cell=cell),
                since=since,
                standing=kind,
            )
        assert self.why(client, person)["reason"].cell == town.factory_cell

    def test_by_the_last_work_for_who_is_out_of_work(self, client, town, secretary):
        street = factories.locality(street_cell=town.street_cell)
        person = factories.member(cell=town.factory_cell, locality=street)
        works = factories.workplace(cell=town.factory_cell)
        job = start_employment(member=person, workplace=works, since=DAY)
        end_employment(employment=job, on=date(2024, 2, 1))
        assert self.why(client, person)["reason"].article == "A6"

    def test_by_residence(self, client, town, secretary):
        street = factories.locality(street_cell=town.street_cell)
        person = factories.member(cell=town.street_cell, locality=street)
        assert self.why(client, person)["reason"].article == "A3"

    def test_where_he_or_she_should_stand_with_the_act_filled_in(self, client, town, secretary):
        person = factories.member(cell=town.street_cell)
        works = factories.workplace(cell=town.factory_cell)
        start_employment(member=person, workplace=works, since=DAY)
        told = self.why(client, person)
        assert told["reason"] is None
        assert told["other"].cell == town.factory_cell
        act = address(person, "act", "change-cell")
        assert told["change"] == f"{act}?kind=home&to={town.factory_cell.code}"

    def test_without_a_home_the_cell_is_named(self, client, town, secretary):
        street = factories.locality(street_cell=town.street_cell)
        person = factories.member(cell=town.factory_cell, locality=street)
        end_registration(registration=person.registrations.get(), on=DAY)
        told = self.why(client, person)
        assert told["home"] is None
        assert told["change"].endswith(f"/act/register/?kind=home&unit={town.street_cell.code}")

    def test_not_explained_by_anything(self, client, town, secretary):
        person = factories.member(cell=town.street_cell)
        answer = look(client, person)
        assert "neither work nor residence explains this cell" in shown(answer)
        assert "no locality of residence is known" in shown(answer)
        assert section(answer, "member_why")["other"].cell is None

    def test_no_act_towards_a_cell_outside_the_ground(self, client, town, secretary):
        person = factories.member(cell=town.street_cell)
        other = factories.town().factory_cell
        works = factories.workplace(cell=other)
        start_employment(member=person, workplace=works, since=DAY)
        told = self.why(client, person)
        assert (told["other"].cell, told["change"]) == (other, "")

    def test_an_auditor_is_offered_no_act(self, client, town):
        log_in(client, AUDITOR, town.district)
        person = factories.member(cell=town.street_cell)
        works = factories.workplace(cell=town.factory_cell)
        start_employment(member=person, workplace=works, since=DAY)
        assert self.why(client, person)["change"] == ""

    def test_nothing_is_said_of_who_left(self, client, town, secretary):
        person = factories.member(cell=town.street_cell)
        end_membership(member=person, on=DAY, reason="resigned")
        assert self.why(client, person) is None


class TestFindingsOfAMember:
    def test_they_stand_there_with_their_act_and_nobody_else_s(self, client, town, secretary):
        person, other = (factories.member(cell=town.street_cell) for _one in range(2))
        for one in (person, other):
            end_registration(registration=one.registrations.get(), on=DAY)
        (told,) = section(look(client, person), "member_findings")["findings"]
        assert told.finding.rule == "home-registration"
        assert told.mend.url.startswith(address(person, "act", "register"))

    def test_those_of_the_unit_of_residence_are_found_too(self, client, town, secretary):
        person = factories.settled(cell=town.street_cell)
        Registration.objects.create(member=person, unit=town.district, kind="residence", since=DAY)
        rules = {
            told.finding.rule
            for told in section(look(client, person), "member_findings")["findings"]
        }
        assert rules == {"residence-of-factory-members", "residence-in-another-district"}

    def test_of_who_was_never_registered(self, client, town, secretary):
        person = Member.objects.create(
            family_name="X", joined=DAY, locality=factories.locality(unit=town.district)
        )
        (told,) = section(look(client, person), "member_findings")["findings"]
        assert told.finding.rule == "home-registration"

    def test_one_in_another_part_is_not_shown(self, client, town, secretary):
        person = factories.settled(cell=town.street_cell)
        other = factories.town().factory_cell
        Registration.objects.create(member=person, unit=other, kind="residence", since=DAY)
        assert section(look(client, person), "member_findings")["findings"] == []


class TestResidence:
    """A unit of residence sees of a member whose home is elsewhere neither work nor cell (A4)."""

    @pytest.fixture
    def elsewhere(self):
        return factories.town()

    @pytest.fixture
    def works(self, elsewhere):
        return factories.workplace(cell=elsewhere.factory_cell, name="The secret mill")

    @pytest.fixture
    def guest(self, town, elsewhere, works):
        street = factories.locality(unit=town.district, street_cell=town.street_cell)
        person = factories.member(
            cell=elsewhere.factory_cell, family_name="Guest", phone="12345", locality=street
        )
        # In this order: a new job registers at the place of residence whoever is not yet (A4).
        register_member(member=person, unit=town.street_cell, since=DAY, kind="residence")
        start_employment(member=person, workplace=works, since=DAY)
        return person

    @pytest.fixture
    def secret(self, elsewhere, works):
        return [works.name, works.code, elsewhere.factory_cell.name, elsewhere.factory_cell.code]

    def test_on_the_page_and_in_the_time_line(self, client, town, secretary, guest, secret):
        answer = look(client, guest)
        assert "Guest" in shown(answer)
        assert "12345" in shown(answer)
        assert str(town.street_cell) in shown(answer)
        assert "in another district" in shown(answer)
        for name in secret:
            assert name not in shown(answer)
        assert section(answer, "member_why") is None
        assert section(answer, "member_timeline")["partly"]

    @pytest.mark.parametrize("model", [Member, Registration, Employment])
    def test_in_the_lists(self, client, town, secretary, guest, secret, model):
        meta = model._meta
        content = client.get(
            reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"), {"state": "all"}
        ).content.decode()
        for name in secret:
            assert name not in content
        assert ("Guest" in content) == (model is not Employment)

    def test_the_employment_s_own_page_is_not_there(self, client, town, secretary, guest):
        assert client.get(address(guest.employments.get())).status_code == 404

    def test_in_the_acts(self, client, town, secretary, guest, secret):
        content = shown(look(client, guest))
        for act in ("start-employment", "end-employment"):
            assert f"/act/{act}/" not in content
            assert client.get(address(guest, "act", act)).status_code == 403
            assert client.post(address(guest, "act", act), {"on": "2024-02-01"}).status_code == 403
        for act in ("change-cell", "register", "move-house", "end-registration"):
            content = client.get(address(guest, "act", act)).content.decode()
            for name in secret:
                assert name not in content
        assert guest.employments.get().until is None

    def test_in_what_is_refused(self, client, town, secretary, guest, secret):
        given = {"kind": "home", "to": town.street_cell.code, "on": "2024-03-01", "reason": "x"}
        answer = client.post(address(guest, "act", "change-cell"), given)
        content = answer.content.decode()
        assert "the secretary there does this" in content
        for name in secret:
            assert name not in content

    def test_in_the_history(self, client, town, secretary, guest, secret):
        content = client.get(address(guest, "history")).content.decode()
        for name in secret:
            assert name not in content

    def test_the_secretary_at_home_sees_it_all(self, client, elsewhere, guest, secret):
        log_in(client, SECRETARY, elsewhere.district)
        answer = look(client, guest)
        for name in secret:
            assert name in shown(answer)
        assert address(guest, "act", StartEmployment.name) in shown(answer)
        assert client.get(address(guest.employments.get())).status_code == 200

    def test_so_does_whoever_holds_both(self, client, town, elsewhere, guest, works):
        account = log_in(client, SECRETARY, town.district)
        grant_role(user=account, role=AUDITOR, unit=elsewhere.town)
        assert works.name in shown(look(client, guest))

    def test_the_last_home_keeps_what_it_knew(self, client, elsewhere, guest, works):
        log_in(client, SECRETARY, elsewhere.district)
        end_membership(member=guest, on=date(2024, 6, 1), reason="resigned")
        assert works.name in shown(look(client, guest))

    def test_a_member_without_a_home_is_that_of_the_last_one(self, client, elsewhere, guest, works):
        end_registration(registration=guest.registrations.get(kind="home"), on=date(2024, 6, 1))
        log_in(client, SECRETARY, elsewhere.district)
        assert works.name in shown(look(client, guest))


# Looks ----------------------------------------------------------------------------------------


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
