"""Opening the box: who does it, with which keys, and the brake on wrong passphrases."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from elections import brake
from elections.brake import MOST_TRIES, TooManyTries, braked
from elections.models import Count, PassphraseTry, SealedBallot, Share, TellerKey
from elections.polls import close_poll
from elections.sealing import passphrase_blockers
from elections.tellers import CannotOpenBox, boxes_of, make_teller_key
from tests import factories
from tests.voting import making
from tests.voting.box.opening import OTHER, open_with, voted, wrong

pytestmark = pytest.mark.django_db


# The acts ---------------------------------------------------------------------------------------


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


# The brake --------------------------------------------------------------------------------------


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
