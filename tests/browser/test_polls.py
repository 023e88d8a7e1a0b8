"""Votes in the browser: a secretary puts a motion to all cells, and follows it to the close."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from districts.kinds import Kind
from districts.models import Unit
from elections.models import Poll, Question
from elections.voting import cast_vote, check_off
from tests import factories
from tests.browser.steps import Steps, too_wide
from tests.voting import making

pytestmark = pytest.mark.django_db(transaction=True)

CELLS = 6
VOTERS = 5  # fewer would be warned of: their totals may tell how all voted


@pytest.fixture
def cells(town):
    """Six cells with five members each."""
    more = []
    for _one in range(CELLS - 2):
        more.append(factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk)))
    cells = [town.factory_cell, town.street_cell, *more]
    for cell in cells:
        for _one in range(VOTERS):
            factories.member(cell=cell)
    return cells


@pytest.fixture
def tellers(town):
    return making.tellers(Unit.objects.get(pk=town.district.pk))


def test_a_motion_is_put_to_all_cells_opened_followed_and_closed(
    cells, tellers, secretary, page: Page, complaints
):
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Votes"))
    steps.click(page.get_by_role("link", name="Raise a motion"))
    steps.fill(page.get_by_label("Title"), "Shall we publish a factory paper?")
    steps.click(page.get_by_role("button", name="Do it"))
    standing = page.get_by_role("region", name="Where it stands")
    steps.click(standing.get_by_role("link", name="Put the question"))
    expect(page.get_by_label(f"all {CELLS} cells")).to_be_checked()
    steps.click(page.get_by_role("button", name="Do it"))
    expect(standing).to_contain_text("6 polls are drafted")
    steps.click(standing.get_by_role("link", name="Open all drafted polls"))
    steps.click(page.get_by_role("button", name="Do it"))
    expect(standing).to_contain_text("Votes are being cast in 6 polls.")
    steps.within(9)

    for poll in Poll.objects.all():
        first, second = (entry.member for entry in poll.roll.select_related("member")[:2])
        check_off(poll=poll, member=first, by=tellers[0])
        cast_vote(code=poll.code, member=second.pk, choices=[1])
    page.reload()
    expect(standing).to_contain_text("12 of 30 have voted (40 %)")
    rows = page.get_by_role("region", name="Its polls").get_by_role("row")
    expect(rows).to_have_count(1 + CELLS)
    expect(rows.nth(1)).to_contain_text("2 of 5")

    steps = Steps(page)
    steps.click(standing.get_by_role("link", name="Close all open polls"))
    steps.click(page.get_by_role("button", name="Do it"))
    expect(standing).to_contain_text("6 boxes wait for two of their tellers")
    steps.within(2)
    assert set(Poll.objects.values_list("state", flat=True)) == {"closed"}
    assert complaints == []


def test_an_election_with_five_candidates_and_its_composition(
    town, cells, tellers, secretary, page: Page, complaints
):
    stand = [
        factories.member(cell=cell, given_name="Anna", family_name=f"Candidate {letter}")
        for cell, letter in zip(cells[:4], "ABCD", strict=True)
    ]
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Votes"))
    steps.click(page.get_by_role("link", name="Raise an election"))
    steps.fill(page.get_by_label("Title"), "Election of the district bureau")
    steps.fill(page.get_by_role("spinbutton", name="Seats"), "3")
    lines = [stand[0].pk, "Anna Candidate B", stand[2].pk, stand[3].pk, "Somebody Else"]
    steps.fill(page.get_by_label("Candidates"), "\n".join(map(str, lines)))
    steps.click(page.get_by_role("button", name="Show what this will do"))
    expect(page.get_by_role("status")).to_contain_text("5: Somebody Else, a name alone")
    steps.click(page.get_by_role("button", name="Do it"))
    standing = page.get_by_role("region", name="Where it stands")
    steps.click(standing.get_by_role("link", name="Set the composition"))
    expect(page.get_by_label("At least")).to_have_value("2")
    expect(page.get_by_label("Anna Candidate A")).to_be_checked()
    expect(page.get_by_label("Anna Candidate B")).not_to_be_checked()
    steps.click(page.get_by_label("Anna Candidate B"))
    steps.click(page.get_by_role("button", name="Do it"))
    expect(page.get_by_role("region", name="What is asked")).to_contain_text("at least 2")
    steps.within(10)
    assert Question.objects.get().compositions.get().choices.count() == 2
    assert complaints == []


def test_a_poll_and_its_roll(town, cells, secretary, page: Page, live_server, complaints):
    member = factories.member(cell=town.street_cell, family_name="Müller")
    poll = making.opened(making.motion(town.district), town.street_cell)
    check_off(poll=poll, member=member, by=secretary)
    page.goto(f"{live_server.url}/admin/elections/poll/{poll.pk}/change/")
    current = page.locator("[aria-current=step]")
    expect(current).to_have_text("open")
    page.get_by_role("definition").get_by_role("link", name="6", exact=True).click()
    page.get_by_label("Part of the name, or a member's number").fill("muller")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row", name="Müller")).to_contain_text("at the door")
    assert "muller" not in page.url
    page.get_by_role("link", name="To print, with room for signatures").click()
    expect(page.get_by_role("row")).to_have_count(1 + VOTERS + 1)
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="To the poll")).to_be_hidden()
    assert complaints == []


@pytest.mark.sqlite  # pages look alike on both databases
def test_no_page_is_too_wide_on_a_phone(
    town, cells, tellers, secretary, page: Page, live_server, complaints
):
    page.set_viewport_size({"width": 390, "height": 844})
    question = making.motion(town.district, title="Shall we publish a factory paper? " * 5)
    poll = making.opened(question, town.street_cell, closes_at=timezone.now().replace(year=2999))
    drafted = making.put(question, town.factory_cell)
    for path in (
        "question/",
        "poll/",
        "question/act/raise-motion/",
        "question/act/raise-election/",
        f"question/{question.pk}/change/",
        f"question/{question.pk}/act/put-question/",
        f"question/{question.pk}/act/open-all/",
        f"poll/{poll.pk}/change/",
        f"poll/{drafted.pk}/change/",
        f"poll/{poll.pk}/roll/",
        f"poll/{poll.pk}/roll/print/",
        f"poll/{poll.pk}/act/close-poll/",
        f"poll/{drafted.pk}/act/arrange-poll/",
    ):
        page.goto(f"{live_server.url}/admin/elections/{path}")
        wide = too_wide(page)
        assert not wide, path
    assert complaints == []
