"""Somebody who can ask in the town, and the secretary who decides."""

import pytest

from tests import factories
from tests.request_pages.making import log_in


@pytest.fixture
def street(town):
    return factories.locality(unit=town.district, street_cell=town.street_cell)


@pytest.fixture
def idle(town, street):
    return factories.member(
        cell=town.street_cell, locality=street, family_name="Müller", given_name="Jürgen"
    )


@pytest.fixture
def secretary(town, client):
    return log_in(client, town.district)
