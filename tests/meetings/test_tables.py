"""The table of the meetings: out, in, and out again; who may bring it in, and what is refused."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from audit.ground import Ground
from audit.tables.export import export_register
from audit.tables.importing import Listener, import_register
from districts.models import Unit
from elections.meetings.planning import cancel_meeting, plan_meetings
from elections.models import Meeting
from tests import factories
from tests.meetings import making

pytestmark = pytest.mark.django_db


class Heard(Listener):
    """Keeps what an import tells."""

    def __init__(self):
        self.problems, self.changes = [], []

    def problem(self, problem):
        self.problems.append((problem.line, problem.column, problem.message))

    def change(self, table, line, key, column, old, new):
        self.changes.append((column, str(old), str(new)))


@pytest.fixture
def town():
    """A town with a meeting in each state."""
    town = factories.town()
    factories.member(cell=town.factory_cell)
    starts_at = datetime(2027, 7, 1, 17, 30, tzinfo=UTC)
    plan = making.plan(starts_at=starts_at, quorum=Fraction(1, 3), title="=General")
    plan_meetings(unit=town.district, kind="general", plan=plan)
    making.held(town.factory_cell, present=1)
    cancel_meeting(meeting=making.meeting(town.town), reason="Snow")
    return town


def lines(folder):
    return (folder / "meetings.csv").read_text().splitlines()


def only_meetings(folder, old="", new=""):
    """The file of the meetings alone, with something in it changed."""
    for file in folder.glob("*.csv"):
        if file.name != "meetings.csv":
            file.unlink()
    text = (folder / "meetings.csv").read_text()
    assert old in text
    (folder / "meetings.csv").write_text(text.replace(old, new))


def test_out_in_and_out_again(town, tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    export_register(one)
    planned = next(line for line in lines(one) if "'=General" in line)
    for told in ("2027-07-01T17:30:00Z", "2027-07-01T19:30:00Z", ",planned,,1,3,,,0"):
        assert told in planned
    again = import_register(one, Listener())
    assert {(counts.new, counts.changed) for counts in again.counts.values()} == {(0, 0)}
    Meeting.objects.all().delete()
    assert import_register(one, Listener()).problems == 0
    export_register(other)
    assert lines(other) == lines(one)
    assert Meeting.objects.count() == 3


def test_a_corrected_file_says_what_changes(town, tmp_path):
    export_register(tmp_path)
    only_meetings(tmp_path, "2027-07-01T17:30:00Z", "2027-07-01T18:30:00Z")
    heard = Heard()
    assert import_register(tmp_path, heard).problems == 0
    ((column, old, new),) = heard.changes
    assert (column, old[:16], new[:16]) == ("starts_at", "2027-07-01 17:30", "2027-07-01 18:30")
    assert Meeting.objects.filter(starts_at=datetime(2027, 7, 1, 18, 30, tzinfo=UTC)).exists()


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        (",general,", ",cell,", "kind"),
        (",general,", ",party,", "kind"),
        ("2027-07-01T17:30:00Z", "2027-07-01 17:30", "starts_at"),
        ("2027-07-01T17:30:00Z", "2027-13-01T17:30:00Z", "starts_at"),
        ("2027-07-01T17:30:00Z", "2027-07-01T20:30:00Z", "starts_at/ends_at"),
        (",cancelled,Snow,", ",cancelled,,", "state/cancelled_because"),
        (",planned,,1,3,", ",held,,1,3,", "state/present"),
        (",planned,,1,3,", ",planned,,4,3,", "quorum_numerator/quorum_denominator"),
    ],
)
def test_what_no_meeting_can_be_is_refused(town, tmp_path, old, new, column):
    export_register(tmp_path)
    only_meetings(tmp_path, old, new)
    heard = Heard()
    assert import_register(tmp_path, heard).problems == 1
    ((_line, told, _message),) = heard.problems
    assert set(told.split("/")) == set(column.split("/"))


def test_a_part_of_the_register_has_its_own_meetings(town, tmp_path):
    making.meeting(factories.town().district)
    district = Unit.objects.get(pk=town.district.pk)
    export_register(tmp_path, ground=Ground((district.extent,)))
    assert len(lines(tmp_path)) == 1 + 2


def test_who_may_change_a_part_alone_adds_no_meeting(town, tmp_path):
    export_register(tmp_path)
    Meeting.objects.all().delete()
    only_meetings(tmp_path)
    district = Unit.objects.get(pk=town.district.pk)
    ground = Ground((district.extent,))
    assert import_register(tmp_path, Heard(), within=lambda: ground).problems >= 1
    assert not Meeting.objects.exists()


def test_as_of_a_past_day_only_those_before_are_there(town, tmp_path):
    export_register(tmp_path, day=date.today() - timedelta(days=30))
    assert len(lines(tmp_path)) == 1
