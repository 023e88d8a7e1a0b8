"""Reading an election from a file of either format."""

from pathlib import Path

from elections.counting.blt import read_blt
from elections.counting.contest import Contest
from elections.counting.papers import text_of
from elections.counting.scottish_files import read_scottish_csv


def read_contest(text: str, name: str) -> Contest:
    """The contest in a file's text: CSV where its first line has a comma, otherwise BLT.

    Raises `BrokenFile` with the file's `name`, the line and what is wrong there.
    """
    first = next((line for line in text.removeprefix("\ufeff").split("\n") if line.strip()), "")
    is_csv = "," in first.partition("#")[0]
    return read_scottish_csv(text, name) if is_csv else read_blt(text, name)


def read_file(path: Path) -> Contest:
    """The contest in a file, which is UTF-8 with or without a byte order mark.

    Raises `OSError` where it cannot be read, and `BrokenFile`, under the path as it was given.
    """
    return read_contest(text_of(path), str(path))
