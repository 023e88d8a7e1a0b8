"""manage.py count: its options, both formats, what it refuses, and that it needs no database."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from elections.counting.methods import METHODS, count
from elections.counting.reading import read_file

ROOT = Path(__file__).resolve().parents[2]
ELECTION = """\
4 2
8 1 4 0
3 2 0
2 3 0
1 4 0
0
"Anna"
"Bert"
"Clara"
"Dora"
"A bureau"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "bureau.blt"
    path.write_text(ELECTION, encoding="utf-8")
    return path


def run(*arguments: object) -> tuple[str, str, int]:
    """What the command wrote to either side, and its status."""
    out, err = StringIO(), StringIO()
    try:
        call_command("count", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as stop:
        return out.getvalue(), err.getvalue(), int(stop.code or 0)
    except CommandError as error:
        return out.getvalue(), err.getvalue() + str(error), error.returncode
    return out.getvalue(), err.getvalue(), 0


FACTORY = ("--group", "Factory=2,3,4", "--at-least", "Factory=2")


def test_json_is_an_object_a_file_and_line(file):
    out, err, status = run(file, file, "--method", "scottish-stv", "--format", "json", *FACTORY)
    assert (err, status) == ("", 0)
    first, second = out.splitlines()
    assert first == second
    told = json.loads(first)
    assert told["file"] == str(file)
    assert (told["method"], told["seats"], told["quota"]) == ("scottish-stv", 2, 5)
    assert (told["title"], told["candidates"][0]) == ("A bureau", "Anna")
    assert told["elected"] == [4, 2]
    assert told["without_composition"] == [1, 4]
    assert told["stages"][1] == {
        "action": "exclude 1",
        "votes": ["0.00000", "3.00000", "2.00000", "9.00000"],
        "elected": [4],
        "excluded": [1],
        "exhausted": "0.00000",
    }
    assert [one["candidate"] for one in told["doomed"]] == [1]
    assert "Factory must have at least 2" in told["doomed"][0]["reason"]
    assert told["guarded"] == [] or told["guarded"][0]["group"] == "Factory"
    assert told["ties"] == []


def test_text_is_a_table_by_stages_with_names_and_reasons(file):
    out, err, status = run(file, "--method", "scottish-stv", *FACTORY)
    assert (err, status) == ("", 0)
    for expected in (
        f"== {file}",
        "scottish-stv: 2 seats, 14 valid papers, 0 blank, quota 5",
        "  1 Anna                     8.00000            -",
        "  4 Dora                     1.00000     9.00000*",
        "  1. Dora (4), stage 2",
        "Without the composition: Anna (1), Dora (4)",
        "Doomed since stage 1: Anna (1)",
        "    Doomed with 2 of 2 seats left: Factory must have at least 2, has 0 elected and 3",
    ):
        assert expected in out
    assert max(map(len, out.splitlines())) <= 110


def test_ties_are_told_with_their_means_and_the_seed(tmp_path):
    path = tmp_path / "tie.blt"
    path.write_text('3 1\n1 1 0\n1 2 0\n2 3 0\n0\n"A"\n"B"\n"C"\n"T"\n')
    out, _err, status = run(path, "--method", "scottish-stv", "--seed", "published")
    assert status == 0
    assert "Tie at the end of stage 1 (exclude): A (1), B (2). Taken: " in out
    assert "by lot. Occasion of the lot: 'stage 1, exclude', seed: 'published'." in out
    out, _err, _status = run(path, "--method", "scottish-stv", "--seed", "x", "--format", "json")
    told = json.loads(out)
    assert told["seed"] == "x"
    assert told["ties"][0]["means"] == "lot"
    assert told["ties"][0]["drawn"] == [1, 2]


def test_a_long_count_is_shown_in_several_tables(tmp_path):
    size = 12
    path = tmp_path / "long.blt"
    papers = "".join(f"{number} {number} 0\n" for number in range(1, size + 1))
    names = "".join(f'"Somebody with a very long name, {number}"\n' for number in range(size))
    path.write_text(f'{size} 1\n{papers}0\n{names}"T"\n')
    out, _err, _status = run(path, "--method", "scottish-stv")
    assert out.count("not transferable") == 2
    assert max(map(len, out.splitlines())) <= 110


def test_seats_are_those_of_the_option(file):
    out, _err, _status = run(file, "--method", "scottish-stv", "--seats", 1, "--format", "json")
    told = json.loads(out)
    assert (told["seats"], told["elected"], told["quota"]) == (1, [1], 8)


def test_bounds_of_several_groups(file):
    options = ("--group", "F=2,3,4", "--group", "G=1,2", "--at-least", "F=1", "--at-most", "G=1")
    out, _err, status = run(file, "--method", "scottish-stv", "--format", "json", *options)
    told = json.loads(out)
    assert (status, told["elected"][0]) == (0, 1)
    assert len(set(told["elected"]) & {1, 2}) == 1


def test_a_name_of_a_group_may_hold_an_equals_sign(file):
    options = ("--group", "a=b=2,3", "--at-least", "a=b=1", "--format", "json")
    out, _err, status = run(file, "--method", "scottish-stv", *options)
    assert status == 0
    assert "a=b" in out


def test_what_is_wrong_is_told_and_the_others_are_counted(file, tmp_path):
    broken = tmp_path / "broken.blt"
    broken.write_text("2 1\n1 1 1 0\n0\n")
    missing = tmp_path / "missing.blt"
    out, err, status = run(*(broken, file, missing), "--method", "scottish-stv", "--format", "json")
    assert status == 1
    assert [json.loads(line)["file"] for line in out.splitlines()] == [str(file)]
    first, second = err.splitlines()
    assert first == f"{broken}, line 2: candidate 1 is named twice on a paper"
    assert second == f"{missing}: cannot be read: No such file or directory"


def test_an_election_without_a_lawful_result_is_told(file):
    out, err, status = run(
        file, "--method", "scottish-stv", "--group", "Women=1", "--at-least", "Women=2"
    )
    assert (out, status) == ("", 1)
    assert err.startswith(f"{file}: No choice of 2 from the 4 candidates who stand")
    assert "(A13): Women must have at least 2, and 1 stand." in err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--at-least", "F=1"), "--at-least is given for 'F', and no --group has that name"),
        (("--group", "G=1", "--at-most", "F=1"), "--at-most is given for 'F'"),
        (("--group", "F=1", "--group", "F=2"), "--group is given twice for 'F'"),
        (("--group", "F=1", "--at-least", "F=1", "--at-least", "F=2"), "given twice for 'F'"),
        (("--group", "F"), "--group takes a name, = and a value, not 'F'"),
        (("--group", "=1"), "--group takes a name"),
        (("--group", "F="), "--group F takes whole numbers, not ''"),
        (("--group", "F=1,x"), "--group F takes whole numbers, not 'x'"),
        (("--group", "F=1", "--at-least", "F=-1"), "--at-least takes whole numbers, not '-1'"),
        (("--group", "F=1,5"), "there is no candidate 5 for the group F: they go from 1 to 4"),
        (("--group", "F=0"), "there is no candidate 0 for the group F"),
        (("--seats", 0), "--seats must be at least 1"),
        (("--votes-each", 1), "--votes-each is for the method block"),
    ],
)
def test_options_that_do_not_fit_are_refused(file, options, says):
    out, err, status = run(file, "--method", "scottish-stv", *options)
    assert (out, status) == ("", 1)
    assert says in err


def test_every_method_counts_the_same_file(file):
    for method in METHODS:
        report = count(read_file(file), method)
        assert len(report.elected) == 2
        out, _err, status = run(file, "--method", method, "--format", "json")
        assert status == 0
        assert json.loads(out)["elected"] == list(report.elected)


def test_no_database_is_needed(file):
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    done = subprocess.run(
        [sys.executable, "manage.py", "count", file, "--method", "scottish-stv"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Elected:" in done.stdout
