"""Admission, readmission and exit."""

from datetime import date

import pytest

from cells.requests import (
    ask_for_admission,
    ask_for_readmission,
    ask_for_transfer,
    ask_to_leave,
    grant_request,
    refuse_request,
)
from districts.kinds import Kind
from districts.models import Unit
from members.membership import end_membership
from members.models import Member, Request
from tests.requests.making import ASKED, GRANTED, LOST, another, fresh, home, refused

pytestmark = pytest.mark.django_db


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
