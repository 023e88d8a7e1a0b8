"""A town, somebody in it, and the secretary of the district."""

import pytest

from districts.roles import SECRETARY, grant_role
from tests import factories


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def secretary(town, client):
    """The secretary of the district, logged in with `client`."""
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    return account


@pytest.fixture
def person(town):
    return factories.member(cell=town.factory_cell, family_name="Müller", given_name="Jürgen")
