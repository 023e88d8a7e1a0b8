"""What a run of an import finds, put away until it can be kept: memory stays flat."""

import hashlib
import json
from collections.abc import Callable, Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, Self

from audit.imports.models import ImportJob, ImportRow
from audit.tables.declaration import Table
from audit.tables.importing import Listener, Outcome, Step
from audit.tables.reading import ENOUGH_TO_SHOW, Problem

MOST_ROWS = 100_000  # of a table and a kind that are kept to look at
_BATCH = 2_000
WRONG, CHANGED, NEW = ImportRow.Kind.WRONG, ImportRow.Kind.CHANGED, ImportRow.Kind.NEW


class Findings(Listener):
    """Hears all that an import tells: its rows, the digest of its changes, how far it is."""

    previews = True

    def __enter__(self) -> Self:
        self._file: IO[str] = TemporaryFile("w+", encoding="utf-8")
        self._digest = hashlib.sha256()
        self._row: list[Any] = []
        self._kept: dict[tuple[str, str], int] = {}
        self.wrong: dict[str, int] = {}
        self.progress: dict[str, Any] = {}
        self._read = 0
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    @property
    def digest(self) -> str:
        """What tells one set of changes from another."""
        return self._digest.hexdigest()

    def step(self, step: Step, table: Table) -> None:
        self.progress = {"step": str(step), "table": table.name, "read": self._read}

    def reading(self, table: Table, size: int) -> Callable[[int], object]:
        def advance(read: int) -> None:
            self._read += read
            self.progress["read"] = self._read

        return advance

    def problem(self, problem: Problem) -> None:
        table = problem.file.removesuffix(".csv")
        self._add(WRONG, table, problem.line, "", [problem.column, problem.value, problem.message])

    def change(self, table: Table, line: int, key: str, column: str, old: Any, new: Any) -> None:
        cell = [column, _text(old), _text(new)]
        self._digest.update(json.dumps([table.name, line, key, cell]).encode())
        self._add(CHANGED, table.name, line, key, cell)

    def new(self, table: Table, line: int, key: str, values: dict[str, Any]) -> None:
        self._digest.update(json.dumps([table.name, line, key]).encode())
        cells = [[name, "", _text(value)] for name, value in values.items() if _text(value)]
        self._add(NEW, table.name, line, key, *cells)

    def _add(self, kind: str, table: str, line: int, key: str, *cells: list[str]) -> None:
        """Add cells to the row, which all come one after the other."""
        if self._row[:3] != [kind, table, line]:
            self._put_away()
            self._row = [kind, table, line, key, []]
            if kind == WRONG:
                self.wrong[table] = self.wrong.get(table, 0) + 1
        self._row[4] += cells

    def _put_away(self) -> None:
        if self._row:
            kind, table, *_rest = self._row
            kept = self._kept[kind, table] = self._kept.get((kind, table), 0) + 1
            if kept <= MOST_ROWS:
                self._file.write(json.dumps(self._row).replace("\\u0000", "?") + "\n")
        self._row = []

    def keep(self, job: ImportJob) -> None:
        """Put all rows into the database in the place of those that the import had."""
        self._put_away()
        self._file.seek(0)
        job.rows.all().delete()
        rows = self._rows(job)
        while batch := list(islice(rows, _BATCH)):
            ImportRow.objects.bulk_create(batch)

    def _rows(self, job: ImportJob) -> Iterator[ImportRow]:
        for text in self._file:
            kind, table, line, key, cells = json.loads(text)
            yield ImportRow(job=job, kind=kind, table=table, line=line, key=key[:300], cells=cells)

    def counts(self, outcome: Outcome) -> dict[str, dict[str, int]]:
        """The rows of each table by kind."""
        found = {}
        for file in outcome.files:
            table = file.removesuffix(".csv")
            counted = outcome.counts.get(table)
            found[table] = {
                "new": counted.new if counted else 0,
                "changed": counted.changed if counted else 0,
                "unchanged": counted.unchanged if counted else 0,
                "wrong": self.wrong.get(table, 0),
            }
        return found


def _text(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 2 * ENOUGH_TO_SHOW else text[: 2 * ENOUGH_TO_SHOW] + "…"
