"""Files that no import takes."""

import hashlib
import io
import zipfile

import pytest
from django.urls import reverse

from audit.imports import running, storing
from audit.imports.archive import contents, opened
from audit.imports.models import ImportJob
from audit.models import Entry
from audit.tables.sources import CannotImport
from tests.transfer.office import State, members_csv, names, packed

pytestmark = pytest.mark.django_db

EVIL = [
    ("members.zip", b"no archive at all", "no archive that can be read"),
    ("members.zip", packed({"../members.csv": b""}), "path in its name"),
    ("members.zip", packed({"/members.csv": b"", "a/b/members.csv": b""}), "path in its name"),
    ("members.zip", packed({"a\\members.csv": b""}), "path in its name"),
    ("members.zip", packed({"passwords.csv": b""}), "No table is named like passwords.csv"),
    ("members.zip", packed({"evil.sh": b"", "members.csv": b""}), "No table is named like evil.sh"),
    ("members.zip", packed({"a/members.csv": b"", "b/units.csv": b""}), "several folders"),
    ("members.zip", packed({"a/members.csv": b"", "b/members.csv": b""}), "two files named"),
    ("members.zip", packed({}), "no CSV file in the archive"),
    ("members.zip", packed({f"{n}.csv": b"" for n in range(2000)}), "too many files"),
    ("treasurer.csv", b"a,b\n", "No table is named like treasurer.csv"),
    ("datapackage.json", b"{}", "no CSV file among these"),
]


@pytest.mark.parametrize(("name", "data", "said"), EVIL)
def test_files_that_no_import_takes(office, name, data, said):
    answer = office.upload((name, data))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not ImportJob.objects.exists()


def test_a_bomb_is_refused_by_what_it_says_and_held_to_it(monkeypatch):
    bomb = packed({"members.csv": b"0" * 5_000_000})
    monkeypatch.setattr("audit.imports.archive.MOST_UNPACKED", 1_000_000)
    with pytest.raises(CannotImport, match="more than can be taken in"):
        contents(opened(io.BytesIO(bomb), len(bomb)))
    # One that says less than it holds ends where it says, and is damaged.
    monkeypatch.undo()
    size = (5_000_000).to_bytes(4, "little")
    lying = bomb.replace(size, (100).to_bytes(4, "little"))
    archive = opened(io.BytesIO(lying), len(lying))
    with pytest.raises(zipfile.BadZipFile):
        archive.open("members.csv").read()


def test_a_damaged_archive_ends_in_words(office):
    data = bytearray(packed({"members.csv": members_csv((office.one.pk, "Uno")) * 50}))
    data[60] ^= 0xFF
    job = office.bring(("members.zip", bytes(data)))
    assert job.problems
    assert "is damaged from here on" in office.page(job)
    assert names()[0] == "One"


def test_an_encrypted_archive(office):
    data = packed({"members.csv": b"x"}).replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )
    assert "encrypted" in office.upload(("members.zip", data)).content.decode()


def test_too_much_is_refused(office, monkeypatch):
    monkeypatch.setattr(storing, "MOST_SENT", 10)
    assert "larger than" in office.upload(("members.csv", b"x" * 11)).content.decode()


def test_nothing_is_refused_with_words(office):
    answer = office.client.post(reverse("imports"))
    assert "Choose the files first" in answer.content.decode()


def test_two_files_of_one_name(office):
    answer = office.upload(("members.csv", b"x"), ("members.csv", b"x"))
    assert "Two files are named members.csv" in answer.content.decode()


def test_an_archive_of_a_folder_as_computers_pack_it(office):
    data = members_csv((office.one.pk, "Uno"))
    files = {"register/members.csv": data, "__MACOSX/register/._members.csv": b"x"}
    files |= {"register/datapackage.json": b"{}", "register/.DS_Store": b"x"}
    sent = packed(files)
    job = office.bring(("register.ZIP", sent))
    assert job.counts["members"]["changed"] == 1
    assert office.act(job, "accept").state == State.DONE
    facts = Entry.objects.latest("pk").facts
    assert facts["archive"] == {"sha256": hashlib.sha256(sent).hexdigest(), "size": len(sent)}
    assert facts["files"]["members.csv"]["sha256"] == hashlib.sha256(data).hexdigest()


def test_an_error_of_the_program_is_told_without_a_person(office, monkeypatch, caplog):
    def fail(*_arguments, **_options):
        raise ValueError("the row of One")

    monkeypatch.setattr(running, "import_files", fail)
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    assert job.state == State.FAILED
    assert "came upon an error" in office.page(job)
    assert "the row of One" not in caplog.text + job.message
