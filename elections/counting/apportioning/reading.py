"""Reading units and their members from a CSV file with the columns `unit` and `members`."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from elections.counting.apportioning.given import Share
from elections.counting.papers import BrokenFile, shown, text_of

COLUMNS = ("unit", "members")
# Any number of people and to spare; longer ones would only cost time.
_NUMBER = re.compile(r"-?[0-9]{1,100}")


def read_units(path: Path) -> list[Share]:
    """The units in a file, which is UTF-8 with or without a byte order mark.

    Other columns are passed over, and so are empty lines. Raises `OSError` where the file cannot
    be read, and `BrokenFile` with the line and the column that is wrong.
    """
    return units_in(text_of(path), str(path))


def units_in(text: str, name: str) -> list[Share]:
    """The units in the text of such a file; `name` is the file's, for the error."""
    return list(_Reader(text, name).units())


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.rows = csv.reader(StringIO(text, newline=""), strict=True)

    def units(self) -> Iterator[Share]:
        filled = self._filled()
        header = [column.strip() for column in next(filled, [])]
        self._require_columns(header)
        lines: dict[str, int] = {}
        for row in filled:
            if len(row) > len(header):
                raise self._broken(f"{len(row)} fields stand under {len(header)} columns")
            cells = dict(zip(header, row, strict=False))
            unit = self._unit(cells.get("unit", "").strip())
            if unit in lines:
                raise self._broken(f"column unit: {shown(unit)} stands on line {lines[unit]} too")
            lines[unit] = self.rows.line_num
            yield Share(unit, self._members(cells.get("members", "").strip()))

    def _filled(self) -> Iterator[list[str]]:
        """The rows with anything on them; quotation marks that are wrong are told."""
        try:
            yield from (row for row in self.rows if row)
        except csv.Error as error:
            raise self._broken(f"this is not CSV: {error}") from error

    def _require_columns(self, header: list[str]) -> None:
        for column in COLUMNS:
            if header.count(column) != 1:
                found = ", ".join(map(shown, header)) or "nothing"
                times = "missing" if column not in header else "there twice"
                raise self._broken(
                    f"column {column} is {times}: the first line names the columns unit and"
                    f" members, with commas between; here it has {found}"
                )

    def _unit(self, unit: str) -> str:
        if not unit:
            raise self._broken("column unit is empty")
        if not unit.isprintable():
            raise self._broken(f"column unit has characters that cannot be shown: {shown(unit)}")
        return unit

    def _members(self, members: str) -> int:
        if not members:
            raise self._broken("column members is empty")
        if not _NUMBER.fullmatch(members):
            raise self._broken(f"column members is not a whole number: {shown(members)}")
        if int(members) < 0:
            raise self._broken(f"column members is below nought: {shown(members)}")
        return int(members)

    def _broken(self, problem: str) -> BrokenFile:
        return BrokenFile(self.name, max(self.rows.line_num, 1), problem)
