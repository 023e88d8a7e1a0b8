"""What the log tells of an import."""

import hashlib
from io import StringIO

import pytest
from django.core.management import call_command

from audit.models import Entry
from audit.tables.importing import Listener, import_register
from members.models import Member
from tests.transfer.parts import OWN, person, write

pytestmark = pytest.mark.django_db


def test_an_import_is_logged_with_its_files_and_counts_and_nobody_s_data(part, tmp_path):
    write(tmp_path, "members", person(OWN, given_name="Erika"))
    import_register(tmp_path, Listener(), within=part.ground, unit=part.mine["district"].pk)
    entry = Entry.objects.order_by("-id").first()
    data = (tmp_path / "members.csv").read_bytes()

    assert (entry.what, entry.unit) == ("imported", part.mine["district"].pk)
    assert entry.facts == {
        "files": {"members.csv": {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}},
        "tables": {"members": {"new": 0, "changed": 1, "unchanged": 0}},
    }
    assert "Erika" not in str(entry.facts)


def test_a_dry_run_and_a_refusal_are_not_logged(part, tmp_path):
    before = Entry.objects.count()
    write(tmp_path, "members", person(OWN, given_name="Erika"))
    import_register(tmp_path, Listener(), dry_run=True)
    write(tmp_path, "members", person("x"))
    import_register(tmp_path, Listener())
    assert Entry.objects.count() == before
    assert Member.objects.get(pk=OWN).given_name == ""


def test_an_import_without_its_entry_cannot_be(part, tmp_path, monkeypatch):
    def fail(*_arguments):
        raise RuntimeError("the log is out of reach")

    write(tmp_path, "members", person(OWN, given_name="Erika"))
    monkeypatch.setattr("audit.log._write", fail)
    with pytest.raises(RuntimeError, match="out of reach"):
        import_register(tmp_path, Listener())
    assert Member.objects.get(pk=OWN).given_name == ""


def test_the_command_logs_too(part, tmp_path):
    write(tmp_path, "members", person(OWN, given_name="Erika"))
    call_command("import_register", str(tmp_path), stdout=StringIO())
    entry = Entry.objects.order_by("-id").first()
    assert (entry.what, entry.unit, entry.actor) == ("imported", None, None)
