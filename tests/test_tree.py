"""Units and their tree: where they may stand, what each act refuses, and the numbering."""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from districts.kinds import PARENTS, Kind, may_stand_under
from districts.models import Unit
from districts.tree import BrokenParents, number_trees, renumber_trees, tree_faults
from districts.units import (
    CannotDissolve,
    CannotFound,
    CannotMove,
    CannotRename,
    dissolve_unit,
    found_unit,
    move_unit,
    rename_unit,
)
from tests import factories

DAY = date(2024, 1, 1)

LAWFUL = {
    ("town", None),
    ("area", "town"),
    ("district", "area"),
    ("local_group", None),
    ("local_group", "area"),
    ("factory_cell", "district"),
    ("factory_cell", "local_group"),
    ("street_cell", "district"),
    ("street_cell", "local_group"),
    ("joint_cell", "district"),
    ("joint_cell", "local_group"),
}


@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize("parent", [None, *Kind.values])
def test_where_a_unit_may_stand(kind, parent):
    assert may_stand_under(kind, parent) is ((kind, parent) in LAWFUL)


@pytest.mark.django_db
class TestFounding:
    def test_the_tree_is_whole_and_siblings_stand_by_code(self):
        town = factories.town()
        for code in ("Z", "B", "M"):
            found_unit(kind="factory_cell", code=code, name=code, founded=DAY, parent=town.district)
        assert list(tree_faults()) == []
        codes = list(town.district.get_children().values_list("code", flat=True))
        assert codes == sorted(codes)

    @pytest.mark.parametrize(("kind", "parent"), [("factory_cell", "town"), ("joint_cell", "area")])
    def test_a_wrong_parent_is_refused_with_its_article(self, kind, parent):
        town = factories.town()
        with pytest.raises(CannotFound, match="A7" if kind == "joint_cell" else "A9"):
            found_unit(kind=kind, code="X", name="X", founded=DAY, parent=getattr(town, parent))
        assert not Unit.objects.filter(code="X").exists()

    def test_all_reasons_are_told_at_once(self):
        town = factories.town()
        with pytest.raises(CannotFound) as refusal:
            found_unit(
                kind="area",
                code=town.area.code,
                name="",
                founded=date(2019, 1, 1),
                parent=town.district,
            )
        reasons = [str(blocker) for blocker in refusal.value.blockers]
        assert len(reasons) == 4
        assert any("A9" in reason for reason in reasons)
        assert any("already exists" in reason for reason in reasons)

    @pytest.mark.parametrize("code", ["", "=cmd()", "a b", "-x", "x" * 41, "ä"])
    def test_a_code_is_plain(self, code):
        with pytest.raises(CannotFound):
            found_unit(kind="town", code=code, name="X", founded=DAY)

    def test_nothing_is_founded_under_a_dissolved_unit(self):
        town = factories.town()
        group = factories.unit("local_group")
        dissolve_unit(unit=group, on=DAY)
        with pytest.raises(CannotFound, match="not open"):
            found_unit(kind="joint_cell", code="X", name="X", founded=DAY, parent=group)
        assert town.town.is_open(DAY)

    def test_validation_of_the_model_says_the_same(self):
        unit = Unit(kind="area", code="X", name="X", founded=DAY)
        with pytest.raises(ValidationError, match="A9"):
            unit.clean()


@pytest.mark.django_db
class TestRenamingAndMoving:
    def test_rename(self):
        town = factories.town()
        rename_unit(unit=town.area, name="Another name")
        town.area.refresh_from_db()
        assert town.area.name == "Another name"
        with pytest.raises(CannotRename):
            rename_unit(unit=town.area, name="")

    def test_a_subtree_moves_with_all_below_it(self):
        one, other = factories.town(), factories.town()
        move_unit(unit=one.district, parent=other.area, on=DAY)
        assert list(tree_faults()) == []
        one.factory_cell.refresh_from_db()
        assert one.factory_cell.get_root() == other.town
        assert one.factory_cell.level == 3

    def test_a_local_group_becomes_a_root_and_comes_back(self):
        town = factories.town()
        group = factories.unit("local_group", town.area)
        cell = factories.unit("joint_cell", group)
        move_unit(unit=group, parent=None, on=DAY)
        assert list(tree_faults()) == []
        cell.refresh_from_db()
        assert cell.get_root() == group
        move_unit(unit=group, parent=town.area, on=DAY)
        assert list(tree_faults()) == []
        cell.refresh_from_db()
        assert cell.get_root() == town.town

    def test_not_below_itself(self):
        town = factories.town()
        with pytest.raises(CannotMove, match="below itself"):
            move_unit(unit=town.area, parent=town.district, on=DAY)
        with pytest.raises(CannotMove, match="below itself"):
            move_unit(unit=town.area, parent=town.area, on=DAY)
        assert list(tree_faults()) == []

    def test_not_under_a_kind_that_it_may_not_stand_under(self):
        town = factories.town()
        with pytest.raises(CannotMove, match="A9"):
            move_unit(unit=town.factory_cell, parent=town.area, on=DAY)


@pytest.mark.django_db
class TestDissolving:
    def test_on_its_day_and_not_before(self):
        town = factories.town()
        dissolve_unit(unit=town.street_cell, on=DAY)
        town.street_cell.refresh_from_db()
        assert town.street_cell.is_open(date(2023, 12, 31))
        assert not town.street_cell.is_open(DAY)

    def test_not_with_open_units_below(self):
        town = factories.town()
        with pytest.raises(CannotDissolve, match=r"A9.*: 2"):
            dissolve_unit(unit=town.district, on=DAY)

    def test_not_with_open_registrations(self):
        town = factories.town()
        factories.member(cell=town.factory_cell)
        with pytest.raises(CannotDissolve, match=r"A1.*: 1"):
            dissolve_unit(unit=town.factory_cell, on=DAY)

    def test_not_twice_and_not_before_it_was_founded(self):
        town = factories.town()
        with pytest.raises(CannotDissolve, match="founded"):
            dissolve_unit(unit=town.street_cell, on=factories.FOUNDED)
        dissolve_unit(unit=town.street_cell, on=DAY)
        with pytest.raises(CannotDissolve, match="already"):
            dissolve_unit(unit=town.street_cell, on=DAY)


@st.composite
def parents(draw):
    """A forest as parents by unit, units in any order."""
    size = draw(st.integers(1, 40))
    above = {
        unit: draw(st.one_of(st.none(), st.integers(1, unit - 1))) if unit > 1 else None
        for unit in range(1, size + 1)
    }
    order = draw(st.permutations(sorted(above)))
    return [(unit, above[unit]) for unit in order]


class TestNumbering:
    @given(parents())
    def test_every_range_holds_those_below_it_and_no_other(self, rows):
        places = number_trees(rows, {}, 1)
        above = dict(rows)
        edges = [
            (tree, edge) for tree, _l, left, right in places.values() for edge in (left, right)
        ]
        assert len(edges) == len(set(edges))
        for unit, (tree, level, left, right) in places.items():
            below = [
                other
                for other, (their_tree, _level, their_left, their_right) in places.items()
                if their_tree == tree and left < their_left and their_right < right
            ]
            assert right - left == 2 * len(below) + 1
            parent = above[unit]
            assert level == (0 if parent is None else places[parent][1] + 1)
            if parent is not None:
                assert places[parent][2] < left
                assert right < places[parent][3]

    def test_a_circle_is_named(self):
        with pytest.raises(BrokenParents) as broken:
            number_trees([(1, None), (2, 3), (3, 2)], {}, 1)
        assert set(broken.value.units) == {2, 3}

    @pytest.mark.django_db
    def test_it_agrees_with_what_the_acts_made(self):
        for _town in range(3):
            factories.town()
        before = list(Unit.objects.values_list("pk", "tree_id", "level", "lft", "rght"))
        assert renumber_trees() == 0
        Unit.objects.update(lft=0, rght=0, level=7)
        assert renumber_trees() == 15
        assert list(Unit.objects.values_list("pk", "tree_id", "level", "lft", "rght")) == before


def check_tree() -> tuple[str, int]:
    out, status = StringIO(), 0
    try:
        call_command("check_tree", stdout=out, stderr=out)
    except SystemExit as stop:
        status = int(stop.code or 0)
    return out.getvalue(), status


@pytest.mark.django_db
class TestCheckTree:
    def test_a_whole_tree(self):
        factories.town()
        assert check_tree() == ("5 units, no fault.\n", 0)

    @pytest.mark.parametrize(
        ("damage", "said"),
        [
            ({"lft": 99}, "left is 99"),
            ({"rght": 99}, "right is 99"),
            ({"level": 9}, "level is 9"),
            ({"tree_id": 99}, "tree is 99"),
            ({"kind": "town"}, "A9"),
            ({"kind": "area"}, "A9"),
        ],
    )
    def test_every_fault_names_its_place(self, damage, said):
        town = factories.town()
        Unit.objects.filter(pk=town.factory_cell.pk).update(**damage)
        out, status = check_tree()
        assert status == 1
        assert any(
            line.startswith(f"{town.factory_cell.code}: ") and said in line
            for line in out.splitlines()
        )

    def test_a_circle_of_parents(self):
        town = factories.town()
        Unit.objects.filter(pk=town.area.pk).update(parent=town.district)
        out, status = check_tree()
        assert status == 1
        assert f"{town.area.code}: stands under no root" in out


def test_every_kind_has_its_parents():
    assert set(PARENTS) == set(Kind.values)
