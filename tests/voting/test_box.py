"""Opening the box: two of three tellers in any order, one alone never; keys and the brake."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.urls import reverse
from django.utils import timezone
from nacl.pwhash import argon2id

from audit.models import Entry
from districts.models import Unit
from elections import brake
from elections.brake import MOST_TRIES, TooManyTries, braked
from elections.models import Count, PassphraseTry, SealedBallot, Share, TellerKey
from elections.polls import close_poll
from elections.sealing import new_teller_key, passphrase_blockers
from elections.tellers import CannotOpenBox, boxes_of, make_teller_key, open_boxes
from elections.voting import cast_vote
from tests import factories
from tests.voting import making

pytestmark = pytest.mark.django_db

OTHER = "nine green lamps at dusk"


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def three(town):
    return making.tellers(town.town)


def voted(unit, three, question=None, says=(1, 1, 2)):
    """An online poll in which members voted so, closed."""
    people = [factories.member(cell=unit) for _ in says]
    question = question or making.motion(unit.get_root())
    poll = making.opened(question, unit, tellers=three, channels="online")
    for member, choice in zip(people, says, strict=True):
        cast_vote(code=poll.code, member=member.pk, choices=[choice])
    return close_poll(poll=poll)


@pytest.fixture
def poll(town, three):
    return voted(town.factory_cell, three)


@pytest.fixture
def quick_keys(monkeypatch):
    """Keys made by the pages in a test are made with the smallest limits."""

    def quick(passphrase):
        return new_teller_key(
            passphrase, operations=argon2id.OPSLIMIT_MIN, memory=argon2id.MEMLIMIT_MIN
        )

    monkeypatch.setattr("elections.tellers.new_teller_key", quick)


def open_with(account, *polls, passphrase=making.PASSPHRASE):
    return open_boxes(account=account, polls=polls, passphrase=passphrase)


# The acts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), [*permutations(range(3), 2)])
def test_any_two_of_the_three_open_the_box_in_any_order(poll, three, first, second):
    assert open_with(three[first], poll) == (0, 1)
    assert not Count.objects.exists()
    assert open_with(three[second], poll) == (1, 0)
    assert sorted(Count.objects.get().ballots) == [[1], [1], [2]]
    assert not Share.objects.filter(half__isnull=False).exists()


@pytest.mark.parametrize("one", range(3))
def test_one_alone_never_opens_it(poll, three, one):
    for _again in range(3):
        assert open_with(three[one], poll) == (0, 1)
    assert not Count.objects.exists()


def test_who_is_none_of_the_three_opens_nothing(poll, town):
    with pytest.raises(CannotOpenBox, match="no closed box"):
        open_with(making.teller(town.town), poll)


def test_an_open_poll_and_a_box_that_is_open_have_nothing_to_open(town, three, poll):
    factories.member(cell=town.street_cell)
    running = making.opened(making.motion(town.town), town.street_cell, tellers=three)
    with pytest.raises(CannotOpenBox, match="no closed box"):
        open_with(three[0], running)
    making.open_box_of(poll)
    with pytest.raises(CannotOpenBox, match="no closed box"):
        open_with(three[2], poll)


@pytest.mark.parametrize("passphrase", ["", "wrong", making.PASSPHRASE + " ", "x" * 1000])
def test_a_wrong_passphrase_opens_nothing_by_half(poll, three, passphrase):
    with pytest.raises(CannotOpenBox, match="not the passphrase"):
        open_with(three[0], poll, passphrase=passphrase)
    assert not Share.objects.filter(half__isnull=False).exists()
    open_with(three[1], poll)
    with pytest.raises(CannotOpenBox, match="not the passphrase"):
        open_with(three[0], poll, passphrase=passphrase)
    assert not Count.objects.exists()


def test_a_ballot_too_few_or_too_many_keeps_the_box_shut(poll, three):
    open_with(three[0], poll)
    SealedBallot.objects.first().delete()
    with pytest.raises(CannotOpenBox, match="2 ballots lie in the box, and 3 members") as refused:
        open_with(three[1], poll)
    assert refused.value.blockers[0].article == "A5"
    assert not Count.objects.exists()
    assert Share.objects.filter(half__isnull=False).count() == 2


def test_a_share_that_was_changed_is_told_and_changes_nothing(poll, three):
    share = Share.objects.filter(first__account=three[0]).first()
    sealed = bytes(share.sealed)
    share.sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    share.save()
    with pytest.raises(CannotOpenBox, match="changed"):
        open_with(three[0], poll)
    assert not Share.objects.filter(half__isnull=False).exists()


def test_a_key_of_another_poll_is_not_taken_for_this_one_s(poll, town, three):
    other = voted(town.street_cell, three)
    for account in three[:1]:
        open_with(account, poll, other)
    theirs = Share.objects.get(poll=other, first__account=three[0], second__account=three[1])
    Share.objects.filter(poll=poll, first__account=three[0], second__account=three[1]).update(
        half=theirs.half
    )
    with pytest.raises(CannotOpenBox, match="not the key of this poll"):
        open_with(three[1], poll)
    assert not Count.objects.exists()


def test_several_polls_open_in_one_act_or_none(town, three):
    question = making.motion(town.town)
    polls = [voted(cell, three, question) for cell in (town.factory_cell, town.street_cell)]
    assert {box.poll for box in boxes_of(three[0], polls)} == set(polls)
    assert open_with(three[0], *polls) == (0, 2)
    ballot = SealedBallot.objects.filter(poll=polls[1]).first()
    ballot.delete()
    with pytest.raises(CannotOpenBox):
        open_with(three[2], *polls)
    assert not Count.objects.exists()
    SealedBallot.objects.create(receipt=ballot.receipt, poll=polls[1], sealed=ballot.sealed)
    assert open_with(three[2], *polls) == (2, 0)
    assert Count.objects.count() == 2


def test_an_open_poll_keeps_the_key_that_it_began_with(town, three, quick_keys):
    factories.member(cell=town.factory_cell)
    poll = making.opened(making.motion(town.town), town.factory_cell, tellers=three)
    make_teller_key(account=three[0], passphrase=OTHER, repeated=OTHER)
    poll = close_poll(poll=poll)
    with pytest.raises(CannotOpenBox, match="not the passphrase"):
        open_with(three[0], poll, passphrase=OTHER)
    assert open_with(three[0], poll) == (0, 1)
    assert open_with(three[1], poll) == (1, 0)


def test_a_key_is_made_only_with_a_passphrase_that_holds(three, quick_keys):
    before = TellerKey.objects.get(account=three[0]).wrapped
    with pytest.raises(CannotOpenBox, match="differ"):
        make_teller_key(account=three[0], passphrase=OTHER, repeated=OTHER + "x")
    assert passphrase_blockers("short")
    with pytest.raises(CannotOpenBox, match="at least 16"):
        make_teller_key(account=three[0], passphrase="short", repeated="short")
    assert bytes(TellerKey.objects.get(account=three[0]).wrapped) == bytes(before)


# The brake ----------------------------------------------------------------------------------------


class Wrong(Exception):
    pass


def wrong(account, times=1):
    for _one in range(times):
        with pytest.raises(Wrong), braked(account):
            raise Wrong


def test_after_five_wrong_tries_the_account_waits(three):
    wrong(three[0], MOST_TRIES)
    with pytest.raises(TooManyTries, match="10 minutes"), braked(three[0]):
        pytest.fail("the passphrase was looked at")
    wrong(three[1])  # another account does not wait


def test_it_waits_until_the_first_of_the_five_is_ten_minutes_old(three):
    wrong(three[0], MOST_TRIES)
    oldest = PassphraseTry.objects.order_by("pk").first()
    PassphraseTry.objects.filter(pk=oldest.pk).update(at=timezone.now() - timedelta(minutes=9))
    with pytest.raises(TooManyTries, match="in 1 minutes"), braked(three[0]):
        pass
    PassphraseTry.objects.filter(pk=oldest.pk).update(at=timezone.now() - brake.WITHIN)
    wrong(three[0])
    assert PassphraseTry.objects.count() == MOST_TRIES  # the old one is gone


def test_a_right_one_gives_no_more_tries_at_wrong_ones(three):
    wrong(three[0], MOST_TRIES - 1)
    for _one in range(3):
        with braked(three[0]):
            pass
    wrong(three[0])
    with pytest.raises(TooManyTries), braked(three[0]):
        pass


def test_a_try_is_counted_while_another_one_is_still_looked_at(three):
    """Requests that come at once: each is noted before its passphrase is looked at."""
    with braked(three[0]):
        wrong(three[0], MOST_TRIES - 1)
        with pytest.raises(TooManyTries), braked(three[0]):
            pass


# The pages ----------------------------------------------------------------------------------------


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


# The key ------------------------------------------------------------------------------------------


def make(client, **told):
    told = {"password": "password", "passphrase": OTHER, "repeated": OTHER, **told}
    return client.post(reverse("teller-key"), told)


@pytest.fixture
def newcomer(client, town):
    from districts.roles import TELLER, grant_role

    account = factories.account()
    grant_role(user=account, role=TELLER, unit=Unit.objects.get(pk=town.town.pk))
    client.force_login(account)
    return account


def test_a_teller_makes_a_key_by_the_page(client, newcomer, quick_keys):
    assert "You have no key yet" in client.get(reverse("teller-key")).content.decode()
    assert make(client).status_code == 302
    assert TellerKey.objects.get(account=newcomer).made_on == timezone.localdate()
    page = client.get(reverse("teller-key")).content.decode()
    assert "You have had a key since" in page
    assert "keep the key that they began with" in page


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"password": "wrong"}, "not the password of your account"),
        ({"password": ""}, "required"),
        ({"repeated": OTHER + "x"}, "The two passphrases differ"),
        ({"passphrase": "short", "repeated": "short"}, "at least 16 characters"),
        ({"passphrase": f"{OTHER} ", "repeated": f"{OTHER} "}, "space"),
    ],
)
def test_a_key_that_cannot_be_made_says_why_and_shows_nothing_again(
    client, newcomer, quick_keys, told, shown
):
    page = make(client, **told).content.decode()
    assert shown in page
    assert OTHER not in page
    assert not TellerKey.objects.exists()


def test_guessing_the_password_is_braked_like_the_passphrase(client, newcomer, quick_keys):
    for _one in range(MOST_TRIES):
        make(client, password="wrong")
    assert "wrong tries" in make(client).content.decode()
    assert not TellerKey.objects.exists()


def test_a_new_passphrase_does_not_count_as_a_try(client, newcomer, quick_keys):
    for _one in range(MOST_TRIES + 1):
        make(client, repeated="differs")
    assert not PassphraseTry.objects.exists()
    assert make(client).status_code == 302
