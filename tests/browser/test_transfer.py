"""Files in and out in the browser, with what each journey may cost."""

import csv
import zipfile
from pathlib import Path

import pytest
from frictionless import system
from frictionless import validate as frictionless_validate
from playwright.sync_api import Page, expect

from audit.ground import Ground
from audit.tables.export import export_register
from districts.models import Unit
from districts.roles import AUDITOR, grant_role
from members.models import Member
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps, too_wide

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(town):
    return [
        factories.member(cell=town.factory_cell, family_name=f"Family {number}")
        for number in range(3)
    ]


@pytest.fixture
def file(people, town, tmp_path: Path) -> Path:
    """The members of the district, as an export has them."""
    district = Unit.objects.get(pk=town.district.pk)
    export_register(tmp_path / "out", ground=Ground((district.extent,)))
    return tmp_path / "out" / "members.csv"


def corrected(file: Path, folder: str, **cells: str) -> Path:
    """A copy in which the second member has other cells."""
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows[1] |= cells
    copy = file.parent.parent / folder / file.name
    copy.parent.mkdir()
    with copy.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return copy


def upload(steps: Steps, file: Path) -> None:
    """Choose the file, which is one step, and send it, which is another."""
    field = steps.page.get_by_label("CSV files")
    steps.taken.append(f"choose {file.name}")
    field.set_input_files(file)
    steps.click(steps.page.get_by_role("button", name="Show the differences"))


def test_the_corrected_file_is_looked_at_and_accepted(
    people, file, secretary, page: Page, live_server, complaints
):
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Import"))
    upload(steps, corrected(file, "bad", born="1980-02-31"))
    row = page.get_by_role("row").filter(has_text="Line 3")
    expect(row).to_contain_text("born: 1980-02-31 is no day of the calendar")
    expect(page.get_by_role("button", name="Accept all of it")).to_have_count(0)
    assert Member.objects.get(pk=people[1].pk).born is None

    upload(Steps(page), corrected(file, "again", born="1980-02-30"))  # from the same page
    expect(page.get_by_role("row").filter(has_text="Line 3")).to_contain_text("1980-02-30")

    page.goto(f"{live_server.url}/admin/")
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Import"))
    upload(steps, corrected(file, "good", born="1980-02-28", family_name="Corrected"))
    row = page.get_by_role("row").filter(has_text="Line 3")
    expect(row).to_contain_text("Family 1")
    expect(row).to_contain_text("Corrected")
    expect(page.get_by_role("row", name="Members members.csv 0 1 0 2")).to_be_visible()
    steps.click(page.get_by_role("button", name="Accept all of it"))
    expect(page.get_by_role("status")).to_contain_text("All of it was taken in.")
    steps.within(5)
    assert Member.objects.get(pk=people[1].pk).family_name == "Corrected"
    assert complaints == []


def test_without_javascript_the_differences_can_be_accepted_too(
    people, file, town, browser, live_server, secretary
):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        log_in(page, live_server, secretary)
        page.goto(f"{live_server.url}/admin/import/")
        upload(Steps(page), corrected(file, "good", family_name="Corrected"))
        page.get_by_role("button", name="Accept all of it").click()
        expect(page.get_by_role("status")).to_contain_text("All of it was taken in.")
    assert Member.objects.get(pk=people[1].pk).family_name == "Corrected"


def test_the_auditor_takes_the_register_of_the_area_with_its_schema(
    people, town, page: Page, live_server, tmp_path, complaints
):
    auditor = factories.account()
    grant_role(user=auditor, role=AUDITOR, unit=town.area)
    log_in(page, live_server, auditor)
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Export"))
    expect(page.get_by_label("Unit", exact=True)).to_have_value(str(town.area))
    steps.fill(page.get_by_label("As of"), "2025-12-31")
    with page.expect_download() as download:
        steps.click(page.get_by_role("button", name="Download"))
    steps.within(4)
    assert download.value.suggested_filename == f"register-{town.area.code}-2025-12-31.zip"
    with zipfile.ZipFile(download.value.path()) as archive:
        archive.extractall(tmp_path)
    with system.use_context(trusted=True):
        report = frictionless_validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])[:5]
    assert (tmp_path / "members.csv").read_text().count("\n") == 4
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_of_files_is_wider_than_the_screen(
    people, file, administrator, page: Page, live_server, complaints, width
):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{live_server.url}/admin/import/")
    for name, cells in (("bad", {"born": "x" * 300}), ("good", {"address": "y" * 200})):
        page.goto(f"{live_server.url}/admin/import/")
        upload(Steps(page), corrected(file, name, **cells))
        assert not too_wide(page), name
    for address in ("import", "export"):
        page.goto(f"{live_server.url}/admin/{address}/")
        wide = too_wide(page)
        assert not wide, address
    assert complaints == []
