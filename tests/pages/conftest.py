"""Who keeps the town's district."""

import pytest

from districts.roles import SECRETARY
from tests.pages.looking import log_in


@pytest.fixture
def secretary(town, client):
    """The secretary of the district, logged in with `client`."""
    return log_in(client, SECRETARY, town.district)
