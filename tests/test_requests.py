"""Requests: who may ask for what, who decides, and what a decision does (A1, A2, A3, A6)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.ground import EVERYWHERE, Ground
from audit.models import Chain, Entry
from audit.refusals import Refused
from audit.rulebook import findings
from cells.request_blockers import (
    deciding_unit,
    detachable_from,
    detachment_blockers,
    granting_blockers,
    may_decide,
)
from cells.requests import (
    CannotAsk,
    CannotDecide,
    ask_for_admission,
    ask_for_detachment,
    ask_for_readmission,
    ask_for_transfer,
    ask_to_leave,
    grant_request,
    refuse_request,
    withdraw_request,
)
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.employments import end_employment, start_employment
from members.membership import end_membership
from members.merging import merge_members
from members.models import Member, Request
from members.registrations import change_cell
from tests import factories

pytestmark = pytest.mark.django_db

LOST = date(2024, 3, 1)  # the first day without work
ASKED = date(2024, 9, 1)  # six months later
GRANTED = date(2024, 9, 10)


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def works(town):
    return factories.workplace(cell=town.factory_cell)


@pytest.fixture
def street(town):
    return factories.locality(unit=town.district, street_cell=town.street_cell)


@pytest.fixture
def person(town, works, street):
    """Somebody who lives in the street cell's locality and lost the work in the factory."""
    found = factories.member(cell=town.factory_cell, locality=street)
    job = start_employment(member=found, workplace=works, since=factories.JOINED)
    end_employment(employment=job, on=LOST)
    return found


@pytest.fixture
def idle(town, street):
    """Somebody who never worked and is at home in the street cell."""
    return factories.member(cell=town.street_cell, locality=street)


def secretary(unit, role=SECRETARY, **fields):
    account = factories.account(**fields)
    grant_role(user=account, role=role, unit=unit and fresh(unit), since=factories.JOINED)
    return account


def fresh(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def decider(town):
    return secretary(town.district)


def home(member):
    return member.registrations.get(kind="home", until=None).unit


def reasons(blockers):
    return [str(one) for one in blockers]


def refused(act, **given):
    with pytest.raises((CannotAsk, CannotDecide)) as caught:
        act(**given)
    return reasons(caught.value.blockers)


def another(kind, town):
    return factories.unit(kind, fresh(town.district))


# Detachment (A6) ----------------------------------------------------------------------------------


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


# Who decides --------------------------------------------------------------------------------------


class TestWhoDecides:
    @pytest.mark.parametrize(
        ("where", "may"),
        [
            ("factory_cell", False),
            ("street_cell", False),
            ("district", True),
            ("area", True),
            ("town", True),
            ("sister", False),
            (None, True),
        ],
    )
    def test_a_detachment_is_for_the_district_and_none_below_it(self, town, person, where, may):
        sister = factories.unit(Kind.DISTRICT, fresh(town.area))
        unit = sister if where == "sister" else where and getattr(town, where)
        request = ask_for_detachment(member=person, on=ASKED)
        account = secretary(unit)
        assert may_decide(fresh(request), account) is may
        if may:
            assert grant_request(request=request, on=GRANTED, by=account).state == "granted"
        else:
            (told,) = refused(grant_request, request=request, on=GRANTED, by=account)
            assert told == (
                f"A6: This is for the secretary of {town.district}, or of a unit above it."
            )

    def test_an_auditor_decides_nothing(self, town, person):
        request = ask_for_detachment(member=person, on=ASKED)
        auditor = secretary(town.district, role=AUDITOR)
        assert not may_decide(request, auditor)
        assert refused(refuse_request, request=request, on=GRANTED, by=auditor, reason="No.")

    def test_nobody_decides_for_himself_or_herself(self, town, person):
        mine = secretary(town.town, member=person)
        request = ask_for_detachment(member=person, on=ASKED)
        for act in (grant_request, refuse_request):
            told = refused(act, request=request, on=GRANTED, by=mine, reason="Mine.")
            assert told == ["Nobody decides on a request of his or her own."]
        assert withdraw_request(request=request, on=GRANTED, by=mine).state == "withdrawn"

    def test_not_even_the_administrator(self, person):
        chief = factories.account(member=person, is_superuser=True, is_staff=True)
        request = ask_for_detachment(member=person, on=ASKED)
        assert not may_decide(request, chief)

    def test_a_transfer_is_for_the_lowest_unit_above_both_cells(self, town, idle):
        sister = factories.unit(Kind.DISTRICT, fresh(town.area))
        cells = {
            town.district: another(Kind.STREET_CELL, town),
            town.area: factories.unit(Kind.STREET_CELL, sister),
            None: factories.town().street_cell,
        }
        for unit, cell in cells.items():
            found = deciding_unit(kind="transfer", member=idle, cell=fresh(cell), on=ASKED)
            assert found == unit

    def test_between_two_towns_the_whole_organisation_decides(self, town, idle, decider):
        there = factories.town().street_cell
        request = ask_for_transfer(
            member=idle, cell=there, on=ASKED, exception=True, reason="Studies there."
        )
        assert request.unit is None
        assert not may_decide(request, decider)
        assert not may_decide(request, secretary(town.town))
        (told,) = refused(grant_request, request=request, on=GRANTED, by=decider)
        assert "the whole organisation" in told
        grant_request(request=request, on=GRANTED, by=secretary(None))
        assert home(idle) == there

    def test_the_others_are_for_the_leader_of_the_cell(self, town, idle):
        for kind in ("admission", "readmission"):
            assert (
                deciding_unit(kind=kind, member=None, cell=town.street_cell, on=ASKED)
                == town.district
            )
        assert deciding_unit(kind="exit", member=idle, cell=None, on=ASKED) == town.district
        idle.registrations.all().delete()
        assert deciding_unit(kind="exit", member=idle, cell=None, on=ASKED) is None

    @pytest.mark.parametrize(
        ("who", "may"), [("asker", True), ("district", True), ("cell", False), ("home", True)]
    )
    def test_who_takes_a_request_back(self, town, idle, decider, who, may):
        asker = factories.account()
        request = ask_to_leave(member=idle, on=ASKED, by=asker)
        account = {
            "asker": asker,
            "district": decider,
            "cell": secretary(town.factory_cell),
            "home": secretary(town.street_cell),
        }[who]
        if may:
            assert withdraw_request(request=request, on=ASKED, by=account).state == "withdrawn"
        else:
            assert refused(withdraw_request, request=request, on=ASKED, by=account)
        assert fresh(request).is_open is not may


# Transfers ----------------------------------------------------------------------------------------


class TestTransfer:
    def test_to_the_cell_that_the_articles_name(self, town, idle, works, decider):
        start_employment(member=idle, workplace=works, since=LOST)
        request = ask_for_transfer(member=idle, cell=town.factory_cell, on=ASKED, exception=True)
        assert request.basis == "articles"
        grant_request(request=request, on=GRANTED, by=decider, takes_effect=date(2024, 10, 1))
        assert home(idle) == town.factory_cell
        assert idle.registrations.get(until=None).since == date(2024, 10, 1)

    def test_against_them_only_as_an_exception_with_a_reason(self, town, idle, decider):
        cell = another(Kind.STREET_CELL, town)
        (told,) = refused(ask_for_transfer, member=idle, cell=cell, on=ASKED, reason="Likes it.")
        assert told.startswith("A3: ")
        assert str(town.street_cell) in told
        for reason in ("", "  "):
            (told,) = refused(
                ask_for_transfer, member=idle, cell=cell, on=ASKED, exception=True, reason=reason
            )
            assert told == "A3: An exception has a reason."
        request = ask_for_transfer(
            member=idle, cell=cell, on=ASKED, exception=True, reason="Cares for the mother."
        )
        assert request.basis == "exception"
        assert not Request.objects.exceptions(GRANTED).exists()
        grant_request(request=request, on=GRANTED, by=decider)
        assert home(idle) == cell
        assert list(Request.objects.exceptions(GRANTED)) == [request]
        assert [f for f in findings(EVERYWHERE, GRANTED) if f.subject == f"member {idle.pk}"] == []

    def test_an_exception_is_listed_as_long_as_it_is_lived(self, town, idle, decider):
        cell = another(Kind.STREET_CELL, town)
        request = ask_for_transfer(
            member=idle, cell=cell, on=ASKED, exception=True, reason="Cares for the mother."
        )
        grant_request(request=request, on=GRANTED, by=decider)
        change_cell(member=idle, to=town.street_cell, on=date(2024, 11, 1))
        assert list(Request.objects.exceptions(date(2024, 10, 31))) == [request]
        assert not Request.objects.exceptions(date(2024, 11, 1)).exists()

    def test_work_that_was_found_meanwhile_makes_it_an_exception(
        self, town, idle, works, street, decider
    ):
        nearer = another(Kind.STREET_CELL, town)
        street.street_cell = nearer
        street.save()
        request = ask_for_transfer(member=idle, cell=nearer, on=ASKED)
        start_employment(member=idle, workplace=works, since=date(2024, 9, 5))
        (told,) = refused(grant_request, request=request, on=GRANTED, by=decider)
        assert told.startswith("A1: ")

    def test_who_is_out_of_work_goes_by_a_detachment_alone(self, town, person):
        for exception in (False, True):
            (told,) = refused(
                ask_for_transfer,
                member=person,
                cell=town.street_cell,
                on=ASKED,
                exception=exception,
                reason="Now.",
            )
            assert told.startswith("A6: ")
            assert str(town.factory_cell) in told

    def test_what_else_stands_in_the_way(self, town, idle):
        def told(cell, member=idle, on=ASKED):
            return refused(ask_for_transfer, member=member, cell=cell, on=on)

        assert told(town.street_cell) == [f"{idle} is registered there already."]
        assert any("is no cell" in one for one in told(town.district))
        closed = another(Kind.STREET_CELL, town)
        Unit.objects.filter(pk=closed.pk).update(dissolved=date(2024, 1, 1))
        assert any("is not open" in one for one in told(fresh(closed)))
        tomorrow = timezone.localdate() + timedelta(days=1)
        assert any("when they have been made" in one for one in told(town.street_cell, on=tomorrow))
        idle.registrations.all().delete()
        assert any("no such registration" in one for one in told(town.factory_cell))


# Admission, readmission, exit ---------------------------------------------------------------------


class TestAdmission:
    def test_the_person_becomes_a_member_by_the_decision(self, town, street, decider):
        request = ask_for_admission(
            family_name="Novak",
            given_name="Eva",
            born=date(2000, 2, 2),
            email="eva@example.org",
            phone="123",
            address="Street 1",
            locality=street,
            cell=town.street_cell,
            on=ASKED,
            by=decider,
        )
        assert (request.member, request.unit) == (None, town.district)
        before = set(Member.objects.values_list("pk", flat=True))
        granted = grant_request(request=request, on=GRANTED, by=decider)
        member = Member.objects.exclude(pk__in=before).get()
        assert granted.member == member
        assert (member.full_name, member.born, member.locality) == (
            "Eva Novak",
            date(2000, 2, 2),
            street,
        )
        assert (member.email, member.phone, member.address) == (
            "eva@example.org",
            "123",
            "Street 1",
        )
        assert (member.joined, home(member)) == (GRANTED, town.street_cell)

    def test_it_needs_a_name_and_an_open_cell(self, town):
        assert refused(ask_for_admission, family_name="", cell=town.street_cell, on=ASKED)
        assert refused(ask_for_admission, family_name="X", cell=town.district, on=ASKED)
        Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=date(2024, 1, 1))
        (told,) = refused(
            ask_for_admission, family_name="X", cell=fresh(town.street_cell), on=ASKED
        )
        assert told.startswith("A3: ")
        assert not Request.objects.exists()

    def test_refused_it_makes_nobody_a_member(self, town, decider):
        request = ask_for_admission(family_name="Novak", cell=town.street_cell, on=ASKED)
        assert refused(refuse_request, request=request, on=GRANTED, by=decider, reason=" ") == [
            "A refusal has a reason."
        ]
        refused_one = refuse_request(request=request, on=GRANTED, by=decider, reason="Unknown.")
        assert (refused_one.state, refused_one.takes_effect) == ("refused", None)
        assert not Member.objects.exists()

    def test_a_cell_dissolved_meanwhile_stops_it(self, town, decider):
        request = ask_for_admission(family_name="Novak", cell=town.street_cell, on=ASKED)
        Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=date(2024, 9, 5))
        assert refused(grant_request, request=request, on=GRANTED, by=decider)
        assert not Member.objects.exists()


def test_who_left_is_readmitted_under_the_old_number(town, idle, decider):
    assert refused(ask_for_readmission, member=idle, cell=town.street_cell, on=ASKED)
    end_membership(member=idle, on=LOST, reason="resigned")
    request = ask_for_readmission(member=idle, cell=town.factory_cell, on=ASKED)
    granted = grant_request(request=request, on=GRANTED, by=decider)
    assert granted.member == idle
    assert fresh(idle).joined == GRANTED
    assert home(idle) == town.factory_cell


def test_who_asks_to_leave_leaves_by_the_decision(town, idle, decider):
    asked = ask_for_transfer(
        member=idle,
        cell=another(Kind.STREET_CELL, town),
        on=ASKED,
        exception=True,
        reason="Likes it.",
    )
    request = ask_to_leave(member=idle, on=ASKED)
    grant_request(request=request, on=GRANTED, by=decider)
    assert (fresh(idle).left, fresh(idle).left_reason) == (GRANTED, "resigned")
    assert fresh(asked).state == "withdrawn"
    assert refused(ask_to_leave, member=idle, on=GRANTED)


# What holds for all -------------------------------------------------------------------------------


def test_one_request_of_a_kind_waits_at_a_time(idle, decider):
    first = ask_to_leave(member=idle, on=ASKED)
    (told,) = refused(ask_to_leave, member=idle, on=ASKED)
    assert "waits for a decision already, asked on 2024-09-01" in told
    withdraw_request(request=first, on=ASKED, by=decider)
    assert ask_to_leave(member=idle, on=ASKED).is_open


@pytest.mark.parametrize("second", [grant_request, refuse_request, withdraw_request])
def test_what_is_decided_is_decided(town, idle, decider, second):
    request = ask_to_leave(member=idle, on=ASKED)
    refuse_request(request=request, on=GRANTED, by=decider, reason="Stay.")
    other = secretary(town.area)
    assert refused(second, request=request, on=GRANTED, by=other, reason="Go.") == [
        f"exit {request.pk}: {idle} was decided on 2024-09-10 already: refused by {decider}."
    ]
    assert fresh(request).decision_reason == "Stay."


def test_the_days_of_a_decision(idle, decider):
    request = ask_to_leave(member=idle, on=ASKED)
    early, tomorrow = ASKED - timedelta(days=1), timezone.localdate() + timedelta(days=1)
    assert (
        "asked on 2024-09-01 only"
        in refused(grant_request, request=request, on=early, by=decider)[0]
    )
    assert (
        "asked on 2024-09-01 only"
        in refused(withdraw_request, request=request, on=early, by=decider)[0]
    )
    assert refused(grant_request, request=request, on=tomorrow, by=decider)
    assert refused(withdraw_request, request=request, on=tomorrow, by=decider)
    before = granting_blockers(request, decider, GRANTED, GRANTED - timedelta(days=1))
    assert reasons(before) == ["It takes effect on the day it is granted or later."]


def test_another_unit_that_has_become_the_one_to_decide(town, idle, decider):
    request = ask_to_leave(member=idle, on=ASKED)
    there = factories.town()
    change_cell(member=idle, to=there.street_cell, on=ASKED)
    (told,) = refused(grant_request, request=request, on=GRANTED, by=decider)
    assert str(there.district) in told
    assert refuse_request(request=request, on=GRANTED, by=decider, reason="Moved.")


def test_a_decision_and_its_act_are_one_entry_in_the_log_of_the_town(town, person, decider):
    request = ask_for_detachment(member=person, on=ASKED, reason="No work.")
    grant_request(request=request, on=GRANTED, by=decider)
    entries = Entry.objects.filter(act="grant-request")
    assert {(entry.table, entry.what) for entry in entries} == {
        ("requests", "changed"),
        ("registrations", "changed"),
        ("registrations", "created"),
    }
    assert len({entry.act_id for entry in entries}) == 1
    told = entries.get(table="requests")
    assert (told.key, told.member, told.unit) == (str(request.pk), person.pk, town.district.pk)
    assert Chain.objects.filter(root=told.chain).exists()
    assert told.chain == Entry.objects.filter(unit=town.town.pk).first().chain
    assert told.changes["state"] == ["asked", "granted"]


def test_nothing_is_kept_of_a_decision_whose_act_is_refused(monkeypatch, person, decider):
    request = ask_for_detachment(member=person, on=ASKED)
    monkeypatch.setattr("cells.request_blockers.detachment_blockers", lambda member, on: [])
    person.registrations.all().delete()
    monkeypatch.setattr("cells.request_blockers.deciding_unit", lambda **given: request.unit)
    with pytest.raises(Refused, match="no such registration"):
        grant_request(request=request, on=GRANTED, by=decider)
    assert fresh(request).is_open


def test_the_requests_of_a_ground(town, idle, person):
    mine = ask_to_leave(member=idle, on=ASKED)
    there = factories.town()
    ask_to_leave(member=factories.member(cell=there.street_cell), on=ASKED)
    ground = Ground((fresh(town.district).extent,))
    assert list(Request.objects.on_ground(ground)) == [mine]
    assert list(Request.objects.on_ground(ground).overdue(mine.due_on)) == []
    late = mine.due_on + timedelta(days=1)
    assert list(Request.objects.on_ground(ground).overdue(late)) == [mine]


# Merging ------------------------------------------------------------------------------------------


class TestMerging:
    @pytest.mark.parametrize("first", ["keep", "gone"])
    def test_of_two_that_wait_the_later_is_withdrawn(self, town, street, first):
        keep = factories.member(cell=town.street_cell, locality=street)
        gone = factories.member(cell=town.street_cell, locality=street)
        number = gone.pk
        days = {"keep": ASKED, "gone": ASKED + timedelta(days=1)}
        if first == "gone":
            days = {"keep": ASKED + timedelta(days=1), "gone": ASKED}
        requests = {
            "keep": ask_to_leave(member=keep, on=days["keep"]),
            "gone": ask_to_leave(member=gone, on=days["gone"]),
        }
        merge_members(keep=keep, gone=gone, on=GRANTED)
        assert not Member.objects.filter(pk=number).exists()
        assert set(Request.objects.filter(member=keep)) == set(requests.values())
        assert list(Request.objects.open()) == [requests[first]]
        withdrawn = Request.objects.get(state="withdrawn")
        assert f"see request {requests[first].pk}" in withdrawn.decision_reason

    def test_requests_of_other_kinds_and_decided_ones_move_as_they_are(self, town, person, decider):
        gone = factories.member(cell=town.factory_cell)
        decided = ask_to_leave(member=gone, on=ASKED)
        refuse_request(request=decided, on=ASKED, by=decider, reason="Stay.")
        ask_to_leave(member=person, on=ASKED)
        merge_members(keep=person, gone=gone, on=GRANTED)
        assert fresh(decided).member == person
        assert fresh(decided).state == "refused"
        assert Request.objects.open().count() == 1
