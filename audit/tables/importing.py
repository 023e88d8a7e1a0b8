"""The import: everything is checked before anything is kept, in one transaction.

Rows are known by their keys: new ones are added, those that differ are changed, the others are
left alone, and so is what the files do not mention.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.bulk import analyse, reset_sequence
from audit.tables.applying import apply_stage, count_changes
from audit.tables.declaration import Table, tables
from audit.tables.reading import Problem, read_table
from audit.tables.spool import Spool
from audit.tables.staging import Stage


class CannotImport(Exception):
    """An import that kept nothing."""


@dataclass(slots=True)
class Counts:
    """How many rows of one table are new, changed, and the same as before."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Outcome:
    """What an import found: problems by the number, and what each table's rows come to."""

    problems: int = 0
    counts: dict[str, Counts] = field(default_factory=dict)


class Listener:
    """Whom an import tells what it does; every method may be left as it is."""

    def reading(self, table: Table, size: int) -> Callable[[int], object]:
        """A file of `size` bytes is being read; the answer is called with bytes as they come."""
        return lambda _size: None

    def problem(self, problem: Problem) -> None:
        """Something is wrong."""

    def change(self, table: Table, line: int, key: str, column: str, old: Any, new: Any) -> None:
        """A row's column would change."""


def import_register(folder: Path, listener: Listener, *, dry_run: bool = False) -> Outcome:
    """Import the CSV files in `folder`; keep nothing if anything is wrong, or on a dry run.

    Raises `CannotImport` where there is nothing to import, and where somebody else changed the
    register in the meantime so that the files no longer fit.
    """
    files = _files(folder)
    try:
        with transaction.atomic():
            outcome = _import(files, listener)
            if dry_run or outcome.problems:
                transaction.set_rollback(True)
    except IntegrityError as error:
        raise CannotImport(
            _("The register was changed at the same time. Nothing was kept; import again.")
        ) from error
    if not dry_run and not outcome.problems:
        analyse(*(table.database_table for table in files))
    return outcome


def _files(folder: Path) -> dict[Table, Path]:
    if not folder.is_dir():
        raise CannotImport(_("There is no folder %(folder)s.") % {"folder": folder})
    known = {table.file: table for table in tables()}
    names = sorted(path.name for path in folder.glob("*.csv"))
    if strangers := [name for name in names if name not in known]:
        raise CannotImport(
            _("No table is named like %(files)s. Known are: %(known)s.")
            % {"files": ", ".join(strangers), "known": ", ".join(known)}
        )
    if not names:
        raise CannotImport(
            _("There is no CSV file in %(folder)s. Known are: %(known)s.")
            % {"folder": folder, "known": ", ".join(known)}
        )
    return {table: folder / table.file for table in tables() if table.file in names}


def _import(files: dict[Table, Path], listener: Listener) -> Outcome:
    outcome = Outcome()
    for table in files:
        if table.prepare:
            table.prepare()
    with Spool() as spool, _stages(files) as stages:
        _fill(stages, files, spool, listener)
        for problem in spool.told([table.file for table in files]):
            outcome.problems += 1
            listener.problem(problem)
        if not outcome.problems:
            for stage in stages.values():
                outcome.counts[stage.table.name] = _apply(stage, listener)
    return outcome


def _fill(
    stages: dict[str, Stage], files: dict[Table, Path], spool: Spool, listener: Listener
) -> None:
    for stage, path in zip(stages.values(), files.values(), strict=True):
        advance = listener.reading(stage.table, path.stat().st_size)
        stage.fill(read_table(stage.table, path, spool.add, advance))
    for stage in stages.values():
        for line, column, value, message in stage.problems():
            spool.add(Problem(stage.table.file, line, column, value, message))


def _apply(stage: Stage, listener: Listener) -> Counts:
    counts = Counts(**count_changes(stage, listener.change))
    if counts.new or counts.changed:
        apply_stage(stage)
        if stage.table.key_is_primary:
            reset_sequence(stage.table.model)
        if stage.table.finish:
            stage.table.finish()
    return counts


@contextmanager
def _stages(files: dict[Table, Path]) -> Iterator[dict[str, Stage]]:
    stages: dict[str, Stage] = {}
    for table in files:
        stages[table.name] = Stage(table, stages)
    for stage in stages.values():
        stage.create()
    yield stages
    for stage in stages.values():
        stage.drop()
