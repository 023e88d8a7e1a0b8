"""Requests of two numbers of one person that are merged."""

from datetime import timedelta

import pytest

from cells.requests import ask_to_leave, refuse_request
from members.merging import merge_members
from members.models import Member, Request
from tests import factories
from tests.requests.making import ASKED, GRANTED, fresh

pytestmark = pytest.mark.django_db


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
