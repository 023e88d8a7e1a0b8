"""Days of a request, and what the register says after it."""

from datetime import date

import pytest

from cells.requests import CannotAsk, CannotDecide
from districts.roles import SECRETARY, grant_role
from tests import factories

LOST = date(2024, 3, 1)  # the first day without work
ASKED = date(2024, 9, 1)  # six months later
GRANTED = date(2024, 9, 10)


def secretary(unit, role=SECRETARY, **fields):
    account = factories.account(**fields)
    grant_role(user=account, role=role, unit=unit and fresh(unit), since=factories.JOINED)
    return account


def fresh(row):
    return type(row).objects.get(pk=row.pk)


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
