"""Emergencies and appointed committees for the tests, made by the program's own acts."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from elections.bureaus.sitting import Place
from elections.emergency.appointing import Gathering, appoint_committee, proposed_day
from elections.emergency.declaring import declare_emergency
from elections.models import Bureau
from members.models import Member
from tests.bureaus.making import members_of

TODAY = timezone.localdate()
BEGUN = TODAY - timedelta(days=20)
APPOINTED = TODAY - timedelta(days=10)


def declared(town: Any, on: date = BEGUN) -> None:
    """The emergency of the town's area."""
    declare_emergency(unit=town.area, by=town.town, on=on, reason="The committee was arrested.")
    town.area.refresh_from_db()


def people(town: Any, factory: int = 2, street: int = 1) -> list[Member]:
    """So many new members of the factory cell and of the street cell."""
    return [*members_of(town.factory_cell, factory), *members_of(town.street_cell, street)]


def appointed(town: Any, members: Sequence[Member], on: date = APPOINTED, **fields: Any) -> Bureau:
    """A committee of these that the town appointed for its area."""
    return appoint_committee(
        **{
            "unit": town.area,
            "by": town.town,
            "places": [Place(member) for member in members],
            "on": on,
            "meeting": Gathering(proposed_day(on), "The back room"),
            **fields,
        }
    )
