"""Who votes on a question in the town, and the secretary."""

import pytest

from tests import factories
from tests.voting import making
from tests.voting.office import log_in


@pytest.fixture
def secretary(town, client):
    return log_in(client, town.district)


@pytest.fixture
def voters(town):
    return [factories.member(cell=town.street_cell) for _ in range(5)]


@pytest.fixture
def question(town):
    return making.motion(town.district)
