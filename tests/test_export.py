"""The export: its schema, its scopes, its days, and what others say of it."""

import json
import stat
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from frictionless import Package, system
from frictionless import validate as frictionless_validate

from audit.ground import Ground
from audit.tables import tables
from audit.tables.export import export_register
from audit.tables.importing import Listener, import_register
from districts.models import Unit
from members.membership import end_membership, readmit_member
from members.models import Member
from members.registrations import change_cell, register_member
from tests import factories

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 1)


@pytest.fixture
def two_towns() -> tuple[factories.Town, factories.Town, Member]:
    """Two towns; somebody works in the first and lives in the second, others belong to one."""
    one, other = factories.town(), factories.town()
    for town in (one, other):
        locality = factories.locality(unit=town.district, street_cell=town.street_cell)
        works = factories.workplace(locality=locality, cell=town.factory_cell)
        member = factories.member(
            cell=town.factory_cell, locality=locality, family_name='=Müller, "J"\nX'
        )
        member.employments.create(workplace=works, since=factories.JOINED)
    both = factories.member(cell=one.factory_cell, locality=locality)
    both.employments.create(workplace=works, since=factories.JOINED)
    register_member(member=both, unit=other.street_cell, since=DAY, kind="residence")
    return one, other, both


def run(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("export_register", str(folder), *options, stdout=out)
    return out.getvalue()


def column(folder: Path, table: str, name: str) -> list[str]:
    resource = Package(str(folder / "datapackage.json")).get_resource(table)
    return [str(row[name]) for row in resource.read_rows()]


def valid(folder: Path) -> bool:
    with system.use_context(trusted=True):
        report = frictionless_validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])[:5]
    return True


def test_an_auditors_own_tool_accepts_it(tmp_path, two_towns):
    run(tmp_path)
    assert valid(tmp_path)


def test_it_notices_a_changed_file(tmp_path, two_towns):
    run(tmp_path)
    path = tmp_path / "members.csv"
    path.write_text(path.read_text().replace("2021", "2022"))
    with system.use_context(trusted=True):
        assert not frictionless_validate(str(tmp_path / "datapackage.json")).valid


def test_the_schema_follows_the_declaration(tmp_path, two_towns):
    run(tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_text())
    assert [one["name"] for one in package["resources"]] == [table.name for table in tables()]
    members = next(one for one in package["resources"] if one["name"] == "members")
    fields = {field["name"]: field for field in members["schema"]["fields"]}
    assert fields["number"]["type"] == "integer"
    assert fields["number"]["constraints"] == {"required": True, "unique": True}
    assert fields["joined"]["type"] == "date"
    assert fields["left_reason"]["constraints"]["enum"][0] == "died"
    assert members["schema"]["primaryKey"] == ["number"]
    assert members["schema"]["foreignKeys"] == [
        {"fields": ["locality"], "reference": {"resource": "localities", "fields": ["code"]}}
    ]
    assert all(field["description"] for field in fields.values())


def test_only_the_owner_can_read_the_files(tmp_path, two_towns):
    folder = tmp_path / "new"
    run(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "members.csv").stat().st_mode) == 0o600
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_formulas_are_neutralised(tmp_path, two_towns):
    run(tmp_path)
    text = (tmp_path / "members.csv").read_text()
    assert '"\'=Müller, ""J""\nX"' in text


def test_a_unit_with_all_below_it(tmp_path, two_towns):
    one, other, both = two_towns
    run(tmp_path / "one", "--unit", one.district.code)
    run(tmp_path / "other", "--unit", other.district.code)
    assert valid(tmp_path / "one")
    assert valid(tmp_path / "other")
    mine, theirs = (Member.objects.exclude(pk=both.pk).order_by("pk")).values_list("pk", flat=True)
    assert column(tmp_path / "one", "members", "number") == [str(mine), str(both.pk)]
    assert column(tmp_path / "other", "members", "number") == [str(theirs), str(both.pk)]
    # The unit of residence learns nothing of the work of those whose home is elsewhere (A4).
    assert column(tmp_path / "one", "employments", "member") == [str(mine), str(both.pk)]
    assert column(tmp_path / "other", "employments", "member") == [str(theirs)]
    assert column(tmp_path / "one", "registrations", "kind") == ["home", "home"]
    assert sorted(column(tmp_path / "other", "registrations", "kind")) == ["home", "residence"]


def test_a_part_can_be_imported_by_itself(tmp_path, two_towns):
    run(tmp_path, "--unit", two_towns[0].district.code)
    outcome = import_register(tmp_path, Listener(), dry_run=True)
    assert outcome.problems == 0
    assert {counts.changed + counts.new for counts in outcome.counts.values()} == {0}


def test_as_of_a_past_day(tmp_path):
    town = factories.town()
    stays, left, later = (factories.member(cell=town.factory_cell) for _number in range(3))
    change_cell(member=stays, to=town.street_cell, on=DAY)
    end_membership(member=left, on=DAY, reason="died")
    Member.objects.filter(pk=later.pk).update(joined=DAY)
    later.registrations.update(since=DAY)
    factories.unit("street_cell", town.district, founded=DAY)
    run(tmp_path / "before", "--as-of", "2023-12-31")
    run(tmp_path / "after", "--as-of", "2024-01-01")
    for name in ("before", "after"):
        assert valid(tmp_path / name)
    before, after = tmp_path / "before", tmp_path / "after"
    assert column(before, "members", "number") == [str(stays.pk), str(left.pk)]
    assert column(after, "members", "number") == [str(stays.pk), str(later.pk)]
    # What came to pass later was not known on that day.
    assert column(before, "members", "left") == ["None", "None"]
    assert column(before, "members", "left_reason") == ["None", "None"]
    assert column(before, "registrations", "until") == ["None", "None"]
    assert column(before, "registrations", "unit") == [town.factory_cell.code] * 2
    assert column(after, "registrations", "unit")[0] == town.street_cell.code
    assert len(column(before, "units", "code")) == 5
    assert len(column(after, "units", "code")) == 6


def test_as_of_a_day_between_two_memberships(tmp_path):
    town = factories.town()
    member = factories.member(cell=town.factory_cell)
    end_membership(member=member, on=DAY, reason="resigned")
    readmit_member(member=member, on=date(2025, 1, 1), cell=town.street_cell)
    for day, there in [("2023-12-31", True), ("2024-06-01", False), ("2025-01-01", True)]:
        run(tmp_path, "--as-of", day)
        assert column(tmp_path, "members", "number") == ([str(member.pk)] if there else [])


def test_who_left_the_unit_is_not_shown_to_it(tmp_path):
    """A member who changed to another district, and one who resigned while in this one."""
    one, other = factories.town(), factories.town()
    moved, resigned = (
        factories.member(cell=one.factory_cell),
        factories.member(cell=one.street_cell),
    )
    change_cell(member=moved, to=other.street_cell, on=DAY)
    end_membership(member=resigned, on=DAY, reason="resigned")
    export_register(tmp_path, ground=_ground(one.town))
    assert column(tmp_path, "members", "number") == [str(resigned.pk)]


def _ground(unit: Unit) -> Ground:
    unit.refresh_from_db()
    return Ground((unit.extent,))


def test_refusals(tmp_path):
    with pytest.raises(CommandError, match="no unit"):
        run(tmp_path, "--unit", "NONE")
    with pytest.raises(CommandError, match="no day"):
        run(tmp_path, "--as-of", "yesterday")
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="Cannot write"):
        run(tmp_path / "file")


def test_empty_tables_have_their_heads(tmp_path):
    run(tmp_path)
    for table in tables():
        assert (tmp_path / table.file).read_text().count("\n") == 1
    assert valid(tmp_path)
