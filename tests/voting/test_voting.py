"""One member, one vote on a question (A5): in the model, in the database, by every channel."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from elections import voting
from elections.eligibility import eligibilities, eligibility
from elections.models import CheckOff, Poll, SealedBallot
from elections.polls import annul_poll, close_poll, open_poll
from elections.voting import CannotVote, cast_vote, check_off, take_back
from members.membership import end_membership
from members.merging import CannotMerge, merge_members
from members.models import Registration
from members.registrations import change_cell
from tests import factories
from tests.voting import making

pytestmark = pytest.mark.django_db


def vote(poll, member, *choices):
    return cast_vote(code=poll.code, member=member.pk, choices=choices or (1,))


def at_the_door(poll, member):
    return check_off(poll=poll, member=member, by=factories.account())


@pytest.fixture
def two_cells():
    """A question put to a factory cell and to the street cell where one of its members lives."""
    town, street_cell, member = making.in_two_cells()
    question = making.motion(town.town)
    tellers = making.tellers(town.town)
    polls = [
        making.opened(question, cell, tellers=tellers) for cell in (town.factory_cell, street_cell)
    ]
    return member, *polls


def test_a_vote_leaves_a_check_off_and_a_ballot(two_cells):
    member, factory_poll, _street_poll = two_cells
    receipt = vote(factory_poll, member)
    check = CheckOff.objects.get()
    ballot = SealedBallot.objects.get()
    assert (check.member, check.poll, check.channel) == (member, factory_poll, "online")
    assert check.on == timezone.localdate()
    assert ballot.receipt == receipt
    assert ballot.poll == factory_poll


@pytest.mark.parametrize("first", ["online", "paper"])
@pytest.mark.parametrize("second", ["online", "paper"])
def test_a_second_vote_on_the_question_is_refused_with_article_day_and_cell(
    two_cells, first, second
):
    member, factory_poll, street_poll = two_cells
    (vote if first == "online" else at_the_door)(factory_poll, member)
    again = vote if second == "online" else at_the_door
    with pytest.raises(CannotVote) as refused:
        again(street_poll, member)
    (blocker,) = refused.value.blockers
    assert blocker.article == "A5"
    assert timezone.localdate().isoformat() in blocker.reason
    assert factory_poll.unit.name in blocker.reason
    assert CheckOff.objects.count() == 1
    assert SealedBallot.objects.count() == (1 if first == "online" else 0)


def test_a_question_of_the_street_cell_alone_is_open_to_the_member(two_cells):
    member, factory_poll, street_poll = two_cells
    vote(factory_poll, member)
    own = making.opened(making.motion(street_poll.unit, title="Our own wall"), street_poll.unit)
    assert eligibility(member=member, poll=own)
    vote(own, member)
    assert CheckOff.objects.count() == 2


def test_whether_and_why_not_in_two_queries_for_many(two_cells, django_assert_num_queries):
    member, factory_poll, street_poll = two_cells
    stranger = factories.member(cell=factory_poll.unit)  # admitted after the poll had opened
    vote(factory_poll, member)
    with django_assert_num_queries(2):
        answers = eligibilities(poll=street_poll, members=[member, stranger])
    assert (answers[member.pk].entitled, answers[member.pk].article) == (False, "A5")
    assert not answers[stranger.pk]
    assert "roll" in answers[stranger.pk].reason
    here = eligibility(member=member, poll=factory_poll)
    assert here.voted_here
    assert "this poll" in here.reason


@pytest.mark.parametrize("state", ["drafted", "closed", "annulled"])
def test_no_vote_is_taken_unless_the_poll_is_open(state):
    town = factories.town()
    member = factories.member(cell=town.factory_cell)
    poll = making.put(making.motion(town.district), town.factory_cell)
    if state != "drafted":
        poll = open_poll(poll=poll)
        assert eligibility(member=member, poll=poll)
        poll = close_poll(poll=poll) if state == "closed" else annul_poll(poll=poll)
    assert not eligibility(member=member, poll=poll)
    with pytest.raises(CannotVote):
        vote(poll, member)
    with pytest.raises(CannotVote):
        check_off(poll=poll, member=member, by=factories.account())
    assert not CheckOff.objects.exists()


def test_a_form_that_was_known_takes_no_vote_after_the_close():
    town = factories.town()
    one, other = (factories.member(cell=town.factory_cell) for _ in range(2))
    poll = making.opened(making.motion(town.district), town.factory_cell)
    vote(poll, one)
    close_poll(poll=poll)
    with pytest.raises(CannotVote, match="no longer open"):
        vote(poll, other)
    assert SealedBallot.objects.count() == 1


def test_no_vote_is_taken_after_the_time_set():
    town = factories.town()
    member = factories.member(cell=town.factory_cell)
    soon = timezone.now() + datetime.timedelta(hours=1)
    poll = making.opened(making.motion(town.district), town.factory_cell, closes_at=soon)
    assert eligibility(member=member, poll=poll)
    Poll.objects.update(closes_at=timezone.now() - datetime.timedelta(seconds=1))
    with pytest.raises(CannotVote, match="over"):
        vote(poll, member)
    with pytest.raises(CannotVote, match="over"):
        at_the_door(poll, member)


def test_who_is_no_member_any_more_does_not_vote():
    town = factories.town()
    member = factories.member(cell=town.factory_cell)
    poll = making.opened(making.motion(town.district), town.factory_cell)
    end_membership(member=member, on=timezone.localdate(), reason="excluded")
    with pytest.raises(CannotVote, match="ended"):
        vote(poll, member)
    member.refresh_from_db()
    with pytest.raises(CannotVote, match="ended"):
        check_off(poll=poll, member=member, by=factories.account())


def test_a_transfer_opens_no_second_vote_and_takes_none_away():
    town = factories.town()
    member = factories.member(cell=town.factory_cell)
    factories.member(cell=town.street_cell)
    question = making.motion(town.district)
    tellers = making.tellers(town.town)
    here, there = (
        making.opened(question, cell, tellers=tellers)
        for cell in (town.factory_cell, town.street_cell)
    )
    change_cell(member=member, to=town.street_cell, on=timezone.localdate())
    assert not eligibility(member=member, poll=there)
    vote(here, member)
    with pytest.raises(CannotVote):
        vote(there, member)
    # A poll that opens after the transfer has the member on its roll, and the question is the same.
    later = factories.unit("joint_cell", town.district)
    Registration.objects.filter(member=member, until=None).update(unit=later)
    last = making.opened(question, later, tellers=tellers)
    answer = eligibility(member=member, poll=last)
    assert answer.article == "A5"


@pytest.mark.parametrize(
    ("choices", "told"), [((1, 2), "at most"), ((9,), "stands on it"), ((2, 2), "twice")]
)
def test_a_ballot_that_does_not_fit_is_refused_and_the_vote_stays_open(two_cells, choices, told):
    member, poll, _other = two_cells
    with pytest.raises(CannotVote, match=told):
        vote(poll, member, *choices)
    assert not CheckOff.objects.exists()
    assert eligibility(member=member, poll=poll)


def test_a_blank_ballot_is_a_vote(two_cells):
    member, poll, _other = two_cells
    cast_vote(code=poll.code, member=member.pk, choices=[])
    assert SealedBallot.objects.count() == CheckOff.objects.count() == 1


# Each of the two that hold A5 is taken away in turn -----------------------------------------------


def second_check_off(member, poll):
    return CheckOff(
        question=poll.question,
        member=member,
        poll=poll,
        channel="paper",
        on=timezone.localdate(),
    )


def test_the_database_holds_it_without_the_validation(two_cells):
    member, factory_poll, street_poll = two_cells
    vote(factory_poll, member)
    with pytest.raises(IntegrityError), transaction.atomic():
        second_check_off(member, street_poll).save(force_insert=True)
    assert CheckOff.objects.count() == 1


@pytest.fixture
def without_constraint(request):
    constraint = next(
        one for one in CheckOff._meta.constraints if one.name == "elections_one_vote_on_a_question"
    )
    with connection.schema_editor() as editor:
        editor.remove_constraint(CheckOff, constraint)
    yield
    CheckOff.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(CheckOff, constraint)


@pytest.mark.django_db(transaction=True)
def test_the_validation_holds_it_without_the_constraint(two_cells, without_constraint):
    member, factory_poll, street_poll = two_cells
    vote(factory_poll, member)
    with pytest.raises(ValidationError, match="A5"):
        second_check_off(member, street_poll).clean()
    with pytest.raises(CannotVote, match="A5"):
        check_off(poll=street_poll, member=member, by=None)
    # The negative control: the constraint alone is what holds the votes that are cast online.
    vote(street_poll, member)
    assert CheckOff.objects.count() == 2


def test_the_validation_knows_a_poll_of_another_question(two_cells):
    member, poll, _other = two_cells
    other = making.motion(poll.question.unit, title="Another")
    wrong = second_check_off(member, poll)
    wrong.question = other
    with pytest.raises(ValidationError, match="another question"):
        wrong.clean()


# Taking back, annulling, merging ------------------------------------------------------------------


def test_a_check_off_at_the_door_is_taken_back_and_one_online_is_not(two_cells):
    member, factory_poll, street_poll = two_cells
    mistaken = check_off(poll=factory_poll, member=member, by=None)
    take_back(vote=mistaken)
    receipt = vote(street_poll, member)
    assert receipt
    with pytest.raises(CannotVote, match="A5"):
        take_back(vote=CheckOff.objects.get())


def test_after_an_annulled_poll_the_question_is_open_again(two_cells):
    member, factory_poll, street_poll = two_cells
    vote(factory_poll, member)
    annul_poll(poll=factory_poll)
    assert eligibility(member=member, poll=street_poll)
    again = making.opened(factory_poll.question, factory_poll.unit)
    vote(again, member)
    assert not eligibility(member=member, poll=street_poll)
    assert CheckOff.objects.filter(annulled=True).count() == 1


def test_two_who_both_voted_on_a_question_cannot_be_merged():
    town = factories.town()
    one, other = (factories.member(cell=town.factory_cell) for _ in range(2))
    poll = making.opened(making.motion(town.district), town.factory_cell)
    vote(poll, one)
    vote(poll, other)
    with pytest.raises(CannotMerge, match="A5"):
        merge_members(keep=one, gone=other, on=timezone.localdate())


def test_a_vote_moves_with_its_member_when_two_numbers_become_one():
    town = factories.town()
    one, other = (factories.member(cell=town.factory_cell) for _ in range(2))
    poll = making.opened(making.motion(town.district), town.factory_cell)
    vote(poll, other)
    merge_members(keep=one, gone=other, on=timezone.localdate())
    assert CheckOff.objects.get().member == one
    assert list(poll.roll.values_list("member", flat=True)) == [one.pk]
    poll.refresh_from_db()
    assert poll.entitled == 1
    assert eligibility(member=one, poll=poll).voted_here


# What the tables keep -----------------------------------------------------------------------------


def test_check_off_and_ballot_have_nothing_in_common(two_cells):
    """No field of one leads to the other: neither key nor time nor number."""
    ballot = {field.name for field in SealedBallot._meta.concrete_fields}
    assert ballot == {"receipt", "poll", "sealed"}
    related = {field.related_model for field in SealedBallot._meta.concrete_fields}
    assert related == {None, Poll}
    assert not any(
        field.get_internal_type() in {"DateTimeField", "TimeField", "BigAutoField", "AutoField"}
        for model in (CheckOff, SealedBallot)
        for field in model._meta.concrete_fields
    )
    member, poll, _other = two_cells
    vote(poll, member)
    check, sealed = CheckOff.objects.get(), SealedBallot.objects.get()
    told = " ".join(str(getattr(check, field.attname)) for field in check._meta.concrete_fields)
    assert sealed.receipt not in told


def test_no_log_tells_of_a_vote_that_was_cast_online(two_cells):
    from audit.models import Entry

    member, poll, _other = two_cells
    before = Entry.objects.count()
    vote(poll, member)
    assert Entry.objects.count() == before
    assert voting.ballot_form(poll.code).poll == poll.pk


def test_the_close_lays_the_box_anew_in_another_order():
    town = factories.town()
    voters = [factories.member(cell=town.factory_cell) for _ in range(12)]
    poll = making.opened(making.motion(town.district), town.factory_cell)
    order = [vote(poll, voter) for voter in voters]
    close_poll(poll=poll)
    place = "ctid" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT receipt FROM elections_sealedballot ORDER BY {place}")
        lying = [receipt for (receipt,) in cursor.fetchall()]
    assert sorted(lying) == sorted(order)
    assert lying != order
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT xmin::text) FROM elections_sealedballot")
            assert cursor.fetchone() == (1,)
