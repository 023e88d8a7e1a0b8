"""Problems put away until all are found: there may be as many as rows, and memory stays flat."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from tempfile import TemporaryFile
from typing import IO, Any, Self

from django.db import connection

from audit.bulk import copy_rows, stream
from audit.tables.reading import Problem

_TABLE = "stage_problems"
_COLUMNS = ("file", "line", "name", "value", "message")


class Spool:
    """Takes problems in any order, even while a COPY is under way, and tells them in the files'."""

    def __enter__(self) -> Self:
        self._file: IO[str] = TemporaryFile("w+", encoding="utf-8")
        self._empty = True
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def add(self, problem: Problem) -> None:
        """Put a problem away."""
        self._empty = False
        self._file.write(json.dumps(astuple(problem)).replace("\\u0000", "?") + "\n")

    def told(self, files: Sequence[str]) -> Iterator[Problem]:
        """All problems by file, in the order of `files`, then by line and column."""
        if self._empty:
            return
        self._file.seek(0)
        rows: Iterator[list[Any]] = (json.loads(line) for line in self._file)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {_TABLE}")
            cursor.execute(
                f"CREATE TEMPORARY TABLE {_TABLE} (place integer NOT NULL, file text NOT NULL,"
                " line integer NOT NULL, name text NOT NULL, value text NOT NULL,"
                " message text NOT NULL)"
            )
            copy_rows(_TABLE, ["place", *_COLUMNS], ([files.index(row[0]), *row] for row in rows))
            cursor.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM {_TABLE} ORDER BY place, line, name, message"
            )
            for row in stream(cursor):
                yield Problem(*row)

    def wrong_lines(self, files: Sequence[str], file: str) -> str:
        """The query for the lines of `file` with a problem, once all were told."""
        return f"SELECT line FROM {_TABLE} WHERE place = {files.index(file)}"
