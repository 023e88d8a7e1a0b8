"""The public board: who sees it, what stands on it and when, and looking a receipt up."""

import pytest
from django.urls import reverse

from districts.roles import SECRETARY, grant_role
from elections.board import chain
from elections.polls import annul_poll, close_poll, count_poll, publish_poll
from elections.sealing import shown
from elections.voting import cast_vote
from tests import factories
from tests.voting import making

pytestmark = pytest.mark.django_db


def board_of(poll):
    return reverse("board", args=[poll.code])


@pytest.fixture
def poll(client):
    """An open poll of a cell with three members, the first of whom is logged in."""
    town = factories.town()
    members = [factories.member(cell=town.factory_cell) for _ in range(3)]
    client.force_login(factories.account(member=members[0]))
    return making.opened(making.motion(town.district), town.factory_cell, channels="online")


def cast(poll, votes=2):
    members = poll.roll.order_by("member").values_list("member", flat=True)[:votes]
    return [cast_vote(code=poll.code, member=member, choices=[1]) for member in members]


def held(poll):
    """The poll closed, opened, counted and published."""
    poll = close_poll(poll=poll)
    making.open_box_of(poll)
    return publish_poll(poll=count_poll(poll=poll))


def test_while_the_poll_is_open_the_board_shows_seals_and_how_many_ballots_there_are(client, poll):
    receipts = cast(poll)
    page = client.get(board_of(poll)).content.decode()
    assert poll.seed_commitment in page
    assert bytes(poll.public_key).hex() in page
    assert "<dd>2</dd>" in page
    assert poll.seed not in page
    assert not any(receipt in page for receipt in receipts)


def test_after_the_close_all_receipts_stand_there_with_the_links_of_the_chain(client, poll):
    receipts = cast(poll)
    poll = close_poll(poll=poll)
    page = client.get(board_of(poll)).content.decode()
    links = chain(str(poll.code), bytes(poll.public_key).hex(), receipts)
    for text in (*receipts, *links[1:], poll.chain_head, poll.seed):
        assert text in page
    assert links[-1] == poll.chain_head
    assert page.index(min(receipts)) < page.index(max(receipts))
    assert "The opened ballots" not in page


def test_after_the_publication_the_ballots_stand_there_in_clear(client, poll):
    cast(poll)
    page = client.get(board_of(held(poll))).content.decode()
    assert page.count("<li>Yes</li>") == 2


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize(
    "typed",
    [str, str.upper, shown, lambda text: "-".join(text[i : i + 8] for i in range(0, 64, 8))],
)
def test_a_receipt_is_found_however_it_is_typed(client, poll, closed, typed):
    first, _second = cast(poll)
    if closed:
        poll = close_poll(poll=poll)
    answer = client.post(board_of(poll), {"receipt": typed(first)})
    assert answer.context["looked"].state == "found"
    assert first not in answer.request["PATH_INFO"]


@pytest.mark.parametrize(
    ("typed", "state"),
    [("0" * 64, "missing"), ("nonsense", "unreadable"), ("", "unreadable"), ("\0", "unreadable")],
)
def test_what_is_not_there_or_cannot_be_read_is_said(client, poll, typed, state):
    cast(poll)
    answer = client.post(board_of(poll), {"receipt": typed, "more": "1"})
    assert answer.status_code == 200
    assert answer.context["looked"].state == state
    assert answer.context["looked"].told in answer.content.decode().replace("&#x27;", "'")


def test_a_receipt_of_another_poll_is_said_to_be_of_that(client, poll):
    other = making.opened(making.motion(poll.unit.parent, title="Another one?"), poll.unit)
    (receipt,) = cast(other, 1)
    looked = client.post(board_of(poll), {"receipt": receipt}).context["looked"]
    assert looked.state == "missing"
    assert looked.told.startswith("This receipt is of another poll: Another one?")
    client.force_login(poll.roll.first().member.account)
    other.roll.all().delete()  # a poll that the reader does not see is not named
    looked = client.post(board_of(poll), {"receipt": receipt}).context["looked"]
    assert looked.told.startswith("This receipt is not on this board.")


def test_who_sees_it(client, poll):
    elsewhere = factories.town()
    stranger = factories.account()
    grant_role(user=stranger, role=SECRETARY, unit=elsewhere.town)
    other = factories.account(member=factories.member(cell=elsewhere.factory_cell))
    secretary = factories.account()
    grant_role(user=secretary, role=SECRETARY, unit=poll.unit.parent)
    for account, status in ((stranger, 404), (other, 404), (secretary, 200)):
        client.force_login(account)
        assert client.get(board_of(poll)).status_code == status
        assert client.post(board_of(poll), {"receipt": "0" * 64}).status_code == status
    client.logout()
    assert client.get(board_of(poll)).status_code == 302


def test_a_draft_has_no_board_and_an_annulled_poll_keeps_its_own(client, poll):
    cast(poll)
    draft = making.put(making.motion(poll.unit.parent), poll.unit)
    admin = factories.account(is_staff=True, is_superuser=True)
    client.force_login(admin)
    assert client.get(board_of(draft)).status_code == 404
    assert client.get(board_of(annul_poll(poll=poll))).status_code == 200


@pytest.mark.parametrize("method", ["put", "delete"])
def test_other_methods_are_refused(client, poll, method):
    assert getattr(client, method)(board_of(poll)).status_code == 405


@pytest.mark.parametrize("votes", [1, 3])
def test_as_many_queries_for_one_receipt_as_for_three(
    client, poll, votes, django_assert_num_queries
):
    cast(poll, votes)
    poll = held(poll)
    with django_assert_num_queries(9):
        client.get(board_of(poll))


def test_many_receipts_come_in_pages(client, poll, monkeypatch):
    from elections import board_views

    monkeypatch.setattr(board_views, "PER_PAGE", 2)
    receipts = sorted(cast(poll, 3))
    poll = close_poll(poll=poll)
    first = client.get(board_of(poll)).content.decode()
    last = client.get(board_of(poll), {"page": 2}).content.decode()
    assert [receipt in first for receipt in receipts] == [True, True, False]
    assert [receipt in last for receipt in receipts] == [False, False, True]


def test_the_admin_leads_to_the_board_and_to_the_result(client, poll):
    secretary = factories.account()
    grant_role(user=secretary, role=SECRETARY, unit=poll.unit.parent)
    client.force_login(secretary)
    page_of = reverse("admin:elections_poll_change", args=[poll.pk])
    result = reverse("result", args=[poll.code])
    page = client.get(page_of).content.decode()
    assert board_of(poll) in page
    assert result not in page
    cast(poll)
    page = client.get(reverse("admin:elections_poll_change", args=[held(poll).pk])).content.decode()
    assert board_of(poll) in page
    assert result in page


def test_check_offs_are_no_news_on_the_first_page(client, poll):
    from elections.voting import check_off

    secretary = factories.account()
    grant_role(user=secretary, role=SECRETARY, unit=poll.unit.parent)
    on_paper = making.opened(making.motion(poll.unit.parent), poll.unit, channels="paper")
    for entry in on_paper.roll.select_related("member"):
        check_off(poll=on_paper, member=entry.member, by=secretary)
    client.force_login(secretary)
    page = client.get(reverse("admin:index")).content.decode()
    assert "Check-off" not in page
    assert "Poll changed" in page
