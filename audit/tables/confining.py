"""An import by somebody who may change a part of the register only.

What a row may do is found from the tables' declarations: `rows(ground, None)` are the rows of a
part. A row outside of it is treated as if it did not exist, as far as its key is not taken.
Nobody learns more than that from an import that is refused.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from audit.bulk import analyse
from audit.ground import Ground
from audit.tables.applying import compared, differ, new_rows, same_key
from audit.tables.declaration import Column, Problem, Reserved, Table
from audit.tables.staging import Stage, type_of


class Confinement:
    """What lies in a ground, and what an import may not do there.

    The keys of each table's rows in the ground are put in a temporary table when they are asked
    for; ask while the trees are locked, since the ground is made of their ranges.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._made: list[str] = []

    def problems(self, stage: Stage) -> Iterator[Problem]:
        """What the staged rows may not do. Rows with such a problem are taken off the stage.

        They must be gone before anything else is checked: what the register holds outside of the
        ground would show in the problems that they have there. So the keys come first.
        """
        guarded = [
            (pointer, pointer.target)
            for pointer in stage.table.references
            if pointer.target is not None and not pointer.target.public
        ]
        for pointer, target in guarded:
            if pointer.name in stage.table.key:
                yield from self._strangers(stage, pointer, target)
        yield from self._taken(stage)
        for pointer, target in guarded:
            if pointer.name not in stage.table.key:
                yield from self._strangers(stage, pointer, target)
                yield from self._held_elsewhere(stage, pointer, target)
        if stage.table.reserved:
            yield from self._reserved(stage, stage.table.reserved)
        if stage.table.by_acts_alone:
            yield from self._made_here(stage)

    def touch(self, stage: Stage) -> None:
        """Keep which staged rows are new or changed; call it before they are applied."""
        name = self._table(f"touched_{stage.table.name}", "line integer")
        changed = f"{_pairs(stage)} WHERE {differ(compared(stage.table))}"
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {name} SELECT s.line {changed}")
            cursor.execute(f"INSERT INTO {name} SELECT s.line FROM {new_rows(stage)}")

    def strays(self, stage: Stage, after: Ground) -> Iterator[Problem]:
        """The new and changed rows that would lie outside of the ground as it is afterwards."""
        table = stage.table
        name = self._keys(f"after_{table.name}", table, table.rows(after, None))
        rows = stage.query(
            f"SELECT s.line, {stage.key('s')} FROM {stage.name} AS s"
            f" WHERE s.line IN (SELECT line FROM touched_{table.name})"
            f" AND NOT EXISTS (SELECT 1 FROM {name} AS m WHERE {_is(table, 'm')}) ORDER BY s.line"
        )
        for line, *key in rows:
            yield line, *_key(table, key), _outside()

    def close(self) -> None:
        """Take the temporary tables away."""
        with connection.cursor() as cursor:
            for name in self._made:
                cursor.execute(f"DROP TABLE IF EXISTS {name}")

    # Each tells its problems and takes their rows away ----------------------------------------

    def _strangers(self, stage: Stage, pointer: Column, target: Table) -> Iterator[Problem]:
        """Rows that would come to point to a row that is neither in the ground nor new."""
        quote = connection.ops.quote_name
        own, key = f"s.{quote(pointer.name)}", quote(target.key[0])
        mine = f"SELECT 1 FROM {self._mine(target)} AS m WHERE m.{key} = {own}"
        conditions = [f"{own} IS NOT NULL", f"NOT EXISTS ({mine})"]
        if target.name in stage.beside:
            at = quote(target.key_column.field.column or "")
            held = f"SELECT 1 FROM {quote(target.database_table)} AS t WHERE t.{at} = p.{key}"
            staged = f"SELECT 1 FROM {stage.beside[target.name].name} AS p WHERE p.{key} = {own}"
            conditions.append(f"NOT EXISTS ({staged} AND NOT EXISTS ({held}))")
        if pointer.name not in stage.table.key:  # a row may go on pointing to where it does
            same = f"SELECT 1 FROM {stage.existing()} WHERE {same_key(stage.table)}"
            conditions.append(f"NOT EXISTS ({same} AND e.c_{pointer.name} = {own})")
        # The very words for a row that does not exist.
        message = _("is unknown in the table %(table)s") % {"table": target.name}
        rows = f"FROM {stage.name} AS s WHERE {' AND '.join(conditions)}"
        for line, value in stage.query(f"SELECT s.line, {own} {rows}"):
            yield line, pointer.name, str(value), message
        stage.remove(f"SELECT s.line {rows}")

    def _taken(self, stage: Stage) -> Iterator[Problem]:
        """Rows whose key the register has outside of the ground.

        Those that an export of the ground holds for its own rows' sake may stand there as they are.
        """
        table = stage.table
        mine = f"SELECT 1 FROM {self._mine(table)} AS m WHERE {_is(table, 'm')}"
        seen = f"EXISTS (SELECT 1 FROM {self._seen(table)} AS v WHERE {_is(table, 'v')})"
        rows = (
            f"{_pairs(stage)} WHERE NOT EXISTS ({mine})"
            f" AND (({differ(compared(table))}) OR NOT {seen})"
        )
        told = f"SELECT s.line, CASE WHEN {seen} THEN 1 ELSE 0 END, {stage.key('s')} {rows}"
        for line, is_seen, *key in stage.query(told):
            yield line, *_key(table, key), _outside() if is_seen else _("is taken")
        stage.remove(f"SELECT s.line {rows}")

    def _held_elsewhere(self, stage: Stage, pointer: Column, target: Table) -> Iterator[Problem]:
        """Rows that point out of the ground, and would no longer: others decide that."""
        if stage.table.reserved and pointer.name in stage.table.reserved.columns:
            return
        quote = connection.ops.quote_name
        key = quote(target.key[0])
        mine = f"SELECT 1 FROM {self._mine(target)} AS m WHERE m.{key} = e.c_{pointer.name}"
        rows = (
            f"{_pairs(stage)} WHERE e.c_{pointer.name} IS NOT NULL AND ({differ([pointer])})"
            f" AND NOT EXISTS ({mine})"
        )
        message = _("stands outside of your part; others may change it")
        for line, value in stage.query(f"SELECT s.line, s.{quote(pointer.name)} {rows}"):
            yield line, pointer.name, _text(value), message
        stage.remove(f"SELECT s.line {rows}")

    def _reserved(self, stage: Stage, rule: Reserved) -> Iterator[Problem]:
        """Rows of the ground that would change in what somebody else decides."""
        table, quote = stage.table, connection.ops.quote_name
        kept = self._keys(f"kept_{table.name}", table, rule.kept(self._ground))
        columns = [table.column(name) for name in rule.columns]
        rows = (
            f"{_pairs(stage)} WHERE ({differ(columns)})"
            f" AND NOT EXISTS (SELECT 1 FROM {kept} AS k WHERE {_is(table, 'k')})"
        )
        pairs = ", ".join(f"e.c_{name}, s.{quote(name)}" for name in rule.columns)
        for line, *values in stage.query(f"SELECT s.line, {pairs} {rows}"):
            for name, old, new in zip(rule.columns, values[::2], values[1::2], strict=True):
                if old != new:
                    yield line, name, _text(new), str(rule.message)
        stage.remove(f"SELECT s.line {rows}")

    def _made_here(self, stage: Stage) -> Iterator[Problem]:
        """Rows that would be added or changed, where only an act does that."""
        table = stage.table
        changed = f"{_pairs(stage)} WHERE {differ(compared(table))}"
        touched = f"SELECT s.line {changed} UNION ALL SELECT s.line FROM {new_rows(stage)}"
        told = f"SELECT s.line, {stage.key('s')} FROM {stage.name} AS s WHERE s.line IN ({touched})"
        message = _("is added and changed by acts alone, and by those who keep the whole register")
        for line, *key in stage.query(f"{told} ORDER BY s.line"):
            yield line, *_key(table, key), message
        stage.remove(touched)

    # The keys of the ground's rows -------------------------------------------------------------

    def _mine(self, table: Table) -> str:
        return self._keys(f"mine_{table.name}", table, table.rows(self._ground, None))

    def _seen(self, table: Table) -> str:
        return self._keys(f"seen_{table.name}", table, table.exported(self._ground, None))

    def _keys(self, name: str, table: Table, rows: QuerySet[Any]) -> str:
        """A temporary table of the keys of `rows`, made once."""
        if name in self._made:
            return name
        columns = [table.column(key) for key in table.key]
        quote = connection.ops.quote_name
        self._table(name, ", ".join(f"{quote(one.name)} {type_of(one)}" for one in columns))
        named = {f"c_{one.name}": F(one.path) for one in columns}
        selected = rows.order_by().annotate(**named).values_list(*named)
        try:
            sql, parameters = selected.query.sql_with_params()
        except EmptyResultSet:  # a ground that holds nothing
            return name
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {name} {sql}", parameters)
        analyse(name)
        return name

    def _table(self, name: str, columns: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
        self._made.append(name)
        return name


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _pairs(stage: Stage) -> str:
    return f"FROM {stage.name} AS s JOIN {stage.existing()} ON {same_key(stage.table)}"


def _is(table: Table, alias: str) -> str:
    quote = connection.ops.quote_name
    return " AND ".join(f"{alias}.{quote(name)} = s.{quote(name)}" for name in table.key)


def _key(table: Table, values: list[Any]) -> tuple[str, str]:
    return "/".join(table.key), "/".join(str(value) for value in values)


def _outside() -> str:
    return _("lies outside of the part of the register that you may change")
