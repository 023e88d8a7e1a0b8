"""A town, somebody out of work, somebody who never worked, and who decides."""

import pytest

from members.employments import end_employment, start_employment
from tests import factories
from tests.requests.making import LOST, secretary


@pytest.fixture
def works(town):
    return factories.workplace(cell=town.factory_cell)


@pytest.fixture
def street(town):
    return factories.locality(unit=town.district, street_cell=town.street_cell)


@pytest.fixture
def person(town, works, street):
    """Somebody who lives in the street cell's locality and lost the work in the factory."""
    found = factories.member(cell=town.factory_cell, locality=street)
    job = start_employment(member=found, workplace=works, since=factories.JOINED)
    end_employment(employment=job, on=LOST)
    return found


@pytest.fixture
def idle(town, street):
    """Somebody who never worked and is at home in the street cell."""
    return factories.member(cell=town.street_cell, locality=street)


@pytest.fixture
def decider(town):
    return secretary(town.district)
