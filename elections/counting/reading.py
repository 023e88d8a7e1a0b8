"""Reading an election from a file of either format."""

from elections.counting.blt import read_blt
from elections.counting.contest import Contest
from elections.counting.scottish_files import read_scottish_csv


def read_contest(text: str, name: str) -> Contest:
    """The contest in a file's text: CSV where its first line has a comma, otherwise BLT.

    Raises `BrokenFile` with the file's `name`, the line and what is wrong there.
    """
    first = next((line for line in text.removeprefix("\ufeff").split("\n") if line.strip()), "")
    is_csv = "," in first.partition("#")[0] and not first.lstrip().startswith("#")
    return read_scottish_csv(text, name) if is_csv else read_blt(text, name)
