"""The office as a whole, walked as its people walk it: a secretary, her sister, an auditor."""

import re
import zipfile
from datetime import date

import pytest
from django.utils import timezone
from frictionless import Package
from playwright.sync_api import Page, expect

from audit.models import Entry
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.models import Registration
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps

pytestmark = pytest.mark.django_db(transaction=True)

COLUMNS = "number,family_name,given_name,born,email,phone,address,locality,joined,left,left_reason"


def entry(page: Page, name: str):
    """The entry of the menu; its symbol is a part of its name."""
    return page.get_by_role("link", name=re.compile(rf"\b{name}$")).first


@pytest.fixture
def person(town):
    return factories.member(cell=town.factory_cell, family_name="Müller", given_name="Jürgen")


def file_of(tmp_path, person, **changed):
    """The treasurer's file: the table of members with one row, as the register has it or not."""
    row = {
        "number": str(person.pk),
        "family_name": person.family_name,
        "given_name": person.given_name,
        "joined": person.joined.isoformat(),
    }
    row |= changed
    cells = ",".join(row.get(name, "") for name in COLUMNS.split(","))
    file = tmp_path / "members.csv"
    file.write_text(f"{COLUMNS}\n{cells}\n", encoding="utf-8")
    return str(file)


def test_a_secretary_changes_the_cell_and_finds_it_in_the_history_and_in_the_log(
    person, secretary, town, page: Page, complaints
):
    steps = Steps(page)
    box = page.get_by_role("searchbox").first
    steps.fill(box, "jurgen mull")
    steps.press(box)
    expect(page.locator("#main")).to_contain_text("Müller")
    steps.within(2)

    page.get_by_role("link", name="Change the cell").click()
    page.get_by_label("New cell").fill(town.street_cell.code)
    page.get_by_role("button", name="Show what this will do").click()
    expect(page.get_by_role("status")).to_contain_text(town.street_cell.code)
    page.get_by_label("Reason").fill("Asked for it.")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text(f"Registered with {town.street_cell} from").first).to_be_visible()

    page.get_by_role("link", name="History", exact=True).click()
    expect(page.locator("#main")).to_contain_text("Asked for it.")
    expect(page.locator("#main")).to_contain_text("Registration created")

    entry(page, "Log").click()
    page.get_by_label("Act").select_option("change-cell")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#main")).to_contain_text("Asked for it.")
    expect(page.locator("#main")).to_contain_text(secretary.username)
    assert complaints == []


def test_a_file_with_an_error_goes_through_the_preview_and_comes_back_corrected(
    person, secretary, page: Page, tmp_path, complaints
):
    entry(page, "Import").click()
    page.locator("input[type=file]").set_input_files(file_of(tmp_path, person, born="31.02.1980"))
    page.get_by_role("button", name="Show the differences").click()
    expect(page.locator("#main")).to_contain_text("must be a day written as 2024-01-31")
    person.refresh_from_db()
    assert person.born is None

    entry(page, "Import").click()
    steps = Steps(page)
    steps.taken.append("click Import")
    corrected = file_of(tmp_path, person, born="1980-02-28")
    page.locator("input[type=file]").set_input_files(corrected)
    steps.taken.append("choose the file")
    steps.click(page.get_by_role("button", name="Show the differences"))
    expect(page.locator("#main")).to_contain_text("1980-02-28")
    steps.click(page.get_by_role("button", name="Accept all of it"))
    expect(page.locator("#main")).to_contain_text("taken in")
    steps.within(5)
    person.refresh_from_db()
    assert person.born == date(1980, 2, 28)
    assert Entry.objects.filter(what="imported").count() == 1
    assert complaints == []


def test_the_sister_district_finds_nothing_of_it(person, town, page: Page, live_server, complaints):
    sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=sister)
    log_in(page, live_server, account)
    box = page.get_by_role("searchbox").first
    box.fill("muller")
    box.press("Enter")
    main = page.locator("#main")
    expect(main).not_to_contain_text("Jürgen")
    for address in (
        f"members/member/{person.pk}/change/",
        f"members/member/{person.pk}/act/change-cell/",
        f"members/member/{person.pk}/history/",
        f"districts/unit/{town.district.pk}/change/",
    ):
        answer = page.goto(f"{live_server.url}/admin/{address}")
        assert answer is not None
        assert answer.status == 404, address
    page.goto(f"{live_server.url}/admin/audit/entry/?member={person.pk}")
    expect(page.locator("#main")).to_contain_text("no such entry")
    assert [text for text in complaints if "404" not in text] == []


def test_an_auditor_exports_validates_and_changes_nothing(
    person, town, page: Page, live_server, tmp_path, complaints
):
    account = factories.account()
    grant_role(user=account, role=AUDITOR, unit=town.area)
    log_in(page, live_server, account)
    steps = Steps(page)
    steps.click(entry(page, "Export"))
    day = date(timezone.localdate().year - 1, 12, 31).isoformat()
    steps.fill(page.locator("input[type=date]").first, day)
    with page.expect_download() as coming:
        steps.click(page.get_by_role("button", name="Download"))
    steps.within(4)
    archive = tmp_path / "register.zip"
    coming.value.save_as(archive)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "register")
    assert Package(str(tmp_path / "register" / "datapackage.json")).validate().valid
    assert "Müller" in (tmp_path / "register" / "members.csv").read_text()

    before = Registration.objects.count()
    page.goto(f"{live_server.url}/admin/members/member/{person.pk}/change/")
    expect(page.get_by_role("link", name="Change the cell")).to_have_count(0)
    answer = page.goto(f"{live_server.url}/admin/members/member/{person.pk}/act/change-cell/")
    assert answer is not None
    assert answer.status == 403
    assert Registration.objects.count() == before

    page.goto(f"{live_server.url}/admin/audit/entry/?what=exported")
    expect(page.locator("#main")).to_contain_text(account.username)
    assert [text for text in complaints if "403" not in text] == []


def test_an_auditor_proves_that_nothing_was_cut_from_the_log(
    person, town, page: Page, live_server, tmp_path, complaints
):
    account = factories.account()
    grant_role(user=account, role=AUDITOR, unit=town.area)
    log_in(page, live_server, account)
    entry(page, "Log").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Keep the heads").click()
    kept = tmp_path / "heads.csv"
    coming.value.save_as(kept)
    factories.member(cell=town.street_cell)

    page.goto(f"{live_server.url}/admin/")
    steps = Steps(page)
    steps.click(entry(page, "Log"))
    page.get_by_label("Heads that you kept").set_input_files(str(kept))
    steps.taken.append("choose the file")
    steps.click(page.get_by_role("button", name="Check the log"))
    expect(page.get_by_role("status")).to_contain_text("Yes.")
    steps.within(3)
    assert complaints == []


def test_the_office_is_handed_to_the_successor(secretary, town, page: Page, complaints):
    successor = factories.account(
        username="nachfolger", member=factories.member(cell=town.street_cell)
    )
    page.reload()
    steps = Steps(page)
    steps.click(entry(page, "Roles"))
    steps.click(page.get_by_role("link", name="Give a role"))
    steps.fill(page.get_by_label("To whom"), successor.username)
    steps.click(page.get_by_role("button", name="Show what this will do"))
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_text("nachfolger: secretary").first).to_be_visible()
    steps.within(5)
    assert complaints == []
