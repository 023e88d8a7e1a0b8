"""Imports through the browser: uploaded, looked at, accepted; the large ones by the worker."""

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from audit.imports import findings, running, storing
from audit.imports.archive import contents, opened
from audit.imports.models import ImportJob, ImportPiece, ImportRow
from audit.models import Entry
from audit.tables import tables
from audit.tables.sources import CannotImport
from districts import transfer_tasks
from districts.roles import SECRETARY, grant_role, revoke_role
from members.models import Member
from tests import factories

pytestmark = pytest.mark.django_db

State = ImportJob.State
HEAD = ",".join(
    column.name for column in next(one for one in tables() if one.name == "members").columns
)


def members_csv(*rows: tuple[int, str]) -> bytes:
    lines = [f"{number},{name},,,,,,,2021-01-01,," for number, name in rows]
    return ("\n".join([HEAD, *lines]) + "\n").encode()


def packed(files: dict[str, bytes], **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


class Office:
    """A district with two members, and its secretary at the browser."""

    def __init__(self, client):
        self.client = client
        self.town = factories.town()
        self.one = factories.member(cell=self.town.factory_cell, family_name="One")
        self.two = factories.member(cell=self.town.factory_cell, family_name="Two")
        self.secretary = factories.account()
        grant_role(user=self.secretary, role=SECRETARY, unit=self.town.district)
        client.force_login(self.secretary)

    def upload(self, *files: tuple[str, bytes]):
        uploads = [SimpleUploadedFile(name, data) for name, data in files]
        return self.client.post(reverse("imports"), {"files": uploads})

    def bring(self, *files: tuple[str, bytes]) -> ImportJob:
        answer = self.upload(*files)
        assert answer.status_code == 302, answer.content.decode()
        return ImportJob.objects.latest("pk")

    def page(self, job: ImportJob, **query) -> str:
        answer = self.client.get(reverse("import", args=[job.pk]), query)
        assert answer.status_code == 200
        return answer.content.decode()

    def act(self, job: ImportJob, action: str) -> ImportJob:
        job.refresh_from_db()
        address = reverse("import", args=[job.pk])
        self.client.post(address, {"action": action, "seen": job.digest})
        job.refresh_from_db()
        return job


@pytest.fixture
def office(client) -> Office:
    return Office(client)


def names() -> list[str]:
    return list(Member.objects.order_by("pk").values_list("family_name", flat=True))


def test_the_differences_are_shown_and_kept_only_when_accepted(office):
    data = members_csv((office.one.pk, "Uno"), (office.two.pk, "Two"))
    job = office.bring(("members.csv", data))
    assert (job.state, job.problems) == (State.CHECKED, 0)
    assert job.counts == {"members": {"new": 0, "changed": 1, "unchanged": 1, "wrong": 0}}
    assert job.files.get().sha256 == hashlib.sha256(data).hexdigest()
    page = office.page(job)
    assert "Uno" in page
    assert "Accept all of it" in page
    assert names() == ["One", "Two"]

    job = office.act(job, "accept")
    assert job.state == State.DONE
    assert names() == ["Uno", "Two"]
    assert not ImportPiece.objects.exists()
    assert "All of it was taken in." in office.page(job)
    entry = Entry.objects.latest("pk")
    assert (entry.what, entry.actor, entry.unit) == (
        "imported",
        office.secretary.pk,
        office.town.district.pk,
    )
    assert entry.facts["files"]["members.csv"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert "Uno" not in str(entry.facts)


def test_accepting_twice_does_it_once(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    office.act(job, "accept")
    before = Entry.objects.count()
    assert office.act(job, "accept").state == State.DONE
    assert Entry.objects.count() == before


def test_problems_are_shown_by_line_and_column_beside_what_would_change(office):
    data = members_csv((office.one.pk, "Uno"), (office.two.pk, "x" * 101))
    job = office.bring(("members.csv", data))
    assert job.problems == 1
    assert job.counts["members"] == {"new": 0, "changed": 1, "unchanged": 0, "wrong": 1}
    page = office.page(job)
    assert "Line 3" in page
    assert "family_name:" in page
    assert "longer than 100" in page
    assert "Accept all of it" not in page
    assert "Uno" in office.page(job, kind="changed", table="members")
    assert office.act(job, "accept").state == State.CHECKED
    assert names() == ["One", "Two"]


def test_new_rows_are_there_to_look_at(office):
    cells = "member,kind,unit,since,until\n"
    registration = f"9000,home,{office.town.street_cell.code},2021-01-01,\n"
    job = office.bring(
        ("members.csv", members_csv((9000, "Newcomer"))),
        ("registrations.csv", (cells + registration).encode()),
    )
    assert job.problems == 0
    assert ImportRow.objects.filter(kind="new").count() == 2
    assert "Newcomer" in office.page(job, kind="new", table="members")
    assert "Newcomer" not in office.page(job, kind="new", table="registrations")
    assert office.act(job, "accept").state == State.DONE
    assert Member.objects.filter(pk=9000).exists()


def test_what_changed_meanwhile_is_shown_anew_and_not_taken_in(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"), (office.two.pk, "Two"))))
    Member.objects.filter(pk=office.two.pk).update(family_name="Zwei")
    job = office.act(job, "accept")
    assert job.state == State.CHECKED
    assert "was changed since you looked" in office.page(job)
    assert job.counts["members"]["changed"] == 2
    assert names() == ["One", "Zwei"]
    assert office.act(job, "accept").state == State.DONE
    assert names() == ["Uno", "Two"]


def test_another_old_value_with_the_same_counts_is_a_change_too(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    Member.objects.filter(pk=office.one.pk).update(family_name="Eins")
    assert office.act(job, "accept").state == State.CHECKED
    assert names()[0] == "Eins"


def test_a_page_that_showed_something_else_does_not_accept(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    address = reverse("import", args=[job.pk])
    office.client.post(address, {"action": "accept", "seen": "another"})
    assert names()[0] == "One"


def test_the_part_is_that_of_the_day_on_which_it_is_accepted(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    other = factories.town()
    revoke_role(user=office.secretary, role=SECRETARY, unit=office.town.district)
    grant_role(user=office.secretary, role=SECRETARY, unit=other.district)
    page = office.page(job)
    assert "Uno" not in page
    assert "One" not in page
    assert "part of the register has changed" in page
    job = office.act(job, "accept")
    assert names()[0] == "One"
    assert job.state == State.CHECKED
    assert "is taken" in office.page(job)


def test_nobody_else_sees_it_and_whoever_holds_everything_does_not_accept_it(office, client):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    address = reverse("import", args=[job.pk])
    colleague = factories.account()
    grant_role(user=colleague, role=SECRETARY, unit=office.town.district)
    client.force_login(colleague)
    assert client.get(address).status_code == 404
    assert client.post(address, {"action": "drop"}).status_code == 404
    assert address not in client.get(reverse("imports")).content.decode()
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    assert address in client.get(reverse("imports")).content.decode()
    assert client.get(address).status_code == 200
    for action in ("accept", "again"):
        answer = client.post(address, {"action": action, "seen": job.digest})
        assert answer.status_code == 403
    assert names()[0] == "One"


def test_an_import_that_is_given_up_leaves_neither_files_nor_rows(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    assert office.act(job, "drop").state == State.DROPPED
    assert not ImportPiece.objects.exists()
    assert not ImportRow.objects.exists()
    assert office.act(job, "accept").state == State.DROPPED
    assert "given up" in office.page(job)


def test_after_a_week_only_the_result_is_left(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    ImportJob.objects.update(made=timezone.now() - timedelta(days=8))
    storing.forget_old()
    job.refresh_from_db()
    assert job.state == State.DROPPED
    assert job.counts["members"]["changed"] == 1
    assert not ImportPiece.objects.exists()
    assert not ImportRow.objects.exists()


# Files that are refused ----------------------------------------------------------------------

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


# In the background ---------------------------------------------------------------------------


@pytest.fixture
def background(monkeypatch):
    """Every import is large enough for the worker."""
    monkeypatch.setattr(storing, "SMALL", 0)
    monkeypatch.setattr(storing, "PIECE", 50)
    monkeypatch.setattr(running, "_BEAT", 0.01)


def work() -> None:
    """Let a worker do what waits for one."""
    call_command("db_worker", "--batch", "--no-startup-delay", "--no-reload", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_a_large_import_waits_for_the_worker_and_is_done_by_it(office, background):
    data = packed({"members.csv": members_csv((office.one.pk, "Uno"), (office.two.pk, "Two"))})
    job = office.bring(("register.zip", data))
    assert job.state == State.UPLOADED
    page = office.page(job)
    assert "Waiting for the worker" in page
    assert "data-fresh" in page
    work()
    job.refresh_from_db()
    assert (job.state, job.counts["members"]["changed"]) == (State.CHECKED, 1)
    assert "data-fresh" not in office.page(job)
    assert office.act(job, "accept").state == State.ACCEPTED
    assert names()[0] == "One"
    work()
    job.refresh_from_db()
    assert job.state == State.DONE
    assert names() == ["Uno", "Two"]
    assert Entry.objects.latest("pk").actor == office.secretary.pk


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_died_leaves_an_import_that_can_be_started_again(office, background):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    work()
    job = office.act(job, "accept")
    ImportJob.objects.update(state=State.IMPORTING, touched=timezone.now() - timedelta(minutes=5))
    page = office.page(job)
    assert "no sign of life" in page
    assert "Start again" in page
    job = office.act(job, "again")
    assert job.state == State.UPLOADED
    work()  # the task of before is there too, and does nothing
    job.refresh_from_db()
    assert job.state == State.CHECKED
    assert names()[0] == "One"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_only_thought_dead_keeps_nothing(office, background, monkeypatch):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    work()
    job = office.act(job, "accept")
    real = findings.Findings.counts

    def restarted(self, outcome):
        ImportJob.objects.filter(pk=job.pk).update(attempt=job.attempt + 1, state=State.UPLOADED)
        return real(self, outcome)

    monkeypatch.setattr(running._Sealing, "counts", restarted)
    before = Entry.objects.filter(what="imported").count()
    work()
    assert names()[0] == "One"
    assert Entry.objects.filter(what="imported").count() == before


@pytest.mark.django_db(transaction=True)
def test_one_that_waits_too_long_says_that_no_worker_runs(office, background):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    ImportJob.objects.update(touched=timezone.now() - timedelta(minutes=5))
    assert "the worker does not run" in office.page(job)


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_given_up_while_it_waits_is_not_done(office, background):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    office.act(job, "drop")
    work()
    job.refresh_from_db()
    assert job.state == State.DROPPED


def test_the_worker_forgets_what_is_a_week_old(office, monkeypatch):
    office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    ImportJob.objects.update(made=timezone.now() - timedelta(days=8))
    transfer_tasks.forget_old_imports.call()
    assert not ImportPiece.objects.exists()


# What a page costs ---------------------------------------------------------------------------


def test_the_pages_ask_as_often_for_one_row_as_for_three(office, django_assert_num_queries):
    people = [factories.member(cell=office.town.factory_cell) for _number in range(3)]
    for wanted in (people[:1], people):
        job = office.bring(("members.csv", members_csv(*((one.pk, "Other") for one in wanted))))
        assert job.counts["members"]["changed"] == len(wanted)
        address = reverse("import", args=[job.pk])
        with django_assert_num_queries(11):
            office.client.get(address)
        with django_assert_num_queries(6):
            office.client.get(reverse("imports"))


def test_rows_are_paged(office):
    wanted = [(number, "New") for number in range(9000, 9060)]
    job = office.bring(("members.csv", members_csv(*wanted)))
    assert "Page 1 of 2" in office.page(job)
    page = office.page(job, p=2, kind="wrong")
    assert "Line 61" in page
    for query in ({"p": "x"}, {"p": 99}, {"kind": "x", "table": "'"}):
        office.page(job, **query)
