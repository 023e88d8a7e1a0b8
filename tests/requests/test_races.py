"""Two decisions on one request at the same moment, on PostgreSQL: one stands, the other is told."""

import threading
from contextlib import suppress
from datetime import date

import pytest

from cells import requests
from cells.requests import (
    CannotDecide,
    ask_for_admission,
    ask_for_transfer,
    grant_request,
    refuse_request,
    withdraw_request,
)
from districts.roles import SECRETARY, grant_role
from members.models import Member, Request
from tests import factories
from tests.test_tree_races import in_parallel

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ASKED, ON = date(2024, 6, 1), date(2024, 6, 2)


@pytest.fixture
def two(town):
    """Two who may decide: the secretaries of the district and of the town."""
    accounts = (factories.account(), factories.account())
    for account, unit in zip(accounts, (town.district, town.town), strict=True):
        grant_role(user=account, role=SECRETARY, unit=unit)
    return accounts


@pytest.fixture
def applicant(town):
    return ask_for_admission(family_name="Novak", cell=town.street_cell, on=ASKED)


def both_look_before_either_writes(monkeypatch, *, locked: bool) -> None:
    """Let each of two decisions read the request and wait for the other one to have read it too.

    With the lock the second cannot read before the first has written, and the first goes on alone.
    """
    read, met = requests._locked, threading.Barrier(2)

    def look(request: Request) -> Request:
        found = read(request) if locked else Request.objects.get(pk=request.pk)
        with suppress(threading.BrokenBarrierError):
            met.wait(timeout=0.5 if locked else 10)
        return found

    monkeypatch.setattr(requests, "_locked", look)


@pytest.mark.parametrize("locked", [True, False])
def test_of_two_who_admit_the_same_person_one_does(monkeypatch, two, applicant, locked):
    """The negative control: without the lock one person becomes two members."""
    both_look_before_either_writes(monkeypatch, locked=locked)
    outcomes = in_parallel(
        *(lambda by=by: grant_request(request=applicant, on=ON, by=by) for by in two)
    )
    granted = [one for one in outcomes if isinstance(one, Request)]
    assert Member.objects.count() == len(granted) == (1 if locked else 2)
    if locked:
        (told,) = [one for one in outcomes if isinstance(one, CannotDecide)]
        by = granted[0].decided_by
        assert f"was decided on 2024-06-02 already: granted by {by}." in str(told)


@pytest.mark.parametrize("locked", [True, False])
def test_one_grants_and_the_other_refuses(monkeypatch, two, applicant, locked):
    """The negative control: without the lock a person is a member whose request was refused."""
    both_look_before_either_writes(monkeypatch, locked=locked)
    one, other = two
    outcomes = in_parallel(
        lambda: grant_request(request=applicant, on=ON, by=one),
        lambda: refuse_request(request=applicant, on=ON, by=other, reason="Unknown."),
    )
    assert sum(isinstance(told, CannotDecide) for told in outcomes) == (1 if locked else 0)
    applicant.refresh_from_db()
    if locked:
        assert Member.objects.exists() is (applicant.state == "granted")


def test_a_member_s_request_is_decided_or_withdrawn_but_not_both(town, two):
    person = factories.member(
        cell=town.factory_cell, locality=factories.locality(street_cell=town.street_cell)
    )
    request = ask_for_transfer(member=person, cell=town.street_cell, on=ASKED)
    one, other = two
    outcomes = in_parallel(
        lambda: grant_request(request=request, on=ON, by=one),
        lambda: withdraw_request(request=request, on=ON, by=other),
        lambda: grant_request(request=request, on=ON, by=other),
    )
    assert sum(isinstance(told, Request) for told in outcomes) == 1
    assert sum(isinstance(told, CannotDecide) for told in outcomes) == 2
    request.refresh_from_db()
    moved = person.registrations.filter(unit=town.street_cell).exists()
    assert moved is (request.state == "granted")
