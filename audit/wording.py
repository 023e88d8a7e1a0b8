"""What an entry of the log says, in words for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit.days import day_in_words, moment_in_words
from audit.log import SHOWN, Text, logged_as, model_of
from audit.models import Entry


class Told(Protocol):
    """An entry, or the draft of one."""

    what: str
    table: str
    key: str
    changes: dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Change:
    """One field: its label, what stood there, and what stands there now."""

    label: str
    before: str
    after: str


def title(entry: Told) -> str:
    """What was done to which kind of row: 'Registration created'."""
    model = model_of(entry.table)
    known = logged_as(model)
    name = str((known and known.title) or (model._meta.verbose_name if model else entry.table))
    what = str(Entry.What(entry.what).label)
    return f"{capfirst(name)} {what}" if name else str(capfirst(what))


def changes(entry: Told) -> Iterator[Change]:
    """The fields that an entry changed; of a new row those that are filled.

    Of a secret it is told that it was changed, since no more is kept of it; of a new row nothing.
    """
    model = model_of(entry.table)
    for name, (before, after) in entry.changes.items():
        shown = Change(_label(model, name), _value(model, name, before), _value(model, name, after))
        if before == after == SHOWN and entry.what == Entry.What.CHANGED:
            yield Change(shown.label, "", _("changed"))
        elif shown.before != shown.after:
            yield shown


def _label(model: type[models.Model] | None, name: str) -> str:
    return str(capfirst(str(label_of(model, name))))


def label_of(model: type[models.Model] | None, name: str) -> Text:
    """What a field of the model is called, as the log names it."""
    known = logged_as(model)
    if known is not None and name in known.labels:
        return known.labels[name]
    called: Text = getattr(_field(model, name), "verbose_name", name)
    return called


def _value(model: type[models.Model] | None, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    known = logged_as(model)
    if known is not None and name in known.words:
        return known.words[name](str(value))
    field = _field(model, name)
    if isinstance(field, models.DateField) and isinstance(value, str):
        return _moment(value) if isinstance(field, models.DateTimeField) else _day(value)
    return str(dict(getattr(field, "flatchoices", ())).get(value, value))


def _day(text: str) -> str:
    """A day of the log as the reader's language writes it; as it is where it is none."""
    try:
        return day_in_words(date.fromisoformat(text))
    except ValueError:
        return text


def _moment(text: str) -> str:
    """A moment of the log, kept in universal time, in the organisation's own."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment_in_words(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _field(model: type[models.Model] | None, name: str) -> Any:
    if model is None:
        return None
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
