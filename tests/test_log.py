"""The log: every change is in it, sealed, and nothing can be taken out of it unnoticed."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit import log
from audit.chain import Head, heads, log_faults
from audit.heads import UnreadableHeads, heads_from_csv, heads_to_csv
from audit.log import Draft, acting, note, recording
from audit.models import Chain, Entry, LogIsFinal
from districts.kinds import Kind
from districts.models import HeldRole, Locality, Unit, Workplace
from districts.roles import SECRETARY, end_roles, grant_role, revoke_role
from districts.units import CannotFound, dissolve_unit, found_unit, move_unit, rename_unit
from members.employments import end_employment, start_employment
from members.membership import end_membership, move_house, readmit_member
from members.models import Account, EarlierMembership, Employment, Member, Registration
from members.registrations import change_cell, end_registration, register_member
from members.regrouping import merge_cells, split_cell
from members.residing import assign_street_cell, register_residence, take_back
from tests import factories

pytestmark = pytest.mark.django_db

ON = date(2024, 3, 1)
LATER = date(2024, 9, 1)
# What follows from other fields, or is the database's own.
NOT_LOGGED = {"id", "search", "lft", "rght", "tree_id", "level", "last_login"}
NOT_LOGGED |= {"handle", "sessions_ended"}
TABLES = (
    *(Unit, Locality, Workplace, Member, Registration, Employment, EarlierMembership, Account),
    HeldRole,
)


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def person(town):
    return factories.member(cell=town.factory_cell, family_name="Müller")


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


# Its chains -------------------------------------------------------------------------------------


def tamper(statement, *parameters):
    """Change the log as somebody could who holds the database itself."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, parameters)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def chain(town):
    """A chain of a dozen entries; its number."""
    for number in range(12):
        rename_unit(unit=town.street_cell, name=f"Name {number}")
    return town.town.pk


def test_every_town_has_a_chain_of_its_own_without_a_gap(town, chain):
    other = factories.town()
    rename_unit(unit=other.district, name="Other")
    for root in (town.town.pk, other.town.pk):
        places = Entry.objects.filter(chain=root).order_by("place").values_list("place", flat=True)
        assert list(places) == list(range(1, len(places) + 1))
        assert Chain.objects.get(pk=root).length == len(places)
    assert list(log_faults()) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_entry SET reason = 'x' WHERE chain = %s AND place = 7", "changed: its"),
        ("UPDATE audit_entry SET changes = '{{}}' WHERE chain = %s AND place = 7", "changed: its"),
        ("UPDATE audit_entry SET actor = 99 WHERE chain = %s AND place = 7", "does not follow"),
        ("UPDATE audit_entry SET member = 99 WHERE chain = %s AND place = 7", "does not follow"),
        ("UPDATE audit_entry SET facts = '[1]' WHERE chain = %s AND place = 7", "does not follow"),
        ("UPDATE audit_entry SET at = '2020-01-01 00:00:00+00' WHERE chain = %s AND place = 7", ""),
        ("DELETE FROM audit_entry WHERE chain = %s AND place = 7", "removed"),
        ("DELETE FROM audit_entry WHERE chain = %s AND place IN (7, 8)", "removed"),
    ],
)
def test_a_changed_or_removed_entry_is_found_and_named(chain, statement, said):
    tamper(statement.replace("{{}}", "{}"), chain)
    faults = list(log_faults())
    assert [fault for fault in faults if (fault.chain, fault.place) == (chain, 7)]
    assert said in str(faults[0])


def test_entries_that_changed_places_are_found(chain):
    for old, new in ((7, 1000), (8, 7), (1000, 8)):
        tamper("UPDATE audit_entry SET place = %s WHERE chain = %s AND place = %s", new, chain, old)
    assert {fault.place for fault in log_faults()} >= {7, 8}


def test_an_inserted_entry_is_found(chain):
    last = Entry.objects.filter(chain=chain).order_by("-place").first()
    for place in range(last.place, 6, -1):
        tamper(
            "UPDATE audit_entry SET place = %s WHERE chain = %s AND place = %s",
            *(place + 1, chain, place),
        )
    columns = [field.column for field in Entry._meta.concrete_fields if field.column != "id"]
    shown = ", ".join("7" if column == "place" else f'"{column}"' for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    tamper(
        f"INSERT INTO audit_entry ({names}) SELECT {shown} FROM audit_entry"
        " WHERE chain = %s AND place = 6",
        chain,
    )
    assert 7 in {fault.place for fault in log_faults()}


def test_a_cut_off_end_shows_by_the_head_and_by_the_head_that_was_kept(chain):
    kept = heads()
    tamper("DELETE FROM audit_entry WHERE chain = %s AND place > 9", chain)
    assert "the head counts" in str(next(log_faults()))
    # Who is careful takes the head along; only what was kept elsewhere tells it then.
    last = Entry.objects.filter(chain=chain).order_by("-place").first()
    Chain.objects.filter(pk=chain).update(length=last.place, digest=last.digest)
    assert list(log_faults()) == []
    (fault,) = log_faults(kept)
    assert "cut off" in str(fault)
    assert fault.chain == chain


def test_a_chain_that_was_written_anew_does_not_fit_the_head_that_was_kept(chain, town):
    kept = heads()
    tamper("DELETE FROM audit_entry WHERE chain = %s", chain)
    Chain.objects.filter(pk=chain).delete()
    for number in range(40):
        rename_unit(unit=town.street_cell, name=f"Forged {number}")
    assert list(log_faults()) == []
    assert "is not the entry that the kept head names" in str(next(log_faults(kept)))


def test_a_chain_that_is_gone_as_a_whole_is_missed(chain):
    kept = heads()
    tamper("DELETE FROM audit_entry WHERE chain = %s", chain)
    assert any(fault.chain == chain for fault in log_faults())
    Chain.objects.filter(pk=chain).delete()
    assert list(log_faults()) == []
    assert any("cut off" in str(fault) for fault in log_faults(kept))


def test_a_quick_look_begins_at_the_head_that_was_kept(chain, town):
    kept = heads()
    rename_unit(unit=town.street_cell, name="Later")
    assert list(log_faults(kept, quick=True)) == []
    tamper("UPDATE audit_entry SET reason = 'x' WHERE chain = %s AND place = 2", chain)
    assert list(log_faults(kept, quick=True)) == []
    last = Chain.objects.get(pk=chain).length
    tamper("UPDATE audit_entry SET reason = 'x' WHERE chain = %s AND place = %s", chain, last)
    assert [fault.place for fault in log_faults(kept, quick=True)] == [last]


def test_one_chain_can_be_asked_for_alone(chain):
    other = factories.town().town.pk
    tamper("UPDATE audit_entry SET reason = 'x' WHERE chain = %s AND place = 2", chain)
    assert list(log_faults(chains=[other])) == []
    assert list(log_faults(chains=[chain])) != []


def test_what_concerns_no_unit_stands_in_the_organisation_s_own_chain():
    note(Draft(what="exported", facts={"rows": 3}), act="export")
    entry = Entry.objects.get(act="export")
    assert (entry.chain, entry.unit, entry.facts) == (0, None, {"rows": 3})


# Heads and commands -----------------------------------------------------------------------------


def test_heads_come_out_of_their_file_as_they_went_in(chain):
    assert heads_from_csv("".join(heads_to_csv(heads()))) == heads()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1 must name"),
        ("a,b,c\n", "line 1 must name"),
        ("chain,length,digest\n1,2\n", "line 2 is no head"),
        ("chain,length,digest\n1,2,xyz\n", "line 2 is no head"),
        (f"chain,length,digest\n1,-2,{'a' * 64}\n", "line 2 is no head"),
        (f"chain,length,digest\n{'9' * 40},2,{'a' * 64}\n", "line 2 is no head"),
        ('chain,length,digest\n"', "no CSV"),
        ("x" * (2 << 20), "too large"),
    ],
)
def test_a_file_that_holds_no_heads_is_told_by_its_line(text, said):
    with pytest.raises(UnreadableHeads, match=said):
        heads_from_csv(text)


def run(*arguments):
    out = StringIO()
    call_command("check_log", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_keeps_heads_and_checks_against_them(chain, tmp_path):
    file = str(tmp_path / "heads.csv")
    assert "no fault." in run("--keep", file)
    assert "no fault." in run("--heads", file)
    tamper("DELETE FROM audit_entry WHERE chain = %s AND place > 9", chain)
    last = Entry.objects.filter(chain=chain).order_by("-place").first()
    Chain.objects.filter(pk=chain).update(length=last.place, digest=last.digest)
    assert "no fault." in run()
    with pytest.raises(SystemExit) as stopped:
        run("--heads", file)
    assert stopped.value.code == 1


def test_the_command_says_what_it_cannot_read_or_write(chain, tmp_path):
    with pytest.raises(CommandError, match="Cannot read heads"):
        run("--heads", str(tmp_path / "none.csv"))
    with pytest.raises(CommandError, match="Cannot write"):
        run("--keep", str(tmp_path / "no" / "folder.csv"))


def test_a_head_of_a_chain_that_never_was_is_a_fault(chain):
    (fault,) = log_faults([*heads(), Head(987654, 3, "a" * 64)])
    assert (fault.chain, fault.place) == (987654, 3)


def test_many_queries_for_many_changes_are_not_needed(town, django_assert_max_num_queries):
    members = [factories.member(cell=town.factory_cell) for _number in range(12)]
    into = factories.unit(Kind.FACTORY_CELL, Unit.objects.get(pk=town.district.pk))
    with recording("measured") as running:
        merge_cells(cell=town.factory_cell, into=into, on=ON + timedelta(days=1))
        with django_assert_max_num_queries(12):
            log._name_targets(running.drafts)
            log._write(running)
            running.drafts.clear()
    assert len(members) == 12


def test_models_that_are_logged_have_every_table_of_the_register():
    assert {model.__name__ for model in log._logged} >= {model.__name__ for model in TABLES}
