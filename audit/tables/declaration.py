"""What a table is: its model, its key, its columns, its rows, and what more to check."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Cast

from audit.ground import EVERYWHERE, Ground
from audit.tables.cells import Kind, Parser, parser_for


@dataclass(frozen=True, eq=False)
class Column:
    """One column: the model's field of the same name, as text in a cell.

    A foreign key stands in its cell as the key of the row that it points to. `known_from` names a
    date field: in an export for a past day the cell is empty where that date comes later, or holds
    what it held `before`.
    """

    name: str
    field: "models.Field[Any, Any]"
    description: str
    known_from: str = ""
    before: str = ""

    @property
    def kind(self) -> Kind:
        """What the cells hold."""
        if self.target is not None:
            return self.target.key_column.kind
        if isinstance(self.field, models.DateTimeField):
            return "moment"
        if isinstance(self.field, models.DateField):
            return "date"
        if isinstance(self.field, models.IntegerField | models.AutoField):
            return "integer"
        if isinstance(self.field, models.DecimalField):
            return "decimal"
        return "choice" if self.field.choices else "text"

    @cached_property
    def target(self) -> "Table | None":
        """The table whose rows the cells point to, if they do."""
        if self.field.remote_field is None:
            return None
        return table_of(self.field.remote_field.model)

    @property
    def required(self) -> bool:
        """Whether an empty cell is an error."""
        if getattr(self.field, "primary_key", False):
            return True
        return not (self.field.null or self.field.blank)

    @property
    def path(self) -> str:
        """The way from a row of the model to the cell's value, in Django's words."""
        if self.target is None or self.target.key_is_primary:
            return self.field.attname
        return f"{self.field.name}__{self.target.key[0]}"

    @property
    def free_text(self) -> bool:
        """Whether anybody's words stand here, a spreadsheet's formula perhaps among them."""
        return self.kind == "text" and self.target is None

    @property
    def empty(self) -> str | None:
        """What an empty cell stands for in the database."""
        textual = self.kind in ("text", "choice") and self.target is None
        return "" if textual and not self.field.null else None

    def parser(self) -> Parser:
        """What turns a cell into the value to store."""
        of = self.target.key_column.field if self.target else self.field
        return parser_for(self.kind, of, required=self.required, empty=self.empty)


def column(
    model: type[models.Model],
    name: str,
    description: Any,
    *,
    known_from: str = "",
    before: str = "",
) -> Column:
    """The column of `model`'s field `name`."""
    # The stubs count the reverse side of a relation among the fields; a column names none.
    return Column(name, model._meta.get_field(name), description, known_from, before)  # type: ignore[arg-type]


Problem = tuple[int, str, str, str]  # line, column, value, what is wrong
Rows = Callable[[Ground, date | None], "QuerySet[Any]"]
Computed = Callable[[Ground, date | None], Iterable[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Reserved:
    """Columns of the register's rows that not everybody who may change the row may change.

    `kept(ground)` are the rows of which somebody with this ground may change the columns as well;
    `message` says whose they are.
    """

    columns: tuple[str, ...]
    kept: Callable[[Ground], "QuerySet[Any]"]
    message: Any


@dataclass(frozen=True, slots=True)
class Veiled:
    """Columns that an export leaves empty in some rows, or fills with the row's key: see A14.

    `rows()` are the rows that whoever asks may not see whole, None where there are none.
    """

    rows: Callable[[], "QuerySet[Any] | None"]
    emptied: tuple[str, ...]
    keyed: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are not shown as they are."""
        return (*self.keyed, *self.emptied)


@dataclass(frozen=True, eq=False)
class Table:
    """A table of the register, declared once.

    `key` names the columns by which a row is known again; `rows(ground, day)` are the rows of an
    export (`day` None: the whole history); `context` adds the rows that these need. `checks` look
    at a staged file as a whole and yield its problems. `prepare` takes the locks that an import
    needs before it looks. `derived` are columns that are computed from others, `placeholders` SQL
    for columns that `finish` fills in after the import. Rows of a table that nothing points to are
    `replaced` rather than updated, since two periods may swap their days. A row that is `public`
    may be pointed to by anybody, any other by whoever has it in his or her ground. A table that
    `adds_nothing` points only to rows that are exported anyway. The rows of a table `by_acts_alone`
    are added and changed by an import only of somebody who may change the whole register. A table
    that is `computed` goes out with every export and is never imported: the answer has a value for
    each column, in the order of the keys; its model keeps nothing and only names the columns. What
    is `veiled` goes out to nobody who may not see it. `articles` are those that constraints of the
    model rest on, by the constraints' names.
    """

    name: str
    model: type[models.Model]
    description: Any
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Rows
    checks: Sequence[Callable[[Any], Iterable[Problem]]] = ()
    derived: dict[str, tuple[tuple[str, ...], Callable[..., str]]] = field(default_factory=dict)
    placeholders: dict[str, str] = field(default_factory=dict)
    context: Callable[["QuerySet[Any]"], "QuerySet[Any]"] | None = None
    prepare: Callable[[], object] | None = None
    finish: Callable[[], object] | None = None
    replaced: bool = False
    public: bool = False
    reserved: Reserved | None = None
    adds_nothing: bool = False
    by_acts_alone: bool = False
    computed: Computed | None = None
    veiled: Veiled | None = None
    articles: Mapping[str, str] = field(default_factory=dict)

    @property
    def exported_only(self) -> bool:
        """Whether an import passes its file over."""
        return self.computed is not None

    @property
    def file(self) -> str:
        """The name of its CSV file."""
        return f"{self.name}.csv"

    @property
    def database_table(self) -> str:
        """Its name in the database."""
        return self.model._meta.db_table

    def column(self, name: str) -> Column:
        """The column of that name. Raises `KeyError`."""
        return {column.name: column for column in self.columns}[name]

    @property
    def key_column(self) -> Column:
        """The one column that others point to it by."""
        (name,) = self.key
        return self.column(name)

    @property
    def key_is_primary(self) -> bool:
        """Whether its key is the primary key itself, so that pointers need no look-up."""
        return len(self.key) == 1 and bool(getattr(self.key_column.field, "primary_key", False))

    @property
    def references(self) -> list[Column]:
        """The columns that point to a table."""
        return [column for column in self.columns if column.target is not None]

    def exported(self, ground: Ground, day: date | None) -> "QuerySet[Any]":
        """The rows of an export, with those that other exported rows point to."""
        if ground.everywhere and day is None:
            return self.rows(ground, day)
        rows = self.rows(ground, day).order_by()
        pointing = [
            table.exported(ground, day).order_by().values(pointer.field.attname)
            for table in tables()
            for pointer in table.references
            if pointer.target is self and table is not self
            if not (table.adds_nothing or table.exported_only)
        ]
        if not pointing:
            return rows
        # Side by side rather than one in the other: SQLite's parser goes only so deep.
        keys = rows.values("pk").union(*pointing)
        found = self.model._default_manager.filter(pk__in=keys)
        return self.context(found) if self.context else found

    def selected(
        self, ground: Ground = EVERYWHERE, day: date | None = None, *, whole: bool = False
    ) -> "QuerySet[Any]":
        """The export as tuples of the columns' values, named `c_<column>`, in no order.

        `whole` says that nothing is veiled: for comparing, not for showing.
        """
        named = {f"c_{column.name}": self._value(column, day) for column in self.columns}
        hidden = self.veiled.rows() if self.veiled and not whole else None
        if self.veiled and hidden is not None:
            named |= self._veil(self.veiled, hidden.order_by().values("pk"), named)
        rows = self.exported(ground, day).order_by()
        selected: QuerySet[Any] = rows.annotate(**named).values_list(*named)
        return selected

    def _veil(self, veiled: Veiled, hidden: Any, named: dict[str, Any]) -> dict[str, Any]:
        """The values of the veiled columns: others in the rows of `hidden`."""
        key = Cast(self.key_column.path, models.CharField())
        values: dict[str, Any] = dict.fromkeys(veiled.keyed, key)
        values |= dict.fromkeys(veiled.emptied)
        found = {}
        for name, value in values.items():
            column = self.column(name)
            at: Any = column.target.key_column.field if column.target else column.field
            of = models.CharField() if column.kind in ("text", "choice") else type(at)()
            then = When(pk__in=hidden, then=Value(None) if value is None else value)
            found[f"c_{name}"] = Case(then, default=named[f"c_{name}"], output_field=of)
        return found

    def _value(self, column: Column, day: date | None) -> Any:
        if day is None or not column.known_from:
            return F(column.path)
        empty = Value(
            None if column.field.null else column.before, output_field=type(column.field)()
        )
        return Case(When(**{f"{column.known_from}__gt": day}, then=empty), default=F(column.path))


_tables: dict[str, Table] = {}


def declare(table: Table) -> Table:
    """Add a table to the register's. Raises `ValueError` for a name that is taken."""
    if table.name in _tables:
        raise ValueError(f"there are two tables named {table.name!r}")
    _tables[table.name] = table
    return table


def tables() -> list[Table]:
    """All tables, those that are pointed to before those that point to them."""
    ordered: list[Table] = []

    def add(table: Table) -> None:
        if table not in ordered:
            for pointer in table.references:
                if pointer.target is not None and pointer.target is not table:
                    add(pointer.target)
            ordered.append(table)

    for table in _tables.values():
        add(table)
    return ordered


def imported_tables() -> list[Table]:
    """The tables that can be imported, in the same order."""
    return [table for table in tables() if not table.exported_only]


def table_named(name: str) -> Table:
    """The table of that name. Raises `KeyError`."""
    return _tables[name]


def table_of(model: type[models.Model]) -> Table:
    """The table of a model. Raises `LookupError` where none is declared."""
    for table in _tables.values():
        if table.model is model:
            return table
    raise LookupError(f"no table is declared for {model._meta.label}")
