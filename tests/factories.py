"""Small organisations and people for the tests, made by the program's own acts."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from audit.rulebook import rules
from cells.misplaced import misplaced
from districts.kinds import Kind
from districts.models import Locality, Unit, Workplace
from districts.units import found_unit
from members.membership import admit_member
from members.models import Account, Employment, Member

FOUNDED = date(2020, 1, 1)
JOINED = date(2021, 1, 1)

_numbers = count(1)


def _code(prefix: str) -> str:
    """A code that no other row of this run has; codes sort in the order of their making."""
    return f"{prefix}-{next(_numbers):06}"


@dataclass(frozen=True)
class Town:
    """A town with one unit of each kind that stands in towns."""

    town: Unit
    area: Unit
    district: Unit
    factory_cell: Unit
    street_cell: Unit


def unit(kind: str, parent: Unit | None = None, **fields: Any) -> Unit:
    """A unit of `kind` under `parent`."""
    code = fields.pop("code", None) or _code(kind)
    fields = {"name": f"The {kind} {code}", "founded": FOUNDED, **fields}
    return found_unit(kind=kind, code=code, parent=parent, **fields)


def town() -> Town:
    """A town, its area, its district, and in that a factory cell and a street cell."""
    root = unit(Kind.TOWN)
    area = unit(Kind.AREA, root)
    district = unit(Kind.DISTRICT, area)
    factory_cell = unit(Kind.FACTORY_CELL, district)
    street_cell = unit(Kind.STREET_CELL, district)
    units = (root, area, district, factory_cell, street_cell)
    for made in units:
        made.refresh_from_db()  # each birth moved the ranges of those made before
    return Town(*units)


def locality(**fields: Any) -> Locality:
    """A locality, of no unit unless `unit` and `street_cell` are given."""
    code = fields.pop("code", None) or _code("locality")
    return Locality.objects.create(
        **{"code": code, "postcode": "10000", "name": f"Locality {code}", **fields}
    )


def workplace(**fields: Any) -> Workplace:
    """A workplace in a locality of its own, unless one is given."""
    code = fields.pop("code", None) or _code("workplace")
    if "locality" not in fields:
        fields["locality"] = locality()
    if fields.get("cell") is not None:
        fields.setdefault("coverage", "own")
    return Workplace.objects.create(**{"code": code, "name": f"Works {code}", **fields})


def member(*, cell: Unit, **fields: Any) -> Member:
    """Somebody admitted to `cell`."""
    return admit_member(cell=cell, **{"family_name": "Example", "joined": JOINED, **fields})


def account(username: str = "", **fields: Any) -> Account:
    """Somebody who can log in, with the password 'password' unless another is given."""
    username = username or _code("account")
    fields = {"password": "password", "email": f"{username}@example.org", **fields}
    return Account.objects.create_user(username, **fields)


def settled(*, cell: Unit, **fields: Any) -> Member:
    """Somebody admitted to the cell that he or she belongs to, by work or by residence."""
    if cell.kind != Kind.FACTORY_CELL:
        return member(cell=cell, **{"locality": locality(street_cell=cell), **fields})
    made = member(cell=cell, **fields)
    Employment.objects.create(member=made, workplace=workplace(cell=cell), since=made.joined)
    return made


def rule_queries() -> int:
    """How many queries all rules cost on a part of the register in which nothing is wrong.

    Those on placement share one; every other rule asks for itself.
    """
    sharing = [rule for rule in rules() if getattr(rule.check, "look", None) is misplaced]
    return len(rules()) - len(sharing) + 1
