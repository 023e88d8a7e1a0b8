"""The first day with the program, in the browser: the town, and a member put right by its files."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from districts.kinds import Kind
from districts.models import Unit
from members.models import Member
from tests.test_first_day import Row, changed, in_order, read, write

pytestmark = pytest.mark.walk


def run(command: str, *arguments: object, status: int = 0) -> list[str]:
    """The lines that a command prints, held to the status that it is to exit with."""
    out, exited = StringIO(), 0
    try:
        call_command(command, *map(str, arguments), stdout=out, stderr=out)
    except SystemExit as stop:
        exited = stop.code
    assert exited == status, out.getvalue()
    return out.getvalue().splitlines()


@pytest.fixture
def passwords(transactional_db, settings, tmp_path: Path) -> dict[str, str]:
    """The demonstration town, and the passwords that are printed for trying it."""
    settings.BASE_DIR = tmp_path
    run("demo", "--members", 400, "--seed", 7)
    _heading, *lines = run("demo_accounts")
    return {address: password for address, password, *_purpose in map(str.split, lines)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "register"


def findings() -> list[Row]:
    return in_order(csv.DictReader(run("check_rules", "--format", "csv", status=1)))


def log_in(page: Page, live_server, name: str, passwords: dict[str, str]) -> None:
    page.goto(live_server.url)
    address = f"{name}@example.org"
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").fill(passwords[address])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def home_cell_of(page: Page, member: Member) -> Locator:
    """What the member's page, which is looked up, calls the home cell."""
    page.get_by_role("searchbox").fill(str(member.number))
    page.get_by_role("searchbox").press("Enter")
    return page.locator("dt:text-is('Home cell') + dd")


def line_of_home(rows: list[Row], member: Member) -> int:
    """The line in which the member's open home registration stands."""
    wanted = {"member": str(member.number), "kind": "home", "until": ""}
    return next(line for line, row in enumerate(rows, 2) if wanted.items() <= row.items())


def test_the_administrator_sees_the_town(passwords, page: Page, live_server, complaints):
    town = Unit.objects.get(kind=Kind.TOWN)
    log_in(page, live_server, "admin", passwords)
    expect(row(page, town.name)).to_be_visible()
    for area in Unit.objects.filter(parent=town):
        expect(row(page, area.name)).to_be_visible()
    members = row(page, town.name).get_by_title(f"Members: {town.name}")
    assert int(members.inner_text()) > 300
    members.click()
    expect(page.get_by_text(f"Only {town} and what is below it.")).to_be_visible()
    assert complaints == []


def test_the_secretary_sees_what_the_files_put_right_and_nothing_of_those_that_were_refused(
    passwords, page: Page, live_server, folder, complaints
):
    found = findings()
    misplaced = next(one for one in found if one["rule"] == "home-in-a-cell")
    member = Member.objects.get(number=misplaced["subject"].removeprefix("member "))
    district = Unit.objects.get(code=misplaced["unit"])
    cell = Unit.objects.filter(parent=district, kind=Kind.STREET_CELL, dissolved=None).first()

    log_in(page, live_server, "secretary", passwords)
    expect(page.get_by_role("heading", name=district.name)).to_be_visible()
    expect(row(page, cell.code)).to_contain_text(cell.name)
    home_cell = home_cell_of(page, member)
    expect(home_cell).to_have_text(str(district))

    run("export_register", folder)
    file = folder / "registrations.csv"
    rows = read(file)
    line = line_of_home(rows, member)
    corrected = changed(rows, line, unit=cell.code)
    write(file, changed(corrected, 100, since="2024-02-31"))
    problem, end = run("import_register", folder, status=1)
    assert problem == "registrations.csv:100, since: '2024-02-31' is no day of the calendar"
    assert "Nothing was kept" in end
    page.reload()
    expect(home_cell).to_have_text(str(district))

    write(file, corrected)
    change, *_counts = run("import_register", folder)
    assert change.startswith(f"registrations.csv:{line}, {member.number}/home/")
    assert change.endswith(f": unit {district.code} -> {cell.code}")
    page.reload()
    expect(home_cell).to_have_text(str(cell))
    expect(row(page, str(cell))).to_contain_text("Home cell")
    assert findings() == [one for one in found if one != misplaced]
    assert complaints == []
