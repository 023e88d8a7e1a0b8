"""The ways to what is wrong and to what was, with what each may cost; also on a phone."""

import csv
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from audit.rulebook import rules
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.employments import start_employment
from members.membership import end_membership
from members.models import Registration
from members.registrations import end_registration
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps, too_wide

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2024, 1, 1)


@pytest.fixture
def person(town):
    """Somebody who works in the factory, without a home registration."""
    street = factories.locality(unit=town.district, street_cell=town.street_cell)
    works = factories.workplace(locality=street, cell=town.factory_cell)
    found = factories.member(
        cell=town.street_cell, family_name="Müller", given_name="Jürgen", locality=street
    )
    start_employment(member=found, workplace=works, since=factories.JOINED)
    end_registration(registration=found.registrations.get(), on=DAY)
    return found


@pytest.fixture
def auditor(town, page, live_server):
    account = factories.account()
    grant_role(user=account, role=AUDITOR, unit=town.area)
    log_in(page, live_server, account)
    return account


def test_see_what_is_wrong_in_my_district_and_mend_the_first_finding(
    person, secretary, town, page: Page, complaints
):
    page.reload()
    steps = Steps(page)
    row = page.get_by_role("row").filter(has_text=town.district.name)
    steps.click(row.first.get_by_title(f"Findings: {town.district.name}"))
    expect(page.get_by_text("1 finding", exact=False).first).to_be_visible()
    steps.click(page.get_by_role("link", name=f"Register: Müller, Jürgen ({person.pk})"))
    expect(page.get_by_label("Cell or unit")).to_have_value(town.factory_cell.code)
    steps.click(page.get_by_role("button", name="Show what this will do"))
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_text(f"Registered with {town.factory_cell} from")).to_be_visible()
    steps.within(4)
    expect(page.get_by_role("heading", name="What is wrong")).to_have_count(0)
    assert person.registrations.get(until=None).unit == town.factory_cell
    page.get_by_role("link", name="Findings").first.click()
    expect(page.get_by_text("Nothing found")).to_be_visible()
    assert complaints == []


def test_see_why_this_member_stands_in_this_cell_and_where_he_or_she_should_stand(
    person, secretary, town, page: Page, complaints
):
    Registration.objects.create(member=person, unit=town.street_cell, since=DAY)
    steps = Steps(page)
    steps.fill(page.get_by_role("searchbox"), "jurgen mull")
    steps.press(page.get_by_role("searchbox"))  # the only fit: it leads there at once
    steps.within(3)
    why = page.get_by_role("region", name="Why here")
    expect(why).to_contain_text(f"{town.street_cell}: neither work nor residence explains")
    expect(why).to_contain_text(f"By the articles: {town.factory_cell}")
    expect(why).to_contain_text("which has this cell of its own")
    why.get_by_role("link", name=f"Register with {town.factory_cell.name}").click()
    expect(page.get_by_label("New cell")).to_have_value(town.factory_cell.code)
    assert complaints == []


def test_the_auditor_takes_the_findings_as_csv(
    person, auditor, town, page: Page, complaints, tmp_path: Path
):
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Findings").first)
    with page.expect_download() as coming:
        steps.click(page.get_by_role("link", name="Download as CSV"))
    steps.within(3)
    coming.value.save_as(tmp_path / "findings.csv")
    with (tmp_path / "findings.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["article"], row["since"]) == ("A1", "2024-01-01")
    assert row["subject"] == f"member {person.pk}"
    assert complaints == []


def test_the_auditor_sees_who_looked_at_a_member_s_record(
    person, secretary, town, page: Page, live_server, browser
):
    page.goto(f"{live_server.url}/admin/members/member/{person.pk}/change/")
    account = factories.account()
    grant_role(user=account, role=AUDITOR, unit=town.area)
    with browser.new_context() as context:
        other = context.new_page()
        log_in(other, live_server, account)
        steps = Steps(other)
        steps.fill(other.get_by_role("searchbox"), "muller")
        steps.press(other.get_by_role("searchbox"))  # the only fit: it leads there at once
        steps.click(other.get_by_role("link", name="History", exact=True))
        steps.within(4)
        looked = other.get_by_role("row").filter(has_text="Member looked at")
        expect(looked.filter(has_text=secretary.username)).to_contain_text(
            f"As secretary {town.district.code}"
        )
        expect(looked.filter(has_text=account.username)).to_have_count(1)
        expect(other.get_by_role("row").filter(has_text="Member created")).to_have_count(1)


def test_the_report_is_narrowed_by_its_form_and_leads_to_the_rule(
    person, secretary, town, page: Page, live_server, complaints
):
    Unit.objects.filter(pk=town.factory_cell.pk).update(founded=date(2019, 1, 1))
    page.goto(f"{live_server.url}/admin/findings/")
    expect(page.get_by_role("heading", name="2 findings")).to_be_visible()
    page.get_by_label("Article or rule").select_option("A9")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="1 finding")).to_be_visible()
    expect(page.get_by_label("Article or rule")).to_have_value("A9")
    page.get_by_role("link", name="A9").first.click()
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()
    expect(page.get_by_text("1 finding is against this rule.")).to_be_visible()
    page.get_by_role("link", name="Show the findings").click()
    expect(page.get_by_role("heading", name="1 finding")).to_be_visible()
    page.get_by_label("As of").fill("2018-01-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_role("heading", name="2 findings")).to_be_visible()
    assert complaints == []


def test_the_first_finding_is_mended_without_javascript(person, town, browser, live_server):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        log_in(page, live_server, account)
        page.goto(f"{live_server.url}/admin/districts/unit/{town.district.pk}/change/")
        page.get_by_role("link", name="Register: Müller").click()
        page.get_by_role("button", name="Show what this will do").click()
        page.get_by_role("button", name="Do it").click()
        expect(page.get_by_text(f"Registered with {town.factory_cell} from")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.sqlite  # pages look alike on both databases
def test_no_page_breaks_the_content_policy_or_is_wider_than_the_screen(
    person, administrator, town, page: Page, live_server, complaints, width, scheme
):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    long = "A" * 60 + " of the united works for cables and wires of the whole harbour"
    district = Unit.objects.get(pk=town.district.pk)
    cell = factories.unit(Kind.FACTORY_CELL, district, name=long)
    left = factories.member(cell=cell, family_name="Schmidt" * 12)
    factories.workplace(cell=cell, name=long)
    end_membership(member=left, on=DAY, reason="resigned")
    left.registrations.update(until=None)
    addresses = ["", "findings/", "findings/?day=2024-99-01&rule=nope", "findings/?day=2018-01-01"]
    addresses += ["rules/", *(f"rules/{rule.name}/" for rule in rules()[:3])]
    for unit in (town.town, town.district, town.street_cell, cell):
        addresses.append(f"districts/unit/{unit.pk}/change/")
    for member in (person, left):
        addresses.append(f"members/member/{member.pk}/change/")
    addresses.append(f"members/member/{left.pk}/act/end-leftover/")
    beyond = []
    for address in addresses:
        answer = page.goto(f"{live_server.url}/admin/{address}")
        assert answer is not None
        assert answer.status == 200, address
        wide = too_wide(page)
        beyond += [address] if wide else []
    assert complaints == []
    assert beyond == []
