"""The tellers' journeys in the browser, with what each may cost; at the door on a phone."""

import pytest
from playwright.sync_api import Page, expect

from elections.models import CheckOff, Count, PaperCount
from elections.papers import agreed, enter_papers
from elections.polls import close_poll, open_poll
from elections.voting import cast_vote, check_off
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps, too_wide
from tests.voting import making

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

LONG = "Featherstonehaughs" * 4


@pytest.fixture
def three(town):
    return making.tellers(town.town)


@pytest.fixture
def people(town):
    names = [("Müller", "Jürgen"), ("Łukasz", "Żaneta"), ("Müller", "Anna"), ("Okafor", "Ify")]
    return [
        factories.member(cell=town.factory_cell, family_name=family, given_name=given)
        for family, given in names
    ]


@pytest.fixture
def poll(town, people, three):
    return making.opened(making.motion(town.town), town.factory_cell, tellers=three)


@pytest.fixture
def phone(page: Page, live_server, three):
    """The first teller's phone, logged in and on the first page."""
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, live_server, three[0])
    return page


@pytest.fixture
def at_door(phone, poll):
    phone.get_by_role("link", name="To my polls").click()
    phone.get_by_role("link", name="To the door").click()
    return phone


def check_off_by(steps: Steps, text: str, name: str) -> None:
    """One person of the queue: find, check off."""
    field = steps.page.get_by_role("searchbox")
    expect(field).to_be_focused()
    steps.fill(field, text)
    steps.press(field)
    steps.click(steps.page.get_by_role("button", name=f"Check off {name}"))
    expect(steps.page.get_by_role("status")).to_contain_text(f"Checked off: {name}")


def test_three_people_are_checked_off_in_three_steps_each(at_door, people, complaints):
    for text, member in (
        ("jurgen", people[0]),
        ("lukasz zan", people[1]),
        (str(people[3].pk), people[3]),
    ):
        steps = Steps(at_door)
        check_off_by(steps, text, member.full_name)
        steps.within(3)
        assert not too_wide(at_door)
        assert member.full_name not in at_door.url
    counts = at_door.get_by_role("list", name="Turnout")
    expect(counts).to_contain_text("3 of 4 entitled")
    assert CheckOff.objects.filter(channel="paper").count() == 3
    assert complaints == []


def test_one_of_several_of_a_name_is_checked_off_in_three_steps(at_door, people, complaints):
    steps = Steps(at_door)
    check_off_by(steps, "muller", people[2].full_name)
    steps.within(3)
    assert CheckOff.objects.get().member == people[2]
    assert complaints == []


def test_the_door_is_kept_with_the_keyboard_alone(at_door, people, complaints):
    for text in ("jurgen", "ify"):
        expect(at_door.get_by_role("searchbox")).to_be_focused()
        at_door.keyboard.type(text)
        at_door.keyboard.press("Enter")
        expect(at_door.get_by_role("button", name="Check off")).to_be_focused()
        at_door.keyboard.press("Enter")
        expect(at_door.get_by_role("status")).to_contain_text("Checked off: ")
    assert CheckOff.objects.count() == 2
    assert complaints == []


def test_a_second_vote_is_refused_in_two_steps_with_the_reason_to_show(
    at_door, poll, people, complaints
):
    cast_vote(code=poll.code, member=people[0].pk, choices=[1])
    steps = Steps(at_door)
    field = at_door.get_by_role("searchbox")
    steps.fill(field, "jurgen")
    steps.press(field)
    refused = at_door.get_by_role("alert")
    expect(refused).to_contain_text("Has voted already")
    expect(refused).to_contain_text("A5")
    expect(refused).to_contain_text(poll.unit.name)
    expect(refused).to_be_in_viewport(ratio=1)
    steps.within(2)
    size = refused.get_by_text("Has voted already").evaluate(
        "(one) => parseFloat(getComputedStyle(one).fontSize)"
    )
    assert size >= 24
    expect(field).to_be_focused()  # for the next person
    assert not too_wide(at_door)
    assert complaints == []


def test_a_mistake_is_taken_back(at_door, people, complaints):
    check_off_by(Steps(at_door), "jurgen", people[0].full_name)
    steps = Steps(at_door)
    steps.click(at_door.get_by_role("link", name=f"Take back {people[0].full_name}"))
    steps.click(at_door.get_by_role("button", name="Take it back"))
    expect(at_door.get_by_role("status")).to_contain_text("Taken back")
    steps.within(2)
    assert not CheckOff.objects.exists()
    assert complaints == []


def test_a_finger_that_taps_twice_checks_off_once(at_door, people, complaints):
    field = at_door.get_by_role("searchbox")
    field.fill("jurgen")
    field.press("Enter")
    at_door.get_by_role("button", name="Check off").dblclick(no_wait_after=True)
    expect(at_door.get_by_role("status")).to_contain_text("Checked off: ")
    expect(at_door.get_by_role("alert")).to_have_count(0)
    assert complaints == []


def test_the_queue_goes_on_without_a_new_page(at_door, poll, people, complaints):
    at_door.evaluate("window.same = true")
    check_off_by(Steps(at_door), "jurgen", people[0].full_name)
    check_off(poll=poll, member=people[1], by=None)  # at another door
    check_off_by(Steps(at_door), "ify", people[3].full_name)
    expect(at_door.get_by_role("list", name="Turnout")).to_contain_text("3 of 4 entitled")
    assert at_door.evaluate("window.same")
    at_door.context.clear_cookies(name="sessionid")
    at_door.get_by_role("searchbox").fill("jurgen")
    at_door.get_by_role("searchbox").press("Enter")
    expect(at_door.get_by_role("button", name="Log in", exact=True)).to_be_visible()
    assert f"next=/tell/{poll.code}/" in at_door.url
    assert complaints == []


def test_the_door_works_without_scripts(browser, live_server, poll, people, three):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        log_in(page, live_server, three[0])
        page.goto(f"{live_server.url}/tell/{poll.code}/")
        page.get_by_role("searchbox").fill("jurgen")
        page.get_by_role("button", name="Find").click()
        page.get_by_role("button", name="Check off").click()
        expect(page.get_by_role("status")).to_contain_text("Checked off: ")
    assert CheckOff.objects.count() == 1


def test_two_tellers_open_the_box_in_six_steps_each(
    poll, people, three, phone, browser, live_server, complaints
):
    for member in people[:3]:
        cast_vote(code=poll.code, member=member.pk, choices=[1])
    close_poll(poll=poll)
    phone.reload()
    open_box(phone)
    either = f"One more teller of {three[1]} or {three[2]} opens the box"
    expect(phone.get_by_text(either)).to_be_visible()
    assert not Count.objects.exists()
    with browser.new_context() as context:
        other = context.new_page()
        log_in(other, live_server, three[1])
        open_box(other)
        expect(other.get_by_text("3 ballots lie opened and shuffled; count them")).to_be_visible()
    assert sorted(Count.objects.get().ballots) == [[1], [1], [1]]
    assert complaints == []


def open_box(page: Page) -> None:
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="To my polls"))
    steps.click(page.get_by_role("link", name="Open the box"))
    steps.fill(page.get_by_label("Passphrase of your key"), making.PASSPHRASE)
    steps.click(page.get_by_role("button", name="Open the box"))
    expect(page.get_by_role("status").first).to_be_visible()
    steps.within(6)


def test_papers_are_entered_by_two_and_a_difference_is_settled(
    poll, people, three, phone, browser, live_server, complaints
):
    for member in people:
        check_off(poll=poll, member=member, by=three[2])
    close_poll(poll=poll)
    phone.reload()
    phone.get_by_role("link", name="To my polls").click()
    phone.get_by_role("link", name="Enter the papers").click()
    enter(phone, yes=3, no=1)
    expect(phone.get_by_text("A second person enters the same papers")).to_be_visible()
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        other = context.new_page()
        log_in(other, live_server, three[1])
        other.get_by_role("link", name="To my polls").click()
        other.get_by_role("link", name="Enter the papers").click()
        expect(other.locator("body")).not_to_contain_text(three[0].username)
        enter(other, yes=2, no=2)
        table = other.get_by_role("table")
        expect(table.get_by_role("row").filter(has_text="Yes")).to_contain_text("23")
        assert agreed(poll) is None
        assert not too_wide(other)
        enter(other, yes=3, no=1)
        expect(other.get_by_text("Two people have entered the papers alike")).to_be_visible()
    assert agreed(poll) is not None
    assert PaperCount.objects.count() == 2
    assert complaints == []


def enter(page: Page, *, yes: int, no: int) -> None:
    for label, number in (("Yes", yes), ("No", no), ("Valid papers, the blank", yes + no)):
        page.get_by_label(label).fill(str(number))
    page.get_by_role("button", name="Enter these totals").click()
    expect(page.get_by_role("status")).to_contain_text("taken in")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.sqlite  # pages look alike on both databases
def test_every_page_of_the_tellers_fits_the_screen(
    town, three, page: Page, live_server, complaints, width
):
    page.set_viewport_size({"width": width, "height": 844})
    people = [factories.member(cell=town.factory_cell, family_name=LONG) for _ in range(3)]
    question = making.motion(town.town, title=LONG)
    polls = [making.put(question, town.factory_cell, tellers=three)]
    names = [f"{LONG} {number}" for number in range(4)]
    ranking = making.election(town.factory_cell, names, seats=1, method="scottish-stv", title=LONG)
    polls += [making.opened(ranking, town.factory_cell, tellers=three)]
    polls += [making.opened(making.motion(town.district), town.factory_cell, tellers=three)]
    for member in people:
        for poll in polls[1:]:
            check_off(poll=poll, member=member, by=three[0])
    close_poll(poll=polls[1])
    close_poll(poll=polls[2])
    enter_papers(poll=polls[2], by=three[0], totals={1: 3}, papers=3)
    enter_papers(poll=polls[2], by=three[1], totals={1: 2, 2: 1}, papers=3)
    open_poll(poll=polls[0])
    log_in(page, live_server, three[0])
    addresses = ["", "tell/", "tell/key/"]
    for poll in polls:
        addresses += [f"tell/{poll.code}/{part}" for part in ("", "papers/", "box/")]
    beyond = []
    for address in addresses:
        answer = page.goto(f"{live_server.url}/{address}")
        assert answer is not None
        assert answer.status == 200, address
        beyond += [address] if too_wide(page) else []
    page.goto(f"{live_server.url}/tell/{polls[0].code}/")
    page.get_by_role("searchbox").fill("feather")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("button", name="Check off")).to_have_count(3)
    beyond += ["found"] if too_wide(page) else []
    assert beyond == []
    assert complaints == []
