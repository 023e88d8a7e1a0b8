"""All that the program holds on a member: each app declares its part, the page collects them.

declare_part(of_model(Seat, _("Seats in bureaus"), order=60, also=("bureau__unit",)))

A part's rows are told with the names that people read and, for the file, with those that programs
read (GDPR articles 15 and 20). No other member is named in them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words, moment_in_words
from districts.acts import Text
from members.models import Account, Member


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing that is held: its name for programs, its label and text for people, its value."""

    name: str
    label: Text
    value: Any
    text: str


Row = Sequence[Cell]
Rows = Callable[[Member], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Part:
    """What one table holds on a member: its name in the file, its title on the page, its rows.

    `model` is the table, None for what is put together from others; `labels` are those of the
    fields that it shows of the model.
    """

    name: str
    title: Text
    rows: Rows
    order: int
    model: type[models.Model] | None = None
    labels: Mapping[str, Text] = field(default_factory=dict)


_parts: dict[str, Part] = {}


def declare_part(part: Part) -> Part:
    """Let `part` stand among all that is held on a member."""
    if part.name in _parts:
        raise ValueError(f"two parts are named {part.name!r}")
    _parts[part.name] = part
    return part


def parts() -> list[Part]:
    """The declared parts in their order."""
    return sorted(_parts.values(), key=lambda part: part.order)


def of_model(
    model: type[models.Model],
    title: Text,
    *,
    order: int,
    name: str = "",
    lookup: str = "member",
    leave_out: Iterable[str] = (),
    also: Sequence[str] = (),
    joined: Sequence[str] = (),
    labels: Mapping[str, Text] | None = None,
    words: Mapping[str, Callable[[str], str]] | None = None,
) -> Part:
    """The part of the rows of `model` that point to the member by `lookup`. One query.

    All fields but the key, the pointer itself, those that point to accounts, of whom others hold
    some, and those to `leave_out`; `also` are ways to more that says what a row is about, `joined`
    those to what the names of these need. `labels` name the fields of a model that does not, and
    `words` say a value as people do.
    """
    labels, words = labels or {}, words or {}
    hidden = {*leave_out, lookup.split("__")[0]}
    fields = [
        one
        for one in model._meta.concrete_fields
        if one.name not in hidden and one.related_model is not Account and not _is_key(one)
    ]
    related = [one.name for one in fields if one.related_model is not None] + [
        *also,
        *joined,
    ]

    def rows(member: Member) -> Iterable[Row]:
        found = model._default_manager.filter(**{lookup: member.pk}).select_related(*related)
        for row in found.order_by("pk"):
            cells = (cell_of(row, one, shown[one.name], words.get(one.name)) for one in fields)
            yield [*cells, *_more(row, also)]

    shown: dict[str, Text] = {one.name: labels.get(one.name, one.verbose_name) for one in fields}
    called = name or model._meta.db_table.split("_", 1)[1]
    return Part(called, title, rows, order, model, shown)


def cell_of(
    row: models.Model, field: Any, label: Text = "", words: Callable[[str], str] | None = None
) -> Cell:
    """What the row holds in the field, under its own name or `label`, and in these `words`."""
    value = getattr(row, field.name)
    shown = getattr(row, f"get_{field.name}_display", None)
    text = shown() if shown is not None and field.choices else value
    if words is not None:
        text = words(str(value))
    return told(field.name, label or field.verbose_name, value, text)


def told(name: str, label: Text, value: Any, text: Any = None) -> Cell:
    """A cell: for programs days and moments as ISO 8601 writes them, rows by their names."""
    return Cell(name, label, _plain(value), _words(value if text is None else text))


def _words(value: Any) -> str:
    """The value as people read it, in their language."""
    if isinstance(value, datetime):
        return moment_in_words(value)
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | list | dict):
        return value
    return str(value)


def _is_key(field: Any) -> bool:
    return bool(field.primary_key) and field.name == "id"


def _more(row: models.Model, ways: Iterable[str]) -> Iterable[Cell]:
    for way in ways:
        steps = way.split("__")
        value = reduce(lambda one, step: one and getattr(one, step), steps, row)
        label = getattr(type(value), "_meta", None)
        yield told(steps[-1], label.verbose_name if label else steps[-1], value)


def held_on(member: Member) -> Mapping[str, list[Row]]:
    """All that is held on the member, by the names of the parts. A query for each part, about."""
    return {part.name: [*part.rows(member)] for part in parts()}
