"""Rows outside the own units, and what nobody may do to a row."""

import pytest
from django.urls import reverse

from districts.kinds import Kind
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from members.registrations import register_member
from tests import factories
from tests.addresses.making import rows_at
from tests.addresses.table import TABLE

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["auditor", "secretary"])
@pytest.mark.parametrize(
    ("where", "seen"),
    [("own", True), ("below", True), ("sister", False), ("above", False), ("elsewhere", False)],
)
def test_a_row_outside_the_own_units_is_not_there(client, role, where, seen):
    town = factories.town()
    units = {
        "own": town.district,
        "below": town.street_cell,
        "sister": factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk)),
        "above": town.area,
        "elsewhere": factories.town().district,
    }
    rows = rows_at(Unit.objects.get(pk=units[where].pk))
    account = factories.account()
    grant_role(user=account, role=role, unit=Unit.objects.get(pk=town.district.pk))
    client.force_login(account)
    wrong = {}
    for name, (arguments, answers) in TABLE.items():
        if not set(arguments) & rows.keys():
            continue
        keys = [rows[key].pk if key in rows else key for key in arguments]
        expected = getattr(answers, role) if seen else outside(answers)
        status = client.get(reverse(name, args=keys)).status_code
        if status != expected:
            wrong[name] = (status, expected)
    assert not wrong


def outside(answers):
    """What is answered about a row outside: it is not there, unless nobody may do this at all."""
    return answers.stranger


# A member with two registrations (A4): each row, and the answer to the secretary of the district of
# residence, of the factory cell's district, and of a third one.
TWO_REGISTRATIONS = {
    ("change", "person"): (200, 200, 404),
    ("history", "person"): (200, 200, 404),
    ("change", "home"): (404, 200, 404),
    ("change", "residence"): (200, 404, 404),
    ("change", "employment"): (404, 200, 404),
    ("change", "factory cell"): (404, 200, 404),
    ("change", "workplace"): (404, 200, 404),
    ("change", "street cell"): (200, 404, 404),
    ("register-residence", "person"): (200, 200, 404),
    ("assign-street-cell", "person"): (200, 200, 404),
    ("take-back", "person"): (200, 200, 404),
    ("move-house", "person"): (200, 200, 404),
    ("change-cell", "person"): (200, 200, 404),
    ("start-employment", "person"): (403, 200, 404),
    ("end-employment", "person"): (403, 200, 404),
}


@pytest.mark.parametrize("who", [0, 1, 2], ids=["residence", "home", "third"])
def test_the_rows_of_a_member_with_two_registrations(client, rows, who):
    there = factories.town()
    person, cell = rows["person"], Unit.objects.get(pk=rows["unit"].pk)
    register_member(member=person, unit=there.street_cell, since=factories.JOINED, kind="residence")
    named = {
        "person": person,
        "home": person.registrations.get(kind="home"),
        "residence": person.registrations.get(kind="residence"),
        "employment": rows["employment"],
        "factory cell": cell,
        "workplace": rows["workplace"],
        "street cell": there.street_cell,
    }
    districts = (there.district, cell.parent, factories.town().district)
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=Unit.objects.get(pk=districts[who].pk))
    client.force_login(account)
    wrong = {}
    for (view, name), answers in TWO_REGISTRATIONS.items():
        row = named[name]
        stem = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        if view in ("change", "history"):
            address = reverse(f"{stem}_{view}", args=[row.pk])
        else:
            address = reverse(f"{stem}_act", args=[row.pk, view])
        status = client.get(address).status_code
        if status != answers[who]:
            wrong[view, name] = (status, answers[who])
    assert not wrong


@pytest.mark.parametrize("role", ["auditor", "stranger", "roleless"])
def test_who_may_not_change_a_row_cannot_do_so_by_post_either(client, rows, role):
    client.force_login(rows[role])
    for name, arguments in (
        ("districts_unit_act", (rows["unit"].pk, "rename")),
        ("members_member_act", (rows["person"].pk, "end-membership")),
        ("members_member_change", (rows["person"].pk,)),
        ("districts_locality_change", (rows["locality"].pk,)),
        ("members_account_change", (rows["login"].pk,)),
        ("members_request_act", (rows["asked"].pk, "grant")),
        ("members_request_act", (rows["asked"].pk, "refuse")),
        ("elections_question_act", (rows["question"].pk, "close-all")),
        ("elections_poll_act", (rows["poll"].pk, "close-poll")),
        ("elections_poll_act", (rows["poll"].pk, "annul-poll")),
    ):
        answer = client.post(reverse(f"admin:{name}", args=arguments), {"on": "2024-01-01"})
        assert answer.status_code in (403, 404), name


def test_the_unit_above_and_the_sister_are_not_there(client, rows):
    sister = factories.unit(Kind.DISTRICT, rows["unit"].parent.parent)
    client.force_login(rows["secretary"])
    for unit in (rows["unit"].parent.parent, sister):
        for view in ("change", "history"):
            address = reverse(f"admin:districts_unit_{view}", args=[unit.pk])
            assert client.get(address).status_code == 404
        act = reverse("admin:districts_unit_act", args=[unit.pk, "rename"])
        assert client.post(act, {"title_of_unit": "Mine", "on": "2024-01-01"}).status_code == 404
    own = reverse("admin:districts_unit_change", args=[rows["unit"].parent.pk])
    assert client.get(own).status_code == 200


@pytest.mark.parametrize("role", ["secretary", "administrator"])
def test_nobody_is_offered_deletion(client, rows, role):
    client.force_login(rows[role])
    for name in ("unit", "person", "locality", "workplace", "login"):
        row = rows[name]
        stem = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        page = client.get(reverse(f"{stem}_change", args=[row.pk])).content.decode()
        assert "/delete/" not in page
        listed = client.get(reverse(f"{stem}_changelist")).content.decode()
        assert "delete_selected" not in listed
        assert client.post(reverse(f"{stem}_delete", args=[row.pk])).status_code == 403
        row.refresh_from_db()


def test_an_act_that_does_not_exist_is_not_there(client, rows):
    client.force_login(rows["secretary"])
    address = reverse("admin:members_member_act", args=[rows["person"].pk, "abolish"])
    assert client.get(address).status_code == 404


def test_the_admin_s_own_autocomplete_keeps_to_the_scope(client, rows):
    client.force_login(rows["stranger"])
    asked = {"app_label": "members", "model_name": "registration", "field_name": "unit", "term": ""}
    answer = client.get(reverse("admin:autocomplete"), asked)
    assert answer.status_code == 200
    assert str(rows["unit"].pk) not in {row["id"] for row in answer.json()["results"]}
