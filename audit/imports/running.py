"""A run of an import: to look at what it would do, or to do it.

A run has the number of the attempt that it was started for. It keeps nothing once another was
started, so that a worker that was thought dead does no harm.
"""

import logging
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit.ground import Ground
from audit.imports.findings import Findings
from audit.imports.models import ImportJob
from audit.imports.storing import archive_facts, forget_files, stored
from audit.log import acting
from audit.tables.importing import Outcome, import_files
from audit.tables.sources import CannotImport

State = ImportJob.State
_log = logging.getLogger("kartei.imports")
_BEAT = 1.0  # seconds between two looks at how far it is


@dataclass(frozen=True, slots=True)
class Rights:
    """What an import may change, asked anew at each step.

    `part` are the primary keys of the units that the ground was given for, None for everything.
    """

    ground: Callable[[], Ground]
    part: Callable[[], list[int] | None]


class Overtaken(Exception):
    """Another run was started: this one keeps nothing."""


class ChangedMeanwhile(CannotImport):
    """The import would not do any more what was looked at."""


def start(job: ImportJob, state: State) -> None:
    """Let the next run be the one that counts: one that checks, or one that takes in."""
    job.attempt += 1
    job.state = state
    job.touched = timezone.now()
    job.progress, job.message = {}, ""
    job.save(update_fields=["attempt", "state", "touched", "progress", "message"])


def check(pk: int, attempt: int, rights: Rights, *, beside: bool) -> None:
    """Look at what the import would do, if this run still counts."""
    job = _claimed(pk, attempt, State.UPLOADED, State.CHECKING)
    if job is not None:
        with _surroundings(job):
            _look(job, rights, beside=beside)


def take_in(pk: int, attempt: int, rights: Rights, *, beside: bool) -> None:
    """Do the import, if this run still counts and it does what was looked at.

    Otherwise look at it again: what it would do now is shown, and why it was not done.
    """
    job = _claimed(pk, attempt, State.ACCEPTED, State.IMPORTING)
    if job is None:
        return
    with _surroundings(job):
        try:
            _do(job, rights, beside=beside)
        except ChangedMeanwhile as error:
            job.message = str(error)
            _set(job, state=State.CHECKING, message=job.message)
            _look(job, rights, beside=beside)
            return
        forget_files(job)


def _claimed(pk: int, attempt: int, waiting: State, working: State) -> ImportJob | None:
    mine = ImportJob.objects.filter(pk=pk, attempt=attempt, state=waiting)
    if not mine.update(state=working, touched=timezone.now()):
        return None
    return ImportJob.objects.select_related("account").get(pk=pk)


def _look(job: ImportJob, rights: Rights, *, beside: bool) -> None:
    part = rights.part()
    with Findings() as findings:
        with _pulse(job, findings, beside=beside), stored(job, beside=beside) as sources:
            outcome = import_files(sources, findings, dry_run=True, within=rights.ground)
        with transaction.atomic():
            _set(
                job,
                state=State.CHECKED,
                part=part,
                problems=outcome.problems,
                counts=findings.counts(outcome),
                digest=findings.digest,
            )
            findings.keep(job)


def _do(job: ImportJob, rights: Rights, *, beside: bool) -> None:
    part = rights.part()
    unit = part[0] if part is not None and len(part) == 1 else None
    with (
        _Sealing(job) as findings,
        _pulse(job, findings, beside=beside),
        stored(job, beside=beside) as sources,
    ):
        outcome = import_files(
            sources, findings, within=rights.ground, unit=unit, facts=archive_facts(job)
        )
    if outcome.problems:
        raise ChangedMeanwhile(_no_longer())


class _Sealing(Findings):
    """Lets an import be kept only if it does what was looked at, and marks it done with it."""

    def __init__(self, job: ImportJob) -> None:
        self._job = job

    def done(self, outcome: Outcome) -> None:
        if self.digest != self._job.digest or self.counts(outcome) != self._job.counts:
            raise ChangedMeanwhile(_no_longer())
        _set(self._job, state=State.DONE, ended=timezone.now(), message="")


def _set(job: ImportJob, **fields: object) -> None:
    """Write to the job as long as this run counts. Raises `Overtaken`."""
    mine = ImportJob.objects.filter(pk=job.pk, attempt=job.attempt)
    mine = mine.filter(state__in=[State.CHECKING, State.IMPORTING])
    if not mine.update(touched=timezone.now(), **fields):
        raise Overtaken


@contextmanager
def _surroundings(job: ImportJob) -> Iterator[None]:
    """The importer's language and name; whatever goes wrong ends in words on the page."""
    with acting(job.account), translation.override(job.language or None):
        try:
            yield
        except Overtaken:
            return
        except CannotImport as error:
            _fail(job, str(error))
        except (zipfile.BadZipFile, zlib.error, EOFError):
            _fail(job, _("The archive is damaged. Pack it again, and upload it again."))
        except Exception as error:
            # Its words may quote a row, and a row is a person.
            _log.error("An import failed: %s", type(error).__name__)
            _fail(job, _("The program came upon an error. Nothing was kept. Try it again."))


def _fail(job: ImportJob, message: str) -> None:
    try:
        _set(job, state=State.FAILED, ended=timezone.now(), message=message)
    except Overtaken:
        return


def _no_longer() -> str:
    return _(
        "The register was changed since you looked, and nothing was taken in. "
        "Below stands what the import would do now."
    )


@contextmanager
def _pulse(job: ImportJob, findings: Findings, *, beside: bool) -> Iterator[None]:
    """Write down how far the import is while it runs; nothing where nobody could see it."""
    if not beside:
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(job, findings, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(job: ImportJob, findings: Findings, over: threading.Event) -> None:
    mine = ImportJob.objects.filter(pk=job.pk, attempt=job.attempt)
    mine = mine.filter(state__in=[State.CHECKING, State.IMPORTING])
    try:
        while not over.wait(_BEAT):
            try:
                mine.update(progress=dict(findings.progress), touched=timezone.now())
            except DatabaseError:  # SQLite lets one writer in, and that is the import
                continue
    finally:
        connection.close()
