"""Uploaded files in pieces in the database, and read from there piece by piece."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.imports.archive import contents, opened
from audit.imports.models import FINAL, KEPT_FOR, ImportFile, ImportJob, ImportPiece, ImportRow
from audit.tables.sources import (
    PACKAGE,
    CannotImport,
    Source,
    declared_sizes,
    refuse_strangers,
)

MOST_SENT = 200 << 20
PIECE = 1 << 20
SMALL = 2_000_000  # bytes to read that are no reason to make anybody wait for the worker
_MOST_PACKAGE = 1 << 20
Fetch = Callable[[int, int], bytes]


def receive(*, account: Any, uploads: Sequence["UploadedFile[Any]"]) -> ImportJob:
    """Keep uploaded files as a new import of `account`: CSV files, or one archive of them.

    Raises `CannotImport` for files that no import would take, before anything is kept.
    """
    size = _look_over(uploads)
    with transaction.atomic():
        job = ImportJob.objects.create(account=account, size=size, language=get_language() or "")
        for upload in uploads:
            _keep(job, upload)
    return job


def _look_over(uploads: Sequence["UploadedFile[Any]"]) -> int:
    """How many bytes there are to read, unpacked."""
    names = [str(upload.name) for upload in uploads]
    if sum(upload.size or 0 for upload in uploads) > MOST_SENT:
        most = _("Together the files are larger than %(most)s MB. Pack them as zip.")
        raise CannotImport(most % {"most": MOST_SENT >> 20})
    if len(uploads) == 1 and is_archive(names[0]):
        (upload,) = uploads
        with opened(upload, upload.size or 0) as archive:
            return sum(info.file_size for info in contents(archive).values())
    if any(is_archive(name) for name in names):
        raise CannotImport(_("An archive comes alone: either one zip or the CSV files."))
    refuse_strangers(name for name in names if name != PACKAGE)
    if not set(names) - {PACKAGE}:
        raise CannotImport(_("There is no CSV file among these."))
    if twice := [name for name in names if names.count(name) > 1]:
        raise CannotImport(_("Two files are named %(name)s.") % {"name": twice[0]})
    return sum(upload.size or 0 for upload in uploads)


def is_archive(name: str) -> bool:
    """Whether a file is named like an archive."""
    return name.lower().endswith(".zip")


def archive_facts(job: ImportJob) -> dict[str, Any]:
    """What the log keeps of the archive that the files came in. Its name is anybody's word."""
    file = next((file for file in job.files.all() if is_archive(file.name)), None)
    return {"archive": {"sha256": file.sha256, "size": file.size}} if file else {}


def _keep(job: ImportJob, upload: "UploadedFile[Any]") -> None:
    digest = hashlib.sha256()
    file = ImportFile.objects.create(job=job, name=str(upload.name)[-200:], size=upload.size or 0)
    upload.seek(0)
    for place, data in enumerate(iter(lambda: upload.read(PIECE), b"")):
        digest.update(data)
        ImportPiece.objects.create(file=file, place=place, data=zlib.compress(data, 1))
    file.sha256 = digest.hexdigest()
    file.save(update_fields=["sha256"])


# Read again ----------------------------------------------------------------------------------


class _Pieces(io.RawIOBase):
    """An uploaded file as a file: one piece of it at a time is in memory."""

    def __init__(self, file: ImportFile, fetch: Fetch) -> None:
        self._file, self._fetch = file, fetch
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        place, within = divmod(self._at, PIECE)
        if self._at >= self._file.size:
            return 0
        if self._held[0] != place:
            self._held = (place, zlib.decompress(self._fetch(self._file.pk, place)))
        data = self._held[1][within : within + len(buffer)]
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


@contextmanager
def stored(job: ImportJob, *, beside: bool) -> Iterator[list[Source]]:
    """The files of an import as sources.

    `beside`: read on a connection of their own, while the import writes on the other. Otherwise
    they are read now; for small ones. Raises `CannotImport` where they are no longer there.
    """
    files = list(job.files.all())
    if not ImportPiece.objects.filter(file__job=job).exists():
        raise CannotImport(_("The files are no longer kept. Upload them again."))
    if not beside:
        held = {
            (piece.file_id, piece.place): bytes(piece.data)
            for piece in ImportPiece.objects.filter(file__job=job)
        }
        yield _sources(files, lambda file, place: held[file, place])
        return
    own = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        yield _sources(files, _fetcher(own))
    finally:
        own.close()


def _fetcher(own: Any) -> Fetch:
    quote = connection.ops.quote_name
    sql = f"SELECT data FROM {quote(ImportPiece._meta.db_table)} WHERE file_id = %s AND place = %s"

    def fetch(file: int, place: int) -> bytes:
        with own.cursor() as cursor:
            cursor.execute(sql, [file, place])
            return bytes(cursor.fetchone()[0])

    return fetch


def _sources(files: Iterable[ImportFile], fetch: Fetch) -> list[Source]:
    files = list(files)
    if len(files) == 1 and is_archive(files[0].name):
        return _archived(files[0], fetch)
    package = next((file for file in files if file.name == PACKAGE), None)
    declared = declared_sizes(_opened(package, fetch).read(_MOST_PACKAGE)) if package else {}
    return [
        Source(file.name, file.size, _opener(file, fetch), declared.get(file.name, 0))
        for file in files
        if file.name != PACKAGE
    ]


def _archived(file: ImportFile, fetch: Fetch) -> list[Source]:
    archive = opened(_opened(file, fetch), file.size)
    found = contents(archive)
    package = found.pop(PACKAGE, None)
    declared = {}
    if package is not None:
        with archive.open(package) as packed:
            declared = declared_sizes(packed.read(_MOST_PACKAGE))
    return [
        Source(name, info.file_size, _member_opener(archive, info), declared.get(name, 0))
        for name, info in found.items()
    ]


def _opened(file: ImportFile, fetch: Fetch) -> IO[bytes]:
    return io.BufferedReader(_Pieces(file, fetch), 1 << 16)


def _opener(file: ImportFile, fetch: Fetch) -> Callable[[], IO[bytes]]:
    return lambda: _opened(file, fetch)


def _member_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    # A reader over it, since the archive's own reads lines byte by byte.
    return lambda: io.BufferedReader(cast(Any, archive.open(info)), 1 << 16)


# Forgotten again -----------------------------------------------------------------------------


def forget_files(job: ImportJob) -> None:
    """Remove what was uploaded; its names, sizes and digests stay."""
    ImportPiece.objects.filter(file__job=job).delete()


def forget_old() -> None:
    """Remove what was uploaded and what it would have changed, a week after.

    What nobody accepted by then is given up.
    """
    old = ImportJob.objects.filter(made__lt=timezone.now() - KEPT_FOR)
    ImportPiece.objects.filter(file__job__in=old).delete()
    ImportRow.objects.filter(job__in=old).delete()
    standing = old.exclude(state__in=[*FINAL, ImportJob.State.IMPORTING])
    standing.update(state=ImportJob.State.DROPPED, ended=timezone.now())
