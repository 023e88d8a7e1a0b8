"""The page of the log: who sees what of it, how it is narrowed, taken out and proved."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from audit.chain import content_digest, digest, heads
from audit.heads import heads_to_csv
from audit.log import Draft, acting, note
from audit.models import Chain, Entry
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from districts.units import rename_unit
from members import log_admin
from members.registrations import change_cell
from tests import factories
from tests.log.making import tamper

pytestmark = pytest.mark.django_db

PAGE = "admin:audit_entry_changelist"


def log_in(client, role, unit):
    account = factories.account()
    grant_role(user=account, role=role, unit=unit)
    client.force_login(account)
    return account


@pytest.fixture
def auditor(client, town):
    return log_in(client, AUDITOR, town.district)


def shown(client, **asked):
    return [entry for entry, _title, _changes in page(client, **asked).context_data["entries"]]


def page(client, **asked):
    return client.get(reverse(PAGE), asked)


# What is seen -----------------------------------------------------------------------------------


def test_the_log_of_the_own_part_and_of_nothing_else(client, town, auditor):
    sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    cell = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=sister.pk))
    person = factories.member(cell=cell, family_name="Unseen")
    rename_unit(unit=town.street_cell, name="Seen")
    entries = shown(client)
    units = {entry.unit for entry in entries}
    assert units == {town.district.pk, town.factory_cell.pk, town.street_cell.pk}
    assert all(entry.member != person.pk for entry in entries)
    assert "Unseen" not in page(client).content.decode()
    for asked in ({"member": person.pk}, {"unit": cell.code}, {"unit": town.area.code}):
        assert shown(client, **asked) == []


def test_who_moved_to_another_district_leaves_there_what_was_done_there(client, town, auditor):
    person = factories.member(cell=town.factory_cell)
    other = factories.town()
    change_cell(member=person, to=other.street_cell, on=date(2024, 3, 1))
    mine = shown(client, member=person.pk)
    assert {entry.unit for entry in mine} <= {town.factory_cell.pk}
    assert [entry.changes for entry in mine if entry.act == "change-cell"] == [
        {"until": [None, "2024-03-01"]}
    ]
    log_in(client, AUDITOR, other.district)
    theirs = shown(client, member=person.pk)
    assert [entry.unit for entry in theirs] == [other.street_cell.pk]


def test_an_import_of_everything_is_seen_by_all_whose_part_it_took_in(client, town, auditor):
    facts = {"files": {"members.csv": {"sha256": "a" * 64}}}
    note(Draft(what="imported", facts=facts), act="import")
    note(Draft(what="looked", table="members", member=12), act="look")
    assert [entry.act for entry in shown(client) if entry.unit is None] == ["import"]


def test_the_administrator_sees_all(client, town):
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    assert {entry.chain for entry in shown(client)} >= {0, town.town.pk}


# Filters ----------------------------------------------------------------------------------------


def test_it_is_narrowed_by_person_unit_act_and_day(client, town, auditor):
    person = factories.member(cell=town.factory_cell)
    other = factories.member(cell=town.street_cell)
    assert {entry.member for entry in shown(client, member=person.pk)} == {person.pk}
    there = shown(client, unit=town.street_cell.code)
    assert {entry.unit for entry in there} == {town.street_cell.pk}
    assert other.pk in {entry.member for entry in there}
    assert {entry.act for entry in shown(client, act="admit-member")} == {"admit-member"}
    today = timezone.localdate()
    assert shown(client, since=today.isoformat(), until=today.isoformat())
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
    assert shown(client, since=tomorrow.isoformat()) == []
    assert shown(client, until=yesterday.isoformat()) == []
    assert {entry.what for entry in shown(client, what="created")} == {"created"}


@pytest.mark.parametrize("field", ["member", "unit", "act", "what", "since", "until", "before"])
@pytest.mark.parametrize("value", ["x", "-1", "9" * 40, "31.02.2024", "'", "🙂"])
def test_a_question_that_makes_no_sense_shows_nothing_and_breaks_nothing(
    client, town, auditor, field, value
):
    answer = page(client, **{field: value})
    assert answer.status_code == 200
    assert answer.context_data["entries"] == []


def test_older_entries_stand_on_the_next_page(client, town, auditor, monkeypatch):
    monkeypatch.setattr(log_admin, "PER_PAGE", 3)
    for number in range(5):
        rename_unit(unit=town.street_cell, name=f"Name {number}")
    first = page(client, act="rename-unit")
    assert len(first.context_data["entries"]) == 3
    second = client.get(f"{reverse(PAGE)}?{first.context_data['older']}")
    assert len(second.context_data["entries"]) == 2
    assert not second.context_data["older"]
    assert second.context_data["newest"] == "act=rename-unit"


@pytest.mark.parametrize("rows", [1, 3])
def test_it_takes_as_many_queries_for_one_entry_as_for_three(
    client, town, auditor, rows, django_assert_num_queries
):
    for number in range(rows):
        rename_unit(unit=town.street_cell, name=f"Name {number}")
    with django_assert_num_queries(5):
        assert len(shown(client, act="rename-unit")) == rows


def test_one_entry_has_a_page_with_all_that_the_same_act_did(client, town, auditor):
    person = factories.member(cell=town.factory_cell)
    with acting(auditor):
        change_cell(member=person, to=town.street_cell, on=date(2024, 3, 1))
    entry = Entry.objects.filter(act="change-cell").first()
    shown_entry = client.get(reverse("admin:audit_entry_change", args=[entry.pk]))
    assert auditor.username in shown_entry.content.decode()
    assert entry.digest in shown_entry.content.decode()
    together = client.get(reverse("admin:audit_entry_history", args=[entry.pk]))
    assert len(together.context_data["entries"]) == 2


# Taking it out ----------------------------------------------------------------------------------


def exported(client, **asked):
    answer = client.get(reverse("admin:audit_entry_export"), asked)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_the_auditor_takes_out_what_was_asked_for(client, town, auditor):
    rename_unit(unit=town.street_cell, name='=cmd()|"x", y')
    factories.town()
    (row,) = exported(client, act="rename-unit")
    assert row["unit"] == town.street_cell.code
    assert json.loads(row["changes"]) == {"name": [town.street_cell.name, '=cmd()|"x", y']}
    entry = Entry.objects.get(act="rename-unit")
    assert (row["digest"], row["place"]) == (entry.digest, str(entry.place))


def test_what_was_taken_out_can_be_checked_by_hand(client, town, auditor):
    rename_unit(unit=town.street_cell, name="Another")
    entry = Entry.objects.get(act="rename-unit")
    before = Entry.objects.get(chain=entry.chain, place=entry.place - 1)
    assert digest(entry, before.digest) == entry.digest
    assert content_digest(entry) == entry.content_digest


def test_taking_it_out_is_noted_itself(client, town, auditor):
    exported(client, act="rename-unit")
    entry = Entry.objects.get(act="export-log")
    assert (entry.what, entry.unit, entry.actor) == ("exported", town.district.pk, auditor.pk)
    assert entry.facts == {"table": "log", "asked": "act=rename-unit"}


def test_a_secretary_looks_and_does_not_take_out(client, town):
    log_in(client, SECRETARY, town.district)
    assert "Take out" not in page(client).content.decode()
    assert client.get(reverse("admin:audit_entry_export")).status_code == 403
    assert not Entry.objects.filter(act="export-log").exists()


def test_only_the_part_that_may_be_exported_is_taken_out(client, town):
    account = log_in(client, SECRETARY, town.district)
    grant_role(user=account, role=AUDITOR, unit=town.street_cell)
    rename_unit(unit=town.factory_cell, name="Seen only")
    rename_unit(unit=town.street_cell, name="Taken out")
    assert {row["unit"] for row in exported(client, act="rename-unit")} == {town.street_cell.code}
    assert len(shown(client, act="rename-unit")) == 2


# Proving it -------------------------------------------------------------------------------------


def check(client, content=None):
    sent = {} if content is None else {"heads": SimpleUploadedFile("heads.csv", content.encode())}
    return client.post(reverse("admin:audit_entry_check"), sent, follow=True)


def test_the_heads_of_the_own_town_are_kept_and_checked_against(client, town, auditor):
    foreign = factories.town()
    kept = client.get(reverse("admin:audit_entry_heads")).content.decode()
    assert {int(line.split(",")[0]) for line in kept.splitlines()[1:]} == {town.town.pk, 0}
    rename_unit(unit=town.street_cell, name="Later")
    answer = check(client, kept)
    assert (answer.context_data["faults"], answer.context_data["kept"]) == ([], 2)
    everybody = "".join(heads_to_csv(heads()))
    assert check(client, everybody).context_data["foreign"] == 1
    assert f"\n{foreign.town.pk}," not in kept


def test_a_cut_off_end_shows(client, town, auditor):
    kept = client.get(reverse("admin:audit_entry_heads")).content.decode()
    chain, last = town.town.pk, Chain.objects.get(pk=town.town.pk).length
    tamper("DELETE FROM audit_entry WHERE chain = %s AND place = %s", chain, last)
    before = Entry.objects.get(chain=chain, place=last - 1)
    Chain.objects.filter(pk=chain).update(length=last - 1, digest=before.digest)
    assert check(client).context_data["faults"] == []
    answer = check(client, kept)
    assert "cut off" in answer.content.decode()


def test_faults_of_another_town_are_not_told(client, town, auditor):
    foreign = factories.town()
    tamper("UPDATE audit_entry SET reason = 'x' WHERE chain = %s", foreign.town.pk)
    assert check(client).context_data["faults"] == []


@pytest.mark.parametrize("content", ["", "nonsense", "chain,length,digest\n1,2,3\n"])
def test_a_file_without_heads_is_told(client, town, auditor, content):
    assert "These are no heads" in check(client, content or " ").content.decode()


def test_a_file_that_is_no_text_is_told(client, town, auditor):
    sent = {"heads": SimpleUploadedFile("heads.csv", b"\xff\xfe\x00")}
    answer = client.post(reverse("admin:audit_entry_check"), sent, follow=True)
    assert "not written in UTF-8" in answer.content.decode()


def test_a_long_log_is_read_from_the_kept_head_on(client, town, auditor, monkeypatch):
    monkeypatch.setattr(log_admin, "QUICK", 3)
    kept = client.get(reverse("admin:audit_entry_heads")).content.decode()
    tamper("UPDATE audit_entry SET reason = 'x' WHERE chain = %s AND place = 1", town.town.pk)
    assert check(client, kept).context_data["faults"] == []
    assert "The log is long" in check(client, kept).content.decode()
    assert check(client).context_data["faults"] != []
