"""What the tests of bureaus share."""

from types import SimpleNamespace

import pytest

from tests import factories
from tests.bureaus import making


@pytest.fixture
def district(db):
    """A district with four candidates of the street, who are liked best, and four workers."""
    town = factories.town()
    street = making.members_of(town.street_cell, 4)
    factory = making.members_of(town.factory_cell, 4)
    return SimpleNamespace(
        town=town, unit=town.district, street=street, factory=factory, all=[*street, *factory]
    )
