"""What somebody may do by files who may change a part of the register."""

import pytest

from audit.tables.export import export_register
from districts.models import Locality, Unit
from districts.tree import tree_faults
from members.models import Member, Registration
from tests.transfer.parts import OWN, SINCE, bring, home, person, refused, row_of, unit, write

pytestmark = pytest.mark.django_db


def test_rows_of_the_part_are_changed_and_added(part, tmp_path):
    write(tmp_path, "units", unit("M-N", "street_cell", "M"))
    write(tmp_path, "members", person(OWN, given_name="Erika"), person(3000))
    write(tmp_path, "registrations", home(3000, "M-N"))
    write(
        tmp_path,
        "employments",
        {"member": 3000, "workplace": "T-W", "since": SINCE, "standing": "main"},
    )
    heard, outcome = bring(tmp_path, part)
    assert heard.problems == []
    assert outcome.counts["members"].new == outcome.counts["members"].changed == 1
    assert Member.objects.get(pk=OWN).given_name == "Erika"
    assert Registration.objects.get(member=3000).unit.code == "M-N"
    assert list(tree_faults()) == []


def test_his_own_export_comes_in_again_unchanged(part, tmp_path):
    Locality.objects.filter(code="M-L").update(street_cell=part.theirs["street"])
    Member.objects.filter(pk=OWN).update(locality=part.theirs["locality"])
    export_register(tmp_path, ground=part.ground())
    assert "\nT-L," in (tmp_path / "localities.csv").read_text()
    heard, outcome = bring(tmp_path, part)
    assert heard.problems == []
    assert {(counts.new, counts.changed) for counts in outcome.counts.values()} == {(0, 0)}


def test_a_row_goes_on_pointing_out_of_the_part_while_something_else_of_it_changes(part, tmp_path):
    Locality.objects.filter(code="M-L").update(street_cell=part.theirs["street"])
    row = row_of(Locality, code="M-L")
    write(tmp_path, "localities", row | {"name": "Another"})
    assert bring(tmp_path, part)[0].problems == []
    assert Locality.objects.get(code="M-L").name == "Another"
    write(tmp_path, "localities", row | {"street_cell": "M-S"})
    assert "street_cell: stands outside of your part" in refused(tmp_path, part)[0]


def test_a_cell_of_his_own_may_be_renamed_and_his_district_too(part, tmp_path):
    units = [row_of(Unit, code=code) | {"name": "New"} for code in ("M", "M-F")]
    write(tmp_path, "units", *units)
    assert bring(tmp_path, part)[0].problems == []


def test_the_part_is_asked_for_again_when_the_tree_was_numbered_anew(part, tmp_path):
    """A cell that sorts first pushes all ranges to the right."""
    write(tmp_path, "units", unit("A-000", "street_cell", "M"))
    write(tmp_path, "members", person(3000))
    write(tmp_path, "registrations", home(3000, "A-000"))
    assert bring(tmp_path, part)[0].problems == []
