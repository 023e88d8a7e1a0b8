"""Who keeps the town's district."""

import pytest

from tests.voting.office import log_in


@pytest.fixture
def secretary(town, client):
    return log_in(client, town.district)
