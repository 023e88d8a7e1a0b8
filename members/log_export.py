"""The log as CSV, entry by entry, for whoever checks it with tools of their own."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from audit.models import Entry
from audit.tables.cells import neutralised, quoted
from districts.log import as_seen
from districts.models import Unit

COLUMNS = (
    *("at", "chain", "place", "who", "act", "act_id", "what", "table", "key", "member", "unit"),
    *("sentence", "reason", "changes", "facts", "salt", "content_digest", "digest"),
    "struck",
)
_BATCH = 2_000


def entry_lines(entries: QuerySet[Entry]) -> Iterator[str]:
    """The lines of the file, the columns' names first; memory stays flat."""
    yield ",".join(COLUMNS) + "\n"
    found = entries.iterator(_BATCH)
    while batch := list(islice(found, _BATCH)):
        codes = _codes(as_seen(batch))
        for entry in batch:
            yield ",".join(quoted(neutralised(cell)) for cell in _cells(entry, codes)) + "\n"


def _codes(entries: Iterable[Entry]) -> dict[int, str]:
    units = {entry.unit for entry in entries if entry.unit is not None}
    return dict(Unit.objects.filter(pk__in=units).order_by().values_list("pk", "code"))


def _cells(entry: Entry, codes: dict[int, str]) -> Iterator[str]:
    values: tuple[Any, ...] = (
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        *(entry.chain, entry.place, entry.actor_name, entry.act, entry.act_id, entry.what),
        *(entry.table, entry.key, entry.member, codes.get(entry.unit or 0)),
        *(entry.sentence, entry.reason, _json(entry.changes), _json(entry.facts)),
        *(entry.salt, entry.content_digest, entry.digest),
        entry.struck,
    )
    for value in values:
        yield "" if value is None else str(value)


def _json(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else ""
