"""The lists and the forms of the admin: what they find, what they show, what they save."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from districts.kinds import Kind
from districts.models import Locality, Unit, Workplace
from districts.paging import BoundedPaginator
from districts.roles import AUDITOR, grant_role
from members.employments import start_employment
from members.membership import end_membership, readmit_member
from members.models import Account, Employment, Member, Registration
from members.registrations import change_cell, register_member
from tests import factories

pytestmark = pytest.mark.django_db

RULES = factories.rule_queries()  # each asks once, however many units a page shows


def listed(client, model, **asked):
    """The rows of a list's page."""
    meta = model._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return list(client.get(address, asked).context_data["cl"].result_list)


def page(client, row, view="change", *arguments):
    meta = row._meta
    name = f"admin:{meta.app_label}_{meta.model_name}_{view}"
    return client.get(reverse(name, args=[row.pk, *arguments]))


# Rows -----------------------------------------------------------------------------------------


def test_a_list_holds_the_rows_of_the_ground_and_no_others(client, town, secretary):
    elsewhere = factories.town()
    mine = factories.member(cell=town.street_cell)
    factories.member(cell=elsewhere.street_cell)
    assert listed(client, Member) == [mine]
    assert listed(client, Registration) == [mine.registrations.get()]
    assert set(listed(client, Unit)) == {town.district, town.factory_cell, town.street_cell}


def test_the_district_of_residence_sees_the_member_but_the_registration_is_with_the_other(
    client, town, secretary
):
    other = factories.town()
    guest = factories.member(cell=other.factory_cell)
    register_member(member=guest, unit=town.street_cell, since=factories.JOINED, kind="residence")
    assert listed(client, Member) == [guest]
    assert [row.unit for row in listed(client, Registration)] == [town.street_cell]
    shown = page(client, guest).content.decode()
    assert town.street_cell.name in shown
    assert other.factory_cell.name not in shown
    assert other.factory_cell.code not in shown


def test_who_moved_to_another_district_is_no_longer_there(client, town, secretary):
    gone = factories.member(cell=town.street_cell)
    change_cell(member=gone, to=factories.town().street_cell, on=timezone.localdate())
    assert listed(client, Member) == []
    assert listed(client, Registration, state="all") == []
    assert page(client, gone).status_code == 404


def test_places_and_employments_of_the_ground(client, town, secretary):
    other = factories.town()
    here = factories.locality(unit=town.district)
    there = factories.locality(unit=other.district)
    works = factories.workplace(locality=there, cell=town.factory_cell)
    factories.workplace(locality=there)
    person = factories.member(cell=town.factory_cell)
    job = start_employment(member=person, workplace=works, since=factories.JOINED)
    stranger = factories.member(cell=other.factory_cell)
    start_employment(member=stranger, workplace=works, since=factories.JOINED)
    assert listed(client, Locality) == [here]
    assert listed(client, Workplace) == [works]
    assert listed(client, Employment) == [job]


def test_accounts_of_the_ground_s_members_can_be_looked_at(client, town, secretary):
    mine = factories.account(member=factories.member(cell=town.street_cell))
    factories.account(member=factories.member(cell=factories.town().street_cell))
    assert listed(client, Account) == [mine]
    content = page(client, mine).content.decode().split('id="content-main"')[1]
    assert mine.username in content
    assert "assword" not in content
    assert '<input type="text"' not in content


# Search and filters ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["muller", "MÜLL", "mueller", "jurgen mul", "ürg"])
def test_a_member_is_found_by_any_part_of_the_name_without_accents(client, town, secretary, text):
    found = factories.member(cell=town.street_cell, family_name="Müller", given_name="Jürgen")
    factories.member(cell=town.street_cell, family_name="Schmidt")
    assert listed(client, Member, q=text) == [found]


def test_a_member_is_found_by_number_and_by_the_code_of_a_unit(client, town, secretary):
    first = factories.member(cell=town.street_cell)
    second = factories.member(cell=town.factory_cell)
    assert listed(client, Member, q=str(first.pk)) == [first]
    assert listed(client, Member, q=town.factory_cell.code) == [second]
    assert set(listed(client, Member, q=town.district.code)) == {first, second}


@pytest.mark.parametrize("text", ["9" * 40, "---", "%", "_", "'", "\\", "nobody"])
def test_a_search_for_nothing_that_is_there_finds_nothing(client, town, secretary, text):
    factories.member(cell=town.street_cell)
    assert listed(client, Member, q=text) == []
    assert listed(client, Registration, q=text) == []


def test_a_code_outside_the_ground_finds_nobody(client, town, secretary):
    factories.member(cell=town.street_cell)
    assert listed(client, Member, q=factories.town().street_cell.code) == []


def test_who_left_is_shown_when_asked_for_and_when_searched_for(client, town, secretary):
    here = factories.member(cell=town.street_cell, family_name="Here")
    left = factories.member(cell=town.street_cell, family_name="Left")
    end_membership(member=left, on=date(2023, 5, 1), reason="resigned")
    assert listed(client, Member) == [here]
    assert listed(client, Member, state="left") == [left]
    assert set(listed(client, Member, state="all")) == {here, left}
    assert listed(client, Member, q="left") == [left]


def test_lists_are_narrowed_to_a_unit_and_say_so(client, town, secretary):
    cell = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk))
    there = factories.member(cell=cell)
    factories.member(cell=town.street_cell)
    assert listed(client, Member, unit=cell.pk) == [there]
    assert listed(client, Unit, unit=cell.pk) == [cell]
    address = reverse("admin:members_member_changelist")
    assert f"Only {cell} " in client.get(address, {"unit": cell.pk}).content.decode()


@pytest.mark.parametrize("unit", ["0", "x", "9" * 30, "-1"])
def test_a_unit_that_is_not_there_narrows_a_list_to_nothing(client, town, secretary, unit):
    factories.member(cell=town.street_cell)
    assert listed(client, Member, unit=unit) == []


def test_units_are_found_by_code_and_name_and_filtered_by_kind_and_state(client, town, secretary):
    district = Unit.objects.get(pk=town.district.pk)
    old = factories.unit(Kind.STREET_CELL, district, name="Old harbour")
    Unit.objects.filter(pk=old.pk).update(dissolved=date(2023, 1, 1))
    assert old not in listed(client, Unit)
    assert listed(client, Unit, state="dissolved") == [old]
    assert listed(client, Unit, q="harbour") == [old]
    assert listed(client, Unit, q=town.factory_cell.code) == [town.factory_cell]
    assert listed(client, Unit, kind__exact=Kind.FACTORY_CELL) == [town.factory_cell]


def test_the_members_are_counted_beside_each_unit(client, town, secretary):
    for cell in (town.factory_cell, town.street_cell, town.street_cell):
        factories.member(cell=cell)
    counts = {unit: unit.figures["members"] for unit in listed(client, Unit)}
    assert counts == {town.district: 3, town.factory_cell: 1, town.street_cell: 2}


# Queries --------------------------------------------------------------------------------------


def _people(town, number):
    locality = factories.locality(unit=town.district, street_cell=town.street_cell)
    for _one in range(number):
        works = factories.workplace(locality=locality, cell=town.factory_cell)
        person = factories.member(cell=town.factory_cell, locality=locality)
        start_employment(member=person, workplace=works, since=factories.JOINED)
        factories.account(member=person)
        factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk))


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("admin:index", 15 + 10 + RULES),
        ("admin:members_member_changelist", 7),
        ("admin:districts_unit_changelist", 7 + RULES),
        ("admin:districts_locality_changelist", 5),
        ("admin:districts_workplace_changelist", 5),
        ("admin:members_registration_changelist", 5),
        ("admin:members_employment_changelist", 5),
        ("admin:members_account_changelist", 5),
    ],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_takes_as_many_queries_for_one_row_as_for_three(
    client, town, secretary, address, queries, rows, settings
):
    settings.STATUTES = {**settings.STATUTES, "bureau_least": 4}  # too few for a bureau of theirs
    _people(town, rows)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(reverse(address))
    assert len(asked) == queries, "\n".join(query["sql"] for query in asked)


@pytest.mark.parametrize("times", [1, 3])
def test_the_pages_of_a_member_take_as_many_queries_for_one_row_as_for_three(
    client, town, secretary, times, django_assert_num_queries
):
    person = factories.member(cell=town.factory_cell)
    for number in range(times):
        works = factories.workplace()
        start_employment(member=person, workplace=works, since=factories.JOINED)
        on = date(2022, 1, 1) + timedelta(days=number)
        cell = town.street_cell if number % 2 == 0 else town.factory_cell
        change_cell(member=person, to=cell, on=on)
    page(client, person)
    # Three of them ask which acts on the second registration apply (A4), three about requests, one
    # whether an invitation is open, three whether there is an account.
    with django_assert_num_queries(22 + 6 + RULES):
        page(client, person)
    with django_assert_num_queries(6):
        page(client, person, "history")


def test_a_long_list_is_counted_to_a_limit_only(client, town, secretary, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "most", 2)
    for _one in range(4):
        factories.member(cell=town.street_cell)
    answer = client.get(reverse("admin:members_member_changelist"))
    assert "More than 2" in answer.content.decode()


# Forms ----------------------------------------------------------------------------------------


def _save(client, row, **changed):
    """Send the row's form as it is shown, with some fields changed."""
    shown = page(client, row).context_data["adminform"].form
    data = {name: shown[name].value() or "" for name in shown.fields} | changed
    inlines = {
        f"{prefix}-{field}_FORMS": 0
        for prefix in ("registrations", "employments", "earlier_memberships")
        for field in ("TOTAL", "INITIAL")
    }
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return client.post(address, data | inlines)


def test_contact_data_are_changed_by_hand_and_kept_in_the_history(client, town, secretary):
    person = factories.member(cell=town.street_cell, family_name="Old")
    answer = _save(client, person, email="new@example.org", family_name="Größe")
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.email, person.search) == ("new@example.org", "grosse groesse")
    entry = Entry.objects.get(member=person.pk, act="by-hand")
    assert (entry.actor, entry.actor_name) == (secretary.pk, secretary.username)
    assert entry.changes == {"email": ["", "new@example.org"], "family_name": ["Old", "Größe"]}


def test_what_changes_by_acts_alone_is_no_field_of_a_form(client, town, secretary):
    person = factories.member(cell=town.street_cell)
    fields = page(client, person).context_data["adminform"].form.fields
    assert set(fields) == {"family_name", "given_name", "born", "email", "phone"}
    fields = page(client, town.street_cell).context_data["adminform"].form.fields
    assert set(fields) == {"latitude", "longitude"}
    _save(client, person, joined="2000-01-01", left="2024-01-01", locality="1", number="7")
    before = person
    person = Member.objects.get(pk=person.pk)
    assert (person.joined, person.left, person.locality) == (before.joined, None, None)


def test_a_position_is_saved_without_touching_the_tree(client, town, secretary):
    stale = page(client, town.street_cell)
    assert stale.status_code == 200
    factories.unit(Kind.FACTORY_CELL, Unit.objects.get(pk=town.district.pk), code="A-first")
    place = Unit.objects.values_list("tree_id", "lft", "rght").get(pk=town.street_cell.pk)
    assert _save(client, town.street_cell, latitude="52.5", longitude="13.4").status_code == 302
    found = Unit.objects.get(pk=town.street_cell.pk)
    assert (found.tree_id, found.lft, found.rght) == place
    assert float(found.latitude) == 52.5


def test_half_a_position_is_refused_in_the_form(client, town, secretary):
    answer = _save(client, town.street_cell, latitude="52.5", longitude="")
    assert answer.status_code == 200
    assert "A position has a latitude and a longitude." in answer.content.decode()


def test_the_auditor_sees_a_form_without_fields_or_acts(client, town):
    auditor = factories.account()
    grant_role(user=auditor, role=AUDITOR, unit=town.district)
    client.force_login(auditor)
    answer = page(client, factories.member(cell=town.street_cell))
    assert answer.context_data["adminform"].form.fields == {}
    assert answer.context_data["acts"] == []
    assert "/act/" not in answer.content.decode()


def test_earlier_memberships_stand_on_the_page_of_who_came_back(client, town, secretary):
    person = factories.member(cell=town.street_cell)
    assert "an earlier membership" not in page(client, person).content.decode()
    end_membership(member=person, on=date(2022, 1, 1), reason="resigned")
    readmit_member(member=person, on=date(2023, 1, 1), cell=town.street_cell)
    assert "an earlier membership" in page(client, person).content.decode()


def test_a_place_is_added_for_a_unit_of_one_s_own(client, town, secretary):
    address = reverse("admin:districts_locality_add")
    given = {"code": "L-1", "postcode": "10115", "name": "Mitte"}
    answer = client.post(address, given | {"unit": factories.town().district.code})
    assert "Nothing that you may choose here" in answer.content.decode()
    assert client.post(address, given).status_code == 200  # whose would it be?
    answer = client.post(address, given | {"unit": town.district.code, "street_cell": ""})
    assert answer.status_code == 302
    assert Locality.objects.get(code="L-1").unit == town.district


def test_the_cell_of_a_place_stays_where_it_is_another_s(client, town, secretary):
    foreign = factories.town().factory_cell
    here = factories.locality(unit=town.district)
    works = factories.workplace(locality=here, cell=foreign)
    fields = page(client, works).context_data["adminform"].form.fields
    assert "cell" not in fields
    _save(client, works, name="Renamed", locality=here.code)
    works.refresh_from_db()
    assert (works.name, works.cell) == ("Renamed", foreign)


def test_the_administrator_keeps_the_accounts_and_makes_none(client, town):
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    person = factories.member(cell=town.street_cell)
    account = factories.account("newcomer")
    _save(client, account, username="newcomer", member=str(person.pk), is_active="on")
    account.refresh_from_db()
    assert (account.member, account.is_staff, account.is_superuser) == (person, False, False)
    assert listed(client, Account, q="newcomer") == [account]
    content = page(client, account).content.decode()
    assert "password" not in content.replace("password_change", "")
    assert client.get(reverse("admin:members_account_add")).status_code == 403
