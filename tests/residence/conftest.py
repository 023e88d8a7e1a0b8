"""Two towns: one where a member works, and one where he or she lives."""

import pytest

from tests import factories


@pytest.fixture
def there():
    """The town where the member lives."""
    return factories.town()


@pytest.fixture
def place(there):
    return factories.locality(unit=there.district, street_cell=there.street_cell)


@pytest.fixture
def member(town, place):
    return factories.member(cell=town.factory_cell, locality=place)
