"""Opening the box by its page."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from elections import brake
from elections.brake import MOST_TRIES
from elections.models import Count, PassphraseTry, SealedBallot, Share
from elections.polls import close_poll
from elections.tellers import make_teller_key
from tests import factories
from tests.voting import making
from tests.voting.box.opening import OTHER, voted

pytestmark = pytest.mark.django_db


def address(poll):
    return reverse("box", args=[poll.code])


def send(client, account, poll, passphrase=making.PASSPHRASE, **told):
    client.force_login(account)
    return client.post(address(poll), {"passphrase": passphrase, **told})


def page_of(client, poll):
    return client.get(address(poll)).content.decode()


def test_two_tellers_open_the_box_by_the_page(client, poll, three):
    client.force_login(three[0])
    assert "3 sealed ballots lie in the box" in page_of(client, poll)
    assert send(client, three[0], poll).headers["Location"] == address(poll)
    page = page_of(client, poll)
    assert f"One more teller of {three[1]} or {three[2]} opens the box" in page
    assert 'type="password"' not in page
    send(client, three[2], poll)
    assert "3 ballots lie opened and shuffled; count them next" in page_of(client, poll)
    assert Count.objects.filter(poll=poll).exists()


def test_who_is_none_of_the_three_sees_for_whom_the_box_waits(client, poll, three, town):
    client.force_login(making.teller(town.town))
    page = page_of(client, poll)
    assert f"it waits for {three[0]}, {three[1]} or {three[2]}" in page
    assert 'type="password"' not in page
    assert send(client, making.teller(town.town), poll).status_code == 200
    assert not Share.objects.filter(half__isnull=False).exists()


def test_a_wrong_passphrase_is_told_and_neither_shown_again_nor_logged(client, poll, three, caplog):
    said = "seven blue boats at nite"
    before = Entry.objects.count()
    answer = send(client, three[0], poll, said)
    page = answer.content.decode()
    assert "This is not the passphrase of your key." in page
    assert said not in page
    assert said not in caplog.text
    assert Entry.objects.count() == before
    assert not Share.objects.filter(half__isnull=False).exists()
    assert said not in str(PassphraseTry.objects.values())


def test_the_page_brakes_after_five_and_then_a_right_one_waits_too(client, poll, three):
    for _one in range(MOST_TRIES):
        assert "not the passphrase" in send(client, three[0], poll, "wrong").content.decode()
    page = send(client, three[0], poll).content.decode()
    assert "5 wrong tries" in page
    assert not Share.objects.filter(half__isnull=False).exists()
    PassphraseTry.objects.update(at=timezone.now() - brake.WITHIN)
    assert send(client, three[0], poll).status_code == 302


def test_one_passphrase_opens_all_boxes_of_the_question(client, town, three):
    question = making.motion(town.town)
    polls = [voted(cell, three, question) for cell in (town.factory_cell, town.street_cell)]
    other = voted(town.factory_cell, three, making.motion(town.town, title="Another"))
    codes = [str(poll.code) for poll in polls]
    send(client, three[0], polls[0], boxes=codes)
    send(client, three[1], polls[1], boxes=codes)
    assert set(Count.objects.values_list("poll", flat=True)) == {poll.pk for poll in polls}
    assert not Share.objects.filter(poll=other, half__isnull=False).exists()


def test_a_box_that_does_not_open_can_be_left_out(client, town, three):
    question = making.motion(town.town)
    polls = [voted(cell, three, question) for cell in (town.factory_cell, town.street_cell)]
    codes = [str(poll.code) for poll in polls]
    send(client, three[0], polls[0], boxes=codes)
    SealedBallot.objects.filter(poll=polls[1]).first().delete()
    page = send(client, three[1], polls[0], boxes=codes).content.decode()
    assert "2 ballots lie in the box, and 3 members" in page
    assert not Count.objects.exists()
    send(client, three[1], polls[0], boxes=codes[:1])
    assert Count.objects.get().poll == polls[0]


def test_boxes_of_an_older_key_are_opened_by_themselves(client, town, three, quick_keys):
    question = making.motion(town.town)
    old = voted(town.factory_cell, three, question)
    make_teller_key(account=three[0], passphrase=OTHER, repeated=OTHER)
    new = voted(town.street_cell, three, question)
    assert send(client, three[0], old).status_code == 302
    assert send(client, three[0], new, OTHER).status_code == 302
    assert Share.objects.filter(half__isnull=False).values("poll").distinct().count() == 2


@pytest.mark.parametrize(
    ("channels", "closed", "shown"),
    [
        ("paper", True, "no box of sealed ballots"),
        ("both", False, "stays shut until the poll is closed"),
    ],
)
def test_a_poll_without_a_box_to_open_says_so(client, town, three, channels, closed, shown):
    factories.member(cell=town.factory_cell)
    fields = {} if channels == "paper" else {"tellers": three}
    poll = making.opened(making.motion(town.town), town.factory_cell, channels=channels, **fields)
    if closed:
        close_poll(poll=poll)
    client.force_login(three[0])
    assert shown in page_of(client, poll)
    assert send(client, three[0], poll).status_code == 200
    assert not Share.objects.filter(half__isnull=False).exists()
