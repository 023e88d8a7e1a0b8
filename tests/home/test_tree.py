"""The tree of units and its branches, and how often the first page asks the database."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.ground import EVERYWHERE
from districts import branches
from districts.branches import Branches, tree
from districts.kinds import Kind
from districts.models import Unit
from tests import factories
from tests.home.looking import fresh, ground_on, home, panel

pytestmark = pytest.mark.django_db

RULES = factories.rule_queries()  # each asks once, however many units a page shows


def drawn(ground, opened=(), shut=()):
    """The tree's rows: the unit, its level, and whether it is open."""
    state = Branches(frozenset(opened), frozenset(shut))
    rows, _cut = tree(ground, timezone.localdate(), state)
    return [(row.unit, row.level, row.is_open) for row in rows]


# The tree ---------------------------------------------------------------------------------------


def test_a_district_is_open_with_all_its_cells(town):
    assert drawn(ground_on(town.district)) == [
        (town.district, 1, True),
        (town.factory_cell, 2, False),
        (town.street_cell, 2, False),
    ]


def test_levels_are_open_as_long_as_they_fit(town, monkeypatch):
    monkeypatch.setattr(branches, "SHOWN", 3)
    assert drawn(EVERYWHERE) == [
        (town.town, 1, True),
        (town.area, 2, True),
        (town.district, 3, False),
    ]
    monkeypatch.setattr(branches, "SHOWN", 5)
    assert len(drawn(EVERYWHERE)) == 5


def test_of_one_level_the_higher_kinds_are_open_first(town, monkeypatch):
    """A party of many local groups still shows the areas of its town."""
    group = factories.unit(Kind.LOCAL_GROUP)
    for _one in range(2):
        factories.unit(Kind.JOINT_CELL, fresh(group))
    monkeypatch.setattr(branches, "SHOWN", 4)
    assert drawn(EVERYWHERE) == [
        (town.town, 1, True),
        (town.area, 2, True),
        (town.district, 3, False),
        (group, 1, False),
    ]


def test_a_branch_is_opened_and_shut_by_the_address(town, monkeypatch):
    monkeypatch.setattr(branches, "SHOWN", 2)
    shut = drawn(EVERYWHERE)
    assert [level for _unit, level, _open in shut] == [1, 2]
    opened = drawn(EVERYWHERE, opened=[town.area.code, town.district.code])
    assert [unit for unit, _level, _open in opened][3:] == [town.factory_cell, town.street_cell]
    assert drawn(EVERYWHERE, shut=[town.town.code]) == [(town.town, 1, False)]


def test_what_is_opened_below_a_shut_branch_stays_hidden(town):
    codes = [town.area.code, town.district.code]
    assert drawn(EVERYWHERE, opened=codes, shut=[town.town.code]) == [(town.town, 1, False)]


def test_the_tree_stays_in_the_ground(client, town, secretary):
    other = factories.town()
    content = home(client, open=[other.town.code, other.district.code, town.area.code, "no-code"])
    assert town.street_cell.name in content
    for unit in (town.area, town.town, other.town, other.district, other.street_cell):
        assert unit.name not in content


def test_grounds_of_several_units_stand_below_each_other(town):
    other = factories.town()
    rows = drawn(ground_on(town.district, other.factory_cell))
    assert [(unit, level) for unit, level, _open in rows if level == 1] == [
        (town.district, 1),
        (other.factory_cell, 1),
    ]


def test_dissolved_units_are_in_no_branch_and_counted_in_none(town, secretary, client):
    Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=timezone.localdate())
    rows, _cut = tree(ground_on(town.district), timezone.localdate(), Branches())
    assert [(row.unit, row.below) for row in rows] == [(town.district, 1), (town.factory_cell, 0)]
    later = timezone.localdate() + timedelta(days=1)
    Unit.objects.filter(pk=town.street_cell.pk).update(dissolved=later)
    assert len(drawn(ground_on(town.district))) == 3


def test_towns_stand_before_local_groups_of_their_own():
    group = factories.unit(Kind.LOCAL_GROUP)
    town = factories.town()
    assert [unit for unit, level, _open in drawn(EVERYWHERE) if level == 1] == [town.town, group]


def test_more_than_can_be_shown_is_cut_and_said(client, town, secretary, monkeypatch):
    assert "Not all units are shown here" not in home(client)
    monkeypatch.setattr(branches, "MOST", 1)
    assert "Not all units are shown here" in home(client)
    answer = client.get(reverse("branch", args=[town.district.pk])).content.decode()
    assert "show them as a list" in answer
    assert f"?unit={town.district.pk}" in answer


def test_the_figures_and_their_lists_stand_beside_each_unit(client, town, secretary):
    for cell in (town.factory_cell, town.street_cell, town.street_cell):
        factories.member(cell=cell)
    rows = {row.unit: row.figures for row in panel(client, "units")["rows"]}
    assert {unit: figures[0][1] for unit, figures in rows.items()} == {
        town.district: 3,
        town.factory_cell: 1,
        town.street_cell: 2,
    }
    address = f"{reverse('admin:members_member_changelist')}?unit={town.street_cell.pk}"
    assert rows[town.street_cell][0][2] == address


def test_the_toggle_says_what_it_does_and_works_as_a_link(client, town, administrator, monkeypatch):
    monkeypatch.setattr(branches, "SHOWN", 2)
    toggles = re.findall(r'<a class="k-toggle" href="([^"]+)" aria-expanded="(\w+)"', home(client))
    assert [state for _address, state in toggles] == ["true", "false"]
    address = toggles[1][0].replace("&amp;", "&")
    assert address.endswith(f"#unit-{town.area.pk}")
    content = client.get(address).content.decode()
    assert town.district.name in content
    assert f"{town.area.name}: 1 unit below" in content
    back = re.findall(r'<a class="k-toggle" href="([^"]+)" aria-expanded="true"', content)[1]
    assert town.district.name not in client.get(back.replace("&amp;", "&")).content.decode()


def test_codes_with_odd_signs_open_their_branch(client, administrator, monkeypatch):
    monkeypatch.setattr(branches, "SHOWN", 1)
    group = factories.unit(Kind.LOCAL_GROUP, code="A/b.c_d-1")
    cell = factories.unit(Kind.JOINT_CELL, fresh(group))
    toggle = re.search(r'<a class="k-toggle" href="([^"]+)"', home(client))[1]
    assert cell.name in client.get(toggle.replace("&amp;", "&")).content.decode()


@pytest.mark.parametrize("odd", ["", "\x00", "x" * 5000, "%", "' OR 1=1"])
def test_an_odd_address_opens_nothing_and_breaks_nothing(client, town, secretary, odd):
    answer = client.get(reverse("admin:index"), {"open": [odd] * 200, "shut": odd})
    assert answer.status_code == 200


# A branch of its own ----------------------------------------------------------------------------


def test_a_branch_is_fetched_with_its_levels_and_figures(client, town, secretary):
    factories.member(cell=town.street_cell)
    content = client.get(reverse("branch", args=[town.district.pk])).content.decode()
    assert re.findall(r'data-level="(\d)"', content) == ["2", "2"]
    assert "<html" not in content
    assert f"Members: {town.street_cell.name}" in content


def test_a_branch_s_levels_begin_at_the_own_unit(client, town, administrator):
    content = client.get(reverse("branch", args=[town.district.pk])).content.decode()
    assert re.findall(r'data-level="(\d)"', content) == ["4", "4"]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_branch_takes_as_many_queries_for_one_row_as_for_three(client, town, administrator, rows):
    area = fresh(town.area)
    for _one in range(rows):
        factories.unit(Kind.DISTRICT, fresh(area))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("branch", args=[area.pk]))
    assert len(asked) == 6 + RULES + 1, "\n".join(query["sql"] for query in asked)


# Queries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_first_page_takes_as_many_queries_for_one_row_as_for_three(client, rows):
    account = factories.account(is_staff=True, is_superuser=True)
    client.force_login(account)
    for _one in range(rows):
        town = factories.town()
        for _each in range(rows):
            factories.member(cell=town.street_cell)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("admin:index"))
    assert len(asked) == 20 + 10 + RULES + 1, "\n".join(query["sql"] for query in asked)
