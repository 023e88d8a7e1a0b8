"""The first page: the tree of units, what waits, the charts, the last changes, and empty ones."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.ground import EVERYWHERE, Ground
from audit.log import Draft, recording
from audit.models import Entry
from districts import branches, changes, panels
from districts.branches import Branches, tree
from districts.kinds import Kind
from districts.models import Unit
from districts.panels import Waiting, waiting_for
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.membership import end_membership
from members.models import Account, FactorReset, Member, Registration
from members.registrations import change_cell
from tests import factories

pytestmark = pytest.mark.django_db

RULES = factories.rule_queries()  # each asks once, however many units a page shows


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def secretary(town, client):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    return account


@pytest.fixture
def administrator(client):
    account = factories.account(is_staff=True, is_superuser=True)
    client.force_login(account)
    return account


def fresh(unit):
    return Unit.objects.get(pk=unit.pk)


def ground_on(*units):
    return Ground(tuple(fresh(unit).extent for unit in units))


def drawn(ground, opened=(), shut=()):
    """The tree's rows: the unit, its level, and whether it is open."""
    state = Branches(frozenset(opened), frozenset(shut))
    rows, _cut = tree(ground, timezone.localdate(), state)
    return [(row.unit, row.level, row.is_open) for row in rows]


def home(client, **asked):
    return client.get(reverse("admin:index"), asked).content.decode()


def panel(client, template):
    """What a panel of the first page was given."""
    shown = client.get(reverse("admin:index")).context_data["panels"]
    return next(one for one in shown if one["template"] == f"kartei/home_{template}.html")


# The tree -------------------------------------------------------------------------------------


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


# A branch of its own --------------------------------------------------------------------------


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


# Queries --------------------------------------------------------------------------------------


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


# What waits -----------------------------------------------------------------------------------


@pytest.fixture
def waiting(monkeypatch):
    """What is declared to wait, emptied for the test."""
    declared = []
    monkeypatch.setattr(panels, "_waiting", declared)
    return declared


def test_what_waits_is_counted_in_its_order_and_nothing_else(waiting, town):
    for name, number, order in (("late", 2, 90), ("none", 0, 1), ("soon", 1, 10)):
        waiting.append(Waiting(name, name, lambda _g, _d, n=number: n, lambda: "/", order))
    found = waiting_for(EVERYWHERE, timezone.localdate())
    assert [(one.name, number) for one, number in found] == [("soon", 1), ("late", 2)]


def test_what_waits_is_counted_on_the_ground_that_one_may_change(waiting, client, town):
    asked = []
    waiting.append(
        Waiting("all", "All", lambda ground, _day: asked.append(ground) or 7, lambda: "/x")
    )
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    grant_role(user=account, role=AUDITOR, unit=town.area)
    client.force_login(account)
    assert '<a href="/x"><strong>7</strong> <span>All</span></a>' in home(client)
    assert asked == [ground_on(town.district)]


def test_nothing_waits_in_friendly_words(waiting, client, town, secretary):
    assert "Nothing waits for you." in home(client)


def test_the_auditor_decides_nothing(client, town):
    auditor = factories.account()
    grant_role(user=auditor, role=AUDITOR, unit=town.district)
    client.force_login(auditor)
    content = home(client)
    assert "Waits for a decision" not in content
    assert "Admit" not in content
    assert "Membership" in content


def test_members_in_no_cell_wait_and_the_number_is_that_of_the_list(client, town, secretary):
    placed = factories.member(cell=town.street_cell)
    factories.member(cell=factories.town().street_cell).registrations.update(until=date(2024, 1, 1))
    left = factories.member(cell=town.street_cell)
    end_membership(member=left, on=date(2024, 1, 1), reason="resigned")
    planned = factories.member(cell=town.street_cell)
    planned.registrations.update(since=timezone.localdate() + timedelta(days=9))
    lost = factories.member(cell=town.street_cell)
    lost.registrations.update(until=date(2024, 1, 1))
    [(title, number, address)] = panel(client, "waiting")["waiting"]
    assert (str(title), number) == ("Members in no cell", 1)
    rows = list(client.get(address).context_data["cl"].result_list)
    assert rows == [lost]
    assert placed not in rows


def test_accounts_of_who_left_wait_for_the_administrator_alone(client, town, secretary):
    left = factories.member(cell=town.street_cell)
    open_one = factories.account(member=left)
    factories.account(member=factories.member(cell=town.street_cell))
    gone = factories.member(cell=town.street_cell)
    factories.account(member=gone, is_active=False)
    # As it could be before an act and a file closed the account.
    ended = Member.objects.filter(pk__in=(left.pk, gone.pk))
    ended.update(left=date(2024, 1, 1), left_reason="resigned")
    Registration.objects.filter(member__in=ended).update(until=date(2024, 1, 1))
    assert panel(client, "waiting")["waiting"] == []
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    [(title, number, address)] = panel(client, "waiting")["waiting"]
    assert (str(title), number) == ("Accounts of people who left", 1)
    assert list(client.get(address).context_data["cl"].result_list) == [open_one]
    assert Account.objects.count() > 1


def test_a_lost_second_factor_waits_for_another_secretary(client, town, secretary):
    lost = factories.account(member=factories.member(cell=town.street_cell))
    factories.account(member=factories.member(cell=town.street_cell))
    first = factories.account()
    valid_until = timezone.now() + timedelta(days=7)
    FactorReset.objects.create(account=lost, asked_by=first, valid_until=valid_until)
    [(title, number, address)] = panel(client, "waiting")["waiting"]
    assert (str(title), number) == ("Lost second factors, for another secretary", 1)
    shown = client.get(address).context_data["cl"]
    assert list(shown.result_list) == [lost]
    assert [str(one.title) for one in shown.filter_specs].count("what waits") == 1


# The charts -----------------------------------------------------------------------------------


def test_the_charts_show_the_membership_of_the_ground_alone(client, town, secretary):
    factories.member(cell=factories.town().street_cell)
    for _one in range(2):
        factories.member(cell=town.street_cell)
    joins = timezone.localdate() - timedelta(days=40)
    factories.member(cell=town.factory_cell, joined=joins)
    shown = panel(client, "charts")
    assert shown["first"][1] == 2
    assert shown["last"] == 3
    assert shown["kinds"] == [("Factory cell", 1), ("Street cell", 2)]
    assert shown["rows"][0] == (timezone.localdate(), [3, 1, 2])
    assert len(shown["rows"]) == 25


def test_each_chart_is_a_picture_with_a_name_a_description_and_a_table(client, town, secretary):
    factories.member(cell=town.street_cell)
    content = home(client)
    pictures = re.findall(r"<svg.*?</svg>", content, re.DOTALL)
    assert len(pictures) == 2
    for picture in pictures:
        drawing = ElementTree.fromstring(picture)
        assert drawing.get("role") == "img"
        named = [found.get("id") for found in drawing if found.tag in ("title", "desc")]
        assert drawing.get("aria-labelledby").split() == named
        assert all(found.text.strip() for found in drawing if found.tag in ("title", "desc"))
    assert "From 1 on " in content
    assert "The numbers as a table" in content
    assert content.count('<th scope="row">20') == 25


def test_no_style_and_no_script_stands_in_the_page_s_own_parts(client, town, secretary):
    factories.member(cell=town.street_cell)
    own = home(client).split('<div class="k-office">')[1].split('<script src="/static/unfold')[0]
    assert " style=" not in own
    assert "<script" not in own
    assert not re.search(r"\son\w+=", own)


def test_the_drawing_is_the_same_in_a_language_with_decimal_commas(client, town, secretary):
    factories.member(cell=town.street_cell)
    paths = re.compile(r' d="([^"]*)"')
    english = paths.findall(home(client))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    assert paths.findall(home(client)) == english
    assert english


def test_a_scale_that_does_not_begin_at_zero_says_so(client, town, secretary, monkeypatch):
    factories.member(cell=town.street_cell)
    assert "not at zero" not in home(client)
    counted = {"street_cell": [900] * 24 + [905]}
    monkeypatch.setattr("members.panels.home_counts", lambda _ground, _days: counted)
    assert "The scale begins at 850, not at zero." in home(client)


# The last changes -----------------------------------------------------------------------------


def test_the_last_acts_are_told_once_each_newest_first(client, town, secretary):
    person = factories.member(cell=town.street_cell)
    with recording("change-cell") as running:
        change_cell(member=person, to=town.factory_cell, on=date(2024, 5, 1))
        running.sentence = "Moved to the factory."
    done = panel(client, "changes")["acts"]
    assert done[0].text == "Moved to the factory."
    assert done[0].more == 1
    assert done[0].address == reverse("admin:members_member_change", args=[person.pk])
    assert (done[1].text, done[1].key) == ("Member created", str(person.pk))
    assert len({one.entry.act_id for one in done}) == len(done)


def test_looks_and_what_is_outside_the_ground_are_not_told(client, town, secretary):
    factories.member(cell=factories.town().street_cell)
    person = factories.member(cell=town.street_cell)
    client.get(reverse("admin:members_member_change", args=[person.pk]))
    with recording("look") as running:
        running.drafts.append(
            Draft(what=Entry.What.LOOKED, table="members", key="1", unit=town.district.pk)
        )
    seen = panel(client, "changes")["acts"]
    assert {one.entry.act for one in seen} <= {"admit-member", "found-unit", "grant-role"}
    inside = {town.district.pk, town.factory_cell.pk, town.street_cell.pk}
    assert {one.entry.unit for one in seen} <= inside


def test_who_has_moved_away_is_told_of_without_a_link(client, town, secretary):
    person = factories.member(cell=town.street_cell)
    other = factories.town()
    change_cell(member=person, to=other.street_cell, on=date(2022, 5, 1))
    done = panel(client, "changes")["acts"]
    about = [one for one in done if one.entry.member == person.pk]
    assert about
    assert {one.address for one in about} == {""}


def test_units_are_linked_where_they_lie_in_the_ground(client, town, secretary):
    done = panel(client, "changes")["acts"]
    founded = next(one for one in done if one.entry.key == town.street_cell.code)
    assert founded.address == reverse("admin:districts_unit_change", args=[town.street_cell.pk])


def test_an_act_on_very_many_rows_is_one_line(client, town, secretary, monkeypatch):
    monkeypatch.setattr(changes, "LOOKED_AT", 3)
    with recording("many"):
        for _one in range(5):
            factories.member(cell=town.street_cell)
    done = panel(client, "changes")["acts"]
    assert [(one.entry.act, one.more) for one in done] == [("many", 2)]
    assert "and 2 more rows" in home(client)


def test_ten_acts_are_told_and_no_more(client, town, secretary):
    for _one in range(12):
        factories.member(cell=town.street_cell)
    assert len(panel(client, "changes")["acts"]) == 10


# Empty ----------------------------------------------------------------------------------------


def test_an_account_without_a_role_is_told_so_and_shown_nothing(client, town):
    client.force_login(factories.account(is_staff=True))
    content = home(client)
    assert "it holds no role on a unit" in content
    assert "k-office" not in content
    assert town.town.name not in content


def test_an_empty_register_invites_to_found_the_first_unit(client, administrator):
    content = home(client)
    assert reverse("admin:districts_unit_list_act", args=["found-root"]) in content
    assert "Found the first unit" in content
    assert "Nobody is registered here yet" in content
    assert "Admit the first member" not in content  # to which cell?
    assert "<svg" not in content


def test_a_district_without_cells_invites_to_found_one(client):
    town = factories.town()
    district = factories.unit(Kind.DISTRICT, fresh(town.area))
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=district)
    client.force_login(account)
    content = home(client)
    assert reverse("admin:districts_unit_act", args=[district.pk, "found"]) in content
    assert "Nothing stands below it yet" in content


def test_a_cell_of_one_s_own_is_not_asked_to_found_units(client, town):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.street_cell)
    client.force_login(account)
    assert "Nothing stands below it yet" not in home(client)


def test_a_district_without_members_invites_to_admit_the_first(client, town, secretary):
    content = home(client)
    assert "Nobody is registered here yet" in content
    assert "Admit the first member" in content


def test_a_role_on_units_that_are_dissolved_shows_none(client, town, secretary):
    inside = [town.district.pk, town.factory_cell.pk, town.street_cell.pk]
    Unit.objects.filter(pk__in=inside).update(dissolved=date(2024, 1, 1))
    content = home(client)
    assert "are dissolved, or none was founded yet" in content
    assert Member.objects.count() == 0
