"""The life of a poll from the draft to the published files, and what stands in its way."""

from fractions import Fraction

import pytest
from django.utils import timezone

from elections.models import Count, Poll, SealedBallot, Share
from elections.papers import enter_papers
from elections.poll_blockers import (
    annulling_blockers,
    closing_blockers,
    counting_blockers,
    opening_blockers,
    publishing_blockers,
)
from elections.polls import (
    CannotAnnulPoll,
    CannotClosePoll,
    CannotCountPoll,
    CannotOpenPoll,
    CannotPublishPoll,
    annul_poll,
    close_poll,
    count_poll,
    open_poll,
    open_polls,
    publish_poll,
)
from elections.published import differences, files_of
from elections.questions import (
    CannotAsk,
    cells_below,
    change_question,
    put_question,
    set_composition,
    withdraw_candidate,
)
from elections.results import published, whole_result
from elections.states import NEXT, may_follow
from elections.voting import cast_vote, check_off
from members.models import Registration
from tests import factories
from tests.voting import making

pytestmark = pytest.mark.django_db


def vote(poll, member, *choices):
    return cast_vote(code=poll.code, member=member.pk, choices=choices)


def held(question, unit, votes, **fields):
    """A poll opened, voted in by `votes` (a member and what each says), closed and opened again."""
    poll = making.opened(question, unit, **fields)
    for member, choices in votes:
        vote(poll, member, *choices)
    poll = close_poll(poll=poll)
    making.open_box_of(poll)
    return poll


def test_from_the_draft_to_files_that_hold():
    town = factories.town()
    members = [factories.member(cell=town.factory_cell) for _ in range(5)]
    poll = making.opened(making.motion(town.district), town.factory_cell)
    for member, answer in zip(members[:3], (1, 1, 2), strict=True):
        vote(poll, member, answer)
    check_off(poll=poll, member=members[3], by=None)
    poll = close_poll(poll=poll)
    making.open_box_of(poll)
    for _ in range(2):
        enter_papers(poll=poll, by=factories.account(), totals={1: 0, 2: 0, 3: 1}, papers=1)
    poll = publish_poll(poll=count_poll(poll=poll))
    result = Count.objects.get().result
    assert result["report"]["outcome"] == "carried"
    assert (result["cast"], result["report"]["totals"]) == (4, {"yes": 2, "no": 1})
    assert result["report"]["abstain"] == 1
    files = files_of(published(poll))
    assert differences(files) == []
    assert b'"checked_off_online": 3' in files["poll.json"]


def test_an_election_by_ranking_from_ballots_and_papers_one_by_one():
    town = factories.town()
    members = [factories.member(cell=town.factory_cell) for _ in range(6)]
    question = making.election(
        town.factory_cell, ["Ada", "Ben", "Cleo"], seats=2, method="scottish-stv"
    )
    poll = making.opened(question, town.factory_cell)
    for member in members[:4]:
        vote(poll, member, 3, 1)
    for member in members[4:]:
        check_off(poll=poll, member=member, by=None)
    poll = close_poll(poll=poll)
    making.open_box_of(poll)
    for order in ([[2], [2, 1]], [[2, 1], [2]]):
        enter_papers(poll=poll, by=factories.account(), ballots=order)
    poll = publish_poll(poll=count_poll(poll=poll))
    assert Count.objects.get().result["report"]["elected"] == [3, 2]
    files = files_of(published(poll))
    assert differences(files) == []
    assert b"Cleo" in files["ballots.blt"]


def test_the_states_and_what_may_follow():
    """The whole machine; every step that is not in it is refused."""
    lawful = {
        ("drafted", "open"),
        ("drafted", "annulled"),
        ("open", "closed"),
        ("open", "annulled"),
        ("closed", "counted"),
        ("closed", "annulled"),
        ("counted", "published"),
        ("counted", "annulled"),
        ("published", "annulled"),
    }
    assert {(now, then) for now in NEXT for then in NEXT if may_follow(now, then)} == lawful


@pytest.mark.parametrize("state", ["drafted", "open", "closed", "counted", "published", "annulled"])
def test_each_step_refuses_on_the_list_that_is_shown_before_it(state):
    town = factories.town()
    factories.member(cell=town.factory_cell)
    poll = making.put(making.motion(town.district), town.factory_cell)
    Poll.objects.update(
        state=state,
        opened_at=timezone.now(),
        closed_at=timezone.now(),
        public_key=b"k" * 32,
    )
    poll.refresh_from_db()
    steps = (
        (opening_blockers, open_poll, CannotOpenPoll, "open"),
        (closing_blockers, close_poll, CannotClosePoll, "closed"),
        (counting_blockers, count_poll, CannotCountPoll, "counted"),
        (publishing_blockers, publish_poll, CannotPublishPoll, "published"),
        (annulling_blockers, annul_poll, CannotAnnulPoll, "annulled"),
    )
    for blockers, step, error, then in steps:
        if may_follow(state, then):
            assert not any("cannot become" in one.reason for one in blockers(poll))
            continue
        shown = blockers(poll)
        assert any("cannot become" in one.reason for one in shown)
        with pytest.raises(error) as refused:
            step(poll=poll)
        assert list(refused.value.blockers) == shown
        poll.refresh_from_db()
        assert poll.state == state


def test_opening_says_all_that_is_missing():
    town = factories.town()
    question = making.election(town.factory_cell, ["Ada", "Ben"], seats=3)
    poll = making.put(question, town.factory_cell, tellers=[factories.account() for _ in range(3)])
    reasons = " ".join(str(one) for one in opening_blockers(poll))
    assert "2 stand for 3 seats" in reasons
    assert reasons.count("has not made a teller's key") == 3
    assert "A10: Nobody would stand on the roll." in reasons
    with pytest.raises(CannotOpenPoll):
        open_poll(poll=poll)
    poll.refresh_from_db()
    assert (poll.state, poll.public_key, poll.roll.count()) == ("drafted", None, 0)


def test_no_lawful_result_is_said_before_the_poll_opens_by_name():
    town = factories.town()
    factories.member(cell=town.factory_cell)
    question = making.election(town.district, ["Ada", "Ben", "Cleo"], seats=3)
    first = question.choices.first()
    set_composition(question=question, name="Factory members", choices=[first], at_least=2)
    poll = making.put(question, town.factory_cell)
    (blocker,) = opening_blockers(poll)
    assert blocker.article == "A13"
    assert "Factory members" in blocker.reason


def test_a_lawful_result_that_is_lost_is_said_at_the_count_by_name():
    """What could be kept at the opening was changed in the database behind the acts."""
    town = factories.town()
    member = factories.member(cell=town.factory_cell)
    question = making.election(town.district, ["Ada", "Ben", "Cleo"], seats=2)
    group = set_composition(
        question=question, name="Factory members", choices=question.choices.all()[:2], at_least=2
    )
    poll = held(question, town.factory_cell, [(member, (1,))], channels="online")
    group.choices.clear()
    count_poll(poll=poll)
    assert "Factory members" in Count.objects.get().result["cannot_count"]


def test_the_composition_is_kept_in_the_count():
    town = factories.town()
    members = [factories.member(cell=town.factory_cell) for _ in range(3)]
    question = making.election(town.district, ["Ada", "Ben", "Cleo"], seats=2)
    set_composition(
        question=question, name="Factory members", choices=[question.choices.last()], at_least=1
    )
    votes = [(member, (1, 2)) for member in members]
    poll = held(question, town.factory_cell, votes, channels="online")
    count_poll(poll=poll)
    report = Count.objects.get().result["report"]
    assert 3 in report["elected"]
    assert [one["candidate"] for one in report["guarded"]] == [3]


@pytest.mark.parametrize("missing", ["box", "papers", "differing", "ballot"])
def test_what_stands_in_the_way_of_a_count(missing):
    town = factories.town()
    members = [factories.member(cell=town.factory_cell) for _ in range(3)]
    poll = making.opened(making.motion(town.district), town.factory_cell)
    vote(poll, members[0], 1)
    check_off(poll=poll, member=members[1], by=None)
    poll = close_poll(poll=poll)
    if missing != "box":
        making.open_box_of(poll)
    if missing != "papers":
        for answer in (1, 2 if missing == "differing" else 1):
            enter_papers(poll=poll, by=factories.account(), totals={answer: 1}, papers=1)
    if missing == "ballot":
        Count.objects.update(ballots=[])
    told = {
        "box": "two tellers open it",
        "papers": "entered by 0 of two people",
        "differing": "differ",
        "ballot": "A5: The box held 0 ballots; 1",
    }
    (blocker,) = counting_blockers(poll)
    assert told[missing] in str(blocker)


def test_an_open_poll_cannot_be_edited():
    town = factories.town()
    factories.member(cell=town.factory_cell)
    question = making.election(town.factory_cell, ["Ada", "Ben", "Cleo"])
    making.opened(question, town.factory_cell)
    for edit in (
        lambda: change_question(question=question, values={"title": "Another"}),
        lambda: set_composition(question=question, name="F", choices=[], at_least=1),
        lambda: withdraw_candidate(choice=question.choices.first()),
    ):
        with pytest.raises(CannotAsk, match="stays as it is"):
            edit()
    question.refresh_from_db()
    assert question.title == "Election of the bureau"


def test_a_question_of_principle_goes_to_all_cells_in_one_act_and_its_result_is_one():
    town = factories.town()
    other = factories.unit("street_cell", town.district)
    for cell in (town.factory_cell, town.street_cell, other):
        factories.member(cell=cell)
    town.town.refresh_from_db()
    question = making.motion(town.town, quorum=Fraction(1, 2))
    polls = put_question(
        question=question,
        units=cells_below(town.town, timezone.localdate()),
        assembly="cell",
        channels="online",
        tellers=making.tellers(town.town),
    )
    assert [poll.unit for poll in polls] == [town.factory_cell, town.street_cell, other]
    polls = open_polls(polls=polls)
    for poll, answer in zip(polls, (1, 1, 2), strict=True):
        vote(poll, poll.roll.get().member, answer)
        close_poll(poll=poll)
    making.open_box_of(*polls)
    for place, poll in enumerate(polls):
        publish_poll(poll=count_poll(poll=poll))
        assert (whole_result(question) is None) is (place < 2)
    whole = whole_result(question)
    assert whole["report"]["totals"] == {"yes": 2, "no": 1}
    assert (whole["cast"], whole["report"]["roll"], whole["quorum_needed"]) == (3, 3, 2)


def test_of_several_polls_all_open_or_none():
    town = factories.town()
    factories.member(cell=town.factory_cell)  # nobody is in the street cell
    polls = put_question(
        question=making.motion(town.district),
        units=[town.factory_cell, town.street_cell],
        assembly="cell",
        channels="paper",
    )
    with pytest.raises(CannotOpenPoll, match="roll"):
        open_polls(polls=polls)
    assert set(Poll.objects.values_list("state", flat=True)) == {"drafted"}


def test_a_question_is_put_to_a_unit_once_and_only_below_its_own():
    town, elsewhere = factories.town(), factories.town()
    question = making.motion(town.district)
    making.put(question, town.factory_cell, channels="paper")
    for unit, told in ((town.factory_cell, "already"), (elsewhere.factory_cell, "does not stand")):
        with pytest.raises(CannotAsk, match=told):
            making.put(question, unit, channels="paper")


# Who stands on the roll ---------------------------------------------------------------------------


def on_roll(poll):
    return dict(poll.roll.values_list("member", "cell"))


def test_the_roll_of_a_cell_and_of_a_general_meeting():
    town, street_cell, member = making.in_two_cells()
    neighbour = factories.member(cell=street_cell)
    colleague = factories.member(cell=town.street_cell)
    assigned = factories.member(cell=town.factory_cell)
    Registration.objects.create(
        member=assigned, unit=town.street_cell, kind="residence", since=factories.JOINED
    )
    with_district = factories.member(cell=town.factory_cell)
    Registration.objects.create(
        member=with_district, unit=street_cell.parent, kind="residence", since=factories.JOINED
    )
    question = making.motion(town.town)
    street = making.opened(question, street_cell, channels="paper")
    assert on_roll(street) == {member.pk: street_cell.pk, neighbour.pk: street_cell.pk}
    town.district.refresh_from_db()
    general = making.opened(question, town.district, channels="paper")
    assert on_roll(general) == {
        member.pk: town.factory_cell.pk,
        colleague.pk: town.street_cell.pk,
        assigned.pk: town.factory_cell.pk,  # once, by the home
        with_district.pk: town.factory_cell.pk,
    }
    street_cell.parent.refresh_from_db()
    there = making.opened(making.motion(town.town), street_cell.parent, channels="paper")
    assert on_roll(there) == {member.pk: street_cell.pk, neighbour.pk: street_cell.pk}
    assert (general.entitled, there.entitled) == (4, 2)


def test_the_roll_of_a_meeting_of_delegates_is_named():
    town = factories.town()
    one, other = (factories.member(cell=town.factory_cell) for _ in range(2))
    poll = making.put(
        making.motion(town.district), town.district, assembly="delegates", channels="paper"
    )
    poll = open_poll(poll=poll, members=[one.pk, 10**9])
    assert on_roll(poll) == {one.pk: town.factory_cell.pk}
    assert other.pk not in on_roll(poll)


def test_who_left_before_the_opening_is_not_on_the_roll():
    from members.membership import end_membership

    town = factories.town()
    gone, here = (factories.member(cell=town.factory_cell) for _ in range(2))
    end_membership(member=gone, on=timezone.localdate(), reason="resigned")
    poll = making.opened(making.motion(town.district), town.factory_cell, channels="paper")
    assert list(on_roll(poll)) == [here.pk]


# Annulling ----------------------------------------------------------------------------------------


def test_an_annulled_poll_keeps_its_record():
    town = factories.town()
    member = factories.member(cell=town.factory_cell)
    poll = held(making.motion(town.district), town.factory_cell, [(member, (1,))])
    annul_poll(poll=poll)
    assert SealedBallot.objects.count() == 1
    assert poll.roll.count() == poll.check_offs.count() == 1
    assert not Share.objects.filter(half__isnull=False).exists()


def test_a_unit_with_a_poll_under_way_is_not_dissolved():
    from districts.units import CannotDissolve, dissolve_unit

    town = factories.town()
    member = factories.member(cell=town.street_cell)
    poll = making.opened(making.motion(town.district), town.street_cell, channels="paper")
    Registration.objects.filter(member=member).update(unit=town.factory_cell)
    with pytest.raises(CannotDissolve, match="A5"):
        dissolve_unit(unit=town.street_cell, on=timezone.localdate())
    annul_poll(poll=poll)
    dissolve_unit(unit=town.street_cell, on=timezone.localdate())
