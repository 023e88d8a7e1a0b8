"""What staged rows change in the register: told field by field, then done."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection

from audit.tables.declaration import Column, Table
from audit.tables.staging import Stage

TellNew = Callable[[Table, int, str, dict[str, Any]], None]
TellChange = Callable[[Table, int, str, str, Any, Any], None]


def count_changes(stage: Stage, tell: TellChange, tell_new: TellNew | None) -> dict[str, int]:
    """How many staged rows are new, changed and unchanged; tells each field that changes.

    Tells each new row too where somebody wants to hear of it.
    """
    pairs = f"FROM {stage.name} AS s JOIN {stage.existing()} ON {same_key(stage.table)}"
    (rows,) = next(stage.query(f"SELECT count(*) FROM {stage.name}"))
    (known,) = next(stage.query(f"SELECT count(*) {pairs}"))
    changed = _tell_changes(stage, pairs, tell) if known else 0
    if tell_new is not None and rows > known:
        _tell_new(stage, tell_new)
    return {"new": rows - known, "changed": changed, "unchanged": known - changed}


def _tell_changes(stage: Stage, pairs: str, tell: TellChange) -> int:
    quote = connection.ops.quote_name
    columns = compared(stage.table)
    if not columns:
        return 0
    shown = ", ".join(f"e.c_{one.name}, s.{quote(one.name)}" for one in columns)
    rows = stage.query(
        f"SELECT s.line, {stage.key('s')}, {shown} {pairs} WHERE {differ(columns)} ORDER BY s.line"
    )
    width = len(stage.table.key)
    changed = 0
    for line, *values in rows:
        changed += 1
        name = "/".join(str(value) for value in values[:width])
        for column, old, new in _changes(columns, values[width:]):
            tell(stage.table, line, name, column, old, new)
    return changed


def _tell_new(stage: Stage, tell: TellNew) -> None:
    names = [column.name for column in stage.table.columns]
    shown = ", ".join(f"s.{name}" for name in _quoted(names))
    rows = stage.query(f"SELECT s.line, {shown} FROM {new_rows(stage)} ORDER BY s.line")
    for line, *values in rows:
        row = dict(zip(names, values, strict=True))
        tell(stage.table, line, "/".join(str(row[name]) for name in stage.table.key), row)


def new_rows(stage: Stage) -> str:
    """The staged rows that are new, as what stands behind FROM."""
    absent = f"SELECT 1 FROM {stage.existing()} WHERE {same_key(stage.table)}"
    return f"{stage.name} AS s WHERE NOT EXISTS ({absent})"


def _changes(columns: list[Column], values: list[Any]) -> Iterator[tuple[str, Any, Any]]:
    for place, column in enumerate(columns):
        old, new = values[2 * place], values[2 * place + 1]
        if old != new:
            yield column.name, old, new


def apply_stage(stage: Stage) -> None:
    """Change and add what the staged rows say, which have been checked."""
    table = stage.table
    # A pointer to the table itself can be followed only when all its rows are there.
    later = [column for column in table.references if column.target is table]
    written = [column for column in table.columns if column not in later]
    if table.replaced:
        _strike_changed(stage, written)
    else:
        _update(stage, written, [*(_own(one) for one in written), *_quoted(table.derived)])
    _insert(stage, written)
    for column in later:
        _update(stage, [*written, column], [_own(column)])


def _strike_changed(stage: Stage, written: list[Column]) -> None:
    target = connection.ops.quote_name(stage.table.database_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {target} WHERE EXISTS (SELECT 1 FROM ({_changed(stage, written)}) AS x"
            f" WHERE {_matches(stage.table, target)})"
        )


def _update(stage: Stage, written: list[Column], names: list[str]) -> None:
    target = connection.ops.quote_name(stage.table.database_table)
    values = ", ".join(f"{name} = x.{name}" for name in names)
    # Rows that were just added have no difference left but the pointers among themselves.
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {target} SET {values} FROM ({_changed(stage, written)}) AS x"
            f" WHERE {_matches(stage.table, target)}"
        )


def _insert(stage: Stage, written: list[Column]) -> None:
    table = stage.table
    target = connection.ops.quote_name(table.database_table)
    names = [*(_own(column) for column in written), *_quoted(table.derived)]
    columns = ", ".join([*names, *_quoted(table.placeholders)])
    values = ", ".join([*(f"x.{name}" for name in names), *table.placeholders.values()])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {target} ({columns}) SELECT {values}"
            f" FROM ({_resolved(stage, written)}) AS x"
            f" WHERE NOT EXISTS (SELECT 1 FROM {target} AS t WHERE {_matches(table, 't')})"
        )


def _resolved(stage: Stage, columns: list[Column]) -> str:
    """The staged rows with what their pointers point to, under the register's own names."""
    shown = [*(f"{_value(one)} AS {_own(one)}" for one in columns)]
    shown += [f"s.{name}" for name in _quoted(stage.table.derived)]
    joins = "".join(_join(column) for column in columns)
    return f"SELECT s.line, {', '.join(shown)} FROM {stage.name} AS s{joins}"


def _changed(stage: Stage, columns: list[Column]) -> str:
    """The same of those rows whose keys the register has with other values."""
    return (
        f"{_resolved(stage, columns)} JOIN {stage.existing()} ON {same_key(stage.table)}"
        f" WHERE {differ(compared(stage.table))}"
    )


def compared(table: Table) -> list[Column]:
    """The columns by which a row that is known differs or not."""
    return [column for column in table.columns if column.name not in table.key]


def differ(columns: list[Column]) -> str:
    """Whether a column differs, an empty one too; each database has its own words for that."""
    distinct = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    quote = connection.ops.quote_name
    pairs = (f"s.{quote(one.name)} {distinct} e.c_{one.name}" for one in columns)
    return " OR ".join(pairs) or "1 = 0"


def same_key(table: Table) -> str:
    """That the staged row and the register's have the same key."""
    quote = connection.ops.quote_name
    return " AND ".join(f"s.{quote(name)} = e.c_{name}" for name in table.key)


def _matches(table: Table, target: str) -> str:
    owns = [_own(table.column(name)) for name in table.key]
    return " AND ".join(f"{target}.{own} = x.{own}" for own in owns)


def _needs_join(column: Column) -> bool:
    return column.target is not None and not column.target.key_is_primary


def _value(column: Column) -> str:
    return f"r_{column.name}.id" if _needs_join(column) else f"s.{_quoted([column.name])[0]}"


def _join(column: Column) -> str:
    if column.target is None or not _needs_join(column):
        return ""
    quote = connection.ops.quote_name
    table, alias = quote(column.target.database_table), f"r_{column.name}"
    key = f"{alias}.{quote(column.target.key[0])} = s.{quote(column.name)}"
    return f" LEFT JOIN {table} AS {alias} ON {key}"


def _own(column: Column) -> str:
    return connection.ops.quote_name(column.field.column or column.name)


def _quoted(names: Iterable[str]) -> list[str]:
    return [connection.ops.quote_name(name) for name in names]
