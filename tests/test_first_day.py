"""The first day with the program, command by command: the town, a refusal, a mended finding.

Every command is a process of its own, on a database that held nothing before.
"""

import csv
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.db import connection
from frictionless import system
from frictionless import validate as frictionless_validate

from audit.tables.declaration import tables
from tests.test_setup import ON_A_SERVER, python

Row = dict[str, str]
Command = Callable[..., CompletedProcess[str]]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """The address of a new database, of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/kartei.sqlite3"
    else:
        yield from new_postgres_database(os.environ["DATABASE_URL"])


def new_postgres_database(address: str) -> Iterator[str]:
    name = f"kartei_first_day_{os.getpid()}"
    with closing(psycopg2.connect(address)) as server, server.cursor() as cursor:
        server.autocommit = True
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(address)._replace(path=f"/{name}").geturl()
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def kartei(database: str) -> Command:
    """Calls a command, and holds it to the status that it is to exit with."""
    server = {name: value for name, value in os.environ.items() if name.startswith("PG")}
    environment = {**ON_A_SERVER, **server, "DATABASE_URL": database}

    def call(*arguments: object, status: int = 0) -> CompletedProcess[str]:
        answer = python("manage.py", *map(str, arguments), **environment)
        assert answer.returncode == status, answer.stdout + answer.stderr
        assert "Traceback" not in answer.stderr
        return answer

    return call


def findings(kartei: Command) -> list[Row]:
    answer = kartei("check_rules", "--format", "csv", status=1)
    return in_order(csv.DictReader(answer.stdout.splitlines()))


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Findings in an order of their own: the database gives them as it finds them."""
    return sorted(rows, key=lambda row: tuple(row.values()))


def export(kartei: Command, folder: Path) -> dict[str, bytes]:
    kartei("export_register", folder)
    return contents(folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("*.csv")}


def is_valid(folder: Path) -> bool:
    with system.use_context(trusted=True):
        report = frictionless_validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])[:5]
    return True


def read(file: Path) -> list[Row]:
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def write(file: Path, rows: list[Row]) -> None:
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def changed(rows: list[Row], line: int, **cells: str) -> list[Row]:
    """The rows with other cells in one line of their file; the names stand in the first."""
    place = line - 2
    return [*rows[:place], rows[place] | cells, *rows[place + 1 :]]


def with_home(rows: list[Row], finding: Row) -> list[Row]:
    """The registrations with one more: of a member without a home, in the cell of before."""
    number = finding["subject"].removeprefix("member ")
    unit, since = finding["unit"], finding["since"]
    home = {"member": number, "kind": "home", "unit": unit, "since": since, "until": ""}
    return sorted([*rows, home], key=lambda row: (int(row["member"]), row["kind"], row["since"]))


def test_a_town_is_loaded_and_a_finding_mended_by_files_that_were_refused_at_first(
    kartei, tmp_path
):
    kartei("migrate", "--noinput")
    kartei("demo", "--members", 400, "--seed", 7)
    kartei("check_tree")
    found = findings(kartei)
    homeless = next(one for one in found if one["rule"] == "home-registration")

    folder = tmp_path / "register"
    before = export(kartei, folder)
    assert is_valid(folder)
    file = folder / "registrations.csv"
    rows = read(file)
    corrected = with_home(rows, homeless)

    write(file, changed(changed(corrected, 100, since="2024-02-31"), 200, unit="NOWHERE"))
    refused = kartei("import_register", folder, status=1)
    assert refused.stdout.splitlines() == [
        "registrations.csv:100, since: '2024-02-31' is no day of the calendar",
        "registrations.csv:200, unit: 'NOWHERE' is unknown in the table units",
    ]
    assert "2 problems. Nothing was kept." in refused.stderr
    assert export(kartei, tmp_path / "after the refusal") == before

    write(file, corrected)
    taken = kartei("import_register", folder).stdout.splitlines()
    assert f"registrations: 1 new, 0 changed, {len(rows)} unchanged" in taken
    assert findings(kartei) == [one for one in found if one != homeless]

    told = kartei("import_register", folder).stdout.splitlines()
    computed = [table.file for table in tables() if table.computed]
    passed = len(computed)
    assert told[:passed] == [
        f"{file}: passed over, since the program computes it" for file in computed
    ]
    again = told[passed:]
    assert len(again) == len(list(folder.glob("*.csv"))) - passed
    assert all(": 0 new, 0 changed, " in line for line in again)
    assert export(kartei, tmp_path / "in the end") == contents(folder)
