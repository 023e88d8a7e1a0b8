"""Who looks at the findings of a town, and a register too large for a page to wait for."""

import pytest

from districts import surveys
from districts.roles import SECRETARY
from tests import factories
from tests.findings.making import NoThread, log_in


@pytest.fixture
def secretary(town, client):
    """The secretary of the district, logged in with `client`."""
    return log_in(client, SECRETARY, town.district)


@pytest.fixture
def administrator(client):
    account = factories.account(is_staff=True, is_superuser=True)
    client.force_login(account)
    return account


@pytest.fixture
def large(monkeypatch):
    """Every ground is too large to be looked through while a page waits, and nobody begins to."""
    monkeypatch.setattr(surveys, "LIVE_UNITS", 0)
    monkeypatch.setattr(surveys, "Thread", NoThread)
    NoThread.started = 0
