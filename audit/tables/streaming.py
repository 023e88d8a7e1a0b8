"""The export as a stream of bytes: they flow from the start, and memory stays flat.

A thread with a database connection of its own writes into a short queue. It ends when it is done,
when nobody reads any more, and when whoever reads has stopped for too long.
"""

import logging
import queue
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from datetime import date
from typing import IO, Any, cast

from django.db import connection

from audit.ground import Ground
from audit.tables.declaration import Table, tables
from audit.tables.export import PACKAGE, Exported, one_moment, package, write_to

CHUNK = 1 << 16
_AHEAD = 16  # chunks that wait to be read
STALLED_AFTER = 300.0  # seconds in which nothing was read
_LOOK = 0.5
# No way to end a response says "broken off" to every browser, so that its bytes have to.
BROKEN_OFF = b'\n"This file is not whole: the export broke off. Please take it again.\n'
Write = Callable[[IO[bytes]], Sequence[Exported]]
_log = logging.getLogger("kartei.exports")


class Gone(Exception):
    """Nobody reads what is written."""


class BrokeOff(Exception):
    """The export could not be written to its end."""


class Stream:
    """An iterable of bytes that `write` writes to the file it is given.

    `whole` is called with what was written when all of it was read. Iterate it once; `close` it
    when nothing more is wanted.
    """

    def __init__(
        self, write: Write, whole: Callable[[Sequence[Exported]], object], freed: Any = None
    ) -> None:
        self._queue: queue.Queue[bytes | None] = queue.Queue(_AHEAD)
        self._write, self._whole, self._freed = write, whole, freed
        self._gone = threading.Event()
        self._broken = False
        context = copy_context()
        self.thread = threading.Thread(target=context.run, args=(self._run,), daemon=True)
        self.thread.start()

    def __iter__(self) -> Iterator[bytes]:
        try:
            while (chunk := self._next()) is not None:
                yield chunk
            if self._broken:
                yield BROKEN_OFF
                raise BrokeOff("an export broke off") from None
        finally:
            self.close()

    def _next(self) -> bytes | None:
        while True:
            try:
                return self._queue.get(timeout=_LOOK)
            except queue.Empty:
                if not self.thread.is_alive() and self._queue.empty():
                    self._broken = True  # it had given up waiting for the reader
                    return None

    def close(self) -> None:
        """Let the thread end, whether it is done or not."""
        self._gone.set()

    def _run(self) -> None:
        sink = _Sink(self._put)
        try:
            written = self._write(cast(IO[bytes], sink))
            sink.flush()
            self._whole(written)
        except Gone:
            sink.drop()
        except Exception as error:
            # Its words may quote a row, and a row is a person.
            _log.error("An export broke off: %s", type(error).__name__)
            sink.drop()
            self._broken = True
        finally:
            connection.close()
            if self._freed is not None:
                self._freed()
            self._end()

    def _end(self) -> None:
        try:
            self._put(None)
        except Gone:
            return

    def _put(self, chunk: bytes | None) -> None:
        waited = 0.0
        while not self._gone.is_set() and waited < STALLED_AFTER:
            try:
                self._queue.put(chunk, timeout=_LOOK)
            except queue.Full:
                waited += _LOOK
            else:
                return
        self._gone.set()
        raise Gone


class _Sink:
    """A file that hands on what is written to it in chunks of one size."""

    def __init__(self, put: Callable[[bytes], None]) -> None:
        self._put = put
        self._held = bytearray()
        self._dropped = False

    def write(self, data: bytes) -> int:
        if self._dropped:
            return len(data)
        self._held += data
        while len(self._held) >= CHUNK:
            chunk, self._held = bytes(self._held[:CHUNK]), self._held[CHUNK:]
            self._put(chunk)
        return len(data)

    def flush(self) -> None:
        """Asked for by zipfile, and at the end."""
        if self._held:
            chunk, self._held = bytes(self._held), bytearray()
            self._put(chunk)

    def drop(self) -> None:
        """Take nothing more: an archive that broke off would still write its end, as if whole."""
        self._held = bytearray()
        self._dropped = True

    def close(self) -> None:
        """Nothing to close."""


def archived(ground: Ground, day: date | None, about: str) -> Write:
    """Write every table and the `datapackage.json` as one zip: the bytes of `export_register`."""

    def write(file: IO[bytes]) -> Sequence[Exported]:
        written = []
        # Without a way back the archive notes sizes behind each file, as zip allows.
        archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        with one_moment():
            for table in tables():
                with archive.open(table.file, "w", force_zip64=True) as entry:
                    written.append(write_to(entry, table, ground, day))
        archive.writestr(PACKAGE, package(written, day=day, about=about))
        archive.close()  # not where it broke off: an archive without its end is none
        return written

    return write


def single(table: Table, ground: Ground, day: date | None) -> Write:
    """Write one table as CSV."""

    def write(file: IO[bytes]) -> Sequence[Exported]:
        with one_moment():
            return [write_to(file, table, ground, day)]

    return write
