"""Reading one CSV file: every line that is wrong is told, none stops the others."""

import csv
import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from audit.tables.cells import BadCell
from audit.tables.declaration import Table
from audit.tables.sources import Source

# Marks of files that are not UTF-8, or are with a mark that would become part of the first name.
_MARKS = {
    b"\xef\xbb\xbf": "UTF-8 with a byte order mark",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_LONGEST_LINE = 1 << 20
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError)  # what a file out of an archive may raise
ENOUGH_TO_SHOW = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a file: where, what stands there, and why it cannot be."""

    file: str
    line: int
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        column = f", {self.column}" if self.column else ""
        value = f" {self.value!r}" if self.value else ""
        return f"{self.file}:{self.line}{column}:{value} {self.message}"


Tell = Callable[[Problem], None]
Row = tuple[int, bool, list[str | None]]  # line, whether it is sound, the columns' values


class Unreadable(Exception):
    """A file that cannot be read on; its problem has been told."""


class Reader:
    """Reads one file: its rows, and the SHA-256 of the bytes that they were read from.

    Every problem is told. `advance` is called with the bytes as they are read.
    """

    def __init__(
        self, table: Table, source: Source, tell: Tell, advance: Callable[[int], object]
    ) -> None:
        self.table = table
        self.source = source
        self.advance = advance
        self._tell = tell
        self._hash = hashlib.sha256()
        self.line = 0  # lines read so far
        self.start = 1  # where the row that is being read began
        self.garbled: set[int] = set()
        self.ends_with_line = True

    @property
    def sha256(self) -> str:
        """Of all that was read so far."""
        return self._hash.hexdigest()

    def tell(self, line: int, message: str, column: str = "", value: str = "") -> None:
        short = value if len(value) <= ENOUGH_TO_SHOW else value[: ENOUGH_TO_SHOW - 1] + "…"
        self._tell(Problem(self.table.file, line, column, short, message))

    def rows(self) -> Iterator[Row]:
        """The file's rows as values of the table's columns, in the table's order.

        A cell that is wrong gives an empty value and a row that is not sound.
        """
        reader = csv.reader(self._lines(), strict=True)
        try:
            first = next(reader, None)
            if first is None:
                self.tell(1, _("is empty; the first line must name the columns"))
                return
            order = self._order(first)
            if order is not None:
                yield from self._body(reader, order, len(first))
        except csv.Error as error:
            self.tell(self.start, _unreadable(str(error)))
        except _DAMAGED:
            self.tell(self.line + 1, _("is damaged from here on; pack the archive again"))
        except Unreadable:
            return

    def _lines(self) -> Iterator[str]:
        with self.source.open() as file:
            start = file.read(4)
            for mark, name in _MARKS.items():
                if start.startswith(mark):
                    message = _("is %(name)s; save it as UTF-8 without a byte order mark")
                    self.tell(1, message % {"name": name})
                    raise Unreadable
            file.seek(0)
            for raw in iter(lambda: file.readline(_LONGEST_LINE), b""):
                self.line += 1
                self._hash.update(raw)
                self.advance(len(raw))
                self.ends_with_line = raw.endswith(b"\n")
                yield self._decoded(raw)

    def _decoded(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            self.garbled.add(self.line)
            message = _("is not written in UTF-8: byte %(place)s of the line is %(byte)s")
            values = {"place": error.start + 1, "byte": f"0x{raw[error.start]:02X}"}
            self.tell(self.line, message % values)
            return raw.decode("utf-8", "replace")

    def _order(self, names: list[str]) -> list[int] | None:
        """Where each of the table's columns stands in the file; None where that is not clear."""
        expected = [column.name for column in self.table.columns]
        if len(names) == 1 and ";" in names[0]:
            self.tell(1, _("separates its columns by semicolons; they must be commas"))
            return None
        if len(names) == 1 and "\t" in names[0]:
            self.tell(1, _("separates its columns by tabs; they must be commas"))
            return None
        problems = [
            *((name, _("is no column of this table")) for name in names if name not in expected),
            *((name, _("is missing")) for name in expected if name not in names),
            *((name, _("stands twice")) for name in expected if names.count(name) > 1),
        ]
        for name, message in problems:
            self.tell(1, message, column=name)
        return None if problems else [names.index(name) for name in expected]

    def _body(self, reader: Iterator[list[str]], order: list[int], width: int) -> Iterator[Row]:
        parsers = [column.parser() for column in self.table.columns]
        plain = order == list(range(width))
        self.start = self.line + 1
        for cells in reader:
            line, self.start = self.start, self.line + 1
            if len(cells) != width:
                if cells:
                    self._tell_width(line, len(cells), width)
                continue
            if not plain:
                cells = [cells[place] for place in order]
            try:
                yield (
                    line,
                    line not in self.garbled,
                    [parse(cell) for parse, cell in zip(parsers, cells, strict=True)],
                )
            except BadCell:
                yield line, False, self._salvaged(line, cells)
        self._check_end()

    def _tell_width(self, line: int, cells: int, width: int) -> None:
        if not self.ends_with_line:
            message = _("is cut off: the last line has %(cells)s of %(width)s columns")
        else:
            message = _("has %(cells)s columns in place of %(width)s")
        self.tell(line, message % {"cells": cells, "width": width})

    def _salvaged(self, line: int, cells: Sequence[str]) -> list[str | None]:
        values: list[str | None] = []
        for column, cell in zip(self.table.columns, cells, strict=True):
            try:
                values.append(column.parser()(cell))
            except BadCell as error:
                self.tell(line, str(error), column=column.name, value=cell)
                values.append(column.empty)
        return values

    def _check_end(self) -> None:
        """A last line without its end is a file that was cut off, if the package says so too."""
        if not self.ends_with_line and self.source.size < self.source.declared:
            self.tell(self.line, _("is cut off: it is shorter than datapackage.json says"))


def _unreadable(error: str) -> str:
    if "unexpected end of data" in error:
        return _("opens a quotation mark that is never closed; was the file cut off?")
    if "field larger than field limit" in error:
        return _("holds a cell that is far too long; is a quotation mark missing?")
    if "expected after" in error:
        return _("goes on after a closing quotation mark without a comma; not read further")
    return _("cannot be read as CSV from here on")
