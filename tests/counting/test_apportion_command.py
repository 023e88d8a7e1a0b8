"""manage.py apportion: its file, both formats, what it refuses, and that it needs no database."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from elections.counting.apportioning.reading import read_units
from elections.counting.apportionment import METHODS, apportion

ROOT = Path(__file__).resolve().parents[2]
DISTRICTS = """\
unit,members
First district,412
"Second, by the river",305
Third,97
Fourth,0
Fifth,16
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "districts.csv"
    path.write_text(DISTRICTS, encoding="utf-8")
    return path


def run(*arguments: object) -> tuple[str, str, int]:
    """What the command wrote to either side, and its status."""
    out, err = StringIO(), StringIO()
    try:
        call_command("apportion", *map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), err.getvalue() + str(error), error.returncode
    return out.getvalue(), err.getvalue(), 0


def test_text_is_a_table_with_what_decided(file):
    out, err, status = run(file, "--seats", 21, "--method", "sainte-lague", "--minimum", 1)
    assert (err, status) == ("", 0)
    assert out.splitlines() == [
        f"== {file}",
        "sainte-lague: 21 seats to 5 units with 830 members, at least 1 each",
        "",
        "unit                  members  fair share  last quotient  next quotient  seats",
        "First district            412    10.42409       21.68421       19.61904     10",
        "Second, by the river      305     7.71686       20.33333       17.94117      8",
        "Third                      97     2.45421       32.33333       19.40000      2",
        "Fourth                      0     0.00000              -              -      0",
        "Fifth                      16     0.40481              -        5.33333      1"
        "  by the minimum",
        "all                       830                                               21",
        "",
        "Members a seat (divisor): from 39.23809 to 40.66666",
        f"Method: {METHODS['sainte-lague'].source}",
    ]


def test_text_of_remainders_has_the_quota(file):
    method = "largest-remainder-hare"
    out, _err, status = run(file, "--seats", 21, "--method", method, "--minimum", 1)
    assert status == 0
    assert "Quota of the units above the minimum: 40.70000 members a seat" in out
    assert "unit                  members  fair share    quotas  remainder  seats\n" in out
    assert "First district            412    10.42409  10.12285    0.12285     10\n" in out
    assert "Fifth                      16     0.40481         -          -      1  by the m" in out
    assert "Members a seat" not in out
    assert "Quota: 39.52380 members" in run(file, "--seats", 21, "--method", method)[0]


def test_json_is_the_record(file):
    out, err, status = run(file, "--seats", 21, "--method", "dhondt", "--format", "json")
    assert (err, status) == ("", 0)
    told = json.loads(out)
    assert out.count("\n") == 1
    assert told["file"] == str(file)
    assert told["source"].startswith("V. D'Hondt")
    assert (told["method"], told["seats"], told["ties"]) == ("dhondt", 21, [])
    assert [one["seats"] for one in told["units"]] == [11, 8, 2, 0, 0]
    assert told["units"][1] == {
        "unit": "Second, by the river",
        "members": 305,
        "seats": 8,
        "fair_share": {"exact": "1281/166", "decimal": "7.71686"},
        "by_minimum": False,
        "last_quotient": {"exact": "305/8", "decimal": "38.12500"},
        "next_quotient": {"exact": "305/9", "decimal": "33.88888"},
    }


@pytest.mark.parametrize("method", METHODS)
def test_every_method_reads_the_same_file(file, method):
    out, _err, status = run(file, "--seats", 30, "--method", method, "--format", "json")
    assert status == 0
    told = {one["unit"]: one["seats"] for one in json.loads(out)["units"]}
    assert told == apportion(read_units(file), 30, method).seats


def test_a_tie_is_open_without_a_seed_and_drawn_with_one(tmp_path):
    path = tmp_path / "tie.csv"
    path.write_text("unit,members\nNorth,70\nSouth,70\nWest,35\n")
    options = (path, "--seats", 4, "--method", "dhondt")
    out, _err, status = run(*options)
    assert status == 0
    assert (
        "Tie for 2 of the seats at 35 (35.00000): North; South; West. Open, and not assigned: draw"
        " the lot with --seed, from a published seed."
    ) in out
    assert out.split("all  ")[1].split()[1] == "2"
    out, _err, status = run(*options, "--seed", "4711")
    (tie,) = apportion(read_units(path), 4, "dhondt", seed="4711").ties
    assert (
        f"North; South; West. Taken: {'; '.join(tie.chosen)}, by lot. Occasion of the lot:" in out
    )
    assert "'dhondt, 4 seats', seed: '4711'." in out
    told = json.loads(run(*options, "--seed", "4711", "--format", "json")[0])
    assert (told["seed"], told["unassigned"]) == ("4711", 0)
    assert told["ties"][0]["means"] == "lot"


# The file


def test_a_byte_order_mark_other_columns_and_empty_lines_are_passed_over(tmp_path):
    path = tmp_path / "other.csv"
    path.write_bytes(
        b"\xef\xbb\xbfmembers, unit ,remark\r\n\r\n 5 ,North,\r\n7,S\xc3\xbcd,old\r\n8,West\r\n"
    )
    told = [(unit.name, unit.members) for unit in read_units(path)]
    assert told == [("North", 5), ("Süd", 7), ("West", 8)]


def test_large_numbers_are_read_exactly(tmp_path):
    path = tmp_path / "large.csv"
    path.write_text(f"unit,members\nNorth,{10**30}\nSouth,{10**30 + 1}\n")
    out, _err, status = run(path, "--seats", 3, "--method", "huntington-hill", "--format", "json")
    assert status == 0
    assert [one["seats"] for one in json.loads(out)["units"]] == [1, 2]
    assert json.loads(out)["units"][1]["members"] == 10**30 + 1


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "column unit is missing: the first line names the columns unit and members"),
        ("unit;members\nA;5\n", 1, "with commas between; here it has 'unit;members'"),
        ("unit,people\nA,5\n", 1, "column members is missing"),
        ("unit,members,unit\nA,5,B\n", 1, "column unit is there twice"),
        ("unit,members\nA,5\n,6\n", 3, "column unit is empty"),
        ("unit,members\n  ,6\n", 2, "column unit is empty"),
        ("unit,members\nA\n", 2, "column members is empty"),
        ("unit,members\nA,5\n\nB,\n", 4, "column members is empty"),
        ("unit,members\nA,5.0\n", 2, "column members is not a whole number: '5.0'"),
        ("unit,members\nA,1_000\n", 2, "column members is not a whole number: '1_000'"),
        ("unit,members\nA,1e3\n", 2, "column members is not a whole number"),
        ("unit,members\nA,٣\n", 2, "column members is not a whole number"),
        ("unit,members\nA,+5\n", 2, "column members is not a whole number"),
        (f"unit,members\nA,{'9' * 101}\n", 2, "column members is not a whole number: '999"),
        ("unit,members\nA,5\nB,-5\n", 3, "column members is below nought: '-5'"),
        ("unit,members\nA,1,000\n", 2, "3 fields stand under 2 columns"),
        ("unit,members\nA,5\nB,1\nA,5\n", 4, "column unit: 'A' stands on line 2 too"),
        ('unit,members\n"A\nB",5\n', 3, "column unit has characters that cannot be shown"),
        ('unit,members\n"A"x,5\n', 2, "this is not CSV: "),
        ('unit,members\n"A,5\n', 2, "this is not CSV: "),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_line_and_column(tmp_path, text, line, says):
    path = tmp_path / "broken.csv"
    path.write_text(text, encoding="utf-8")
    out, err, status = run(path, "--seats", 3, "--method", "dhondt")
    assert (out, status) == ("", 1)
    assert err.startswith(f"{path}, line {line}: ")
    assert says in err


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    missing = tmp_path / "missing.csv"
    out, err, status = run(missing, "--seats", 3, "--method", "dhondt")
    assert (out, err, status) == ("", f"{missing}: cannot be read: No such file or directory", 1)
    latin = tmp_path / "latin.csv"
    latin.write_bytes(b"unit,members\nA,1\nS\xfcd,5\n")
    assert run(latin, "--seats", 3, "--method", "dhondt")[1:] == (
        f"{latin}, line 3: this is not UTF-8",
        1,
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--seats", 0, "--method", "dhondt"), "There must be at least one seat, not 0 (A12)."),
        (("--seats", 3, "--method", "adams"), "3 seats are too few for 4 such units (A12)."),
        (("--seats", 7, "--method", "dhondt", "--minimum", 2), "that takes 8 (A12)."),
        (("--seats", 7, "--method", "dhondt", "--minimum", -1), "must not be below nought"),
        (("--seats", 7, "--method", "dean"), "invalid choice: 'dean'"),
        (("--method", "dhondt"), "the following arguments are required: --seats"),
    ],
)
def test_options_that_do_not_fit_are_refused(file, options, says):
    out, err, status = run(file, *options)
    assert (out, status) == ("", 1)
    assert says in err


def test_no_database_is_needed(file):
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"}
    done = subprocess.run(
        [sys.executable, "manage.py", "apportion", file, "--seats", "9", "--method", "adams"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "adams: 9 seats to 5 units with 830 members" in done.stdout
