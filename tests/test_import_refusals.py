"""Every way in which files can be wrong: told by file, line, column and value, nothing kept."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.tables.export import export_register
from districts.models import Unit
from members.models import Employment, Member, Registration
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An export of a small register, to be broken; its codes are made plain."""
    town = factories.town()
    for unit, code in zip(
        (town.town, town.area, town.district, town.factory_cell, town.street_cell),
        ("T", "A", "D", "F", "S"),
        strict=True,
    ):
        Unit.objects.filter(pk=unit.pk).update(code=code, name=f"Unit {code}")
    locality = factories.locality(code="L1", unit=town.district, street_cell=town.street_cell)
    works = factories.workplace(code="W1", locality=locality, cell=town.factory_cell)
    for number in (1, 2, 3):
        member = Member.objects.create(
            number=number, family_name=f"Family {number}", joined=factories.JOINED
        )
        Registration.objects.create(
            member=member, unit=town.factory_cell, since=factories.JOINED, until=None
        )
        Employment.objects.create(member=member, workplace=works, since=factories.JOINED)
    export_register(tmp_path)
    return tmp_path


def run(folder: Path, *options: str) -> tuple[str, int]:
    """What the import printed, and its status."""
    out = StringIO()
    try:
        call_command("import_register", str(folder), *options, stdout=out, stderr=out)
    except SystemExit as stop:
        return out.getvalue(), int(stop.code or 0)
    except CommandError as error:
        return out.getvalue() + str(error), 1
    return out.getvalue(), 0


def contents() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Unit, Member, Registration)]


def replace(folder: Path, table: str, old: str, new: str) -> None:
    path = folder / f"{table}.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


UNITS = "code,name,kind,parent,founded,dissolved,regime,regime_since,latitude,longitude,contact\n"

WRONG = [
    # table, what stands there, what is put there, what must be said
    ("members", "number,", "nummer,", "members.csv:1, nummer: is no column"),
    ("members", "number,", "nummer,", "members.csv:1, number: is missing"),
    ("members", ",born", "", "members.csv:1, born: is missing"),
    ("members", ",born", ",family_name", "members.csv:1, family_name: stands twice"),
    ("members", "\n2,", "\nx,", "members.csv:3, number: 'x' must be a whole number"),
    ("members", "\n2,", "\n,", "members.csv:3, number: is empty"),
    ("members", "\n2,", "\n1,", "members.csv:3, number: '1' stands in line 2 already"),
    ("members", "2021-01-01", "31.02.2021", "members.csv:2, joined: '31.02.2021' must be a day"),
    (
        "members",
        "2021-01-01",
        "9999-12-31",
        "joined: '9999-12-31' must be a day from 1800-01-01 to 2999-12-31",
    ),
    ("members", "2021-01-01", "2021-02-31", "joined: '2021-02-31' is no day of the calendar"),
    ("members", "2021-01-01,", "2021-01-01,2020-01-01", "members.csv:2, "),
    ("members", "2021-01-01,,", "2021-01-01,2022-01-01,", "left_reason"),
    ("members", "Family 2,", "Family 2", "members.csv:3: has 10 columns in place of 11"),
    ("members", "Family 2", '"Family 2', "quotation mark that is never closed"),
    ("members", "Family 2", '"Family" 2', "after a closing quotation mark"),
    ("members", "Family 2", "Fam\0ily", "number 0"),
    ("members", ",2021", "L9,2021", "members.csv:2, locality: 'L9' is unknown in the table local"),
    ("units", "factory_cell,D", "factory_cell,T", "units.csv:4, parent: 'T' A9: A factory cell"),
    ("units", "area,T", "area,", "A9: A area stands under one of the kind town"),
    ("units", "area,T", "area,X", "parent: 'X' is unknown in the table units"),
    ("units", "area,T", "area,D", "A9: would stand below itself"),
    ("units", "area,T", "village,T", "kind: 'village' must be one of"),
    ("units", "normal,", "emergency,", "A14"),
    ("units", "town,,2020-01-01,", "town,,2020-01-01,2019-01-01", "The end must be a later day"),
    ("units", "normal,,,", "normal,,52.5,", "A position has a latitude and a longitude"),
    ("units", "normal,,,", "normal,,52.5,200", "longitude: '200' is out of range"),
    ("localities", ",D,", ",F,", "unit: 'F' must be a unit of one of the kinds: district"),
    ("workplaces", ",L1,", ",,", "workplaces.csv:2, locality: is empty"),
    ("registrations", "1,home,F", "1,home,X", "registrations.csv:2, unit: 'X' is unknown"),
    ("registrations", "1,home", "9,home", "registrations.csv:2, member: '9' is unknown"),
    ("registrations", "1,home", "1,host", "kind: 'host' must be one of: home, residence"),
    ("registrations", "\n2,home,F,2021-01-01", "\n1,home,F,2021-01-02", "overlaps another period"),
    ("registrations", "2021-01-01,", "2021-01-01,2021-01-01", "The end must be a later day"),
    ("employments", "\n2,W1,2021-01-01", "\n1,W1,2021-01-02", "overlaps another period"),
]


@pytest.mark.parametrize(("table", "old", "new", "said"), WRONG)
def test_what_is_wrong_is_told_and_nothing_is_kept(folder, table, old, new, said):
    before = contents()
    replace(folder, table, old, new)
    out, status = run(folder)
    assert status == 1
    assert said in out
    assert "Traceback" not in out
    assert "Nothing was kept" in out
    assert contents() == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "members.csv:1: is empty"),
        (b"\xef\xbb\xbfnumber,family_name\n", "byte order mark"),
        ("number,family_name\n".encode("utf-16"), "UTF-16"),
        (b"number;family_name\n1;x\n", "semicolons"),
        (b"number\tfamily_name\n1\tx\n", "tabs"),
        (b"\x00\x01\x02\x03", "members.csv:1"),
        (b"\n\n\n", "members.csv:1"),
        (b"number,family_name\r1,x\r", "members.csv:1"),
    ],
)
def test_files_of_another_kind(folder, data, said):
    (folder / "members.csv").write_bytes(data)
    out, status = run(folder)
    assert status == 1
    assert said in out


def test_another_encoding_is_told_by_line_and_byte(folder):
    data = (folder / "members.csv").read_bytes().replace(b"Family 2", "Fämily 2".encode("latin-1"))
    (folder / "members.csv").write_bytes(data)
    out, status = run(folder)
    assert status == 1
    assert "members.csv:3: is not written in UTF-8: byte 4 of the line is 0xE4" in out


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.99])
def test_a_truncated_file(folder, share):
    data = (folder / "members.csv").read_bytes()
    (folder / "members.csv").write_bytes(data[: int(len(data) * share)])
    out, status = run(folder)
    assert status == 1
    assert "members.csv:" in out


def test_a_last_line_without_its_end_is_no_truncation(folder):
    data = (folder / "members.csv").read_bytes()
    (folder / "members.csv").write_bytes(data.rstrip(b"\n").replace(b"Family 2", b"Family 2222"))
    out, status = run(folder)
    assert status == 0, out


def test_all_problems_are_told_in_the_order_of_the_files(folder):
    replace(folder, "members", "\n1,", "\nx,")
    replace(folder, "members", "Family 3", "")
    replace(folder, "units", "area,T", "area,X")
    replace(folder, "employments", "2,W1", "2,W9")
    report = folder.parent / "report.csv"
    out, status = run(folder, "--report", str(report))
    assert status == 1
    with report.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], row["line"], row["column"]) for row in rows] == [
        ("units.csv", "2", "parent"),
        ("members.csv", "2", "number"),
        ("members.csv", "4", "family_name"),
        ("employments.csv", "3", "workplace"),
    ]
    assert "4 problems" in out
    out, status = run(folder, "--format", "csv")
    assert out.startswith("file,line,column,value,problem\n")


def test_a_line_is_counted_where_its_row_begins(folder):
    replace(folder, "members", "Family 1", '"Family\n\n1"')
    replace(folder, "members", "\n3,", "\nx,")
    out, _status = run(folder)
    assert "members.csv:6, number: 'x'" in out


def test_files_that_are_no_table(folder):
    (folder / "friends.csv").write_text("a,b\n")
    out, status = run(folder)
    assert status == 1
    assert "friends.csv" in out


def test_a_folder_without_files(tmp_path):
    out, status = run(tmp_path / "none")
    assert (status, "no folder" in out) == (1, True)
    (tmp_path / "empty").mkdir()
    out, status = run(tmp_path / "empty")
    assert (status, "no CSV file" in out) == (1, True)


def test_columns_in_another_order(folder):
    path = folder / "registrations.csv"
    rows = list(csv.DictReader(path.read_text().splitlines()))
    lines = ["until,unit,since,member,kind"]
    lines += [",".join(row[name] for name in lines[0].split(",")) for row in rows]
    path.write_text("\n".join(lines) + "\n")
    out, status = run(folder)
    assert status == 0, out
    assert "registrations: 0 new, 0 changed, 3 unchanged" in out


def test_an_update_tells_its_fields_and_a_dry_run_keeps_nothing(folder):
    before = contents()
    replace(folder, "members", "Family 2,", "Family Two,Erika")
    replace(folder, "members", "Family Two,Erika", "Family Two,Erika")
    replace(folder, "units", "Unit S", "The street cell")
    out, status = run(folder, "--dry-run")
    assert status == 0
    assert "members.csv:3, 2: family_name Family 2 -> Family Two" in out
    assert "members.csv:3, 2: given_name (empty) -> Erika" in out
    assert "units.csv:5, S: name Unit S -> The street cell" in out
    assert "members: 0 new, 1 changed, 2 unchanged" in out
    assert contents() == before
    run(folder)
    assert Member.objects.get(pk=2).search == "family two erika"
    assert Unit.objects.get(code="S").name == "The street cell"
    out, _status = run(folder)
    assert "members: 0 new, 0 changed, 3 unchanged" in out


def test_two_periods_may_swap_their_days(folder):
    path = folder / "registrations.csv"
    text = path.read_text()
    path.write_text(
        text.replace("1,home,F,2021-01-01,", "1,home,F,2021-01-01,2022-01-01\n1,home,S,2022-01-01,")
    )
    assert run(folder)[1] == 0
    text = path.read_text()
    path.write_text(
        text.replace("1,home,F,2021-01-01,2022-01-01", "1,home,F,2021-01-01,2021-06-01").replace(
            "1,home,S,2022-01-01,", "1,home,S,2021-06-01,2022-01-01\n1,home,F,2022-01-01,"
        )
    )
    out, status = run(folder)
    assert status == 0, out
    spans = (
        Registration.objects.filter(member=1).order_by("since").values_list("unit__code", "until")
    )
    assert [code for code, _until in spans] == ["F", "S", "F"]


def test_rows_beside_the_register_count(folder):
    """An overlap with a row that only the register has."""
    (folder / "registrations.csv").write_text(
        "member,kind,unit,since,until\n1,home,S,2020-06-01,2021-06-01\n"
    )
    out, status = run(folder)
    assert status == 1
    assert "registrations.csv:2, since/until: '2020-06-01/2021-06-01' overlaps" in out


def test_a_unit_moves_with_its_row(folder):
    replace(folder, "units", "code,name", "code,name")
    (folder / "units.csv").write_text(
        UNITS
        + "D2,Second,district,A,2020-01-01,,normal,,,,\n"
        + "F,Unit F,factory_cell,D2,2020-01-01,,normal,,,,\n"
    )
    for path in folder.glob("*.csv"):
        if path.name != "units.csv":
            path.unlink()
    out, status = run(folder)
    assert status == 0, out
    assert Unit.objects.get(code="F").parent.code == "D2"
    call_command("check_tree", stdout=StringIO())
