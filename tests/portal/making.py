"""People and places for the tests of the members' own pages."""

from dataclasses import dataclass
from datetime import date

from django.test import Client
from django.utils import timezone

from districts.kinds import Kind
from districts.models import Locality, Unit, Workplace
from districts.roles import SECRETARY, grant_role
from members.employments import start_employment
from members.models import Account, Member
from tests import factories


@dataclass(frozen=True)
class Place:
    """A town with two districts, each with a factory and a street cell, and places for them."""

    town: factories.Town
    other: Unit
    other_street: Unit
    works: Workplace
    here: Locality
    there: Locality


def place() -> Place:
    """The town: `here` lies in the first district, `there` in the other."""
    town = factories.town()
    other = factories.unit(Kind.DISTRICT, town.area)
    other_street = factories.unit(Kind.STREET_CELL, other)
    for unit in (town.town, town.area, town.district, town.factory_cell, town.street_cell, other):
        unit.refresh_from_db()
    here = factories.locality(
        name="Riverside", postcode="10001", unit=town.district, street_cell=town.street_cell
    )
    there = factories.locality(
        name="Hilltop", postcode="10002", unit=other, street_cell=other_street
    )
    works = factories.workplace(name="Aurora Works", cell=town.factory_cell, locality=here)
    return Place(town, other, other_street, works, here, there)


def worker(town: Place, **fields: object) -> Member:
    """Somebody who works in the works and lives here."""
    made = factories.member(
        cell=town.town.factory_cell,
        **{"given_name": "Anna", "locality": town.here, "address": "Old Street 1", **fields},
    )
    start_employment(member=made, workplace=town.works, since=factories.JOINED)
    return made


def resident(town: Place, **fields: object) -> Member:
    """Somebody who works nowhere and lives here."""
    return factories.member(
        cell=town.town.street_cell, **{"given_name": "Berta", "locality": town.here, **fields}
    )


def logged_in(client: Client, member: Member) -> Account:
    """The member's account, logged in."""
    account = factories.account(member=member)
    client.force_login(account)
    return account


def secretary(unit: Unit) -> Account:
    """The secretary of the unit."""
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=unit)
    return account


def today() -> date:
    """Today, where the program is."""
    return timezone.localdate()
