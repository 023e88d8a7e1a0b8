"""The second registration, walked in the browser by both of the districts that it concerns (A4)."""

import pytest
from playwright.sync_api import Page, expect

from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from members.employments import start_employment
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps, too_wide

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def there(town):
    """The town, with its district and street cell, to which the member moves."""
    return factories.town()


@pytest.fixture
def person(town):
    locality = factories.locality(unit=town.district, street_cell=town.street_cell)
    works = factories.workplace(locality=locality, cell=town.factory_cell, name="The mill")
    found = factories.member(
        cell=town.factory_cell,
        family_name="Müller",
        given_name="Jürgen",
        phone="0123 456",
        locality=locality,
    )
    start_employment(member=found, workplace=works, since=factories.JOINED)
    return found


def test_a_member_of_a_factory_cell_moves_to_another_district_and_is_registered_there_too(
    person, secretary, town, there, page: Page, live_server, browser, complaints
):
    new = factories.locality(unit=there.district, street_cell=there.street_cell, name="Riverside")
    steps = Steps(page)
    steps.fill(page.get_by_role("searchbox"), "jurgen mull")
    steps.press(page.get_by_role("searchbox"))
    steps.click(page.get_by_role("link", name="Moved house"))
    steps.fill(page.get_by_label("Street and house number"), "Quay 3")
    steps.fill(page.get_by_label("Locality"), new.code)
    steps.click(page.get_by_role("button", name="Show what this will do"))
    expect(page.get_by_role("status")).to_contain_text(there.district.code)
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_text(f"Registered as a resident with {there.district} from")).to_be_visible()
    expect(page.get_by_text("Registered as a resident with", exact=True)).to_be_visible()
    steps.within(7)

    page.goto(f"{live_server.url}/admin/districts/unit/{town.district.pk}/change/")
    ours = page.get_by_role("table").filter(has_text="Registered at the place of residence")
    expect(ours).to_contain_text("Müller, Jürgen")
    expect(ours).to_contain_text(there.district.code)
    assert complaints == []

    other = factories.account(username="there")
    grant_role(user=other, role=SECRETARY, unit=Unit.objects.get(pk=there.district.pk))
    with browser.new_context() as context:
        theirs = context.new_page()
        log_in(theirs, live_server, other)
        theirs.goto(f"{live_server.url}/admin/districts/unit/{there.district.pk}/change/")
        listed = theirs.get_by_role("row").filter(has_text="Müller, Jürgen")
        expect(listed).to_contain_text("0123 456")
        theirs.get_by_role("link", name="Assign Müller").click()
        theirs.get_by_label("Street cell").fill(there.street_cell.code)
        theirs.get_by_role("button", name="Show what this will do").click()
        theirs.get_by_role("button", name="Do it").click()
        expect(theirs.get_by_text(f"Assigned to {there.street_cell} from")).to_be_visible()
        for secret in ("The mill", town.factory_cell.code, town.factory_cell.name):
            expect(theirs.locator("body")).not_to_contain_text(secret)


def test_several_who_are_missing_are_registered_at_once_from_the_district_s_page(
    secretary, town, there, page: Page, live_server, complaints
):
    place = factories.locality(unit=there.district)
    people = [factories.member(cell=town.factory_cell, locality=place) for _one in range(3)]
    page.goto(f"{live_server.url}/admin/districts/unit/{town.district.pk}/change/")
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Register several at once"))
    for _each in people:
        steps.click(page.locator("input.action-select:not(:checked)").first)
    steps.choose(page.get_by_label("Select action to run"), "register-residence")
    steps.click(page.get_by_role("button", name="Run"))
    steps.click(page.get_by_role("button", name="Show what this will do"))
    steps.click(page.get_by_role("button", name="Do it"))
    for person in people:
        expect(page.get_by_text(f"{person}: Registered as a resident with")).to_be_visible()
    steps.within(8)
    page.goto(f"{live_server.url}/admin/districts/unit/{town.district.pk}/change/")
    expect(page.get_by_role("link", name="Register several at once")).to_have_count(0)
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.sqlite  # pages look alike on both databases
def test_the_lists_and_the_acts_fit_the_screen(
    person, administrator, town, there, page: Page, live_server, complaints, width
):
    page.set_viewport_size({"width": width, "height": 844})
    place = factories.locality(unit=there.district, name="A place with a very long name indeed")
    long = "Featherstonehaughs" * 4
    guest = factories.member(
        cell=town.factory_cell, locality=place, family_name=long, email=f"{'long' * 14}@example.org"
    )
    guest.registrations.create(unit=there.district, kind="residence", since=factories.JOINED)
    factories.member(cell=town.factory_cell, locality=place, family_name=long)
    addresses = [f"districts/unit/{unit.pk}/change/" for unit in (town.district, there.district)]
    for act in ("register-residence", "assign-street-cell", "take-back", "move-house"):
        addresses.append(f"members/member/{guest.pk}/act/{act}/")
    addresses += [f"members/member/?residence={which}" for which in ("elsewhere", "here")]
    beyond = []
    for address in addresses:
        answer = page.goto(f"{live_server.url}/admin/{address}")
        assert answer is not None
        assert answer.status == 200, address
        wide = too_wide(page)
        beyond += [address] if wide else []
    assert beyond == []
    assert complaints == []
