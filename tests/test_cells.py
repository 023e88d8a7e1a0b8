"""A cell's text and the value in it: formulas are neutralised and nothing is lost."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.tables.cells import FORMULA_SIGNS, BadCell, neutralised, quoted, restored
from audit.tables.declaration import table_named


@given(st.one_of(st.text(), st.text(alphabet="'=+-@\t\r\n ab", max_size=6)))
def test_what_was_neutralised_is_restored(text):
    assert restored(neutralised(text)) == text


@given(st.one_of(st.text(), st.text(alphabet="'=+-@\t\r\n ab", max_size=6)))
def test_no_formula_goes_out(text):
    assert neutralised(text)[:1] not in tuple(FORMULA_SIGNS)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd()", "'=cmd()"),
        ("+49 30", "'+49 30"),
        ("'=x", "''=x"),
        ("'t Hooft", "'t Hooft"),
        ("''", "''"),
        ("@home", "'@home"),
        ("a=b", "a=b"),
        ("\uff1dcmd()", "'\uff1dcmd()"),
    ],
)
def test_neutralised(text, cell):
    assert neutralised(text) == cell
    assert restored(cell) == text


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\0")), min_size=2))
def test_quoted_cells_are_read_back(cells):
    line = ",".join(quoted(cell) for cell in cells) + "\n"
    assert next(csv.reader(StringIO(line, newline=""), strict=True)) == cells


GOOD = [
    ("members", "born", "2024-02-29", "2024-02-29"),
    ("members", "born", "", None),
    ("members", "number", "9223372036854775807", "9223372036854775807"),
    ("members", "email", "a@example.org", "a@example.org"),
    ("members", "phone", "'+49 30", "+49 30"),
    ("members", "phone", "0049", "0049"),
    ("members", "phone", "", ""),
    ("members", "left_reason", "", ""),
    ("members", "locality", "L1", "L1"),
    ("members", "locality", "", None),
    ("units", "latitude", "52.5", "52.500000"),
    ("units", "longitude", "-180", "-180.000000"),
    ("units", "kind", "town", "town"),
]
BAD = [
    ("members", "born", "31.02.2024", "written as"),
    ("members", "born", "2023-02-29", "calendar"),
    ("members", "born", "2023-2-9", "written as"),
    ("members", "born", "0000-01-01", "calendar"),
    ("members", "number", "", "empty"),
    ("members", "number", "0", "range"),
    ("members", "number", "-1", "range"),
    ("members", "number", "007", "leading zeros"),
    ("members", "number", "1.0", "whole"),
    ("members", "number", "٣", "whole"),
    ("members", "number", "9223372036854775808", "range"),
    ("members", "email", "nobody", "valid email"),
    ("members", "family_name", "", "empty"),
    ("members", "family_name", " ", "empty"),
    ("members", "family_name", "x" * 101, "100"),
    ("members", "family_name", "a\0b", "number 0"),
    ("members", "left_reason", "bored", "died, excluded"),
    ("units", "latitude", "91", "range"),
    ("units", "latitude", "1e1", "written as"),
    ("units", "latitude", "nan", "written as"),
    ("units", "latitude", "52,5", "written as"),
    ("units", "latitude", "1.1234567", "digits"),
    ("units", "code", "=cmd()", "A code has"),
    ("units", "kind", "village", "one of"),
]


@pytest.mark.parametrize(("table", "column", "cell", "value"), GOOD)
def test_good_cells(table, column, cell, value):
    assert table_named(table).column(column).parser()(cell) == value


@pytest.mark.parametrize(("table", "column", "cell", "said"), BAD)
def test_bad_cells(table, column, cell, said):
    with pytest.raises(BadCell, match=said):
        table_named(table).column(column).parser()(cell)
