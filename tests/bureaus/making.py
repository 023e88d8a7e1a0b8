"""Bureaus for the tests, made by the program's own acts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from districts.models import Unit
from elections.bureaus.sitting import Place, constitute_bureau
from elections.models import Bureau
from members.models import Member
from tests import factories

ON = date(2026, 3, 2)
MANDATES = {"district": "general", "local_group": "general", "area": "delegates"}


def members_of(cell: Unit, number: int) -> list[Member]:
    """So many new members of the cell."""
    return [factories.member(cell=cell) for _one in range(number)]


def bureau(unit: Unit, members: Sequence[Member], on: date = ON, **fields: Any) -> Bureau:
    """A bureau of these members, lawfully constituted."""
    mandate = MANDATES.get(unit.kind, "delegates" if unit.kind == "town" else "cell")
    return constitute_bureau(
        **{
            "unit": unit,
            "mandate": mandate,
            "places": [Place(member) for member in members],
            "on": on,
            **fields,
        }
    )


def of_district(town: Any, factory: int = 3, street: int = 2, **fields: Any) -> Bureau:
    """A bureau of the town's district, of so many members of factory and street cells."""
    people = [*members_of(town.factory_cell, factory), *members_of(town.street_cell, street)]
    return bureau(town.district, people, **fields)
