"""The import: everything is checked before anything is kept, in one transaction.

Rows are known by their keys: new ones are added, those that differ are changed, the others are
left alone, and so is what the files do not mention.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.bulk import analyse, reset_sequence
from audit.ground import EVERYWHERE, Ground
from audit.log import Draft, recording
from audit.models import Entry
from audit.tables.applying import apply_stage, count_changes
from audit.tables.confining import Confinement
from audit.tables.declaration import Table, tables
from audit.tables.reading import Problem, Reader
from audit.tables.sources import CannotImport, Source, by_table, in_folder, passed_over
from audit.tables.spool import Spool
from audit.tables.staging import Stage

__all__ = [
    "CannotImport",
    "Counts",
    "Listener",
    "Outcome",
    "Step",
    "import_files",
    "import_register",
]


@dataclass(slots=True)
class Counts:
    """How many rows of one table are new, changed, and the same as before."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Outcome:
    """What an import found: problems by the number, and what each table's rows come to.

    `files` are the files that were read: the SHA-256 and the size of each by its name;
    `passed_over` those of tables that the program computes itself.
    """

    problems: int = 0
    counts: dict[str, Counts] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)


class Step(StrEnum):
    """What an import does just now."""

    READING = "reading"
    CHECKING = "checking"
    CHANGING = "changing"


class Listener:
    """Whom an import tells what it does; every method may be left as it is.

    One that `previews` hears of every new row too, and of what would change in the rows that are
    sound even where others are wrong.
    """

    previews = False

    def step(self, step: Step, table: Table) -> None:
        """A table comes to this step."""

    def reading(self, table: Table, size: int) -> Callable[[int], object]:
        """A file of `size` bytes is being read; the answer is called with bytes as they come."""
        return lambda _size: None

    def problem(self, problem: Problem) -> None:
        """Something is wrong."""

    def new(self, table: Table, line: int, key: str, values: dict[str, Any]) -> None:
        """A row would be added; told to one who previews."""

    def change(self, table: Table, line: int, key: str, column: str, old: Any, new: Any) -> None:
        """A row's column would change."""

    def applied(self) -> None:
        """Everything was changed, on a dry run too, and nothing is kept yet: time to look."""

    def done(self, outcome: Outcome) -> None:
        """Everything was done, and nothing is kept yet: an exception now keeps it from being so."""


def everywhere() -> Ground:
    """The ground of whoever may change the whole register."""
    return EVERYWHERE


def import_register(
    folder: Path,
    listener: Listener,
    *,
    dry_run: bool = False,
    within: Callable[[], Ground] = everywhere,
    unit: int | None = None,
) -> Outcome:
    """Import the CSV files in `folder`: see `import_files`."""
    return import_files(in_folder(folder), listener, dry_run=dry_run, within=within, unit=unit)


def import_files(
    sources: Iterable[Source],
    listener: Listener,
    *,
    dry_run: bool = False,
    within: Callable[[], Ground] = everywhere,
    unit: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Outcome:
    """Import files; keep nothing if anything is wrong, or on a dry run. What is kept is logged.

    `within()` is the part of the register that may be changed; it is asked when the trees are
    locked and again when the rows are in, since units may have moved. `unit` is the unit that the
    log puts the import down to, None for the whole organisation, `facts` what it is to keep beside
    the files and counts. Raises `CannotImport` where there
    is nothing to import, and where somebody else changed the register in the meantime so that the
    files no longer fit.
    """
    known = list(sources)
    files = by_table(known)
    try:
        with recording("import-register") as running, transaction.atomic():
            outcome = _import(files, listener, within)
            outcome.passed_over = [table.file for table in passed_over(known)]
            if not outcome.problems:
                listener.applied()
            if dry_run or outcome.problems:
                transaction.set_rollback(True)
            else:
                listener.done(outcome)
                running.drafts.append(_entry(outcome, unit, facts or {}))
    except IntegrityError as error:
        raise CannotImport(
            _("The register was changed at the same time. Nothing was kept; import again.")
        ) from error
    if not dry_run and not outcome.problems:
        analyse(*(table.database_table for table in files))
    return outcome


def _entry(outcome: Outcome, unit: int | None, more: Mapping[str, Any]) -> Draft:
    counts = {name: asdict(counted) for name, counted in outcome.counts.items()}
    facts = {"files": outcome.files, "tables": counts, **more}
    return Draft(what=Entry.What.IMPORTED, unit=unit, facts=facts)


def _import(
    files: dict[Table, Source], listener: Listener, within: Callable[[], Ground]
) -> Outcome:
    outcome = Outcome()
    ground = _locked(files, within)
    confinement = None if ground.everywhere else Confinement(ground)
    names = [table.file for table in files]
    with Spool() as spool, _stages(files) as stages:
        outcome.files = _fill(stages, files, spool, listener)
        _check(stages, spool, listener, confinement)
        for problem in spool.told(names):
            outcome.problems += 1
            listener.problem(problem)
        for stage in stages.values():
            listener.step(Step.CHANGING, stage.table)
            if not outcome.problems:
                outcome.counts[stage.table.name] = _apply(stage, listener, confinement)
            elif listener.previews:
                stage.remove(spool.wrong_lines(names, stage.table.file))
                outcome.counts[stage.table.name] = _count(stage, listener)
        if confinement and not outcome.problems:
            _find_strays(stages, confinement, within(), listener, outcome)
        if confinement:
            confinement.close()
    return outcome


def _locked(files: Iterable[Table], within: Callable[[], Ground]) -> Ground:
    """Take the locks that the import needs, and the ground as it is then.

    For a part of the register the trees are locked too where the files leave them alone: the part
    is made of their ranges.
    """
    confined = not within().everywhere
    for table in tables() if confined else files:
        if table.prepare:
            table.prepare()
    return within()


def _fill(
    stages: dict[str, Stage], files: dict[Table, Source], spool: Spool, listener: Listener
) -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = {}
    for stage, source in zip(stages.values(), files.values(), strict=True):
        listener.step(Step.READING, stage.table)
        reader = Reader(stage.table, source, spool.add, listener.reading(stage.table, source.size))
        stage.fill(reader.rows())
        read[source.name] = {"sha256": reader.sha256, "size": source.size}
    return read


def _check(
    stages: dict[str, Stage], spool: Spool, listener: Listener, confinement: Confinement | None
) -> None:
    for stage in stages.values():
        listener.step(Step.CHECKING, stage.table)
        if confinement:
            for problem in confinement.problems(stage):
                spool.add(Problem(stage.table.file, *problem))
    for stage in stages.values():
        for problem in stage.problems():
            spool.add(Problem(stage.table.file, *problem))


def _apply(stage: Stage, listener: Listener, confinement: Confinement | None) -> Counts:
    if confinement:
        confinement.touch(stage)
    counts = _count(stage, listener)
    if counts.new or counts.changed:
        apply_stage(stage)
        if stage.table.key_is_primary:
            reset_sequence(stage.table.model)
        if stage.table.finish:
            stage.table.finish()
    return counts


def _count(stage: Stage, listener: Listener) -> Counts:
    tell_new = listener.new if listener.previews else None
    return Counts(**count_changes(stage, listener.change, tell_new))


def _find_strays(
    stages: dict[str, Stage],
    confinement: Confinement,
    after: Ground,
    listener: Listener,
    outcome: Outcome,
) -> None:
    for stage in stages.values():
        for problem in confinement.strays(stage, after):
            outcome.problems += 1
            listener.problem(Problem(stage.table.file, *problem))


@contextmanager
def _stages(files: Iterable[Table]) -> Iterator[dict[str, Stage]]:
    stages: dict[str, Stage] = {}
    for table in files:
        stages[table.name] = Stage(table, stages)
    for stage in stages.values():
        stage.create()
    yield stages
    for stage in stages.values():
        stage.drop()
