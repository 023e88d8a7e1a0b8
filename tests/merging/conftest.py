"""Two numbers of one person in the town."""

import pytest

from tests import factories
from tests.merging.making import day


@pytest.fixture
def pair(town):
    """Somebody registered twice: in the factory cell first, and in the street cell later."""
    keep = factories.member(cell=town.factory_cell, family_name="Novak", given_name="Eva")
    gone = factories.member(
        cell=town.street_cell, family_name="Nowak", given_name="Eva", joined=day("2023-01-01")
    )
    return keep, gone
