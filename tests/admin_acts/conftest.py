"""Somebody in the town."""

import pytest

from tests import factories


@pytest.fixture
def person(town):
    return factories.member(cell=town.factory_cell, family_name="Müller", given_name="Jürgen")
