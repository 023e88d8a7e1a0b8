"""A town, and who looks at the first page."""

import pytest

from districts.roles import SECRETARY, grant_role
from tests import factories


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def secretary(town, client):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    return account


@pytest.fixture
def administrator(client):
    account = factories.account(is_staff=True, is_superuser=True)
    client.force_login(account)
    return account
