"""Detachment from a factory cell (A6)."""

from datetime import date, timedelta

import pytest

from audit.ground import EVERYWHERE
from audit.rulebook import findings
from cells.request_blockers import detachable_from, detachment_blockers
from cells.requests import ask_for_detachment, grant_request
from districts.kinds import Kind
from members.employments import end_employment, start_employment
from members.membership import end_membership
from members.models import Member, Request
from members.registrations import change_cell
from tests import factories
from tests.requests.making import ASKED, GRANTED, LOST, another, fresh, home, refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("until", "months", "first"),
    [
        ("2024-03-01", 6, "2024-09-01"),
        ("2024-07-15", 6, "2025-01-15"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2024-08-31", 6, "2025-02-28"),
        ("2024-12-31", 2, "2025-02-28"),
        ("2024-12-01", 12, "2025-12-01"),
        ("2024-11-30", 1, "2024-12-30"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_the_day_from_which_a_detachment_can_be_asked_for(until, months, first):
    assert detachable_from(date.fromisoformat(until), months) == date.fromisoformat(first)


class TestDetachment:
    def test_who_lost_the_work_stays_asks_and_goes_to_the_street_cell(self, town, person, decider):
        assert home(person) == town.factory_cell
        request = ask_for_detachment(member=person, on=ASKED, reason="No work anywhere.")
        assert (request.unit, request.cell) == (town.district, town.street_cell)
        assert request.due_on == ASKED + timedelta(days=30)
        assert home(person) == town.factory_cell
        granted = grant_request(request=request, on=GRANTED, by=decider, reason="Seen.")
        assert (granted.state, granted.takes_effect) == ("granted", GRANTED)
        assert (granted.decided_by, granted.decision_reason) == (decider, "Seen.")
        assert home(person) == town.street_cell
        assert person.registrations.get(unit=town.factory_cell).until == GRANTED
        assert [
            f for f in findings(EVERYWHERE, GRANTED) if f.subject == f"member {person.pk}"
        ] == []

    def test_before_the_period_it_is_refused_with_the_first_day(self, person):
        (told,) = refused(ask_for_detachment, member=person, on=ASKED - timedelta(days=1))
        assert told.startswith("A6: ")
        assert told.endswith("can be asked for from 2024-09-01.")
        assert not Request.objects.exists()
        assert ask_for_detachment(member=person, on=ASKED).is_open

    def test_the_organisation_s_own_period(self, person, settings):
        settings.STATUTES = {"prolonged_unemployment_months": 9, "request_days": 7}
        (told,) = refused(ask_for_detachment, member=person, on=ASKED)
        assert "2024-12-01" in told
        later = date(2024, 12, 1)
        assert ask_for_detachment(member=person, on=later).due_on == later + timedelta(days=7)

    def blocked(self, person, on=ASKED):
        return [(one.article, one.reason) for one in detachment_blockers(fresh(person), on)]

    def test_nothing_stands_in_the_way(self, person):
        assert self.blocked(person) == []

    def test_who_works(self, person, works):
        start_employment(member=person, workplace=works, since=date(2024, 5, 1))
        ((article, reason),) = self.blocked(person)
        assert article == "A6"
        assert "only who is out of work" in reason

    def test_who_never_worked(self, idle):
        told = self.blocked(idle)
        assert [article for article, _reason in told] == ["A6", "A3"]
        assert "bound to no factory cell" in told[0][1]
        assert "is the cell of the residence too" in told[1][1]

    def test_whose_work_ended_before_the_membership(self, person):
        Member.objects.filter(pk=person.pk).update(joined=date(2024, 4, 1))
        ((article, reason),) = self.blocked(person)
        assert article == "A6"
        assert "has lost no work as a member" in reason

    def test_who_is_no_member(self, person):
        end_membership(member=person, on=date(2024, 8, 1), reason="resigned")
        ((article, _reason),) = self.blocked(person)
        assert article == ""

    def test_the_last_of_several_works_counts(self, person, works):
        job = start_employment(member=person, workplace=works, since=date(2024, 5, 1))
        end_employment(employment=job, on=date(2024, 8, 1))
        ((article, reason),) = self.blocked(person)
        assert article == "A6"
        assert "from 2025-02-01" in reason

    def test_who_is_in_another_cell_already(self, town, person):
        change_cell(member=person, to=another(Kind.STREET_CELL, town), on=date(2024, 8, 1))
        ((article, reason),) = self.blocked(person)
        assert article == "A6"
        assert str(town.factory_cell) in reason

    def test_who_has_no_home(self, person):
        person.registrations.all().delete()
        assert [article for article, _reason in self.blocked(person)] == ["A1"]

    def test_a_change_that_is_planned(self, town, person):
        change_cell(member=person, to=town.street_cell, on=date(2024, 10, 1))
        ((article, reason),) = self.blocked(person)
        assert article == "A1"
        assert "is planned already" in reason

    def test_who_lives_nobody_knows_where(self, person):
        Member.objects.filter(pk=person.pk).update(locality=None)
        assert [article for article, _reason in self.blocked(person)] == ["A3"]

    def test_a_locality_without_a_street_cell(self, person, street):
        street.street_cell = None
        street.save()
        ((article, reason),) = self.blocked(person)
        assert article == "A3"
        assert "no street cell works yet" in reason

    def test_a_factory_without_a_cell(self, person, works):
        works.cell, works.coverage = None, ""
        works.save()
        ((article, _reason),) = self.blocked(person)
        assert article == "A2"

    def test_one_joint_cell_for_work_and_home(self):
        group = factories.unit(Kind.LOCAL_GROUP)
        joint = factories.unit(Kind.JOINT_CELL, group)
        there = factories.locality(unit=group)
        person = factories.member(cell=joint, locality=there)
        job = start_employment(
            member=person, workplace=factories.workplace(locality=there), since=factories.JOINED
        )
        end_employment(employment=job, on=LOST)
        assert [article for article, _reason in self.blocked(person)] == ["A7"]

    def test_who_is_detached_already(self, town, person, decider):
        request = ask_for_detachment(member=person, on=ASKED)
        grant_request(request=request, on=GRANTED, by=decider)
        told = self.blocked(person, GRANTED)
        assert [article for article, _reason in told] == ["A6", "A3"]
        assert "is detached from 2024-09-10" in told[0][1]

    def test_all_that_stands_in_the_way_is_told_at_once(self, person, works):
        Member.objects.filter(pk=person.pk).update(locality=None)
        told = self.blocked(person, date(2024, 4, 1))
        assert [article for article, _reason in told] == ["A6", "A3"]

    def test_work_that_was_found_meanwhile_stops_it(self, person, works, decider):
        request = ask_for_detachment(member=person, on=ASKED)
        start_employment(member=person, workplace=works, since=date(2024, 9, 5))
        (told,) = refused(grant_request, request=request, on=GRANTED, by=decider)
        assert told.startswith("A6: ")
        assert fresh(request).is_open

    def test_a_move_of_house_meanwhile_asks_anew(self, town, person, decider):
        request = ask_for_detachment(member=person, on=ASKED)
        elsewhere = factories.locality(street_cell=another(Kind.STREET_CELL, town))
        Member.objects.filter(pk=person.pk).update(locality=elsewhere)
        (told,) = refused(grant_request, request=request, on=GRANTED, by=decider)
        assert told.startswith("A3: ")
