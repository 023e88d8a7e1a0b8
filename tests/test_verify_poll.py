"""manage.py verify_poll: from the files alone, with an exit code that a script can read."""

import os
import subprocess
import sys
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from elections.published import files_of, manifest_digest
from elections.sealing import shown
from tests.published_polls import POLLS, receipts

FILES = {name: files_of(one) for name, one in POLLS.items()}
HEAD = POLLS["stv"].chain_head
MANIFEST = manifest_digest(FILES["stv"])


@pytest.fixture
def directory(tmp_path):
    return _laid(tmp_path / "poll", FILES["stv"])


def _laid(directory, files):
    directory.mkdir()
    for name, content in files.items():
        (directory / name).write_bytes(content)
    return directory


def verify(source, **options):
    """The exit code and what was printed."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("verify_poll", str(source), stdout=out, stderr=err, **options)
    except SystemExit as stopped:
        code = stopped.code
    return code, out.getvalue() + err.getvalue()


@pytest.mark.parametrize("name", POLLS)
def test_what_was_published_is_verified_without_a_database(tmp_path, name):
    """These tests ask for no database, so that pytest-django refuses every query."""
    code, told = verify(_laid(tmp_path / "poll", FILES[name]))
    assert code == 0
    assert "counting again gives the published result" in told
    assert f"Chain's head: {POLLS[name].chain_head}\n" in told
    assert f"SHA-256 of manifest.json: {manifest_digest(FILES[name])}\n" in told


def test_it_says_what_the_poll_was(directory):
    _, told = verify(directory)
    assert "Bureau of the cell (Cell of the tram depot), opened on 2026-11-02" in told
    assert "Entitled: 20. Checked off: 4 online, 5 on paper." in told
    assert "Receipts: 4. Ballots in the list: 9. Papers in totals: 0. Invalid: 0." in told
    assert "7 files agree" in told


def test_invalid_papers_in_the_totals_are_counted_as_invalid(tmp_path):
    _, told = verify(_laid(tmp_path / "poll", FILES["block with totals"]))
    assert "Papers in totals: 5. Invalid: 1." in told


def test_a_zip_is_verified_too(tmp_path):
    with zipfile.ZipFile(tmp_path / "poll.zip", "w") as archive:
        for name, content in FILES["stv"].items():
            archive.writestr(f"poll/{name}", content)
    assert verify(tmp_path / "poll.zip")[0] == 0


def test_every_difference_is_named_and_the_exit_code_is_1(directory):
    ballots = (directory / "ballots.csv").read_text()
    (directory / "ballots.csv").write_text(ballots.replace("1,1 2 4", "1,2 1 4"))
    (directory / "notes.txt").write_text("")
    code, told = verify(directory)
    assert code == 1
    assert "ballots.csv: its SHA-256 is" in told
    assert "ballots.blt: line" in told
    assert "result.json: report." in told
    assert "'notes.txt' is no file that a poll publishes." in told
    assert told.endswith(" differences.\n")
    assert "agree with each other" not in told


def test_one_difference_is_one(directory):
    code, told = verify(directory, head="0" * 64)
    assert code == 1
    assert told.endswith("\n1 difference.\n")


def test_files_that_hold_no_poll_are_named(directory):
    (directory / "poll.json").write_text("{")
    code, told = verify(directory, head=HEAD)
    assert code == 1
    assert "poll.json: this is no JSON" in told


def test_what_was_written_down_is_compared(directory):
    assert verify(directory, head=HEAD, manifest=MANIFEST)[0] == 0
    assert verify(directory, head=shown(HEAD), manifest=MANIFEST.upper())[0] == 0
    code, told = verify(directory, head=MANIFEST)
    assert code == 1
    assert f"The chain's head is {HEAD}, and not {MANIFEST}." in told
    code, told = verify(directory, manifest=HEAD)
    assert code == 1
    assert f"The SHA-256 of manifest.json is {MANIFEST}, and not {HEAD}." in told


def test_files_written_anew_do_not_fit_what_was_written_down(tmp_path):
    """Another poll, whole in itself: only what was kept elsewhere tells."""
    other = _laid(tmp_path / "other", FILES["block"])
    assert verify(other)[0] == 0
    assert verify(other, manifest=MANIFEST)[0] == 1


@pytest.mark.parametrize("option", ["head", "manifest", "receipt"])
def test_what_is_no_digest_is_refused(directory, option):
    with pytest.raises(CommandError, match="64"):
        verify(directory, **{option: "abc"})


def test_a_ballot_is_looked_for_by_its_receipt(directory):
    code, told = verify(directory, receipt=shown(receipts(4)[2]))
    assert code == 0
    assert f"The ballot with the receipt {receipts(4)[2]} is in the box." in told
    code, told = verify(directory, receipt="0" * 64)
    assert code == 1
    assert "There is no ballot with the receipt 0000" in told


def test_where_nothing_is_there_nothing_is_verified(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        verify(tmp_path / "poll.zip")


def test_it_runs_where_no_database_can_be_reached(directory):
    environment = os.environ | {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:9/nowhere",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    root = Path(__file__).parent.parent
    command = [sys.executable, str(root / "manage.py"), "verify_poll", str(directory)]
    run = subprocess.run(command, env=environment, cwd=root, capture_output=True, timeout=120)
    assert (run.returncode, run.stderr) == (0, b"")
    assert f"Chain's head: {HEAD}".encode() in run.stdout
