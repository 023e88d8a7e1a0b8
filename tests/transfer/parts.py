"""A part of the register, the files that its secretary brings, and what they are answered."""

from pathlib import Path

from audit.ground import Ground
from audit.models import Entry
from audit.tables import tables
from audit.tables.importing import Listener, import_register
from districts.kinds import Kind
from districts.models import Locality, Unit, Workplace
from districts.roles import SECRETARY, grant_role
from districts.scope import ground
from members.models import Employment, Member, Registration
from members.registrations import register_member
from tests import factories

FOREIGN, OWN = 1000, 2000
SINCE = factories.JOINED.isoformat()
HEADS = {table.name: [column.name for column in table.columns] for table in tables()}


class Heard(Listener):
    """Keeps what an import tells."""

    def __init__(self):
        self.problems, self.changes = [], []

    def problem(self, problem):
        self.problems.append((problem.file, problem.line, problem.column, problem.message))

    def change(self, table, line, key, column, old, new):
        self.changes.append((table.name, key, column, old, new))


class Part:
    """A district with its cells, what is next to it, and its secretary."""

    def __init__(self):
        town = factories.town()
        self.town, self.area = town.town, town.area
        self.mine = self._district("M", town.district)
        self.theirs = self._district("T", factories.unit(Kind.DISTRICT, town.area, code="T"))
        self.own = self._member(OWN, self.mine)
        self.foreign = self._member(FOREIGN, self.theirs)
        self.account = factories.account()
        grant_role(user=self.account, role=SECRETARY, unit=self.mine["district"])

    def _district(self, code, district):
        Unit.objects.filter(pk=district.pk).update(code=code)
        district.refresh_from_db()
        cell = factories.unit(Kind.FACTORY_CELL, district, code=f"{code}-F")
        street = factories.unit(Kind.STREET_CELL, district, code=f"{code}-S")
        locality = factories.locality(code=f"{code}-L", unit=district, street_cell=street)
        works = factories.workplace(code=f"{code}-W", locality=locality, cell=cell)
        return {
            "district": district,
            "cell": cell,
            "street": street,
            "locality": locality,
            "works": works,
        }

    def _member(self, number, part):
        member = Member.objects.create(
            number=number, family_name=f"Family {number}", joined=factories.JOINED
        )
        register_member(member=member, unit=part["cell"], since=factories.JOINED, kind="home")
        Employment.objects.create(member=member, workplace=part["works"], since=factories.JOINED)
        return member

    def ground(self) -> Ground:
        return ground(self.account, "change_register")


def contents():
    models = (Unit, Locality, Workplace, Member, Registration, Employment)
    return [list(model.objects.order_by("pk").values()) for model in models]


def write(folder: Path, table: str, *rows: dict) -> None:
    lines = [",".join(HEADS[table])]
    lines += [",".join(str(row.get(name, "")) for name in HEADS[table]) for row in rows]
    (folder / f"{table}.csv").write_text("\n".join(lines) + "\n")


def bring(folder: Path, part: Part):
    """Import as the secretary: what was told, and the outcome."""
    heard = Heard()
    outcome = import_register(folder, heard, within=part.ground)
    return heard, outcome


def refused(folder: Path, part: Part) -> list[str]:
    """Import as the secretary, hold that nothing was kept, and say what was told."""
    before, entries = contents(), Entry.objects.count()
    heard, outcome = bring(folder, part)
    assert outcome.problems
    assert contents() == before
    assert Entry.objects.count() == entries
    return [f"{file}:{line} {column}: {message}" for file, line, column, message in heard.problems]


def unit(code, kind, parent, **fields):
    row = {"code": code, "name": f"Unit {code}", "kind": kind, "parent": parent}
    return {**row, "founded": "2020-01-01", "regime": "normal", **fields}


def person(number, **fields):
    return {"number": number, "family_name": f"Family {number}", "joined": SINCE, **fields}


def home(number, code, since=SINCE, **fields):
    return {"member": number, "kind": "home", "unit": code, "since": since, **fields}


def row_of(model, **key):
    """A row as the export has it."""
    table = next(table for table in tables() if table.model is model)
    values = table.selected().filter(**key).get()
    return {name: "" if v is None else v for name, v in zip(HEADS[table.name], values, strict=True)}
