"""Planning, changing and cancelling meetings, and the rhythm in which they come."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Entry
from districts.kinds import Kind
from districts.models import Unit
from districts.units import dissolve_unit
from elections.meetings.kinds import HELD_BY, may_hold
from elections.meetings.planning import (
    CannotPlan,
    Item,
    cancel_meeting,
    change_meeting,
    plan_meetings,
)
from elections.meetings.rhythms import MOST, Beat, nth_weekday
from elections.models import Meeting, Rhythm
from tests import factories
from tests.meetings import making
from tests.voting import making as votes

SUMMER = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("unit_kind", "kind", "lawful"),
    [
        (Kind.FACTORY_CELL, "cell", True),
        (Kind.STREET_CELL, "cell", True),
        (Kind.JOINT_CELL, "cell", True),
        (Kind.FACTORY_CELL, "general", False),
        (Kind.DISTRICT, "general", True),
        (Kind.DISTRICT, "delegates", True),
        (Kind.DISTRICT, "cell", False),
        (Kind.LOCAL_GROUP, "general", True),
        (Kind.LOCAL_GROUP, "conference", False),
        (Kind.AREA, "delegates", True),
        (Kind.AREA, "general", False),
        (Kind.TOWN, "conference", True),
        (Kind.TOWN, "general", False),
    ],
)
def test_which_unit_holds_which_meeting(unit_kind, kind, lawful):
    assert may_hold(unit_kind=unit_kind, kind=kind) is lawful


def test_every_kind_of_unit_holds_some_meeting():
    assert set(HELD_BY) == set(Kind)


@pytest.mark.parametrize(
    ("beat", "days"),
    [
        (Beat("weeks", 2, date(2026, 1, 6), date(2026, 2, 3)), ["01-06", "01-20", "02-03"]),
        (Beat("weeks", 1, date(2026, 1, 6), date(2026, 1, 6)), ["01-06"]),
        # The second Tuesday of each month.
        (Beat("month", 1, date(2026, 1, 13), date(2026, 4, 1)), ["01-13", "02-10", "03-10"]),
        (Beat("month", 2, date(2026, 1, 13), date(2026, 5, 12)), ["01-13", "03-10", "05-12"]),
        # The last Friday: the fifth one of January, the fourth one of February.
        (
            Beat("month", 1, date(2026, 1, 30), date(2026, 4, 30)),
            ["01-30", "02-27", "03-27", "04-24"],
        ),
    ],
)
def test_the_days_of_a_rhythm(beat, days):
    assert [day.strftime("%m-%d") for day in beat.days()] == days


def test_a_rhythm_ends_somewhere():
    endless = Beat("weeks", 1, date(2026, 1, 6), date(2099, 1, 1))
    assert len(endless.days()) == MOST
    assert endless.is_cut
    assert not Beat("weeks", 1, date(2026, 1, 6), date(2026, 3, 1)).is_cut


def test_the_fourth_weekday_of_a_month_is_not_always_the_last():
    assert nth_weekday(2026, 1, 4, 4) == date(2026, 1, 23)
    assert nth_weekday(2026, 1, 4, 5) == date(2026, 1, 30)
    assert nth_weekday(2026, 12, 0, 5) == date(2026, 12, 28)


@pytest.mark.django_db
class TestPlanning:
    def test_a_general_meeting_with_its_agenda(self):
        district = factories.town().district
        question = votes.motion(district)
        plan = making.plan(
            agenda=[Item("Report"), Item(question.title, question)], quorum=Fraction(1, 3)
        )
        (meeting,) = plan_meetings(unit=district, kind="general", plan=plan)
        assert meeting.state == "planned"
        assert meeting.quorum == Fraction(1, 3)
        agenda = [(one.number, one.text, one.question) for one in meeting.agenda.all()]
        assert agenda == [(1, "Report", None), (2, question.title, question)]
        entry = Entry.objects.filter(table="meetings").get()
        assert (entry.act, entry.unit, entry.key) == ("plan-meeting", district.pk, meeting.code)

    @pytest.mark.parametrize("kind", ["cell", "conference"])
    def test_a_kind_that_the_unit_does_not_hold_is_refused_with_its_article(self, kind):
        with pytest.raises(CannotPlan) as refused:
            making.meeting(factories.town().district, kind=kind)
        assert [one.article for one in refused.value.blockers] == [
            {"cell": "A10", "conference": "A12"}[kind]
        ]
        assert not Meeting.objects.exists()

    def test_a_unit_that_is_not_open_then_is_refused(self):
        town = factories.town()
        dissolve_unit(unit=town.street_cell, on=timezone.localdate() + timedelta(days=3))
        making.meeting(town.street_cell, starts_at=timezone.now() + timedelta(days=2))
        with pytest.raises(CannotPlan) as refused:
            making.meeting(Unit.objects.get(pk=town.street_cell.pk))
        assert [one.article for one in refused.value.blockers] == ["A9"]

    def test_the_same_meeting_is_not_planned_twice(self):
        district = factories.town().district
        starts_at = timezone.now() + timedelta(days=7)
        first = making.meeting(district, starts_at=starts_at)
        with pytest.raises(CannotPlan, match="planned this already"):
            making.meeting(district, starts_at=starts_at)
        cancel_meeting(meeting=first, reason="The hall is taken.")
        making.meeting(district, starts_at=starts_at)

    def test_a_rhythm_makes_meetings_at_the_same_hour_also_in_summer(self):
        district = factories.town().district
        starts_at = datetime(2027, 3, 9, 18, 30, tzinfo=UTC)  # 19:30 in Berlin
        beat = Beat("month", 1, date(2027, 3, 9), date(2027, 5, 31))
        made = plan_meetings(
            unit=district, kind="general", plan=making.plan(starts_at=starts_at), beat=beat
        )
        times = [timezone.localtime(one.starts_at).strftime("%m-%d %H:%M") for one in made]
        assert times == ["03-09 19:30", "04-13 19:30", "05-11 19:30"]
        assert {one.ends_at - one.starts_at for one in made} == {timedelta(hours=2)}
        assert {one.rhythm for one in made} == {Rhythm.objects.get()}
        cancel_meeting(meeting=made[1], reason="Holidays")
        states = Meeting.objects.order_by("starts_at").values_list("state", flat=True)
        assert list(states) == ["planned", "cancelled", "planned"]

    def test_changing_tells_a_new_version_and_writes_the_agenda_anew(self):
        meeting = making.meeting(factories.town().district, agenda=[Item("Report")])
        starts_at = meeting.starts_at + timedelta(days=1)
        plan = making.plan(starts_at=starts_at, agenda=[Item("Report"), Item("Election")])
        changed = change_meeting(meeting=meeting, plan=plan)
        assert (changed.starts_at, changed.version) == (starts_at, 1)
        assert [item.text for item in changed.agenda.all()] == ["Report", "Election"]

    def test_another_agenda_alone_is_no_news(self):
        meeting = making.meeting(factories.town().district)
        plan = making.plan(starts_at=meeting.starts_at, agenda=[Item("Election")])
        assert change_meeting(meeting=meeting, plan=plan).version == 0

    def test_what_was_held_or_cancelled_is_changed_no_more(self):
        district = factories.town().district
        held = making.held(district)
        cancelled = cancel_meeting(meeting=making.meeting(district), reason="Snow")
        for meeting in (held, cancelled):
            with pytest.raises(CannotPlan):
                change_meeting(meeting=meeting, plan=making.plan())
            with pytest.raises(CannotPlan):
                cancel_meeting(meeting=meeting, reason="Snow")

    def test_a_cancellation_needs_a_reason(self):
        meeting = making.meeting(factories.town().district)
        with pytest.raises(CannotPlan, match="for a reason"):
            cancel_meeting(meeting=meeting, reason=" ")

    def test_a_unit_with_meetings_to_come_is_not_dissolved_before(self):
        cell = factories.town().street_cell
        meeting = making.meeting(cell)
        with pytest.raises(Exception, match=r"A10: .* has planned a meeting"):
            dissolve_unit(unit=cell, on=timezone.localdate())
        cancel_meeting(meeting=meeting, reason="The cell is dissolved.")
        dissolve_unit(unit=cell, on=timezone.localdate())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "party"},
        {"state": "open"},
        {"state": "cancelled"},
        {"cancelled_because": "Snow"},
        {"state": "held"},
        {"present": 3},
        {"quorum_numerator": 2},
        {"ends_at": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
)
def test_the_database_holds_what_a_meeting_is(wrong):
    meeting = making.meeting(factories.town().district)
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(**wrong)
