"""Who brings files, and of which part of the register."""

import pytest

from tests.transfer.office import Office
from tests.transfer.parts import Part


@pytest.fixture
def part() -> Part:
    return Part()


@pytest.fixture
def office(client) -> Office:
    return Office(client)
