"""Who is sent: by hand, by election, in the place of another; and who may come to the meeting."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from districts.units import dissolve_unit
from elections.delegates.choosing import (
    CannotSend,
    attach_election,
    going,
    issue_credentials,
    replace_delegate,
    send_elected,
)
from elections.meetings.attending import CannotAttend, record_attendance
from elections.meetings.entitled import entitled_to, meetings_of
from elections.models import Delegate
from elections.polls import CannotOpenPoll, open_poll
from members.membership import end_membership
from members.merging import merge_members
from members.registrations import change_cell
from tests import factories
from tests.bureaus.test_electing import held
from tests.delegates import making
from tests.voting import making as votes

TODAY = timezone.localdate()

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    """Districts of eight and four members, whose conference has three seats."""
    return making.town(8, 4)


@pytest.fixture
def conference(town):
    meeting = making.conference(town.town)
    making.apportioned(meeting, seats=3)
    return meeting


def numbers(members):
    return {member.pk for member in members}


class TestByHand:
    def test_the_delegates_are_entitled_and_no_substitute_is(self, town, conference):
        one, other, third = town.people[0][:3]
        making.sent(conference, town.districts[0], [one, other], [third])
        assert numbers(entitled_to(conference)) == {one.pk, other.pk}
        assert list(meetings_of(one).filter(kind="conference")) == [conference]
        assert not meetings_of(third).filter(kind="conference").exists()
        record_attendance(meeting=conference, members=[one])
        with pytest.raises(CannotAttend, match="A12"):
            record_attendance(meeting=conference, members=[third])

    def test_no_more_than_the_share(self, town, conference):
        with pytest.raises(CannotSend, match=r"A12: .* can send 2 more delegates, not 3"):
            making.sent(conference, town.districts[0], town.people[0][:3])
        making.sent(conference, town.districts[0], town.people[0][:1])
        with pytest.raises(CannotSend, match="can send 1 more delegate, not 2"):
            making.sent(conference, town.districts[0], town.people[0][1:3])
        making.sent(conference, town.districts[0], town.people[0][1:2])

    def test_who_is_no_member_or_at_home_elsewhere_is_not_sent(self, town, conference):
        gone, moved = town.people[0][:2]
        end_membership(member=gone, on=TODAY, reason="resigned")
        change_cell(member=moved, to=town.cells[1], on=TODAY)
        gone.refresh_from_db()
        with pytest.raises(CannotSend) as refused:
            making.sent(conference, town.districts[0], [gone, moved])
        told = [blocker.reason for blocker in refused.value.blockers]
        assert any("is no member on that day" in one for one in told)
        assert any("is not at home in" in one for one in told)
        assert {blocker.article for blocker in refused.value.blockers} == {"A12"}

    def test_nobody_stands_in_two_delegations(self, town, conference):
        member = town.people[0][0]
        making.sent(conference, town.districts[0], [member])
        change_cell(member=member, to=town.cells[1], on=TODAY)
        with pytest.raises(CannotSend, match="stands in the delegation of"):
            making.sent(conference, town.districts[1], [member])
        with pytest.raises(CannotSend, match="Nobody is sent twice"):
            making.sent(conference, town.districts[1], [], town.people[1][1:2] * 2)

    def test_nobody_on_a_day_to_come(self, town, conference):
        from elections.delegates.choosing import enter_delegates

        with pytest.raises(CannotSend, match="still to come"):
            enter_delegates(
                delegation=making.delegation(conference, town.districts[0]),
                members=town.people[0][:1],
                on=TODAY + timedelta(days=1),
            )


@pytest.mark.parametrize("wrong", ["twice", "place", "before", "credential"])
def test_the_database_holds_who_is_sent(town, conference, wrong):
    delegate, substitute = making.sent(
        conference, town.districts[0], town.people[0][:1], town.people[0][1:2]
    )
    fields = {
        "apportionment": delegate.apportionment,
        "delegation": delegate.delegation,
        "member": town.people[0][2],
        "since": TODAY,
        **{
            "twice": {"member": delegate.member},
            "place": {"substitute": substitute.substitute},
            "before": {"until": TODAY - timedelta(days=1)},
            "credential": {"substitute": 9, "credential_on": TODAY},
        }[wrong],
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegate.objects.create(**fields)


class TestInThePlaceOfSomebody:
    def test_the_first_substitute_who_is_a_member_goes(self, town, conference):
        first, *_rest = making.sent(
            conference, town.districts[0], town.people[0][:2], town.people[0][2:4]
        )
        end_membership(member=town.people[0][2], on=TODAY, reason="resigned")
        following = replace_delegate(delegate=first, on=TODAY)
        assert following.member == town.people[0][3]
        assert numbers(entitled_to(conference)) == numbers(town.people[0][1:4:2])

    def test_without_a_substitute_a_seat_is_free(self, town, conference):
        first, _other = making.sent(conference, town.districts[0], town.people[0][:2])
        assert replace_delegate(delegate=first, on=TODAY) is None
        assert numbers(entitled_to(conference)) == {town.people[0][1].pk}
        with pytest.raises(CannotSend, match="sent no more already"):
            replace_delegate(delegate=first, on=TODAY)
        making.sent(conference, town.districts[0], [town.people[0][0]])  # and may come back

    def test_who_is_there_is_taken_back_first(self, town, conference):
        (first,) = making.sent(conference, town.districts[0], town.people[0][:1])
        record_attendance(meeting=conference, members=[first.member])
        with pytest.raises(CannotSend, match=r"A12: .* is recorded as present"):
            replace_delegate(delegate=first, on=TODAY)


class TestByElection:
    @pytest.fixture
    def question(self, town, conference):
        made = votes.election(town.districts[0], town.people[0], seats=2, fills="delegates")
        attach_election(delegation=making.delegation(conference, town.districts[0]), question=made)
        return made

    def test_those_elected_go_and_the_next_in_turn_are_substitutes(self, town, question):
        people = town.people[0]
        held(question, [[3, 4], [3, 4], [3, 4], [4, 5], [5, 3], [5, 1], [1, 2]])
        send_elected(question=question, on=TODAY)
        rows = Delegate.objects.order_by("substitute", "pk")
        sent = [row.member for row in rows if row.substitute is None]
        assert set(sent) == {people[2], people[3]}
        waiting = [row.member for row in rows if row.substitute is not None]
        assert waiting == [people[4], people[0]]
        with pytest.raises(CannotSend, match="delegates already"):
            send_elected(question=question, on=TODAY)

    def test_in_the_place_of_who_declines_or_left_comes_the_next(self, town, question):
        people = town.people[0]
        held(question, [[3, 4], [3, 4], [3, 4], [4, 5], [5, 3], [5, 1], [1, 2]])
        end_membership(member=people[2], on=TODAY, reason="resigned")
        members, substitutes = going(question, on=TODAY, declined=[people[3]])
        assert members == [people[4], people[0]]
        assert substitutes[0] == people[1]

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"seats": 3}, "A12: 2 delegates are to be elected, not 3"),
            ({"stranger": True}, "A12: .* is not at home in"),
            ({"nameless": True}, "stands without a member's number"),
            ({"detached": True}, "fills no delegation"),
        ],
    )
    def test_what_is_unlawful_is_said_before_it_opens(self, town, question, change, told):
        if change.get("seats"):
            question.seats = 3
            question.save()
        if change.get("stranger"):
            question.choices.filter(number=1).update(member=town.people[1][0])
        if change.get("nameless"):
            question.choices.filter(number=1).update(member=None)
        if change.get("detached"):
            question.delegations.update(question=None)
        poll = votes.put(question, town.districts[0], channels="paper")
        with pytest.raises(CannotOpenPoll, match=told):
            open_poll(poll=poll)

    def test_an_election_that_was_opened_keeps_the_seats(self, town, conference, question):
        from elections.delegates.apportioning import NoApportionment

        making.apportioned(conference, seats=3)  # as a draft it does not
        poll = votes.put(question, town.districts[0], channels="paper")
        open_poll(poll=poll)
        with pytest.raises(NoApportionment, match="being elected already"):
            making.apportioned(conference, seats=4)


class TestTheRoll:
    def test_a_vote_of_the_conference_has_the_delegates_present_on_its_roll(self, town, conference):
        one, other = town.people[0][:2]
        making.sent(conference, town.districts[0], [one, other])
        making.sent(conference, town.districts[1], town.people[1][:1])
        poll = votes.put(votes.motion(town.town), town.town, assembly="delegates", channels="paper")
        with pytest.raises(CannotOpenPoll, match="A10: Nobody would stand on the roll"):
            open_poll(poll=poll)
        record_attendance(meeting=conference, members=[one, town.people[1][0]])
        poll = open_poll(poll=poll)
        assert set(poll.roll.values_list("member", flat=True)) == {one.pk, town.people[1][0].pk}

    def test_a_conference_on_another_day_gives_no_roll(self, town):
        meeting = making.conference(town.town, starts_at=timezone.now() + timedelta(days=3))
        making.apportioned(meeting, seats=3)
        making.sent(meeting, town.districts[0], town.people[0][:2])
        poll = votes.put(votes.motion(town.town), town.town, assembly="delegates", channels="paper")
        with pytest.raises(CannotOpenPoll, match="A10"):
            open_poll(poll=poll)


def test_credentials_are_issued_once_to_each_delegate(town, conference):
    with pytest.raises(CannotSend, match="Nobody is sent yet"):
        issue_credentials(meeting=conference, on=TODAY)
    making.sent(conference, town.districts[0], town.people[0][:1], town.people[0][1:2])
    assert len(issue_credentials(meeting=conference, on=TODAY)) == 1
    assert issue_credentials(meeting=conference, on=TODAY) == []


def test_a_unit_that_has_sent_delegates_is_not_dissolved(town, conference):
    from audit.refusals import Refused

    making.sent(conference, town.districts[1], town.people[1][:1])
    with pytest.raises(Refused, match=r"A12: .* has sent delegates"):
        dissolve_unit(unit=town.districts[1], on=TODAY)


def test_two_numbers_in_one_conference_are_two_people(town, conference):
    from audit.refusals import Refused

    one, other = town.people[0][:2]
    (delegate, _other) = making.sent(conference, town.districts[0], [one, other])
    with pytest.raises(Refused, match="A12: Both numbers stand"):
        merge_members(keep=other, gone=one, on=TODAY)
    third = factories.member(cell=town.cells[0])
    merge_members(keep=one, gone=third, on=TODAY)
    assert Delegate.objects.get(pk=delegate.pk).member == one
