"""A question over several polls: who is entitled, when results are known, and its files."""

import io
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from districts.roles import AUDITOR, TELLER, grant_role, revoke_role
from elections.models import Poll, Question
from elections.polls import (
    CannotOpenPoll,
    CannotPublishPoll,
    annul_poll,
    close_poll,
    count_poll,
    open_poll,
    publish_poll,
)
from elections.published import question_differences
from elections.questions import CannotAsk, change_question, set_choices, yes_no_abstain
from elections.results import whole_files, whole_result
from elections.voting import cast_vote
from members.merging import merge_members
from tests import factories
from tests.voting import making

pytestmark = pytest.mark.django_db


def counted(poll):
    """The closed poll, its box opened and counted."""
    if poll.check_offs.exists():
        making.open_box_of(poll)
    return count_poll(poll=poll)


@pytest.fixture
def held():
    """A question in a factory cell and a street cell, with somebody on both rolls; four voted."""
    town, street_cell, both = making.in_two_cells()
    question = making.motion(town.town, quorum=Fraction(1, 2))
    others = [factories.member(cell=town.factory_cell) for _one in range(2)]
    others += [factories.member(cell=street_cell)]
    tellers = making.tellers(town.town)
    polls = [
        making.opened(question, cell, channels="online", tellers=tellers)
        for cell in (town.factory_cell, street_cell)
    ]
    for poll in polls:
        for member in poll.roll.values_list("member", flat=True):
            if member in {one.pk for one in others[:1]} | {others[2].pk}:
                cast_vote(code=poll.code, member=member, choices=[1])
    return town, question, polls, both, others


def published(polls):
    for poll in polls:
        close_poll(poll=poll)
    for poll in Poll.objects.filter(pk__in=[one.pk for one in polls]):
        publish_poll(poll=counted(poll))


def test_who_stands_on_two_rolls_is_entitled_once(held):
    _town, question, polls, both, _others = held
    assert sum(poll.roll.filter(member=both).count() for poll in polls) == 2
    assert sum(poll.entitled for poll in polls) == 5
    published(polls)
    question.refresh_from_db()
    assert question.entitled == 4
    # Two of four took part: half of them; of five it would have been too few.
    result = whole_result(question)
    assert (result["quorum_needed"], result["quorum_reached"]) == (2, True)


def test_no_result_is_known_while_votes_are_cast_elsewhere(held):
    _town, _question, polls, _both, _others = held
    close_poll(poll=polls[0])
    first = counted(Poll.objects.get(pk=polls[0].pk))
    with pytest.raises(CannotPublishPoll, match="in 1 other poll: the result would be known"):
        publish_poll(poll=first)
    close_poll(poll=polls[1])
    publish_poll(poll=first)


def test_members_who_are_made_one_later_change_nothing_of_what_was_published(held):
    _town, question, polls, both, others = held
    published(polls)
    before = whole_files(Question.objects.get(pk=question.pk))
    keep, gone = sorted((others[1], both), key=lambda member: member.pk)
    merge_members(keep=keep, gone=gone, on=factories.JOINED)
    assert whole_files(Question.objects.get(pk=question.pk)) == before


def test_its_files_hold_and_with_one_byte_changed_they_do_not(held):
    _town, question, polls, _both, _others = held
    published(polls)
    files = whole_files(Question.objects.get(pk=question.pk))
    assert question_differences(files) == []
    for name, content in files.items():
        changed = content[:-2] + bytes([content[-2] ^ 1]) + content[-1:]
        assert question_differences(files | {name: changed}) != [], name
        assert question_differences({one: files[one] for one in files if one != name}), name
    code = str(polls[0].code)
    assert question_differences(files | {f"polls/{code}/more.txt": b"more"})
    assert question_differences(files | {"polls/x/poll.json": b"{}"})
    assert question_differences({"question.json": b"[]"})


def test_who_sees_the_unit_takes_the_files_away_and_verifies_them(held, client, tmp_path, capsys):
    town, question, polls, _both, others = held
    address = reverse("question-files", args=[question.pk])
    auditor = factories.account()
    grant_role(user=auditor, role=AUDITOR, unit=town.town)
    client.force_login(auditor)
    assert client.get(address).status_code == 404
    published(polls)
    answer = client.get(address)
    archive = tmp_path / "question.zip"
    archive.write_bytes(answer.content)
    call_command("verify_poll", str(archive))
    told = capsys.readouterr().out
    assert "put to several units" in told
    assert "counting again gives the published result" in told
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        files.extractall(tmp_path / "question")
    changed = Path(tmp_path / "question" / "result.json")
    changed.write_bytes(changed.read_bytes().replace(b'"yes": 2', b'"yes": 3'))
    with pytest.raises(SystemExit):
        call_command("verify_poll", str(tmp_path / "question"))
    assert "counting again gives 2" in capsys.readouterr().out
    client.force_login(factories.account(member=others[0]))
    assert client.get(address).status_code == 404


def test_an_empty_box_needs_no_tellers(held):
    town, question, _polls, _both, _others = held
    other = factories.unit("street_cell", town.district)
    factories.member(cell=other)
    poll = making.opened(question, other, channels="online")
    poll = count_poll(poll=close_poll(poll=poll))
    assert poll.count.ballots == []


def test_a_teller_who_lost_the_role_keeps_the_poll_from_opening(held):
    town, question, _polls, _both, _others = held
    cell = factories.unit("street_cell", town.district)
    factories.member(cell=cell)
    poll = making.put(question, cell)
    teller = poll.tellers.first().account
    revoke_role(user=teller, role=TELLER, unit=cell.get_root())
    with pytest.raises(CannotOpenPoll, match="role of a teller here no more"):
        open_poll(poll=poll)


def test_what_was_voted_on_stays_as_it_was_asked_also_when_the_poll_is_annulled(held):
    _town, question, polls, _both, _others = held
    for poll in polls:
        annul_poll(poll=poll)
    with pytest.raises(CannotAsk, match="stays as it is"):
        change_question(question=question, values={"title": "Another one?"})
    with pytest.raises(CannotAsk, match="stays as it is"):
        set_choices(question=question, choices=yes_no_abstain())
