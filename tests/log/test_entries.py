"""Every change is in the log, and no entry can be changed."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from audit import log
from audit.chain import log_faults
from audit.log import acting, recording
from audit.models import Entry, LogIsFinal
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import SECRETARY, end_roles, grant_role, revoke_role
from districts.units import CannotFound, dissolve_unit, found_unit, move_unit, rename_unit
from members.employments import end_employment, start_employment
from members.membership import end_membership, move_house, readmit_member
from members.models import Member
from members.registrations import change_cell, end_registration, register_member
from members.regrouping import merge_cells, split_cell
from members.residing import assign_street_cell, register_residence, take_back
from tests import factories
from tests.log.making import ON, TABLES

pytestmark = pytest.mark.django_db

LATER = date(2024, 9, 1)
# What follows from other fields, or is the database's own.
NOT_LOGGED = {"id", "search", "lft", "rght", "tree_id", "level", "last_login"}
NOT_LOGGED |= {"handle", "sessions_ended"}


def register():
    """Every row of the register as it stands, by table and primary key."""
    rows = {}
    for model in TABLES:
        for row in model._default_manager.all():
            kept = {
                field.name: field.value_from_object(row)
                for field in model._meta.concrete_fields
                if field.name not in NOT_LOGGED
            }
            rows[model, row.pk] = kept
    return rows


def entries_since(last):
    return list(Entry.objects.filter(pk__gt=last).order_by("pk"))


# Every change is in it --------------------------------------------------------------------------


def _acts(town, person):
    """Acts that change the register in every way there is, one after the other."""
    other = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    second = factories.unit(Kind.FACTORY_CELL, Unit.objects.get(pk=town.district.pk))
    works = factories.workplace(cell=second, locality=factories.locality(street_cell=second))
    account = factories.account(member=person)
    street = town.street_cell
    yield "found", lambda: factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=other.pk))
    yield "rename", lambda: rename_unit(unit=street, name="Another name")
    yield "move", lambda: move_unit(unit=second, parent=other, on=ON)
    yield "admit", lambda: factories.member(cell=street)
    yield "work", lambda: start_employment(member=person, workplace=works, since=ON)
    yield "end work", lambda: end_employment(employment=person.employments.get(), on=LATER)
    yield "house", lambda: move_house(member=person, address="Here 1", locality=None, on=ON)
    yield "change", lambda: change_cell(member=person, to=street, on=ON)
    yield "change again", lambda: change_cell(member=person, to=town.factory_cell, on=ON)
    yield (
        "residence",
        lambda: register_member(member=person, unit=other, since=ON, kind="residence"),
    )
    yield "end", lambda: end_registration(registration=person.registrations.last(), on=LATER)
    yield (
        "split",
        lambda: split_cell(cell=town.factory_cell, code="S", name="S", members=[person], on=LATER),
    )
    yield "merge", lambda: merge_cells(cell=second, into=town.factory_cell, on=LATER)
    place, there = (
        factories.locality(unit=other),
        Unit.objects.get(parent=other, kind="street_cell"),
    )
    Member.objects.filter(pk=person.pk).update(locality=place)
    yield "reside", lambda: register_residence(member=person, on=LATER)
    yield (
        "assign",
        lambda: assign_street_cell(member=person, cell=there, on=LATER + timedelta(days=1)),
    )
    yield "take back", lambda: take_back(member=person, on=LATER + timedelta(days=2))
    yield (
        "house again",
        lambda: move_house(
            member=person,
            address="There 1",
            locality=factories.locality(unit=town.district),
            on=LATER + timedelta(days=3),
        ),
    )
    yield "grant", lambda: grant_role(user=account, role=SECRETARY, unit=town.district)
    yield "revoke", lambda: revoke_role(user=account, role=SECRETARY, unit=town.district)
    yield "grant all", lambda: grant_role(user=account, role=SECRETARY, unit=None, since=ON)
    yield "leave", lambda: end_membership(member=person, on=date(2025, 1, 1), reason="resigned")
    yield "return", lambda: readmit_member(member=person, on=date(2025, 5, 1), cell=street)
    yield "grant later", lambda: grant_role(user=account, role=SECRETARY, unit=town.area)
    yield "roles", lambda: end_roles(account=account, on=date(2099, 6, 1))
    group = factories.unit(Kind.LOCAL_GROUP, Unit.objects.get(pk=town.area.pk))
    yield "move out", lambda: move_unit(unit=group, parent=None, on=ON)
    yield (
        "move back",
        lambda: move_unit(unit=group, parent=Unit.objects.get(pk=town.area.pk), on=ON),
    )
    yield "dissolve", lambda: dissolve_unit(unit=group, on=date(2026, 1, 1))


def test_every_act_is_logged_with_every_field_that_it_changed(town, person):
    for name, act in _acts(town, person):
        before, last = register(), Entry.objects.order_by("-pk").values_list("pk").first()[0]
        act()
        after = register()
        told = {}
        for entry in entries_since(last):
            told.setdefault((entry.what, entry.table), []).append(entry)
        changed = [key for key in before.keys() & after.keys() if before[key] != after[key]]
        expected = [
            *((key, "created") for key in after.keys() - before.keys()),
            *((key, "removed") for key in before.keys() - after.keys()),
            *((key, "changed") for key in changed),
        ]
        assert expected, name
        for (model, pk), what in expected:
            entries = told.get((what, log._logged[model].table), [])
            row, old = after.get((model, pk)), before.get((model, pk))
            fields = {
                field for field in (row or old) if (row or {}).get(field) != (old or {}).get(field)
            }
            filled = {field for field in fields if (row or old)[field] not in (None, "")}
            covered = [entry for entry in entries if filled - {"number"} <= entry.changes.keys()]
            assert covered, (name, model.__name__, what, filled)


def test_nothing_is_logged_that_did_not_change(town, person):
    for name, act in _acts(town, person):
        last = Entry.objects.order_by("-pk").values_list("pk").first()[0]
        before = register()
        act()
        after = register()
        different = len(before.keys() ^ after.keys()) + sum(
            before[key] != after[key] for key in before.keys() & after.keys()
        )
        assert len(entries_since(last)) == different, name


def test_an_entry_says_who_when_what_before_and_after_and_why(town, person):
    account = factories.account("olga")
    with acting(account), recording("change-cell", reason="Asked for it.") as running:
        change_cell(member=person, to=town.street_cell, on=ON)
        running.sentence = "Registered elsewhere."
    ended, begun = Entry.objects.filter(act="change-cell").order_by("pk")
    assert (ended.actor, ended.actor_name) == (account.pk, "olga")
    assert (ended.reason, ended.sentence) == ("Asked for it.", "Registered elsewhere.")
    assert ended.changes == {"until": [None, "2024-03-01"]}
    assert begun.changes["unit"] == [None, town.street_cell.code]
    assert begun.changes["member"] == [None, str(person.pk)]
    assert (ended.unit, begun.unit) == (town.factory_cell.pk, town.street_cell.pk)
    assert ended.member == begun.member == person.pk
    assert ended.act_id == begun.act_id
    assert (ended.what, begun.what) == ("changed", "created")


def half_done(district):
    """An act that is refused when a part of it is done."""
    with recording("part"):
        rename_unit(unit=district, name="Not kept")
        found_unit(kind=Kind.AREA, code="X", name="X", founded=ON, parent=district)


def test_an_act_that_is_refused_or_taken_back_leaves_no_entry(town):
    number = Entry.objects.count()
    with pytest.raises(CannotFound):
        found_unit(kind=Kind.AREA, code="X", name="X", founded=ON, parent=town.district)
    with recording("rehearsed", rehearsal=True) as running:
        rename_unit(unit=town.district, name="Never")
    assert [draft.changes for draft in running.drafts] == [{"name": [town.district.name, "Never"]}]
    with recording("whole"):
        rename_unit(unit=town.area, name="Kept")
        with pytest.raises(CannotFound):
            half_done(town.district)
    assert Entry.objects.count() == number + 1
    assert Unit.objects.get(pk=town.district.pk).name == town.district.name
    assert list(log_faults()) == []


def test_what_is_changed_past_the_acts_is_logged_as_well(town):
    town.street_cell.name = "By hand"
    town.street_cell.save(update_fields=["name"])
    entry = Entry.objects.get(act="by-program", table="units")
    assert entry.changes["name"][1] == "By hand"


def test_a_password_is_logged_as_changed_and_not_as_what():
    account = factories.account()
    account.set_password("another one")
    account.save()
    entry = Entry.objects.filter(table="accounts", what="changed").get()
    assert entry.changes == {"password": ["…", "…"]}
    kept = Entry.objects.filter(table="accounts", what="created").get()
    assert kept.changes["password"] == ["…", "…"]


def test_logging_in_is_no_change_of_the_register(client):
    account = factories.account()
    number = Entry.objects.count()
    client.force_login(account)
    assert Entry.objects.count() == number


# It cannot be changed ---------------------------------------------------------------------------


def test_the_program_has_no_way_to_change_or_delete_an_entry(town):
    entry = Entry.objects.first()
    for attempt in (
        entry.save,
        entry.delete,
        lambda: Entry.objects.update(reason="x"),
        lambda: Entry.objects.filter(pk=entry.pk).update(reason="x"),
        Entry.objects.all().delete,
        lambda: Entry.objects.bulk_update([entry], ["reason"]),
        lambda: Entry.objects.create(chain=1, place=1),
    ):
        with pytest.raises(LogIsFinal):
            attempt()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"],
)
def test_the_database_refuses_as_well(town, statement):
    with connection.cursor() as cursor:
        # The tests' own database goes without this one, so that it can be emptied.
        cursor.execute(
            "CREATE TRIGGER audit_entry_keeps_all BEFORE TRUNCATE ON audit_entry"
            " FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_final()"
        )
        with pytest.raises(Exception, match="the log is never changed"), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("DROP TRIGGER audit_entry_keeps_all ON audit_entry")


@pytest.mark.postgres
def test_the_migration_lays_every_refusal():
    from importlib import import_module

    keep = import_module("audit.migrations.0002_log").KEEP
    for word in ("UPDATE OR DELETE", "TRUNCATE"):
        assert f"BEFORE {word} ON audit_entry" in keep
