"""The CSV files in which the papers of Scottish council elections are collected.

First the number of candidates and of seats; a line of papers each: how many, then the candidates in
order of preference; a line for every candidate with "Candidate 1", the name and the party; last the
name of the ward. Every line ends with a comma, mostly.
"""

import re

from elections.counting.contest import Ballot, CheckedBallots, Contest
from elections.counting.papers import Lines, Papers

_CANDIDATE = re.compile(r'"?Candidate ([0-9]{1,9})"?\s*,\s*(.*)', re.ASCII)
_FIELDS = re.compile(r'"(.*)"\s*,\s*".*",?')


def read_scottish_csv(text: str, name: str) -> Contest:
    """The contest in the text of such a file; raises `BrokenFile` with the line that is wrong.

    `name` is the file's, for the error. Parties are left out.
    """
    lines = Lines(text, name)
    filled = (line for line in lines if line)
    candidates, seats = lines.size(_numbers(next(filled, "")))
    papers = Papers(lines, candidates)
    ballots: list[Ballot] = []
    names: list[str] = []
    title = None
    for line in filled:
        if not names and (ballot := papers.plain(_numbers(line))):
            ballots.append(ballot)
        elif named := _CANDIDATE.match(line):
            names.append(_name(lines, len(names) + 1, int(named[1]), named[2], candidates))
        elif names:
            title = _title(lines, line, len(names), candidates)
            break
        else:
            ballots.append(_paper(lines, papers, line))
    if title is None:
        raise lines.broken(f"the name of {'the ward' if names else 'candidate 1'} is missing")
    if next(filled, None) is not None:
        raise lines.broken("nothing may follow the name of the ward")
    return Contest(title, tuple(names), seats, CheckedBallots.of(ballots, candidates))


def _numbers(line: str) -> list[str]:
    return line.removesuffix(",").split(",")


def _paper(lines: Lines, papers: Papers, line: str) -> Ballot:
    """The ballot on a line that is not plain, or the fault in it."""
    weight, *choices = _numbers(line)
    return papers.ballot(
        lines.whole(weight, "the number of papers"),
        [lines.whole(choice, "a preference") for choice in choices],
    )


def _name(lines: Lines, expected: int, number: int, rest: str, candidates: int) -> str:
    """The name on a candidate's line; they come in order and as many as there are."""
    if number != expected or number > candidates:
        raise lines.broken(
            f"candidate {number} is named where {expected} of {candidates} should be"
        )
    fields = _FIELDS.fullmatch(rest)
    name = _unquoted(fields[1] if fields else rest.partition(",")[0])
    if not name:
        raise lines.broken(f"the name of candidate {number} is empty")
    return name


def _title(lines: Lines, line: str, named: int, candidates: int) -> str:
    """The name of the ward, once all candidates have theirs."""
    if named < candidates:
        raise lines.broken(f"the name of candidate {named + 1} of {candidates} is missing")
    return _unquoted(line)


def _unquoted(text: str) -> str:
    text = text.strip().removesuffix(",").strip()
    while len(text) > 1 and text.startswith('"') and text.endswith('"'):
        text = text[1:-1]
    return text.replace('""', '"').strip()
