"""The page of a member: the time line, why here, what is found, the second registration."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.employments import end_employment, start_employment
from members.membership import end_membership, readmit_member
from members.models import Employment, Member, Registration
from members.registrations import change_cell, end_registration, register_member
from members.timeline import Event, timeline
from members.work_acts import StartEmployment
from tests import factories
from tests.pages.looking import DAY, address, log_in, look, section, shown

pytestmark = pytest.mark.django_db


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
