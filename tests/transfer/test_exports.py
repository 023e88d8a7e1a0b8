"""Exports as downloads: the bytes of the command, within the scope, streamed and logged."""

import io
import os
import threading
import time
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from audit.ground import EVERYWHERE
from audit.models import Entry
from audit.tables import streaming, tables
from audit.tables.export import Exported
from audit.tables.streaming import BROKEN_OFF, BrokeOff, Stream, archived
from districts import export_admin
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.models import Member
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


class Archive:
    """Two districts with a member each, and the auditor of the one at the browser."""

    def __init__(self, client):
        self.client = client
        self.town, self.elsewhere = factories.town(), factories.town()
        for town, name in ((self.town, "Here"), (self.elsewhere, "Elsewhere")):
            locality = factories.locality(unit=town.district, street_cell=town.street_cell)
            factories.member(cell=town.factory_cell, family_name=name, locality=locality)
        self.auditor = factories.account()
        grant_role(user=self.auditor, role=AUDITOR, unit=self.town.area)
        client.force_login(self.auditor)

    def ask(self, **fields):
        return self.client.post(reverse("export"), fields)

    def take(self, **fields) -> bytes:
        answer = self.ask(**fields)
        assert answer.status_code == 200
        assert answer.streaming, answer.content.decode()
        return answer.getvalue()


@pytest.fixture
def archive(client) -> Archive:
    return Archive(client)


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        assert files.testzip() is None
        return {name: files.read(name) for name in files.namelist()}


def by_command(folder: Path, *options: str) -> dict[str, bytes]:
    call_command("export_register", str(folder), *options, stdout=io.StringIO())
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def exports():
    return Entry.objects.filter(what="exported").order_by("pk")


@pytest.mark.parametrize("day", ["", "2024-12-31"])
def test_the_bytes_are_those_of_the_command(archive, tmp_path, day):
    unit = archive.town.area.code
    options = ["--unit", unit, *(["--as-of", day] if day else [])]
    assert unpacked(archive.take(unit=unit, as_of=day)) == by_command(tmp_path, *options)


def test_one_table_alone(archive, tmp_path):
    unit = archive.town.district.code
    answer = archive.ask(unit=unit, table="members")
    assert answer["Content-Disposition"] == f'attachment; filename="members-{unit}.csv"'
    assert answer["Content-Type"].startswith("text/csv")
    assert "no-store" in answer["Cache-Control"]
    assert answer.getvalue() == by_command(tmp_path, "--unit", unit)["members.csv"]


def test_without_a_unit_it_is_all_that_the_auditor_may_take_out(archive):
    for fields in ({}, {"unit": archive.town.area.code}):
        members = unpacked(archive.take(**fields))["members.csv"].decode()
        assert "Here" in members
        assert "Elsewhere" not in members


def test_his_own_unit_stands_in_the_form(archive):
    page = archive.client.get(reverse("export")).content.decode()
    assert f'value="{archive.town.area}"' in page
    assert archive.elsewhere.town.code not in page


def test_a_unit_outside_of_the_scope_is_not_there(archive):
    for code in (archive.elsewhere.district.code, archive.town.town.code, "NONE"):
        answer = archive.ask(unit=code)
        assert not answer.streaming
        assert "Nothing that you may choose here fits" in answer.content.decode()
    assert not exports().exists()


def test_bad_fields_are_told(archive):
    for fields in ({"as_of": "yesterday"}, {"table": "passwords"}, {"unit": "\0"}):
        answer = archive.ask(**fields)
        assert answer.status_code == 200
        if fields != {"unit": "\0"}:
            assert "look at the fields" in answer.content.decode()


def test_a_secretary_takes_nothing_out(archive, client):
    secretary = factories.account()
    grant_role(user=secretary, role=SECRETARY, unit=archive.town.area)
    client.force_login(secretary)
    assert archive.ask().status_code == 403
    page = client.get(reverse("admin:index")).content.decode()
    assert f'href="{reverse("export")}"' not in page
    assert f'href="{reverse("imports")}"' in page


def test_the_menu_has_the_export_for_an_auditor_and_not_the_import(archive):
    page = archive.client.get(reverse("admin:index")).content.decode()
    assert f'href="{reverse("export")}"' in page
    assert f'href="{reverse("imports")}"' not in page


def test_an_auditor_is_offered_the_units_of_his_part_while_typing(archive):
    address = reverse("admin:districts_suggest", args=["exported-unit"])
    rows = archive.client.get(address, {"q": "district"}).json()["rows"]
    assert rows == [str(archive.town.district)]
    for name in ("cell", "none"):
        address = reverse("admin:districts_suggest", args=[name])
        assert archive.client.get(address).status_code == 403


# The log -------------------------------------------------------------------------------------


def test_the_log_has_what_whose_and_under_which_role_before_and_after(archive, tmp_path):
    unit = archive.town.district
    data = unpacked(archive.take(unit=unit.code, as_of="2024-12-31"))
    before, after = exports()
    facts = {
        "unit": unit.code,
        "as_of": "2024-12-31",
        "tables": [table.name for table in tables()],
        "scope": [f"auditor of {archive.town.area.code}"],
    }
    assert before.facts == facts
    assert {name: after.facts[name] for name in facts} == facts
    assert after.facts["files"].keys() == data.keys() - {"datapackage.json"}
    members = after.facts["files"]["members.csv"]
    assert (members["rows"], members["size"]) == (1, len(data["members.csv"]))
    assert {before.unit, after.unit} == {unit.pk}
    assert {before.actor, after.actor} == {archive.auditor.pk}
    assert "Here" not in str(after.facts)


def test_it_is_logged_before_the_first_byte(archive, monkeypatch):
    def fail(*_arguments, **_options):
        raise RuntimeError("the log is out of reach")

    monkeypatch.setattr(export_admin, "note_export", fail)
    with pytest.raises(RuntimeError):
        archive.ask()
    monkeypatch.undo()
    archive.take()  # the place was given back


def test_the_command_logs_too(archive, tmp_path):
    by_command(tmp_path)
    before, after = exports()
    assert before.facts["unit"] == after.facts["unit"] == "everything"
    assert after.facts["files"]["members.csv"]["rows"] == 2
    assert (after.unit, after.actor) == (None, None)


# The stream ----------------------------------------------------------------------------------


def nobody(_written) -> None:
    """Nothing to note."""


def ended(stream: Stream) -> bool:
    stream.thread.join(10)
    return not stream.thread.is_alive()


def test_bytes_flow_before_the_export_is_whole():
    go_on = threading.Event()

    def write(file):
        file.write(b"x" * streaming.CHUNK)
        go_on.wait(10)
        return []

    stream = Stream(write, nobody)
    assert next(iter(stream)) == b"x" * streaming.CHUNK
    assert stream.thread.is_alive()
    go_on.set()
    assert ended(stream)


def test_no_more_is_written_than_is_read():
    written = []

    def write(file):
        for _number in range(1000):
            file.write(b"x" * streaming.CHUNK)
            written.append(1)
        return []

    stream = Stream(write, nobody)
    chunks = iter(stream)
    next(chunks)
    time.sleep(0.3)
    assert len(written) < 30
    chunks.close()
    assert ended(stream)
    assert len(written) < 40


def test_who_goes_away_lets_the_thread_and_its_place_go(archive):
    answer = archive.ask()
    answer.close()
    until = time.monotonic() + 10
    while export_admin._places._value < export_admin.MOST_AT_ONCE and time.monotonic() < until:
        time.sleep(0.05)
    assert export_admin._places._value == export_admin.MOST_AT_ONCE


def test_who_stops_reading_is_given_up(monkeypatch):
    monkeypatch.setattr(streaming, "STALLED_AFTER", 0.2)
    monkeypatch.setattr(streaming, "_LOOK", 0.05)
    freed = []
    stream = Stream(lambda file: file.write(b"x" * 10_000_000), nobody, lambda: freed.append(1))
    assert ended(stream)
    assert freed == [1]
    with pytest.raises(BrokeOff):
        list(stream)


def test_an_archive_that_breaks_off_is_none(archive, monkeypatch):
    real, noted = streaming.write_to, []

    def write(file, table, ground, day):
        if table.name == "registrations":
            raise ValueError("the row of Here")
        return real(file, table, ground, day)

    monkeypatch.setattr(streaming, "write_to", write)
    stream = Stream(archived(EVERYWHERE, None, ""), noted.append)
    chunks: list[bytes] = []
    with pytest.raises(BrokeOff) as raised:
        chunks.extend(stream)
    data = b"".join(chunks)
    assert "Here" not in str(raised.value)
    assert raised.value.__context__ is None
    assert data.endswith(BROKEN_OFF)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(data))
    assert noted == []


def test_the_download_that_breaks_off_is_no_whole_one_in_the_log(archive, monkeypatch):
    def fail(*_arguments):
        raise ValueError("the row of Here")

    monkeypatch.setattr(streaming, "write_to", fail)
    answer = archive.ask(table="members")
    with pytest.raises(BrokeOff):
        answer.getvalue()
    assert exports().count() == 1


def test_it_shows_one_moment(archive):
    """What is changed while it runs is not in it."""
    seen = []
    real = streaming.write_to

    def write(file, table, ground, day) -> Exported:
        if table.name == "members":
            changing = threading.Thread(target=rename_all)
            changing.start()
            changing.join()
        seen.append(table.name)
        return real(file, table, ground, day)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streaming, "write_to", write)
        members = unpacked(archive.take())["members.csv"].decode()
    assert seen[0] == "units"
    assert "Here" in members
    assert "Renamed" not in members
    assert Member.objects.filter(family_name="Renamed").count() == 2


def rename_all() -> None:
    Member.objects.update(family_name="Renamed")
    connection.close()


def test_only_so_many_at_once(archive):
    for _number in range(export_admin.MOST_AT_ONCE):
        export_admin._places.acquire()
    try:
        answer = archive.ask()
        assert answer.status_code == 503
        assert "try again in a minute" in answer.content.decode()
        assert not exports().exists()
    finally:
        for _number in range(export_admin.MOST_AT_ONCE):
            export_admin._places.release()


def test_memory_stays_flat_however_much_is_streamed():
    """Two hundred megabytes through the stream leave the process as large as it was."""
    piece = os.urandom(1 << 20)

    def write(file):
        with zipfile.ZipFile(file, "w") as out, out.open("a", "w", force_zip64=True) as entry:
            for _number in range(200):
                entry.write(piece)
        return []

    before = resident()
    size = sum(len(chunk) for chunk in Stream(write, nobody))
    assert size > 200 << 20
    assert resident() - before < 30 << 20


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
