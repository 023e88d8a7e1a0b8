"""The member's pages: what is open, each ballot, the receipt; and what none of it keeps."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from elections.models import CheckOff, Poll, SealedBallot
from elections.polls import close_poll
from elections.questions import Candidate, raise_question, withdraw_candidate
from elections.sealing import receipt_of
from elections.voting import cast_vote
from members.models import Account
from tests import factories
from tests.voting import making

pytestmark = pytest.mark.django_db

RECEIPT = re.compile(r"[0-9a-f]{64}")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
PLACE = re.compile("[\ue000\ue001]")


def page_of(poll):
    return reverse("vote", args=[poll.code])


def receipt_on(page) -> str:
    """The receipt on a page, without what groups it."""
    text = re.sub(r"<[^>]*>|\s+", "", page.content.decode()).lower()
    found = RECEIPT.search(text)
    assert found, text
    return found.group()


def token_on(page) -> str:
    """The token of the last form on the page."""
    return TOKEN.findall(page.content.decode())[-1]


@pytest.fixture
def voter(client):
    """A member who is logged in, of the factory cell of a town."""
    town = factories.town()
    member = factories.member(cell=town.factory_cell)
    account = factories.account(member=member)
    client.force_login(account)
    return town, member


def open_poll_on(town, **fields):
    return making.opened(making.motion(town.district), town.factory_cell, **fields)


def elected(town, method, seats=2, **fields):
    names = ["Ada", "Ben", "Cleo", "Dora"]
    question = making.election(town.factory_cell, names, seats=seats, method=method, **fields)
    return making.opened(question, town.factory_cell)


BALLOTS = {
    "yes-no": ({"choice": "2"}, [2]),
    "options": ({"choice": "3"}, [3]),
    "block": ({"choice": ["4", "1"]}, [1, 4]),
    "approval": ({"choice": ["3", "1", "2"]}, [1, 2, 3]),
    "scottish-stv": ({"rank-4": "1", "rank-2": "2", "rank-1": "", "rank-3": ""}, [4, 2]),
    "meek-stv": ({"rank-1": "3", "rank-2": "2", "rank-3": "1"}, [3, 2, 1]),
}


def poll_by(town, method):
    if method == "yes-no":
        return open_poll_on(town)
    if method == "options":
        question = raise_question(
            unit=town.factory_cell,
            kind="motion",
            method="options",
            title="Where to?",
            on=timezone.localdate(),
            choices=[Candidate(name) for name in ("Lake", "Hills", "Coast")],
        )
        return making.opened(question, town.factory_cell)
    return elected(town, method)


@pytest.mark.parametrize("method", BALLOTS)
def test_a_ballot_by_each_method_is_cast_and_counted_as_it_was_filled_in(client, voter, method):
    town, member = voter
    poll = poll_by(town, method)
    shown = client.get(page_of(poll))
    assert shown.status_code == 200
    for choice in poll.question.choices.all():
        assert choice.label in shown.content.decode()
    sent, choices = BALLOTS[method]
    answer = client.post(page_of(poll), sent)
    assert answer.status_code == 200
    assert receipt_on(answer) == receipt_of(bytes(SealedBallot.objects.get().sealed))
    assert CheckOff.objects.get().member == member
    close_poll(poll=poll)
    making.open_box_of(poll)
    poll.refresh_from_db()
    assert poll.count.ballots == [choices]


@pytest.mark.parametrize(
    ("method", "sent", "told"),
    [
        ("yes-no", {}, "Choose one of the answers"),
        ("yes-no", {"choice": "9"}, "not on the ballot"),
        ("yes-no", {"choice": ["1", "2"]}, "not on the ballot"),
        ("block", {"choice": ["1", "2", "3"]}, "at most 2"),
        ("block", {"choice": ["x"]}, "not on the ballot"),
        ("approval", {}, "You chose nobody"),
        ("approval", {"choice": "1", "blank": "1"}, "it is not both"),
        ("scottish-stv", {"rank-1": "1", "rank-2": "1"}, "given more than once"),
        ("scottish-stv", {"rank-1": "2"}, "1 is missing"),
        ("scottish-stv", {"rank-1": "first"}, "A rank is a number"),
        ("scottish-stv", {}, "You chose nobody"),
    ],
)
def test_a_ballot_that_is_wrong_is_shown_again_and_nothing_is_cast(
    client, voter, method, sent, told
):
    town, _member = voter
    poll = poll_by(town, method)
    answer = client.post(page_of(poll), sent)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not CheckOff.objects.exists()
    assert client.get(page_of(poll)).status_code == 200


def test_what_was_chosen_stands_on_the_page_again(client, voter):
    town, _member = voter
    poll = elected(town, "block")
    page = client.post(page_of(poll), {"choice": ["1", "2", "3"]}).content.decode()
    assert page.count(" checked") == 3
    assert "Your choice still stands below" in page
    ranked = elected(town, "scottish-stv")
    page = client.post(page_of(ranked), {"rank-1": "1", "rank-2": "1"}).content.decode()
    assert page.count('value="1"') == 2


def test_a_blank_ballot_is_asked_back_and_then_cast(client, voter):
    town, _member = voter
    poll = elected(town, "approval")
    assert "blank ballot" in client.post(page_of(poll), {}).content.decode()
    assert client.post(page_of(poll), {"blank": "1"}).status_code == 200
    assert SealedBallot.objects.count() == 1


def test_who_withdrew_stands_on_no_ballot(client, voter):
    town, _member = voter
    question = making.election(town.factory_cell, ["Ada", "Ben", "Cleo"], seats=1)
    withdraw_candidate(choice=question.choices.get(label="Ben"))
    poll = making.opened(question, town.factory_cell)
    assert "Ben" not in client.get(page_of(poll)).content.decode()
    assert client.post(page_of(poll), {"choice": "2"}).status_code == 422


def test_a_second_vote_is_told_so_and_changes_nothing(client, voter):
    town, _member = voter
    poll = open_poll_on(town)
    client.post(page_of(poll), {"choice": "1"})
    again = client.post(page_of(poll), {"choice": "2"})
    assert again.status_code == 409
    assert "Has voted in this poll already" in again.content.decode()
    looked = client.get(page_of(poll))
    assert looked.status_code == 200
    assert '<form method="post" class="ballot' not in looked.content.decode()
    assert SealedBallot.objects.count() == 1


def test_in_the_street_cell_a_vote_on_the_same_question_is_refused_with_a5(client):
    town, street_cell, member = making.in_two_cells()
    client.force_login(factories.account(member=member))
    question = making.motion(town.town)
    tellers = making.tellers(town.town)
    here, there = (
        making.opened(question, cell, tellers=tellers) for cell in (town.factory_cell, street_cell)
    )
    client.post(page_of(here), {"choice": "1"})
    for answer in (client.get(page_of(there)), client.post(page_of(there), {"choice": "1"})):
        page = answer.content.decode()
        assert "A5" in page
        assert town.factory_cell.name in page
        assert timezone.localdate().isoformat() in page
        # The receipt is on the board of the poll in which the vote lies, and on no other.
        assert reverse("board", args=[here.code]) in page
        assert reverse("board", args=[there.code]) not in page
    listed = client.get(reverse("votes")).content.decode()
    assert "A5" in listed
    assert CheckOff.objects.count() == 1


def test_nobody_else_gets_the_ballot(client, voter):
    town, _member = voter
    poll = open_poll_on(town)
    for account in (
        factories.account(member=factories.member(cell=factories.town().factory_cell)),
        factories.account(),
    ):
        client.force_login(account)
        assert client.get(page_of(poll)).status_code == 404
        assert client.post(page_of(poll), {"choice": "1"}).status_code == 404
    client.logout()
    assert client.post(page_of(poll), {"choice": "1"}).status_code == 302
    assert not CheckOff.objects.exists()


@pytest.mark.parametrize("wrong", [{"choice": "9"}, {}])
def test_a_wrong_ballot_of_somebody_else_tells_nothing_of_the_poll(client, voter, wrong):
    town, _member = voter
    poll = open_poll_on(town)
    client.force_login(factories.account(member=factories.member(cell=town.street_cell)))
    assert client.post(page_of(poll), wrong).status_code == 404


def test_a_closed_poll_and_one_on_paper_have_no_ballot(client, voter):
    town, _member = voter
    closed = close_poll(poll=open_poll_on(town))
    on_paper = open_poll_on(town, channels="paper")
    for poll in (closed, on_paper):
        assert 'class="ballot' not in client.get(page_of(poll)).content.decode()
        assert client.post(page_of(poll), {"choice": "1"}).status_code == 409
    assert not CheckOff.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, voter, method):
    town, _member = voter
    poll = open_poll_on(town)
    assert getattr(client, method)(page_of(poll)).status_code == 405
    assert client.post(reverse("votes")).status_code == 405


def test_the_page_with_the_receipt_is_each_voters_own_and_its_forms_work(voter):
    """It is put together once for all; what differs is put in, the token of its forms too."""
    town, member = voter
    other = factories.member(cell=town.factory_cell)
    poll = open_poll_on(town)
    receipts = []
    for who in (member, other):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(
            Account.objects.filter(member=who).first() or factories.account(member=who)
        )
        token = token_on(browser.get(page_of(poll)))
        page = browser.post(page_of(poll), {"choice": "1", "csrfmiddlewaretoken": token})
        receipts.append(receipt_on(page))
        assert not PLACE.search(page.content.decode())
        left = browser.post(reverse("logout"), {"csrfmiddlewaretoken": token_on(page)})
        assert left.status_code == 302
    assert len(set(receipts)) == 2


def test_a_receipt_is_drawn_for_the_page_or_as_one(client, voter):
    receipt = "0123456789abcdef" * 4
    page = client.post(reverse("receipt-code"), {"receipt": receipt.upper()})
    assert "<svg" in page.content.decode()
    assert receipt_on(page) == receipt
    drawn = client.post(
        reverse("receipt-code"), {"receipt": receipt}, headers={"X-Requested-With": "fetch"}
    )
    assert drawn["Content-Type"] == "image/svg+xml"
    assert drawn.content.startswith(b"<svg")
    for answer in (page, drawn):
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("wrong", ["", "abc", "<b>", "0" * 10_000, "é" * 64])
def test_what_is_no_receipt_is_said_to_be_none(client, voter, wrong):
    answer = client.post(reverse("receipt-code"), {"receipt": wrong})
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("text/plain")


def test_nothing_of_the_choice_is_kept(client, voter):
    """Neither in the session nor in the log, nor anywhere that a browser keeps pages."""
    town, _member = voter
    poll = elected(town, "approval", title="Who speaks?")
    entries = Entry.objects.count()
    before = [row.session_data for row in Session.objects.all()]
    answer = client.post(page_of(poll), {"choice": ["1", "3"]})
    assert "Ada" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert [row.session_data for row in Session.objects.all()] == before
    assert Entry.objects.count() == entries
    assert "_messages" not in client.session
    assert receipt_on(answer) not in str(dict(client.session))
    wrong = client.post(page_of(poll), {"choice": ["9"]})
    assert "no-store" in wrong["Cache-Control"]


def test_a_vote_costs_three_queries(client, voter, django_assert_num_queries):
    """The session, the account, and the one that writes; on SQLite a transaction around it."""
    from django.db import connection

    town, member = voter
    poll = open_poll_on(town)
    other = factories.member(cell=town.factory_cell)
    late = making.opened(making.motion(town.district), town.factory_cell)
    client.get(page_of(late))  # what stands on the ballot is known from now on
    assert other.pk != member.pk
    del poll
    expected = 3 if connection.vendor == "postgresql" else 6
    with django_assert_num_queries(expected):
        answer = client.post(page_of(late), {"choice": "1"})
    assert answer.status_code == 200


@pytest.mark.parametrize("polls", [1, 3])
def test_the_list_takes_as_many_queries_for_one_poll_as_for_three(
    client, voter, polls, django_assert_num_queries
):
    town, member = voter
    made = [open_poll_on(town) for _ in range(polls)]
    cast_vote(code=made[0].code, member=member.pk, choices=[1])
    with django_assert_num_queries(5):
        client.get(reverse("votes"))


def test_the_first_page_names_the_open_votes(client, voter):
    town, _member = voter
    assert "No vote is open" in client.get(reverse("home")).content.decode()
    closes_at = timezone.localtime() + timedelta(days=1)
    poll = open_poll_on(town, closes_at=closes_at)
    page = client.get(reverse("home")).content.decode()
    assert page_of(poll) in page
    assert f"until {closes_at:%Y-%m-%d %H:%M}" in page
    client.post(page_of(poll), {"choice": "1"})
    page = client.get(reverse("home")).content.decode()
    assert f'"{page_of(poll)}"' not in page
    assert "You voted on" in page


def test_what_is_over_leads_to_the_board(client, voter):
    town, _member = voter
    poll = close_poll(poll=open_poll_on(town))
    page = client.get(reverse("votes")).content.decode()
    assert reverse("board", args=[poll.code]) in page
    assert reverse("result", args=[poll.code]) not in page
    Poll.objects.update(state="published")
    assert reverse("result", args=[poll.code]) in client.get(reverse("votes")).content.decode()


def test_an_account_without_a_member_is_told_so(client):
    client.force_login(factories.account())
    assert "belongs to no member" in client.get(reverse("votes")).content.decode()
