"""A file's rows in a temporary table, so that the database checks and compares them as sets."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.bulk import analyse, copy_rows, stream
from audit.periods import NoOverlap
from audit.tables.declaration import Column, Problem, Table
from audit.tables.reading import Row

_TYPES = {
    "text": "text",
    "choice": "text",
    "date": "date",
    "moment": "timestamp with time zone",
    "integer": "bigint",
    "decimal": "decimal(9,6)",
}


class Stage:
    """The staged rows of one table.

    `beside` are the stages of the same import by their tables' names. In every query `s` is the
    staged row, `e` the register's row as the export shows it (`c_` before each column's name) and
    `t` the register's row itself.
    """

    def __init__(self, table: Table, beside: "dict[str, Stage]") -> None:
        self.table = table
        self.beside = beside
        self.name = f"stage_{table.name}"

    def create(self) -> None:
        """Make the temporary table afresh."""
        quote = connection.ops.quote_name
        columns = [
            "line integer NOT NULL",
            "sound integer NOT NULL",
            *(f"{quote(one.name)} {type_of(one)}" for one in self.table.columns),
            *(f"{quote(name)} text NOT NULL" for name in self.table.derived),
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {self.name}")
            cursor.execute(f"CREATE TEMPORARY TABLE {self.name} ({', '.join(columns)})")

    def drop(self) -> None:
        """Take the temporary table away."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {self.name}")

    def fill(self, rows: Iterable[Row]) -> None:
        """Stage what was read, with what is derived from it."""
        names = [column.name for column in self.table.columns]
        derivations = [
            ([names.index(one) for one in sources], compute)
            for sources, compute in self.table.derived.values()
        ]

        def staged() -> Iterator[list[Any]]:
            for line, sound, values in rows:
                derived = [
                    compute(*(values[place] or "" for place in places))
                    for places, compute in derivations
                ]
                yield [line, int(sound), *values, *derived]

        copy_rows(self.name, ["line", "sound", *names, *self.table.derived], staged())
        analyse(self.name)

    # What the rows are checked for -----------------------------------------------------------

    def problems(self) -> Iterator[Problem]:
        """All problems that only show when the rows are seen together and beside the register."""
        yield from self._repeated_keys()
        yield from self._veiled()
        for pointer in self.table.references:
            yield from self._dangling(pointer)
        for constraint in self.table.model._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                yield from self._failing(constraint)
            elif isinstance(constraint, NoOverlap):
                yield from self._overlapping(constraint)
            elif isinstance(constraint, models.UniqueConstraint):
                yield from self._repeated(constraint)
        for check in self.table.checks:
            yield from check(self)

    def _repeated_keys(self) -> Iterator[Problem]:
        key = self.key()
        rows = self.query(
            f"SELECT line, first, {key} FROM (SELECT line, sound, {key},"
            f" MIN(line) OVER (PARTITION BY {key}) AS first FROM {self.name} WHERE sound = 1) AS q"
            " WHERE line > first"
        )
        for line, first, *values in rows:
            message = _("stands in line %(first)s already") % {"first": first}
            yield line, "/".join(self.table.key), "/".join(map(str, values)), message

    def _veiled(self) -> Iterator[Problem]:
        """Rows that whoever imports does not see whole: what stands there is not compared (A14)."""
        hidden = self.table.veiled.rows() if self.table.veiled else None
        if hidden is None:
            return
        key = self.table.key_column
        try:
            rows = hidden.order_by().values(key.path)
            sql, parameters = rows.query.sql_with_params()
        except EmptyResultSet:
            return
        name = connection.ops.quote_name(key.name)
        told = f"SELECT line, {name} FROM {self.name} WHERE {name} IN ({sql}) ORDER BY line"
        message = _("A14: names are veiled there in an emergency; leave the row out")
        for line, value in self.query(told, parameters):
            yield line, key.name, str(value), message

    def _dangling(self, pointer: Column) -> Iterator[Problem]:
        target = pointer.target
        if target is None:
            return
        quote = connection.ops.quote_name
        name, key = quote(pointer.name), quote(target.key_column.field.column or "")
        known = [f"SELECT 1 FROM {quote(target.database_table)} AS t WHERE t.{key} = s.{name}"]
        if target.name in self.beside:
            theirs, stage = quote(target.key[0]), self.beside[target.name].name
            known.append(f"SELECT 1 FROM {stage} AS p WHERE p.{theirs} = s.{name}")
        missing = " AND ".join(f"NOT EXISTS ({one})" for one in known)
        rows = self.query(
            f"SELECT line, {name} FROM {self.name} AS s WHERE s.{name} IS NOT NULL AND {missing}"
        )
        for line, value in rows:
            message = _("is unknown in the table %(table)s") % {"table": target.name}
            yield line, pointer.name, str(value), message

    def _failing(self, constraint: models.CheckConstraint) -> Iterator[Problem]:
        columns = self._columns_of(constraint)
        if not columns:
            return
        editor = connection.SchemaEditorClass(connection, collect_sql=True)
        # Django keeps to itself how a constraint is written as a condition.
        condition = constraint._get_check_sql(self.table.model, editor)  # type: ignore[attr-defined]
        shown = ", ".join(connection.ops.quote_name(column.name) for column in columns)
        rows = self.query(
            f"SELECT line, {shown} FROM {self.name} WHERE sound = 1 AND NOT ({condition})"
        )
        message = str(constraint.get_violation_error_message())
        for line, *values in rows:
            texts = ("" if value is None else str(value) for value in values)
            yield line, "/".join(column.name for column in columns), "/".join(texts), message

    def _columns_of(self, constraint: models.CheckConstraint) -> list[Column]:
        """The plain columns that a condition speaks of; none where it speaks of others too."""
        names = {name for name, _value in _conditions(constraint.condition)}
        columns = [column for column in self.table.columns if column.name in names]
        whole = len(columns) == len(names) and not any(column.target for column in columns)
        return columns if whole else []

    def _overlapping(self, constraint: NoOverlap) -> Iterator[Problem]:
        quote = connection.ops.quote_name
        same = ", ".join(quote(name) for name in constraint.fields)
        order = f"PARTITION BY {same} ORDER BY since"
        wanted = [*constraint.fields, *constraint.among, "since", "until"]
        kept = "".join(f" AND {quote(name)} = %s" for name in constraint.among)
        # Of the register only the periods of those whom the file names.
        first = constraint.fields[0]
        among = f"c_{first} IN (SELECT {quote(first)} FROM {self.name})"
        rows = self.query(
            "SELECT line, before_line, since, until, before_since, before_until FROM ("
            f" SELECT line, since, until, LAG(line) OVER ({order}) AS before_line,"
            f" LAG(since) OVER ({order}) AS before_since, LAG(until) OVER ({order}) AS before_until"
            f" FROM ({self._merged(wanted)} AND e.{among}) AS m WHERE TRUE{kept}) AS q"
            " WHERE before_since IS NOT NULL AND (before_until IS NULL OR before_until > since)"
            " AND (line IS NOT NULL OR before_line IS NOT NULL)",
            list(constraint.among.values()),
        )
        for line, before_line, since, until, before_since, before_until in rows:
            mine, other = (since, until), (before_since, before_until)
            if line is None:
                mine, other = other, mine
            message = _("overlaps another period: %(other)s") % {"other": _span(*other)}
            yield line or before_line, "since/until", _span(*mine), message

    def _repeated(self, constraint: models.UniqueConstraint) -> Iterator[Problem]:
        """Rows of which there may be one alone; of two in the file the later one is told."""
        fields = list(constraint.fields)
        known = {column.name for column in self.table.columns}
        asked = [name for name, _value in _conditions(constraint.condition or Q())]
        if not fields or not known.issuperset([*fields, *asked]) or self._covers(constraint):
            return
        quote = connection.ops.quote_name
        same = ", ".join(quote(name) for name in fields)
        editor = connection.SchemaEditorClass(connection, collect_sql=True)
        kept = [f"{quote(name)} IS NOT NULL" for name in fields]
        # Django keeps to itself how a constraint is written as a condition.
        condition = constraint._get_condition_sql(self.table.model, editor)  # type: ignore[attr-defined]
        kept += [f"({condition})"] if condition else []
        # Of the register only the rows that share the first value with the file.
        first = fields[0]
        among = f"c_{first} IN (SELECT {quote(first)} FROM {self.name})"
        window = f"OVER (PARTITION BY {same})"
        wanted = list(dict.fromkeys([*fields, *asked]))
        rows = self.query(
            f"SELECT line, {same} FROM (SELECT line, {same}, COUNT(*) {window} AS together,"
            f" COUNT(line) {window} AS staged, MIN(line) {window} AS earliest"
            f" FROM ({self._merged(wanted)} AND e.{among}) AS m WHERE {' AND '.join(kept)}) AS q"
            " WHERE line IS NOT NULL AND together > 1 AND (staged < together OR line > earliest)"
            " ORDER BY line"
        )
        article = self.table.articles.get(constraint.name, "")
        message = str(constraint.get_violation_error_message())
        told = f"{article}: {message}" if article else message
        for line, *values in rows:
            yield line, "/".join(fields), "/".join(map(str, values)), told

    def _covers(self, constraint: models.UniqueConstraint) -> bool:
        """Whether what the constraint forbids is told by the key, or as periods that overlap."""
        fields = set(constraint.fields)
        if fields.issuperset(self.table.key):
            return True
        open_ones = ("until__isnull", True) in (constraint.condition or Q()).children
        return open_ones and any(
            fields.issuperset([*other.fields, *other.among])
            for other in self.table.model._meta.constraints
            if isinstance(other, NoOverlap)
        )

    def _merged(self, names: list[str]) -> str:
        """The table as it would be: staged rows, and the register's where none is staged."""
        quote = connection.ops.quote_name
        key = " AND ".join(f"s.{quote(name)} = e.c_{name}" for name in self.table.key)
        mine = ", ".join(f"s.{quote(name)}" for name in names)
        theirs = ", ".join(f"e.c_{name}" for name in names)
        return (
            f"SELECT s.line, {mine} FROM {self.name} AS s WHERE s.sound = 1"
            f" UNION ALL SELECT NULL, {theirs} FROM {self.existing()}"
            f" WHERE NOT EXISTS (SELECT 1 FROM {self.name} AS s WHERE {key})"
        )

    def merged(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """(line, columns …) of the table as it would be; no line for rows that are not staged."""
        return self.query(self._merged(list(names)))

    def staged_values(self, table: str, key: str, value: str) -> dict[str, str]:
        """{key: value} of another table's staged rows, none where it is not in the same import."""
        if table not in self.beside:
            return {}
        return dict(self.query(f"SELECT {key}, {value} FROM {self.beside[table].name}"))

    # Words for queries -----------------------------------------------------------------------

    def key(self, alias: str = "") -> str:
        """The key's columns."""
        quote = connection.ops.quote_name
        before = f"{alias}." if alias else ""
        return ", ".join(before + quote(name) for name in self.table.key)

    def existing(self) -> str:
        """The register's rows as the export shows them, as a subquery `e`."""
        sql, parameters = self.table.selected(whole=True).query.sql_with_params()
        if parameters:
            raise ValueError(f"the rows of {self.table.name} take parameters: {parameters}")
        return f"({sql}) AS e"

    def remove(self, lines: str) -> None:
        """Take away the rows whose lines the query `lines` finds."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self.name} WHERE line IN ({lines})")

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows that `sql` answers with, read to the end before anything else is asked."""
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            yield from stream(cursor)


def type_of(column: Column) -> str:
    """What the database calls the column's type in a temporary table."""
    return _TYPES[column.kind] + (" NOT NULL" if column.empty is not None else "")


def _span(since: Any, until: Any) -> str:
    return f"{since}/{until or '..'}"


def _conditions(condition: Any) -> Iterator[tuple[str, Any]]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _conditions(child)
        else:
            path, value = child
            yield path.split("__")[0], value
            if isinstance(value, models.F):
                yield value.deconstruct()[1][0], None
