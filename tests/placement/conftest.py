"""A town with a factory and a street, somebody who lives there, and a village."""

import pytest

from districts.kinds import Kind
from tests import factories
from tests.placement.making import JOINED


@pytest.fixture
def street(town):
    """A locality in which the town's street cell works."""
    return factories.locality(unit=town.district, street_cell=town.street_cell)


@pytest.fixture
def works(town, street):
    """The factory that the town's factory cell is the own cell of."""
    return factories.workplace(cell=town.factory_cell, locality=street)


@pytest.fixture
def person(town, street):
    """Somebody who lives in the street cell's locality, and works nowhere."""
    return factories.member(cell=town.street_cell, locality=street, joined=JOINED)


@pytest.fixture
def village():
    """A local group with a joint cell, and a locality and a workplace that name no cell."""
    group = factories.unit(Kind.LOCAL_GROUP)
    joint = factories.unit(Kind.JOINT_CELL, group)
    home = factories.locality(unit=group)
    return joint, home, factories.workplace(locality=home)
