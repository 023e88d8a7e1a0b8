"""Who is entitled, who has come, the quorum, and the minutes."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from districts.kinds import Kind
from districts.models import Unit
from elections.meetings import entitled as entitling
from elections.meetings.attending import (
    CannotAttend,
    count_guests,
    count_of,
    record_attendance,
    take_back_attendance,
)
from elections.meetings.entitled import declare_delegates, entitled_to, is_entitled, meetings_of
from elections.meetings.minutes import CannotWrite, write_minutes
from elections.meetings.planning import CannotPlan, cancel_meeting
from elections.meetings.quorums import Count
from elections.models import Attendance
from elections.roll import entitled
from members.merging import merge_members
from members.models import Member
from tests import factories
from tests.meetings import making
from tests.voting import making as votes

pytestmark = pytest.mark.django_db


def numbers(meeting):
    return set(entitled_to(meeting).values_list("pk", flat=True))


class TestEntitled:
    def test_all_members_of_all_cells_to_a_general_meeting(self):
        town = factories.town()
        other = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
        mine = {factories.member(cell=cell).pk for cell in (town.factory_cell, town.street_cell)}
        factories.member(cell=factories.unit(Kind.STREET_CELL, other))
        meeting = making.meeting(Unit.objects.get(pk=town.district.pk))
        assert numbers(meeting) == mine

    def test_they_are_those_on_the_roll_of_a_vote_there(self):
        _town, street_cell, member = votes.in_two_cells()
        district = Unit.objects.get(pk=street_cell.parent_id)
        at_home = factories.member(cell=street_cell)
        meeting = making.meeting(district)
        poll = votes.put(votes.motion(district), district, channels="paper")
        on_roll = {number for number, _cell in entitled(poll, timezone.localdate())}
        assert numbers(meeting) == on_roll == {member.pk, at_home.pk}

    def test_a_cell_s_members_by_home_and_by_residence(self):
        town, street_cell, member = votes.in_two_cells()
        assert numbers(making.meeting(street_cell)) == {member.pk}
        assert numbers(making.meeting(town.factory_cell)) == {member.pk}

    def test_the_day_of_the_meeting_decides(self):
        town = factories.town()
        member = factories.member(cell=town.factory_cell)
        left = timezone.localdate() + timedelta(days=7)
        Member.objects.filter(pk=member.pk).update(left=left, left_reason="resigned")
        before = making.meeting(town.district, starts_at=timezone.now() + timedelta(days=6))
        after = making.meeting(town.district, starts_at=timezone.now() + timedelta(days=7))
        assert (numbers(before), numbers(after)) == ({member.pk}, set())

    def test_the_meetings_of_a_member(self):
        town, street_cell, member = votes.in_two_cells()
        residence = Unit.objects.get(pk=street_cell.parent_id)
        units = (town.factory_cell, street_cell, town.district, residence)
        mine = {making.meeting(unit).pk for unit in units}
        making.meeting(town.street_cell)
        making.meeting(town.district, kind="delegates")
        making.meeting(town.town)
        assert {meeting.pk for meeting in meetings_of(member)} == mine
        for meeting in meetings_of(member):
            assert is_entitled(meeting, member)

    def test_delegates_are_told_by_whoever_declares_to_know_them(self, monkeypatch):
        town = factories.town()
        delegate, other = (factories.member(cell=town.factory_cell) for _one in range(2))
        conference = making.meeting(town.town)
        assert numbers(conference) == set()

        class Known:
            def delegates_to(self, meeting):
                return Member.objects.filter(pk=delegate.pk).values("pk")

            def meetings_of(self, member):
                rows = type(conference).objects.filter(pk=conference.pk)
                return (rows if member == delegate.pk else rows.none()).values("pk")

        monkeypatch.setattr(entitling, "_tells", [])
        declare_delegates(Known())
        assert numbers(conference) == {delegate.pk}
        assert list(meetings_of(delegate)) == [conference]
        assert list(meetings_of(other)) == []


class TestAtTheDoor:
    def test_each_member_counts_once(self):
        town = factories.town()
        member = factories.member(cell=town.factory_cell)
        factories.member(cell=town.street_cell)
        meeting = making.begun(town.district, quorum=Fraction(1, 2))
        assert len(record_attendance(meeting=meeting, members=[member])) == 1
        assert record_attendance(meeting=meeting, members=[member]) == []
        count = count_of(meeting)
        assert (count.present, count.entitled, count.is_met) == (1, 2, True)
        with pytest.raises(IntegrityError), transaction.atomic():
            Attendance.objects.create(meeting=meeting, member=member, at=timezone.now())

    def test_who_is_not_entitled_is_a_guest(self):
        meeting = making.begun(factories.town().district)
        stranger = factories.member(cell=factories.town().factory_cell)
        with pytest.raises(CannotAttend, match=r"A10: .* not entitled"):
            record_attendance(meeting=meeting, members=[stranger])
        assert count_guests(meeting=meeting, guests=3).guests == 3

    def test_nobody_comes_days_before_or_after_the_minutes(self):
        town = factories.town()
        member = factories.member(cell=town.factory_cell)
        for meeting in (making.meeting(town.district), making.held(town.district)):
            with pytest.raises(CannotAttend):
                record_attendance(meeting=meeting, members=[member])

    def test_a_mistake_is_taken_back(self):
        town = factories.town()
        member = factories.member(cell=town.factory_cell)
        meeting = making.begun(town.district)
        record_attendance(meeting=meeting, members=[member])
        with pytest.raises(CannotPlan, match="recorded as present"):
            cancel_meeting(meeting=meeting, reason="Snow")
        take_back_attendance(meeting=meeting, member=member)
        assert count_of(meeting).present == 0

    def test_two_numbers_of_one_person_come_once(self):
        town = factories.town()
        keep, gone = (factories.member(cell=town.factory_cell) for _one in range(2))
        both, one = making.begun(town.district), making.begun(town.factory_cell)
        record_attendance(meeting=both, members=[keep, gone])
        record_attendance(meeting=one, members=[gone])
        merge_members(keep=keep, gone=gone, on=timezone.localdate())
        assert [count_of(meeting).present for meeting in (both, one)] == [1, 1]


@pytest.mark.parametrize(
    ("present", "entitled", "quorum", "needed", "met"),
    [
        (0, 0, Fraction(0), 0, True),
        (0, 0, Fraction(1, 3), 0, False),
        (33, 100, Fraction(1, 3), 34, False),
        (34, 100, Fraction(1, 3), 34, True),
        (50, 100, Fraction(1, 2), 50, True),
        (51, 101, Fraction(1, 2), 51, True),
        (50, 101, Fraction(1, 2), 51, False),
        (3, 3, Fraction(1), 3, True),
    ],
)
def test_the_quorum_is_exact(present, entitled, quorum, needed, met):
    count = Count(present, entitled, quorum)
    assert (count.needed, count.is_met) == (needed, met)
    assert count.missing == max(needed - present, 0)


class TestMinutes:
    def test_they_keep_the_numbers_of_the_door(self):
        town = factories.town()
        members = [factories.member(cell=town.factory_cell) for _one in range(3)]
        meeting = making.begun(town.district)
        record_attendance(meeting=meeting, members=members[:2])
        count_guests(meeting=meeting, guests=4)
        held = write_minutes(meeting=meeting, text="We met.", present=1)
        factories.member(cell=town.factory_cell)
        assert (held.state, held.present, held.entitled, held.guests) == ("held", 2, 3, 4)
        assert (count_of(held).present, count_of(held).entitled) == (2, 3)

    def test_without_a_door_somebody_says_how_many_came(self):
        town = factories.town()
        factories.member(cell=town.factory_cell)
        held = write_minutes(meeting=making.begun(town.district), text="", present=1)
        assert held.present == 1
        with pytest.raises(CannotWrite, match="Only 1 members"):
            write_minutes(meeting=held, text="", present=2)

    def test_they_can_be_corrected_and_not_be_written_too_early(self):
        district = factories.town().district
        held = making.held(district)
        assert write_minutes(meeting=held, text="We met again.").minutes == "We met again."
        with pytest.raises(CannotWrite, match="not begun"):
            write_minutes(meeting=making.meeting(district), text="")
        later = making.meeting(district, starts_at=timezone.now() + timedelta(days=8))
        cancelled = cancel_meeting(meeting=later, reason="Snow")
        with pytest.raises(CannotWrite, match="cancelled"):
            write_minutes(meeting=cancelled, text="")
