"""A town whose district meets, and who asks for the pages of it."""

import pytest

from districts.models import Unit
from districts.roles import SECRETARY, TELLER
from tests import factories
from tests.meetings.pages import logged_in


@pytest.fixture
def district(town):
    return Unit.objects.get(pk=town.district.pk)


@pytest.fixture
def secretary(client, district):
    return logged_in(client, SECRETARY, district)


@pytest.fixture
def teller(client, district):
    return logged_in(client, TELLER, district)


@pytest.fixture
def member(client, town):
    """A member with an account, logged in."""
    member = factories.member(cell=town.factory_cell, given_name="Anna", family_name="Müller")
    client.force_login(factories.account(member=member))
    return member
