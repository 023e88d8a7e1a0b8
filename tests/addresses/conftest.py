"""The rows that the addresses are about."""

import pytest

from tests.addresses.making import a_row_of_each_table


@pytest.fixture
def rows():
    return a_row_of_each_table()
