"""Files by somebody who may change a part of the register: what they may do, and what they tell."""

import hashlib
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from audit.ground import Ground
from audit.models import Entry
from audit.tables import tables
from audit.tables.export import export_register
from audit.tables.importing import Listener, import_register
from districts.kinds import Kind
from districts.models import Locality, Unit, Workplace
from districts.roles import AUDITOR, SECRETARY, grant_role
from districts.scope import ground
from districts.tree import tree_faults
from members.models import Employment, Member, Registration
from members.registrations import register_member
from tests import factories

pytestmark = pytest.mark.django_db

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


@pytest.fixture
def part() -> Part:
    return Part()


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


# What a secretary may do ---------------------------------------------------------------------


def test_rows_of_the_part_are_changed_and_added(part, tmp_path):
    write(tmp_path, "units", unit("M-N", "street_cell", "M"))
    write(tmp_path, "members", person(OWN, given_name="Erika"), person(3000))
    write(tmp_path, "registrations", home(3000, "M-N"))
    write(
        tmp_path,
        "employments",
        {"member": 3000, "workplace": "T-W", "since": SINCE, "standing": "main"},
    )
    heard, outcome = bring(tmp_path, part)
    assert heard.problems == []
    assert outcome.counts["members"].new == outcome.counts["members"].changed == 1
    assert Member.objects.get(pk=OWN).given_name == "Erika"
    assert Registration.objects.get(member=3000).unit.code == "M-N"
    assert list(tree_faults()) == []


def test_his_own_export_comes_in_again_unchanged(part, tmp_path):
    Locality.objects.filter(code="M-L").update(street_cell=part.theirs["street"])
    Member.objects.filter(pk=OWN).update(locality=part.theirs["locality"])
    export_register(tmp_path, ground=part.ground())
    assert "\nT-L," in (tmp_path / "localities.csv").read_text()
    heard, outcome = bring(tmp_path, part)
    assert heard.problems == []
    assert {(counts.new, counts.changed) for counts in outcome.counts.values()} == {(0, 0)}


def test_a_row_goes_on_pointing_out_of_the_part_while_something_else_of_it_changes(part, tmp_path):
    Locality.objects.filter(code="M-L").update(street_cell=part.theirs["street"])
    row = row_of(Locality, code="M-L")
    write(tmp_path, "localities", row | {"name": "Another"})
    assert bring(tmp_path, part)[0].problems == []
    assert Locality.objects.get(code="M-L").name == "Another"
    write(tmp_path, "localities", row | {"street_cell": "M-S"})
    assert "street_cell: stands outside of your part" in refused(tmp_path, part)[0]


def test_a_cell_of_his_own_may_be_renamed_and_his_district_too(part, tmp_path):
    units = [row_of(Unit, code=code) | {"name": "New"} for code in ("M", "M-F")]
    write(tmp_path, "units", *units)
    assert bring(tmp_path, part)[0].problems == []


def test_the_part_is_asked_for_again_when_the_tree_was_numbered_anew(part, tmp_path):
    """A cell that sorts first pushes all ranges to the right."""
    write(tmp_path, "units", unit("A-000", "street_cell", "M"))
    write(tmp_path, "members", person(3000))
    write(tmp_path, "registrations", home(3000, "A-000"))
    assert bring(tmp_path, part)[0].problems == []


# What a secretary may not do -----------------------------------------------------------------


def test_a_foreign_member_is_not_pulled_into_his_cell(part, tmp_path):
    write(tmp_path, "registrations", home(FOREIGN, "M-F", since="2024-01-01"))
    assert refused(tmp_path, part) == [
        "registrations.csv:2 member: is unknown in the table members",
    ]


def test_nor_with_the_member_s_own_row_beside_it(part, tmp_path):
    write(tmp_path, "members", row_of(Member, number=FOREIGN))
    write(tmp_path, "registrations", home(FOREIGN, "M-F", since="2024-01-01"))
    assert refused(tmp_path, part) == [
        "members.csv:2 number: is taken",
        "registrations.csv:2 member: is unknown in the table members",
    ]


@pytest.mark.parametrize("since", [SINCE, "2020-01-01", "2022-01-01"])
@pytest.mark.parametrize("until", ["", "2023-01-01"])
def test_a_foreign_registration_is_neither_changed_nor_ended_nor_found_out(
    part, tmp_path, since, until
):
    """The same words for a member elsewhere and for one who does not exist, whatever is guessed."""
    told = []
    for number in (FOREIGN, 999):
        for code in ("M-F", "T-F", "NONE"):
            row = home(number, code, since=since, until=until)
            write(tmp_path, "registrations", row)
            told.append([line for line in refused(tmp_path, part) if " unit:" not in line])
    assert told == [["registrations.csv:2 member: is unknown in the table members"]] * 6


def test_a_foreign_unit_is_unknown_whatever_its_kind(part, tmp_path):
    told = set()
    for code in ("T-F", "T", "T-S", part.town.code, "NONE"):
        write(tmp_path, "registrations", home(OWN, code, since="2020-01-01", until="2020-02-01"))
        told |= set(refused(tmp_path, part))
        write(tmp_path, "registrations")
        write(tmp_path, "localities", {"code": "N", "postcode": "1", "name": "N", "unit": code})
        told |= set(refused(tmp_path, part))
        (tmp_path / "localities.csv").unlink()
    assert told == {
        "registrations.csv:2 unit: is unknown in the table units",
        "localities.csv:2 unit: is unknown in the table units",
    }


def test_the_work_of_a_foreign_member_cannot_be_guessed(part, tmp_path):
    told = []
    for number in (FOREIGN, 999):
        for workplace in ("T-W", "M-W"):
            for since in (SINCE, "2020-01-01"):
                row = {"member": number, "workplace": workplace, "since": since, "standing": "main"}
                write(tmp_path, "employments", row)
                told.append(refused(tmp_path, part))
    assert told == [["employments.csv:2 member: is unknown in the table members"]] * 8


def test_a_number_that_is_taken_says_no_more_than_that(part, tmp_path):
    exact = row_of(Member, number=FOREIGN)
    for row in (exact, exact | {"family_name": "Guessed"}):
        write(tmp_path, "members", row)
        assert refused(tmp_path, part) == ["members.csv:2 number: is taken"]


def test_a_code_of_a_foreign_unit_is_taken(part, tmp_path):
    for row in (row_of(Unit, code="T-F"), unit("T-F", "factory_cell", "M")):
        write(tmp_path, "units", row)
        assert refused(tmp_path, part) == ["units.csv:2 code: is taken"]


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"parent": "M-F"}, "parent"),
        ({"parent": ""}, "parent"),
        ({"kind": "local_group"}, "kind"),
        ({"dissolved": "2024-01-01"}, "dissolved"),
        ({"founded": "2019-01-01"}, "founded"),
    ],
)
def test_his_own_top_unit_is_for_those_above(part, tmp_path, fields, column):
    write(tmp_path, "units", row_of(Unit, code="M") | fields)
    told = refused(tmp_path, part)
    assert f"units.csv:2 {column}: is for whoever keeps the register of the unit above" in told


def test_the_unit_above_stays_as_it_is(part, tmp_path):
    write(tmp_path, "units", row_of(Unit, code=part.area.code) | {"name": "Mine"})
    (told,) = refused(tmp_path, part)
    assert "units.csv:2 code: lies outside of the part" in told
    assert "Mine" not in told


def test_a_unit_cannot_be_moved_out_of_the_part(part, tmp_path):
    for parent in ("T", part.area.code, "NONE"):
        write(tmp_path, "units", row_of(Unit, code="M-F") | {"parent": parent})
        assert refused(tmp_path, part) == [
            "units.csv:2 parent: is unknown in the table units",
        ]


@pytest.mark.parametrize("kind", ["town", "local_group"])
def test_no_root_is_planted(part, tmp_path, kind):
    write(tmp_path, "units", unit("ROOT", kind, ""))
    assert "lies outside of the part" in refused(tmp_path, part)[0]


def test_a_local_group_of_his_own_is_not_hung_elsewhere(tmp_path, part):
    group = factories.unit(Kind.LOCAL_GROUP, code="LG")
    grant_role(user=part.account, role=SECRETARY, unit=group)
    grant_role(user=part.account, role=SECRETARY, unit=Unit.objects.get(pk=part.area.pk))
    write(tmp_path, "units", row_of(Unit, code="LG") | {"parent": part.area.code})
    assert "is for whoever keeps" in refused(tmp_path, part)[0]


def test_a_new_member_must_belong_to_the_part(part, tmp_path):
    write(tmp_path, "members", person(3000, locality="T-L"))
    assert "members.csv:2 number: lies outside of the part" in refused(tmp_path, part)[0]
    write(tmp_path, "members", person(3000, locality="M-L"))
    assert bring(tmp_path, part)[0].problems == []


def test_places_elsewhere_are_named_and_left_alone(part, tmp_path):
    write(tmp_path, "localities", row_of(Locality, code="T-L") | {"unit": "M"})
    assert refused(tmp_path, part) == ["localities.csv:2 code: is taken"]
    write(tmp_path, "localities")
    write(tmp_path, "workplaces", row_of(Workplace, code="T-W") | {"cell": "M-F"})
    assert refused(tmp_path, part) == ["workplaces.csv:2 code: is taken"]
    write(tmp_path, "workplaces", {"code": "N", "name": "N", "locality": "T-L"})
    assert "lies outside of the part" in refused(tmp_path, part)[0]
    write(
        tmp_path,
        "workplaces",
        {"code": "N", "name": "N", "locality": "M-L", "cell": "M-F", "coverage": "own"},
    )
    assert bring(tmp_path, part)[0].problems == []


def test_a_locality_is_not_given_away(part, tmp_path):
    for code in ("", "T"):
        write(tmp_path, "localities", row_of(Locality, code="M-L") | {"unit": code})
        refused(tmp_path, part)


def test_the_membership_of_somebody_whose_home_is_elsewhere_is_not_ended(part, tmp_path):
    register_member(
        member=part.foreign, unit=part.mine["street"], since=date(2024, 1, 1), kind="residence"
    )
    row = row_of(Member, number=FOREIGN)
    write(tmp_path, "members", row | {"phone": "030 1"})
    assert bring(tmp_path, part)[0].problems == []
    row |= {"phone": "030 1", "left": "2024-06-01", "left_reason": "excluded"}
    write(tmp_path, "members", row)
    told = refused(tmp_path, part)
    assert "members.csv:2 left: is for whoever keeps the register of the home cell" in told
    write(tmp_path, "members", row_of(Member, number=OWN) | {"left": "2024-06-01"})
    (tmp_path / "registrations.csv").unlink(missing_ok=True)
    write(
        tmp_path,
        "members",
        row_of(Member, number=OWN) | {"left": "2024-06-01", "left_reason": "resigned"},
    )
    assert bring(tmp_path, part)[0].problems == []


def test_the_home_of_a_resident_is_not_taken_over(part, tmp_path):
    register_member(
        member=part.foreign, unit=part.mine["street"], since=date(2024, 1, 1), kind="residence"
    )
    write(tmp_path, "registrations", home(FOREIGN, "T-F", until="2024-06-01"))
    assert refused(tmp_path, part)
    write(tmp_path, "registrations", home(FOREIGN, "M-F"))
    assert refused(tmp_path, part) == ["registrations.csv:2 member/kind/since: is taken"]
    write(tmp_path, "registrations", home(FOREIGN, "M-F", since="2024-06-01"))
    assert "overlaps" in refused(tmp_path, part)[0]


def test_without_a_role_nothing_comes_in(part, tmp_path):
    for role in (None, AUDITOR):
        part.account = factories.account()
        if role:
            grant_role(user=part.account, role=role, unit=part.mine["district"])
        write(tmp_path, "members", person(OWN, given_name="Erika"))
        assert refused(tmp_path, part) == ["members.csv:2 number: is taken"]


def test_a_role_that_ended_yesterday_lets_nothing_in(part, tmp_path):
    held = part.account.held_roles.get()
    held.since = date(2024, 1, 1)
    held.until = date.today() - timedelta(days=1)
    held.save()
    write(tmp_path, "members", person(OWN, given_name="Erika"))
    assert refused(tmp_path, part) == ["members.csv:2 number: is taken"]


def test_what_is_refused_does_not_hide_the_other_problems(part, tmp_path):
    write(tmp_path, "members", person(FOREIGN), person(OWN, born="1900-02-30"))
    told = refused(tmp_path, part)
    assert [line.split()[1] for line in told] == ["number:", "born:"]


def test_whoever_holds_everything_is_not_confined(part, tmp_path):
    part.account = factories.account(is_superuser=True, is_staff=True)
    write(tmp_path, "units", unit("ROOT", "town", ""))
    write(tmp_path, "registrations", home(FOREIGN, "T-S"))
    assert bring(tmp_path, part)[0].problems == []
    assert Registration.objects.get(member=FOREIGN).unit.code == "T-S"


# The log -------------------------------------------------------------------------------------


def test_an_import_is_logged_with_its_files_and_counts_and_nobody_s_data(part, tmp_path):
    write(tmp_path, "members", person(OWN, given_name="Erika"))
    import_register(tmp_path, Listener(), within=part.ground, unit=part.mine["district"].pk)
    entry = Entry.objects.order_by("-id").first()
    data = (tmp_path / "members.csv").read_bytes()

    assert (entry.what, entry.unit) == ("imported", part.mine["district"].pk)
    assert entry.facts == {
        "files": {"members.csv": {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}},
        "tables": {"members": {"new": 0, "changed": 1, "unchanged": 0}},
    }
    assert "Erika" not in str(entry.facts)


def test_a_dry_run_and_a_refusal_are_not_logged(part, tmp_path):
    before = Entry.objects.count()
    write(tmp_path, "members", person(OWN, given_name="Erika"))
    import_register(tmp_path, Listener(), dry_run=True)
    write(tmp_path, "members", person("x"))
    import_register(tmp_path, Listener())
    assert Entry.objects.count() == before
    assert Member.objects.get(pk=OWN).given_name == ""


def test_an_import_without_its_entry_cannot_be(part, tmp_path, monkeypatch):
    def fail(*_arguments):
        raise RuntimeError("the log is out of reach")

    write(tmp_path, "members", person(OWN, given_name="Erika"))
    monkeypatch.setattr("audit.log._write", fail)
    with pytest.raises(RuntimeError, match="out of reach"):
        import_register(tmp_path, Listener())
    assert Member.objects.get(pk=OWN).given_name == ""


def test_the_command_logs_too(part, tmp_path):
    write(tmp_path, "members", person(OWN, given_name="Erika"))
    call_command("import_register", str(tmp_path), stdout=StringIO())
    entry = Entry.objects.order_by("-id").first()
    assert (entry.what, entry.unit, entry.actor) == ("imported", None, None)
