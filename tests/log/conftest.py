"""A member of the town, and a chain of entries about the town."""

import pytest

from districts.units import rename_unit
from tests import factories


@pytest.fixture
def person(town):
    return factories.member(cell=town.factory_cell, family_name="Müller")


@pytest.fixture
def chain(town):
    """A chain of a dozen entries; its number."""
    for number in range(12):
        rename_unit(unit=town.street_cell, name=f"Name {number}")
    return town.town.pk
