"""What the readers of files share: their one error, the text, lines with their numbers, papers."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from elections.counting.contest import Ballot, CannotCount

# More digits than any number of papers has; also what keeps a hostile file from costing much time.
_NUMBER = re.compile(r"[0-9]{1,18}")
_WEIGHTS = {str(weight): weight for weight in range(1, 1000)}


class BrokenFile(CannotCount):
    """A file that holds no election or no units: its name, the line, what is wrong there."""

    def __init__(self, name: str, line: int, problem: str) -> None:
        self.name = name
        self.line = line
        self.problem = problem
        super().__init__(f"{name}, line {line}: {problem}")


class Lines:
    """The lines of a file one after the other; `broken` tells what is wrong with the last one."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.number = 0
        self._lines = text.removeprefix("\ufeff").split("\n")

    def __iter__(self) -> Iterator[str]:
        """The lines that are left, without what ends them; a broken-off loop can be taken up."""
        while self.number < len(self._lines):
            line = self._lines[self.number]
            self.number += 1
            yield line.rstrip()

    def broken(self, problem: str) -> BrokenFile:
        """The error for the line that was read last, to be raised."""
        return BrokenFile(self.name, max(self.number, 1), problem)

    def whole(self, text: str, what: str) -> int:
        """The whole number that `text` is, for `what` in the error if it is none."""
        text = text.strip()
        if not _NUMBER.fullmatch(text):
            raise self.broken(f"{what} is not a whole number: {shown(text)}")
        return int(text)

    def size(self, numbers: Sequence[str]) -> tuple[int, int]:
        """How many candidates and how many seats the first line gives."""
        if len(numbers) != 2:
            raise self.broken("the first line must give the number of candidates and of seats")
        candidates = self.whole(numbers[0], "the number of candidates")
        seats = self.whole(numbers[1], "the number of seats")
        if candidates < 1 or seats < 1:
            raise self.broken("there must be at least one candidate and one seat")
        return candidates, seats


class Papers:
    """Makes ballots of the numbers on a line, and refuses what is no paper."""

    def __init__(self, lines: Lines, candidates: int) -> None:
        self._lines = lines
        self._last = candidates
        self._choices = {str(number): number for number in range(1, candidates + 1)}

    def plain(self, numbers: Sequence[str]) -> Ballot | None:
        """The ballot of how many papers there are and the choices on them, where all is as usual.

        None where anything is not, for the reader to look at closely: nearly every line is plain,
        and a table of the few numbers there are reads and checks it at once.
        """
        try:
            weight = _WEIGHTS[numbers[0]]
            choices = tuple([self._choices[choice] for choice in numbers[1:]])
        except (KeyError, IndexError):
            return None
        return Ballot(weight, choices) if len(set(choices)) == len(choices) else None

    def ballot(self, weight: int, choices: Sequence[int]) -> Ballot:
        """So many papers with these choices; raises `BrokenFile` where that is no paper."""
        if weight < 1:
            raise self._lines.broken("the number of papers must be at least 1")
        named: set[int] = set()
        for choice in choices:
            if not 1 <= choice <= self._last:
                raise self._lines.broken(
                    f"there is no candidate {choice}: they go from 1 to {self._last}"
                )
            if choice in named:
                raise self._lines.broken(f"candidate {choice} is named twice on a paper")
            named.add(choice)
        return Ballot(weight, tuple(choices))


def shown(text: str) -> str:
    """A piece of a file for an error: quoted, and cut where it is long."""
    return repr(text if len(text) <= 40 else f"{text[:37]}...")


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, without the byte order mark that may stand before it.

    Raises `OSError` where it cannot be read, and `BrokenFile`, under the path as it was given.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BrokenFile(str(path), line, "this is not UTF-8") from error
    return text.removeprefix("\ufeff")
