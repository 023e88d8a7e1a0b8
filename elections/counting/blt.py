"""BLT files, as Hill, Wichmann and Woodall defined them (1987) and OpenSTV reads them.

First the number of candidates and of seats; who withdrew as '-3'; a line of papers each: how many,
the candidates in order of preference, 0; a line with 0 alone; the names of the candidates and the
title of the election, each in double quotes on a line of its own. What follows # is a comment. '-'
is a preference that was skipped, passed over here; equal preferences, '1=2', are refused. A label
in brackets before a paper is passed over.
"""

import re
from collections.abc import Iterator
from typing import NoReturn

from elections.counting.contest import Ballot, CannotCount, CheckedBallots, Contest
from elections.counting.papers import Lines, Papers, shown

_QUOTED = re.compile(r'\s*"((?:[^"\\]|\\.|"")*)"\s*(?:#.*)?')
_ESCAPED = re.compile(r'\\(["\\])|"(")')
_LABEL = re.compile(r"\s*\([^()]*\)")
_WITHDRAWN = re.compile(r"-[0-9]{1,9}", re.ASCII)


def read_blt(text: str, name: str) -> Contest:
    """The contest in the text of a BLT file; raises `BrokenFile` with the line that is wrong.

    `name` is the file's, for the error.
    """
    lines = Lines(text, name)
    candidates, seats = lines.size(_first(lines).split())
    withdrawn: set[int] = set()
    ballots = CheckedBallots.of(_ballots(lines, candidates, withdrawn), candidates)
    names = [_quoted(lines, f"the name of candidate {at}") for at in range(1, candidates + 1)]
    title = _quoted(lines, "the title", empty=True)
    if any(_meant(line) for line in lines):
        raise lines.broken("nothing may follow the title; are there more names than candidates?")
    return Contest(title, tuple(names), seats, ballots, withdrawn=frozenset(withdrawn))


def _first(lines: Lines) -> str:
    for line in lines:
        if meant := _meant(line):
            return meant
    raise lines.broken("the file is empty")


def _meant(line: str) -> str:
    """The line without a comment; a # within quotes is left only to `_quoted`."""
    return line.partition("#")[0].strip()


def _ballots(lines: Lines, candidates: int, withdrawn: set[int]) -> Iterator[Ballot]:
    """The papers up to the 0 that ends them; who withdrew before them goes into `withdrawn`."""
    papers = Papers(lines, candidates)
    begun = False
    for line in lines:
        numbers = line.split()
        if numbers and numbers.pop() == "0" and (ballot := papers.plain(numbers)):
            begun = True
            yield ballot
        elif not (meant := _meant(line)):
            continue
        elif meant == "0":
            return
        elif meant.startswith("-") and not begun:
            _withdraw(lines, meant, candidates, withdrawn)
        else:
            begun = True
            weight, *choices = _numbers(lines, meant)
            yield papers.ballot(weight, choices)
    raise lines.broken("the papers have no end: a line with 0 alone is missing")


def _withdraw(lines: Lines, meant: str, candidates: int, withdrawn: set[int]) -> None:
    for item in meant.split():
        if not _WITHDRAWN.fullmatch(item):
            raise lines.broken(f"not a candidate who withdrew, such as -3: {shown(item)}")
        number = -int(item)
        if not 1 <= number <= candidates:
            raise lines.broken(
                f"there is no candidate {number} to withdraw: they go from 1 to {candidates}"
            )
        if number in withdrawn:
            raise lines.broken(f"candidate {number} withdrew already")
        withdrawn.add(number)


def _numbers(lines: Lines, meant: str) -> list[int]:
    """The numbers on a line that is not plain: one with a label, skipped ranks, or a fault."""
    if meant.startswith('"'):
        raise lines.broken(
            "a name stands here already: the line with 0 alone that ends the papers is missing"
        )
    weight, *items = _LABEL.sub("", meant, count=1).split() or [""]
    if not items or items.pop() != "0":
        raise lines.broken("a line of papers must end with 0")
    numbers = [lines.whole(weight, "the number of papers")]
    for item in items:
        if "=" in item:
            raise lines.broken(f"equal preferences cannot be counted: {shown(item)}")
        if item != "-":
            numbers.append(lines.whole(item, "a preference"))
    return numbers


def _quoted(lines: Lines, what: str, *, empty: bool = False) -> str:
    """The next text in double quotes; `what` it is goes into the error where there is none."""
    for line in lines:
        found = _QUOTED.fullmatch(line)
        if found:
            text = _ESCAPED.sub(lambda escaped: escaped[1] or escaped[2], found[1])
            if not text.strip() and not empty:
                raise lines.broken(f"{what} is empty")
            return text
        if _meant(line):
            raise lines.broken(
                f"{what} must stand in double quotes, alone on its line: {shown(line)}"
            )
    raise lines.broken(f"{what} is missing")


def write_blt(contest: Contest) -> str:
    """The contest as a BLT file, which reads back as the same papers, names, seats and title.

    Groups, the seed and how many a paper may name have no place in the format. Raises `CannotCount`
    for names that the format cannot hold: empty ones, and such with a line break.
    """
    parts = [f"{len(contest.candidates)} {contest.seats}"]
    if contest.withdrawn:
        parts.append(" ".join(f"-{number}" for number in sorted(contest.withdrawn)))
    parts += [
        " ".join(map(str, (ballot.weight, *ballot.choices, 0)))
        for ballot in contest.ballots
        if ballot.weight
    ]
    parts.append("0")
    parts += [_in_quotes(name) if name.strip() else _nameless() for name in contest.candidates]
    parts.append(_in_quotes(contest.title))
    return "\n".join(parts) + "\n"


def _in_quotes(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise CannotCount(f"A BLT file cannot hold a name with a line break: {shown(text)}")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _nameless() -> NoReturn:
    raise CannotCount("A BLT file cannot hold a candidate without a name.")
