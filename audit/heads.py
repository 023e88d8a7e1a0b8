"""The heads of the log's chains as a small CSV file, to be kept where the program cannot reach."""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from django.utils.translation import gettext as _

from audit.chain import Head

_COLUMNS = ["chain", "length", "digest"]
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_NUMBER = re.compile(r"[0-9]{1,18}\Z")
MOST = 1 << 20  # characters of a file with heads


class UnreadableHeads(ValueError):
    """A file that holds no heads; the message says where and why."""


def heads_to_csv(heads: Iterable[Head]) -> Iterator[str]:
    """The lines of the file."""
    yield ",".join(_COLUMNS) + "\n"
    for head in heads:
        yield f"{head.chain},{head.length},{head.digest}\n"


def heads_from_csv(text: str) -> list[Head]:
    """The heads in a file. Raises `UnreadableHeads`."""
    if len(text) > MOST:
        raise UnreadableHeads(_("the file is too large to hold heads"))
    try:
        rows = list(csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True))
    except csv.Error as error:
        raise UnreadableHeads(_("it is no CSV file")) from error
    if not rows or rows[0] != _COLUMNS:
        names = ", ".join(_COLUMNS)
        raise UnreadableHeads(_("line 1 must name the columns %(names)s") % {"names": names})
    return [_head(number, row) for number, row in enumerate(rows[1:], start=2) if row]


def _head(line: int, row: list[str]) -> Head:
    sound = len(row) == 3 and _NUMBER.match(row[0]) and _NUMBER.match(row[1])
    if not sound or not _DIGEST.match(row[2]):
        raise UnreadableHeads(_("line %(line)s is no head") % {"line": line})
    return Head(int(row[0]), int(row[1]), row[2])
