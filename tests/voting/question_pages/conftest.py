"""A town, and the secretary of its district."""

import pytest

from tests import factories
from tests.voting.office import log_in


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def secretary(town, client):
    return log_in(client, town.district)
