"""Checking off, and taking back."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from elections import door_views, voting
from elections.models import CheckOff, Poll
from elections.polls import close_poll
from elections.voting import cast_vote, check_off
from members.membership import end_membership
from tests import factories
from tests.voting import making
from tests.voting.door.asking import address, search, send, told

pytestmark = pytest.mark.django_db


# Checking off -----------------------------------------------------------------------------------


def test_a_check_off_is_written_and_the_door_waits_for_the_next(at_door, teller, poll, person):
    answer = send(at_door, poll, person)
    assert answer.headers["Location"] == address(poll)
    assert told(answer) == [f"Checked off: {person}"]
    vote = CheckOff.objects.get()
    assert (vote.member, vote.poll, vote.channel, vote.by) == (person, poll, "paper", teller)
    page = at_door.get(address(poll))
    assert page.context["standing"].at_the_door == 1
    assert [member for _key, member in page.context["recent"]] == [person]
    field = page.content.decode().split('type="search"')[1].split(">")[0]
    assert "autofocus" in field


def test_a_second_vote_is_refused_with_article_day_and_cell(client):
    town, street_cell, member = making.in_two_cells()
    question = making.motion(town.town)
    tellers = making.tellers(town.town)
    here, there = (
        making.opened(question, cell, tellers=tellers) for cell in (town.factory_cell, street_cell)
    )
    check_off(poll=here, member=member, by=tellers[0])
    client.force_login(tellers[1])
    for answer in (search(client, there, str(member.pk)), send(client, there, member)):
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Has voted already" in page
        assert "A5" in page
        assert f"On {timezone.localdate().isoformat()}, in {town.factory_cell.name}." in page
        assert "Check off" not in page
        assert "by mistake" not in page
    assert CheckOff.objects.count() == 1


def test_the_second_of_two_tellers_is_refused_and_does_not_undo_the_first(
    client, town, poll, person, teller
):
    client.force_login(teller)
    send(client, poll, person)
    client.force_login(making.teller(town.town))
    answer = send(client, poll, person)
    assert "Has voted already" in answer.content.decode()
    assert poll.unit.name in answer.content.decode()
    assert "by mistake" not in answer.content.decode()
    vote = CheckOff.objects.get()
    assert client.get(address(poll, "take-back", vote.pk)).status_code == 404
    assert CheckOff.objects.get().by == teller


def test_a_door_that_was_quicker_by_a_moment_is_no_error(at_door, poll, person, monkeypatch):
    def late(**_):
        CheckOff.objects.create(
            question=poll.question, member=person, poll=poll, channel="paper", on=date(2026, 1, 2)
        )
        raise ValidationError({"member": "A5"})

    monkeypatch.setattr(door_views, "check_off", late)
    answer = send(at_door, poll, person)
    assert "Has voted already" in answer.content.decode()


def test_who_voted_online_is_refused_at_the_door(at_door, poll, person):
    cast_vote(code=poll.code, member=person.pk, choices=[1])
    answer = send(at_door, poll, person)
    assert "Has voted already" in answer.content.decode()
    assert answer.context["standing"].online == 1
    assert answer.context["found"].people[0].mine is None


def test_who_is_no_member_any_more_is_refused(at_door, poll, person):
    end_membership(member=person, on=timezone.localdate(), reason="excluded")
    assert "ended" in send(at_door, poll, person).content.decode()
    assert not CheckOff.objects.exists()


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"state": "closed"}, "nobody is checked off any more"),
        ({"channels": "online"}, "no door"),
        ({"state": "drafted"}, "not open yet"),
    ],
)
def test_a_poll_without_a_door_says_so_and_takes_nobody(at_door, poll, person, change, shown):
    Poll.objects.update(**change, closed_at=timezone.now())
    assert shown in at_door.get(address(poll)).content.decode()
    assert 'type="search"' not in at_door.get(address(poll)).content.decode()
    send(at_door, poll, person)
    assert not CheckOff.objects.exists()


# Taking back ------------------------------------------------------------------------------------


def test_a_mistake_is_taken_back_after_a_question(at_door, poll, person):
    send(at_door, poll, person)
    back = address(poll, "take-back", CheckOff.objects.get().pk)
    assert str(person.full_name) in at_door.get(back).content.decode()
    assert CheckOff.objects.exists()
    answer = at_door.post(back)
    assert told(answer)[-1].startswith(f"Taken back: {person}")
    assert not CheckOff.objects.exists()
    assert at_door.post(back).headers["Location"] == address(poll)  # sent twice
    assert at_door.get(address(poll)).context["recent"] == []
    assert send(at_door, poll, person).status_code == 302


def test_nothing_is_taken_back_that_is_not_mine_at_this_door(at_door, town, teller, poll, person):
    other = making.opened(making.motion(town.district, title="Another"), town.factory_cell)
    mine = check_off(poll=poll, member=person, by=teller)
    online = factories.member(cell=town.factory_cell)
    late = making.opened(making.motion(town.district, title="A third"), town.factory_cell)
    cast_vote(code=late.code, member=online.pk, choices=[1])
    vote = CheckOff.objects.get(channel="online")
    wrong = [(other, mine.pk), (late, vote.pk), (poll, uuid4())]
    for where, key in wrong:
        assert at_door.get(address(where, "take-back", key)).status_code == 404
        at_door.post(address(where, "take-back", key))
    close_poll(poll=poll)
    assert at_door.post(address(poll, "take-back", mine.pk)).status_code == 404
    assert CheckOff.objects.count() == 2


def test_a_take_back_that_the_close_overtakes_says_why(at_door, poll, person, monkeypatch):
    send(at_door, poll, person)
    back = address(poll, "take-back", CheckOff.objects.get().pk)
    held = voting._held

    def closed_meanwhile(one):
        Poll.objects.update(state="closed", closed_at=timezone.now())
        return held(one)

    monkeypatch.setattr(voting, "_held", closed_meanwhile)
    assert any("no longer open" in text for text in told(at_door.post(back)))
    assert CheckOff.objects.exists()
