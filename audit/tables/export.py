"""The register as a folder of CSV files with a `datapackage.json`, table by table."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction

from audit.bulk import stream
from audit.ground import EVERYWHERE, Ground
from audit.tables.cells import FORMULA_SIGNS, moment_text, neutralised, quoted
from audit.tables.declaration import Column, Table, tables
from audit.tables.schema import resource

PACKAGE = "datapackage.json"
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """A written file: its table, rows, bytes and SHA-256."""

    table: Table
    rows: int
    size: int
    sha256: str


class _Measured:
    """A file that counts and hashes what is written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: str | bytes) -> None:
        data = data.encode() if isinstance(data, str) else data
        self._hash.update(data)
        self.size += len(data)
        self._file.write(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def export_register(
    folder: Path, *, ground: Ground = EVERYWHERE, day: date | None = None, about: str = ""
) -> list[Exported]:
    """Write every table to `folder` as it stands on `day`, or with its whole history.

    All files show one moment of the register. They replace the folder's files of the same names
    when all are written, and only their owner can read them.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with one_moment(), _replaced(folder) as path_of:
        written = [write_table(table, path_of(table.file), ground, day) for table in tables()]
        with _private(path_of(PACKAGE)) as file:
            file.write(package(written, day=day, about=about))
    return written


def package(written: Sequence[Exported], *, day: date | None, about: str) -> bytes:
    """The `datapackage.json` that describes the written files."""
    described = {
        "profile": "tabular-data-package",
        "name": "kartei-register",
        "title": "Register of members",
        **({"unit": about} if about else {}),
        **({"as_of": day.isoformat()} if day else {}),
        "resources": [resource(one.table, one.rows, one.size, one.sha256) for one in written],
    }
    return (json.dumps(described, indent=2, ensure_ascii=False) + "\n").encode()


def write_table(table: Table, path: Path, ground: Ground, day: date | None) -> Exported:
    """Write one table to `path`, row by row."""
    with _private(path) as file:
        return write_to(file, table, ground, day)


def write_to(file: IO[bytes], table: Table, ground: Ground, day: date | None) -> Exported:
    """Write one table to an open file, row by row."""
    out = _Measured(file)
    out.write(",".join(column.name for column in table.columns) + "\n")
    rows = _write_rows(table, out, ground, day)
    return Exported(table, rows, out.size, out.sha256)


def _private(path: Path) -> IO[bytes]:
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _write_rows(table: Table, out: _Measured, ground: Ground, day: date | None) -> int:
    if table.computed is not None:
        return _write_lines(table, out, table.computed(ground, day))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            query = copy_query(cursor, table, ground, day)
            cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", out, 1 << 18)
            return int(cursor.rowcount)
        inner, parameters = table.selected(ground, day).query.sql_with_params()
        cursor.execute(f"SELECT * FROM ({inner}) AS q ORDER BY {_order(table)}", parameters)
        return _write_lines(table, out, stream(cursor))


def _write_lines(table: Table, out: _Measured, rows: Iterable[Sequence[Any]]) -> int:
    renderers = [_renderer(column) for column in table.columns]
    count = 0
    for row in rows:
        texts = (render(value) for render, value in zip(renderers, row, strict=True))
        out.write(",".join(texts) + "\n")
        count += 1
    return count


def copy_query(cursor: Any, table: Table, ground: Ground, day: date | None) -> str:
    """The query whose rows PostgreSQL's COPY writes as the table's lines, in their order."""
    inner, parameters = table.selected(ground, day).query.sql_with_params()
    cells = ", ".join(_cell_sql(column) for column in table.columns)
    query = f"SELECT {cells} FROM ({inner}) AS q ORDER BY {_order(table)}"
    text: bytes = cursor.mogrify(query, parameters)
    return text.decode()


def _order(table: Table) -> str:
    return ", ".join(_ordering(table.column(name)) for name in table.key)


def _ordering(column: Column) -> str:
    """By bytes, so that both databases agree on the order."""
    textual = column.kind in ("text", "choice")
    collation = ' COLLATE "C"' if textual and connection.vendor == "postgresql" else ""
    return f"q.c_{column.name}{collation}"


def _cell_sql(column: Column) -> str:
    """What `neutralised` does, in PostgreSQL's words; an empty text is an empty cell."""
    name = f"q.c_{column.name}"
    if column.kind == "moment":
        return f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    if not column.free_text:
        return name if column.kind != "choice" else f"NULLIF({name}, '')"
    # chr() keeps control signs, quotes and percent signs out of the query's text.
    signs = " || ".join(f"chr({ord(sign)})" for sign in FORMULA_SIGNS)
    first = f"left(ltrim({name}, chr(39)), 1)"
    risky = f"{first} <> '' AND strpos({signs}, {first}) > 0"
    return f"CASE WHEN {name} = '' THEN NULL WHEN {risky} THEN chr(39) || {name} ELSE {name} END"


def _renderer(column: Column) -> Callable[[Any], str]:
    if column.free_text:
        return lambda value: "" if value is None else quoted(neutralised(value))
    if column.kind == "moment":
        return moment_text
    if column.kind == "decimal":
        places = getattr(column.field, "decimal_places", 0)
        return lambda value: "" if value is None else f"{value:.{places}f}"
    return lambda value: "" if value is None else str(value)


@contextmanager
def one_moment() -> Iterator[None]:
    """Let everything that is read meanwhile be of one moment, and keep nobody from writing."""
    outermost = not connection.in_atomic_block
    with _unlocked(outermost), transaction.atomic():
        if connection.vendor == "postgresql" and outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


@contextmanager
def _unlocked(outermost: bool) -> Iterator[None]:
    """On SQLite begin a transaction that only reads: others take the lock for writing at once."""
    if connection.vendor != "sqlite" or not outermost:
        yield
        return
    connection.ensure_connection()
    # SQLite's connection alone has it, which the stubs do not tell.
    mode = connection.transaction_mode  # type: ignore[attr-defined]
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.transaction_mode = mode  # type: ignore[attr-defined]


@contextmanager
def _replaced(folder: Path) -> Iterator[Callable[[str], Path]]:
    """Names to write to in `folder`; the files come to stand under their own names at the end."""
    made: list[Path] = []

    def path_of(name: str) -> Path:
        path = folder / f".{name}.part"
        made.append(path)
        return path

    try:
        yield path_of
        for path in made:
            path.replace(folder / path.name[1 : -len(".part")])
    finally:
        for path in made:
            path.unlink(missing_ok=True)
