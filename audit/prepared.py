"""Statements that a database connection plans once: for what every request of very many asks.

PostgreSQL plans a statement each time that it comes, which for a small one takes longer than to
carry it out. A prepared one belongs to its connection, so a pooler between must keep to sessions.
"""

from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

from django.db import connection


class Prepared:
    """A statement with `%s` for each value, under a name of its own; `types` are PostgreSQL's."""

    def __init__(self, name: str, *types: str, sql: str) -> None:
        self.sql = sql
        places = tuple(f"${place}" for place in range(1, len(types) + 1))
        self._prepare = f"PREPARE {name} ({', '.join(types)}) AS {sql % places}"
        self._execute = f"EXECUTE {name} ({', '.join(['%s'] * len(types))})"
        self._known: WeakSet[Any] = WeakSet()  # the connections that have planned it

    def run(self, cursor: Any, values: Sequence[object]) -> None:
        """Carry it out on the cursor; other databases than PostgreSQL take it as it is."""
        if connection.vendor != "postgresql":
            cursor.execute(self.sql, values)
            return
        if cursor.connection not in self._known:
            cursor.cursor.execute(self._prepare)  # no query of the page's: it is not counted
            self._known.add(cursor.connection)
        cursor.execute(self._execute, values)
