"""An open poll, who may vote in it, and a teller at its door."""

import pytest

from tests import factories
from tests.voting import making


@pytest.fixture
def person(town):
    return factories.member(cell=town.factory_cell, family_name="Müller", given_name="Jürgen")


@pytest.fixture
def teller(town):
    return making.teller(town.district)


@pytest.fixture
def poll(town, person):
    return making.opened(making.motion(town.district), town.factory_cell)


@pytest.fixture
def at_door(client, teller):
    client.force_login(teller)
    return client
