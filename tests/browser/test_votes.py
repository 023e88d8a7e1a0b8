"""The member's journeys in the browser, on a phone, with what each may cost."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from elections.models import CheckOff, SealedBallot
from elections.polls import close_poll
from elections.questions import Candidate, raise_question
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps, too_wide
from tests.voting import making

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 390, "height": 844}
RECEIPT = re.compile(r"^(?:[0-9A-F]{4} ?){16}$")
NAMES = ["Ada", "Ben", "Cleo", "Dora", "Emil"]


@pytest.fixture
def three(town):
    return making.tellers(town.town)


@pytest.fixture
def member(town, page: Page):
    """A member with a phone."""
    page.set_viewport_size(PHONE)
    return factories.member(cell=town.factory_cell)


def enter(page: Page, live_server, member) -> None:
    log_in(page, live_server, factories.account(member=member))


def said(poll) -> list[list[int]]:
    """What the one ballot in the box says, opened as tellers do."""
    close_poll(poll=poll)
    making.open_box_of(poll)
    poll.refresh_from_db()
    return poll.count.ballots


def test_yes_with_the_receipt_in_three_steps(town, three, member, page, live_server, complaints):
    poll = making.opened(making.motion(town.town), town.factory_cell, tellers=three)
    enter(page, live_server, member)
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Vote: "))
    steps.click(page.get_by_label("Yes"))
    steps.click(page.get_by_role("button", name="Cast my vote"))
    expect(page.get_by_role("heading", name="Your vote is cast")).to_be_visible()
    expect(page.locator(".receipt")).to_have_text(RECEIPT)
    code = page.get_by_role("img", name="QR code")
    expect(code).to_be_visible()
    # Its title alone would be visible too: a drawing is as high as it is wide.
    drawn = code.bounding_box()
    assert drawn
    assert drawn["width"] == drawn["height"] >= 128
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    steps.within(3)
    assert not too_wide(page)
    assert said(poll) == [[1]]
    assert complaints == []


def test_five_candidates_are_ranked_in_eight_steps(
    town, three, member, page, live_server, complaints
):
    question = making.election(town.factory_cell, NAMES, seats=2, method="scottish-stv")
    poll = making.opened(question, town.factory_cell, tellers=three)
    enter(page, live_server, member)
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Vote: "))
    for name in ("Dora", "Ada", "Emil", "Ben", "Cleo"):
        steps.click(page.get_by_role("button", name=f"Add as the next choice: {name}"))
    assert not too_wide(page)
    steps.click(page.get_by_role("button", name="Cast my vote"))
    expect(page.locator(".receipt")).to_have_text(RECEIPT)
    steps.within(8)
    assert said(poll) == [[4, 1, 5, 2, 3]]
    assert complaints == []


def test_an_order_is_changed_by_the_keyboard_alone(
    town, three, member, page, live_server, complaints
):
    question = making.election(town.factory_cell, NAMES, seats=2, method="meek-stv")
    poll = making.opened(question, town.factory_cell, tellers=three)
    enter(page, live_server, member)
    page.goto(f"{live_server.url}/votes/{poll.code}/")
    for name in ("Ada", "Ben", "Cleo"):
        page.get_by_role("button", name=f"Add as the next choice: {name}").press("Enter")
    page.get_by_role("button", name="Up: Cleo").press("Enter")
    # The focus goes with the name, so that the same key moves it on.
    expect(page.get_by_role("button", name="Up: Cleo")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take away: Ben").press("Space")
    page.get_by_role("button", name="Cast my vote").press("Enter")
    expect(page.locator(".receipt")).to_have_text(RECEIPT)
    assert said(poll) == [[3, 1]]
    assert complaints == []


def test_a_key_pressed_once_more_ranks_the_next_and_casts_nothing(
    town, three, member, page, live_server, complaints
):
    question = making.election(town.factory_cell, NAMES, seats=2, method="meek-stv")
    poll = making.opened(question, town.factory_cell, tellers=three)
    enter(page, live_server, member)
    page.goto(f"{live_server.url}/votes/{poll.code}/")
    page.get_by_role("button", name="Add as the next choice: Emil").press("Space")
    for _name in NAMES:  # the last press finds nobody left to rank
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
    places = page.locator(".ballot-ranked li", has=page.locator(".place"))
    expect(places).to_have_count(len(NAMES))
    expect(places.nth(0)).to_contain_text("Emil")
    expect(page.get_by_role("heading", name="Your vote is cast")).to_have_count(0)
    assert not CheckOff.objects.filter(poll=poll).exists()
    assert complaints == []


def test_enter_beside_an_answer_casts_nothing(town, three, member, page, live_server):
    poll = making.opened(making.motion(town.town), town.factory_cell, tellers=three)
    enter(page, live_server, member)
    page.goto(f"{live_server.url}/votes/{poll.code}/")
    page.get_by_label("Yes").press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cast my vote")).to_be_visible()
    assert not CheckOff.objects.filter(poll=poll).exists()
    page.get_by_role("button", name="Cast my vote").press("Enter")
    expect(page.locator(".receipt")).to_have_text(RECEIPT)


def test_several_are_chosen_and_counted_and_too_many_are_told(
    town, three, member, page, live_server
):
    question = making.election(town.factory_cell, NAMES, seats=2)
    poll = making.opened(question, town.factory_cell, tellers=three)
    enter(page, live_server, member)
    page.goto(f"{live_server.url}/votes/{poll.code}/")
    for name in ("Ada", "Ben", "Cleo"):
        page.get_by_label(name).check()
    expect(page.get_by_role("status")).to_have_text("3 of 2 chosen")
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.get_by_role("alert")).to_contain_text("at most 2")
    expect(page.get_by_label("Cleo")).to_be_checked()
    page.get_by_label("Ben").uncheck()
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.locator(".receipt")).to_have_text(RECEIPT)
    assert said(poll) == [[1, 3]]


def test_a_ranking_without_javascript(town, three, live_server, browser: Browser):
    question = making.election(town.factory_cell, NAMES, seats=2, method="scottish-stv")
    somebody = factories.member(cell=town.factory_cell)
    poll = making.opened(question, town.factory_cell, tellers=three)
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    enter(page, live_server, somebody)
    page.goto(f"{live_server.url}/votes/{poll.code}/")
    page.get_by_label("Cleo").fill("1")
    page.get_by_label("Ada").fill("3")
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.get_by_role("alert")).to_contain_text("2 is missing")
    expect(page.get_by_label("Ada")).to_have_value("3")
    page.get_by_label("Ada").fill("2")
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.locator(".receipt")).to_have_text(RECEIPT)
    context.close()
    assert said(poll) == [[3, 1]]


def test_a_long_address_in_a_question_makes_no_page_wide(town, three, member, page, live_server):
    long = "https://example.org/" + "minutes-of-the-works-meeting-" * 6
    fields = {"title": long, "text": long, "method": "options", "on": timezone.localdate()}
    question = raise_question(
        unit=town.town, kind="motion", choices=[Candidate(long), Candidate("No")], **fields
    )
    poll = making.opened(question, town.factory_cell, tellers=three)
    enter(page, live_server, member)
    for path in ("", "votes/", f"votes/{poll.code}/", f"votes/{poll.code}/board/"):
        page.goto(f"{live_server.url}/{path}")
        assert not too_wide(page), path


def test_a_double_tap_and_the_way_back_cast_one_vote(town, three, member, page, live_server):
    poll = making.opened(making.motion(town.town), town.factory_cell, tellers=three)
    enter(page, live_server, member)
    page.goto(f"{live_server.url}/votes/{poll.code}/")
    page.get_by_label("No").check()
    page.get_by_role("button", name="Cast my vote").dblclick()
    expect(page.locator(".receipt")).to_have_text(RECEIPT)
    page.go_back()
    page.goto(f"{live_server.url}/votes/{poll.code}/")
    expect(page.get_by_role("alert")).to_contain_text("Has voted in this poll already")
    assert SealedBallot.objects.count() == CheckOff.objects.count() == 1


def test_later_the_receipt_is_found_on_the_board_in_two_steps(
    town, three, member, page, live_server, complaints
):
    poll = making.opened(making.motion(town.town), town.factory_cell, tellers=three)
    enter(page, live_server, member)
    page.goto(f"{live_server.url}/votes/{poll.code}/")
    page.get_by_label("Abstain").check()
    page.get_by_role("button", name="Cast my vote").click()
    receipt = page.locator(".receipt").inner_text()
    page.goto(f"{live_server.url}/")
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Find my receipt on the board"))
    field = page.get_by_label("Is my ballot there?")
    expect(field).to_be_focused()
    field.press_sequentially(receipt)  # pasted by whoever kept it
    steps.press(field)
    expect(page.get_by_role("status")).to_contain_text("lies in the box")
    steps.within(2)
    close_poll(poll=poll)
    page.get_by_label("Is my ballot there?").fill(receipt.lower().replace(" ", ""))
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_role("status")).to_contain_text("at place 1 of 1")
    assert not too_wide(page)
    page.get_by_label("Is my ballot there?").fill("0" * 64)
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_role("status")).to_contain_text("not on this board")
    assert complaints == []
