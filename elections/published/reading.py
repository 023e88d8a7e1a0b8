"""Reading a poll's files: strictly, with every fault named by file and place, and no exception."""

import json
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from elections.counting.contest import Group
from elections.published.fields import FIELDS, faults_in
from elections.published.poll import BALLOTS, POLL, RECEIPTS, TOTALS, PublishedPoll
from elections.tallying import PaperTotals

LARGEST = 256 * 1024 * 1024

_RECEIPT_LINE = re.compile(r"([0-9a-f]{64}),([0-9a-f]{64})")
_BALLOT_LINE = re.compile(r"([1-9][0-9]{0,8}),((?:[1-9][0-9]{0,8}(?: [1-9][0-9]{0,8})*)?)")
_TOTAL_LINE = re.compile(r"([1-9][0-9]{0,8}|blank|invalid|papers),(0|[1-9][0-9]{0,8})")
_TAIL = ("blank", "invalid", "papers")
# NotImplementedError and RuntimeError: a ZIP with a method unknown here, or with a password.
_UNREADABLE = (
    *(OSError, EOFError, ValueError, NotImplementedError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
)


class UnreadablePoll(Exception):
    """Files that hold no poll; `problems` are sentences, each with the file and the place."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(self.problems))


def read_files(source: Path) -> PublishedPoll:
    """The poll in a directory or ZIP file of its files. Raises `UnreadablePoll`.

    What was read need not be true: that is for `differences` to say.
    """
    return poll_of(files_at(source))


def files_at(source: Path) -> dict[str, bytes]:
    """All files of a directory, or of a ZIP file with one, by name. Raises `UnreadablePoll`."""
    if not source.exists():
        raise UnreadablePoll([f"{source} cannot be read: there is nothing of this name."])
    try:
        return _files_in_zip(source) if source.is_file() else _files_in(source)
    except _UNREADABLE as error:
        raise UnreadablePoll([f"{source} cannot be read: {error}."]) from error


def _files_in(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if not path.is_dir()
    }


def _files_in_zip(archive: Path) -> dict[str, bytes]:
    """The files of a ZIP, without the one folder that they may all stand in."""
    with zipfile.ZipFile(archive) as opened:
        entries = [entry for entry in opened.infolist() if not entry.is_dir()]
        if sum(entry.file_size for entry in entries) > LARGEST:
            raise ValueError("it holds more than 256 MiB")
        names = [entry.filename for entry in entries]
        if len(set(names)) < len(names):
            raise ValueError("it holds two files of one name")
        folders = {name.partition("/")[0] for name in names}
        within = len(folders) == 1 and all("/" in name for name in names)
        return {
            entry.filename.partition("/")[2] if within else entry.filename: opened.read(entry)
            for entry in entries
        }


def poll_of(files: Mapping[str, bytes]) -> PublishedPoll:
    """The poll in these files: from poll.json, the receipts, the ballots and the totals.

    Raises `UnreadablePoll` with all that is wrong.
    """
    problems: list[str] = []
    values = _object(files, POLL, problems)
    if values is not None:
        problems += faults_in(values, FIELDS, POLL)
    receipts = _rows(files, RECEIPTS, "receipt,link", _RECEIPT_LINE, problems)
    ballots = _rows(files, BALLOTS, "ballot,choices", _BALLOT_LINE, problems)
    totals = None
    if TOTALS in files:
        totals = _totals(_rows(files, TOTALS, "what,number", _TOTAL_LINE, problems), problems)
    for place, (number, _choices) in enumerate(ballots, 1):
        if number != str(place):
            problems.append(f"{BALLOTS}: line {place + 1} has the number {number}, not {place}.")
            break
    if values is None or problems:
        raise UnreadablePoll(problems)
    return _poll(
        values,
        receipts=tuple(receipt for receipt, _link in receipts),
        ballots=tuple(tuple(map(int, choices.split())) for _number, choices in ballots),
        totals=totals,
    )


def links_of(files: Mapping[str, bytes]) -> list[str]:
    """The links in receipts.csv as they stand there, of files in which `poll_of` found a poll."""
    rows = _rows(files, RECEIPTS, "receipt,link", _RECEIPT_LINE, [])
    return [link for _receipt, link in rows]


def json_of(files: Mapping[str, bytes], name: str) -> tuple[dict[str, Any] | None, list[str]]:
    """The object in a JSON file, and what is wrong where there is none."""
    problems: list[str] = []
    return _object(files, name, problems), problems


def _poll(values: dict[str, Any], **lists: Any) -> PublishedPoll:
    named = {name: value for name, value in values.items() if name != "format"}
    named["options"] = tuple(named["options"])
    named["withdrawn"] = frozenset(named["withdrawn"])
    named["groups"] = tuple(
        Group(**{**group, "members": frozenset(group["members"])}) for group in named["groups"]
    )
    for day in ("opened_on", "closed_on"):
        named[day] = date.fromisoformat(named[day])
    return PublishedPoll(**named, **lists)


def _text(files: Mapping[str, bytes], name: str, problems: list[str]) -> str | None:
    if name not in files:
        problems.append(f"{name} is missing.")
        return None
    try:
        return files[name].decode()
    except UnicodeDecodeError as error:
        problems.append(f"{name}: byte {error.start} is not UTF-8.")
        return None


def _object(files: Mapping[str, bytes], name: str, problems: list[str]) -> dict[str, Any] | None:
    text = _text(files, name, problems)
    if text is None:
        return None
    try:
        found = json.loads(text, parse_float=_no_number, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()  # half a character can be read, not written
    except (ValueError, RecursionError) as error:
        problems.append(f"{name}: this is no JSON as it is published: {error}.")
        return None
    if isinstance(found, dict):
        return found
    problems.append(f"{name}: this is no JSON object.")
    return None


def _no_number(text: str) -> None:
    raise ValueError(f"{text[:20]} is not a whole number")


def _rows(
    files: Mapping[str, bytes],
    name: str,
    header: str,
    form: re.Pattern[str],
    problems: list[str],
) -> list[tuple[str, str]]:
    """The two cells of each line after `header`; the first line of another form is a problem."""
    text = _text(files, name, problems)
    if text is None:
        return []
    lines = text.split("\n")
    if lines.pop():
        problems.append(f"{name}: the last line has no end.")
    if lines[:1] != [header]:
        problems.append(f"{name}: line 1 is not '{header}'.")
    rows = []
    for number, line in enumerate(lines[1:], 2):
        found = form.fullmatch(line)
        if found is None:
            problems.append(f"{name}: line {number} is not of the form '{header}'.")
            break
        rows.append((found[1], found[2]))
    return rows


def _totals(rows: list[tuple[str, str]], problems: list[str]) -> PaperTotals | None:
    options = len(rows) - len(_TAIL)
    if [what for what, _ in rows] != [*map(str, range(1, options + 1)), *_TAIL]:
        problems.append(
            f"{TOTALS}: the lines are not the options in order, blank, invalid, papers."
        )
        return None
    numbers = [int(number) for _, number in rows]
    blank, invalid, papers = numbers[options:]
    return PaperTotals(votes=tuple(numbers[:options]), papers=papers, blank=blank, invalid=invalid)
