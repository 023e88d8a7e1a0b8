"""Two towns: one where a member works, and one where he or she lives."""

import pytest

from members.employments import start_employment
from members.registrations import register_member
from tests import factories
from tests.residence_pages.office import DAY


@pytest.fixture
def there():
    """The town where the member lives."""
    return factories.town()


@pytest.fixture
def place(there):
    return factories.locality(unit=there.district, street_cell=there.street_cell, name="Riverside")


@pytest.fixture
def works(town):
    return factories.workplace(cell=town.factory_cell, name="The secret mill")


@pytest.fixture
def member(town, place):
    return factories.member(
        cell=town.factory_cell,
        locality=place,
        family_name="Müller",
        given_name="Jürgen",
        phone="0123 456",
        email="j@example.org",
        address="Quay 3",
    )


@pytest.fixture
def resident(member, there, works):
    """A member who is registered with the district of residence, and works in the secret mill."""
    register_member(member=member, unit=there.district, since=DAY, kind="residence")
    start_employment(member=member, workplace=works, since=DAY)
    return member
