"""Where an import's files come from: a folder, or anything else that can be read from its start."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from audit.tables.declaration import Table, imported_tables, tables

PACKAGE = "datapackage.json"


class CannotImport(Exception):
    """An import that kept nothing."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its name, its bytes, and how many the package beside it promises, or 0."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]
    declared: int = 0


def in_folder(folder: Path) -> list[Source]:
    """The CSV files of a folder. Raises `CannotImport` where there are none."""
    if not folder.is_dir():
        raise CannotImport(_("There is no folder %(folder)s.") % {"folder": folder})
    package = folder / PACKAGE
    declared = declared_sizes(package.read_bytes()) if package.is_file() else {}
    paths = sorted(folder.glob("*.csv"))
    if not paths:
        message = _("There is no CSV file in %(folder)s. Known are: %(known)s.")
        raise CannotImport(message % {"folder": folder, "known": known_names()})
    return [_of_path(path, declared.get(path.name, 0)) for path in paths]


def _of_path(path: Path, declared: int) -> Source:
    return Source(path.name, path.stat().st_size, lambda: path.open("rb"), declared)


def by_table(sources: Iterable[Source]) -> dict[Table, Source]:
    """The files by their tables, in the order of the tables. Raises `CannotImport`.

    Those of tables that are exported only are passed over; there must be another one.
    """
    named = {source.name: source for source in sources}
    refuse_strangers(named)
    found = {table: named[table.file] for table in imported_tables() if table.file in named}
    if named and not found:
        message = _("The program computes %(files)s itself: there is nothing to import in it.")
        raise CannotImport(message % {"files": ", ".join(sorted(named))})
    return found


def passed_over(sources: Iterable[Source]) -> list[Table]:
    """The tables that are exported only and have a file among `sources`."""
    names = {source.name for source in sources}
    return [table for table in tables() if table.exported_only and table.file in names]


def refuse_strangers(names: Iterable[str]) -> None:
    """Raise `CannotImport` where a file is named like no table."""
    known = {table.file for table in tables()}
    if strangers := sorted(name for name in names if name not in known):
        raise CannotImport(
            _("No table is named like %(files)s. Known are: %(known)s.")
            % {"files": ", ".join(strangers), "known": known_names()}
        )


def known_names() -> str:
    """The names of the tables' files, in words."""
    return ", ".join(table.file for table in imported_tables())


def declared_sizes(package: bytes) -> dict[str, int]:
    """How many bytes each file has by a `datapackage.json`; nothing where it cannot be read."""
    try:
        resources = json.loads(package)["resources"]
        return {str(one["path"]): int(one["bytes"]) for one in resources}
    except (ValueError, LookupError, TypeError, RecursionError):
        return {}
