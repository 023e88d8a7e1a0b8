"""A question of principle in the demonstration town, from the draft to files that all can check."""

import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from districts.kinds import Kind
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from elections.models import CheckOff, Poll, SealedBallot
from elections.published.reading import UnreadablePoll
from members.models import Account, Registration
from tests import factories
from tests.browser.conftest import log_in, log_out
from tests.voting import making

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

TITLE = "Shall the organisation publish a daily paper?"


@pytest.fixture
def demo_town():
    """The demonstration town, small, with a town's secretary and three tellers."""
    call_command("demo", members=200, verbosity=0)
    town = Unit.objects.get(kind=Kind.TOWN)
    secretary = factories.account("town-secretary")
    grant_role(user=secretary, role=SECRETARY, unit=town)
    return town, secretary, [making.teller(town) for _one in range(3)]


def somebody_in_two_cells() -> tuple[Account, Unit, Unit]:
    """A member of a factory cell who is assigned to a street cell elsewhere, with an account."""
    today = timezone.localdate()
    assigned = Registration.objects.in_force(today).filter(
        kind="residence",
        until=None,
        unit__kind=Kind.STREET_CELL,
        member__left=None,
        member__registrations__kind="home",
        member__registrations__until=None,
        member__registrations__unit__kind=Kind.FACTORY_CELL,
    )
    street = assigned.select_related("member", "unit").earliest("member")
    home = street.member.registrations.get(kind="home", until=None)
    return factories.account(member=street.member), home.unit, street.unit


def do(page: Page) -> None:
    """Confirm an act, over what it shows beforehand."""
    page.get_by_role("button", name="Do it").click()


def test_a_question_of_principle(demo_town, page: Page, live_server, tmp_path: Path, complaints):
    _town, secretary, tellers = demo_town
    account, factory_cell, street_cell = somebody_in_two_cells()

    # The secretary puts it to all cells in one act, and opens it.
    log_in(page, live_server, secretary)
    page.get_by_role("link", name="Votes").click()
    page.get_by_role("link", name="Raise a motion").click()
    page.get_by_label("Title").fill(TITLE)
    do(page)
    standing = page.get_by_role("region", name="Where it stands")
    standing.get_by_role("link", name="Put the question").click()
    do(page)
    standing.get_by_role("link", name="Open all drafted polls").click()
    do(page)
    expect(standing).to_contain_text("Votes are being cast")
    question_page = page.url
    cells = Poll.objects.open().count()
    assert cells > 5
    assert set(Poll.objects.values_list("unit__kind", flat=True)) >= {
        Kind.FACTORY_CELL,
        Kind.STREET_CELL,
    }
    log_out(page)

    # A member votes in the factory cell, and is refused in the street cell (A5).
    log_in(page, live_server, account)
    page.get_by_role("link", name=f"Vote: {TITLE} ({factory_cell.name})").click()
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Cast my vote").click()
    receipt = page.locator(".receipt").inner_text()
    page.goto(f"{live_server.url}/")
    panel = page.get_by_role("region", name="Votes")
    refused = panel.get_by_role("listitem").filter(has_text=street_cell.name)
    expect(refused).to_contain_text("A5")
    expect(refused).to_contain_text(timezone.localdate().isoformat())
    expect(refused).to_contain_text(factory_cell.name)
    street_poll = Poll.objects.get(unit=street_cell)
    page.goto(f"{live_server.url}/votes/{street_poll.code}/")
    expect(page.get_by_role("alert")).to_contain_text("A5")
    assert CheckOff.objects.count() == SealedBallot.objects.count() == 1
    log_out(page)

    # It closes; two tellers open the boxes; the result is published.
    log_in(page, live_server, secretary)
    page.goto(question_page)
    standing.get_by_role("link", name="Close all open polls").click()
    do(page)
    log_out(page)
    poll = Poll.objects.get(unit=factory_cell)
    for teller in tellers[:2]:
        log_in(page, live_server, teller)
        page.goto(f"{live_server.url}/tell/{poll.code}/box/")
        page.get_by_label("passphrase").fill(making.PASSPHRASE)
        page.get_by_role("button").filter(has_text="Open").click()
        expect(page.get_by_role("status").first).to_be_visible()
        log_out(page)
    log_in(page, live_server, secretary)
    page.goto(question_page)
    standing.get_by_role("link", name="Count all").click()
    do(page)
    page.goto(question_page)
    standing.get_by_role("link", name="Publish all").click()
    do(page)
    # One ballot alone tells how its voter voted: that is asked back.
    expect(page.locator("body")).to_contain_text("In 1 poll fewer than 5 ballots lie together")
    page.get_by_label("Reason").fill("It is an open secret.")
    do(page)
    expect(standing).to_contain_text("All results are published")
    assert Poll.objects.filter(state="published").count() == cells
    log_out(page)

    # The member finds the receipt, sees the result, and takes the files away.
    log_in(page, live_server, account)
    page.goto(f"{live_server.url}/votes/{poll.code}/board/")
    page.get_by_label("Is my ballot there?").fill(receipt)
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_role("status")).to_contain_text("at place 1 of 1")
    page.get_by_role("link", name="The result").click()
    expect(page.get_by_role("main")).to_contain_text("The motion is carried")
    with page.expect_download() as download:
        page.get_by_role("link", name="All files as a zip").click()
    archive = tmp_path / "poll.zip"
    download.value.save_as(archive)
    assert complaints == []

    # Whoever has the files repeats the count; with one byte changed nothing holds.
    call_command("verify_poll", str(archive))
    folder = tmp_path / "poll"
    with zipfile.ZipFile(archive) as files:
        files.extractall(folder)
    call_command("verify_poll", str(folder))
    for file in sorted(folder.iterdir()):
        whole = file.read_bytes()
        place = len(whole) // 2
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises((SystemExit, CommandError, UnreadablePoll)):
            call_command("verify_poll", str(folder))
        file.write_bytes(whole)
    call_command("verify_poll", str(folder))
