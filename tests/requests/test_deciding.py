"""Who decides, and what holds for every request."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.ground import Ground
from audit.models import Chain, Entry
from audit.refusals import Refused
from cells.request_blockers import deciding_unit, granting_blockers, may_decide
from cells.requests import (
    ask_for_detachment,
    ask_for_transfer,
    ask_to_leave,
    grant_request,
    refuse_request,
    withdraw_request,
)
from districts.kinds import Kind
from districts.roles import AUDITOR
from members.models import Request
from members.registrations import change_cell
from tests import factories
from tests.requests.making import ASKED, GRANTED, another, fresh, home, reasons, refused, secretary

pytestmark = pytest.mark.django_db


# Who decides ------------------------------------------------------------------------------------


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


# What holds for all -----------------------------------------------------------------------------


def test_one_request_of_a_kind_waits_at_a_time(idle, decider):
    first = ask_to_leave(member=idle, on=ASKED)
    (told,) = refused(ask_to_leave, member=idle, on=ASKED)
    assert told == "Asked on 2024-09-01 already, and not decided yet: exit."
    withdraw_request(request=first, on=ASKED, by=decider)
    assert ask_to_leave(member=idle, on=ASKED).is_open


@pytest.mark.parametrize("second", [grant_request, refuse_request, withdraw_request])
def test_what_is_decided_is_decided(town, idle, decider, second):
    request = ask_to_leave(member=idle, on=ASKED)
    refuse_request(request=request, on=GRANTED, by=decider, reason="Stay.")
    other = secretary(town.area)
    assert refused(second, request=request, on=GRANTED, by=other, reason="Go.") == [
        f"This request was decided on 2024-09-10 already: refused by {decider}."
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
