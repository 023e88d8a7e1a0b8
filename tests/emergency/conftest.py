"""An area in an emergency, for the tests of whom names are shown to."""

from datetime import date
from types import SimpleNamespace

import pytest

from districts.roles import AUDITOR, SECRETARY, grant_role
from tests import factories
from tests.emergency.making import declared

WHOLE = {
    "family_name": "Zetterling",
    "given_name": "Mai",
    "born": date(1984, 5, 24),
    "email": "mai@example.org",
    "phone": "0301234567",
    "address": "Muster Lane 7",
}


@pytest.fixture
def scene(client):
    """An area in an emergency with a member of each kind of cell, and who may look at it."""
    town = factories.town()
    member = factories.member(cell=town.factory_cell, **WHOLE)
    other = factories.unit("area", town.town)
    district = factories.unit("district", other)
    cell = factories.unit("factory_cell", district)
    neighbour = factories.member(cell=cell, family_name="Nilsson")
    accounts = {"administrator": factories.account(is_superuser=True, is_staff=True)}
    for name, unit in {"there": town.area, "below": town.district, "above": town.town}.items():
        accounts[name] = factories.account()
        grant_role(user=accounts[name], role=SECRETARY, unit=unit)
        grant_role(user=accounts[name], role=AUDITOR, unit=unit)
    accounts["everywhere"] = factories.account()
    grant_role(user=accounts["everywhere"], role=SECRETARY, unit=None)
    grant_role(user=accounts["everywhere"], role=AUDITOR, unit=None)
    town.area.refresh_from_db()
    town.town.refresh_from_db()
    declared(town)
    return SimpleNamespace(
        town=town, member=member, neighbour=neighbour, accounts=accounts, client=client, cell=cell
    )
