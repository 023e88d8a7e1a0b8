"""Many rows at once into a table: COPY on PostgreSQL, batches on SQLite. Memory stays flat."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from typing import Any

from django.db import connection, models

_BATCH = 5_000


class _Reader:
    """Rows as the CSV stream that COPY reads from: None is empty, all else quoted where needed."""

    def __init__(self, rows: Iterator[Sequence[Any]]) -> None:
        self._rows = rows
        self._left = ""

    def read(self, size: int) -> str:
        if not self._left:
            buffer = StringIO()
            # With this line end the writer quotes both '\r' and '\n' inside a cell.
            csv.writer(buffer, lineterminator="\r\n").writerows(islice(self._rows, _BATCH))
            self._left = buffer.getvalue()
        piece, self._left = self._left[:size], self._left[size:]
        return piece


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows` into the database table; each holds a value for each of `columns`.

    Strings, numbers, dates and None. On PostgreSQL an empty string stays one only in columns that
    are never null, so pass None where null is meant. Computes nothing that a model would.
    """
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            nullable = _nullable(table)
            kept = ", ".join(quote(column) for column in columns if column not in nullable)
            force = f", FORCE_NOT_NULL ({kept})" if kept else ""
            cursor.copy_expert(
                f"COPY {quote(table)} ({names}) FROM STDIN (FORMAT csv{force})",
                _Reader(iter(rows)),
                1 << 18,
            )
        else:
            marks = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})"
            iterator = iter(rows)
            while batch := list(islice(iterator, _BATCH)):
                cursor.executemany(statement, batch)


def _nullable(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {
            column.name
            for column in connection.introspection.get_table_description(cursor, table)
            if column.null_ok
        }


def reset_sequence(model: type[models.Model]) -> None:
    """Let the database number on from the highest key, after rows came with keys of their own.

    Numbers that somebody has been given already are not given again. SQLite does this by itself.
    """
    if connection.vendor != "postgresql":
        return
    quote = connection.ops.quote_name
    table, key = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quote(table), key])
        (sequence,) = cursor.fetchone()
        highest = f"SELECT MAX({quote(key)}) FROM {quote(table)}"
        cursor.execute(
            f"SELECT setval(%s, GREATEST(last_value, ({highest}))) FROM {sequence}", [sequence]
        )


def analyse(*tables: str) -> None:
    """Tell PostgreSQL's planner what the tables hold now."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")


def stream(cursor: Any, size: int = _BATCH) -> Iterator[tuple[Any, ...]]:
    """The rows of an executed cursor, fetched in batches."""
    while batch := cursor.fetchmany(size):
        yield from batch
