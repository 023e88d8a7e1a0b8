"""A town, and the secretary of its district."""

import pytest

from districts.roles import SECRETARY, grant_role
from tests import factories


@pytest.fixture
def town(db):
    return factories.town()


@pytest.fixture
def secretary(town, client):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    return account
