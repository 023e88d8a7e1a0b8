"""manage.py count: count the elections in files, without a database."""

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from elections.counting.contest import CannotCount, Contest, Group
from elections.counting.methods import METHODS, count
from elections.counting.papers import BrokenFile
from elections.counting.reading import read_file
from elections.counting.report import Report
from elections.counting.text import as_text


class Command(BaseCommand):
    help = (
        "Counts the election in each file (BLT, or the CSV of Scottish councils) and reports every"
        " stage. Needs no database. Exits 1 if a file is broken or has no lawful result; the others"
        " are counted all the same."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--method", choices=METHODS, required=True)
        parser.add_argument("--seats", type=int, metavar="N", help="other than the file says")
        parser.add_argument(
            "--votes-each", type=int, metavar="N", help="how many a paper may name (block)"
        )
        for option, value, told in (
            ("--group", "F=1,3,5", "a group by its name, and the numbers of its candidates"),
            ("--at-least", "F=3", "so many of the elected at least come from the group (A13)"),
            ("--at-most", "F=2", "so many of the elected at most come from the group"),
        ):
            parser.add_argument(option, action="append", default=[], metavar=value, help=told)
        parser.add_argument(
            "--seed", default="", metavar="S", help="from which lots are drawn: publish it"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        changes = _changes(options)
        show = _as_json if options["format"] == "json" else _as_text
        failed = False
        for path in options["files"]:
            try:
                contest = _fitting(replace(read_file(path), **changes))
                report = count(contest, options["method"])
            except BrokenFile as error:
                failed = True
                self.stderr.write(str(error))
            except CannotCount as error:
                failed = True
                self.stderr.write(f"{path}: {error}")
            except OSError as error:
                failed = True
                self.stderr.write(f"{path}: cannot be read: {error.strerror}")
            else:
                self.stdout.write(show(path, contest, report))
        if failed:
            sys.exit(1)


def _as_json(path: Path, contest: Contest, report: Report) -> str:
    told = {"file": str(path), "title": contest.title, "candidates": contest.candidates}
    told |= {"seed": contest.seed, **report.as_json()}
    return json.dumps(told, ensure_ascii=False)


def _as_text(path: Path, contest: Contest, report: Report) -> str:
    return f"== {path}\n{as_text(contest, report)}\n"


def _changes(options: dict[str, Any]) -> dict[str, Any]:
    """What the options say of every contest."""
    changes: dict[str, Any] = {"seed": options["seed"], "groups": _groups(options)}
    for option in ("seats", "votes_each"):
        number = options[option]
        if number is not None and number < 1:
            raise CommandError(f"--{option.replace('_', '-')} must be at least 1.")
        if number is not None:
            changes[option] = number
    if options["votes_each"] is not None and options["method"] != "block":
        raise CommandError("--votes-each is for the method block.")
    return changes


def _groups(options: dict[str, Any]) -> tuple[Group, ...]:
    members = _by_name("--group", options["group"])
    low = _bounds("--at-least", options["at_least"], members)
    high = _bounds("--at-most", options["at_most"], members)
    return tuple(
        Group(name, _numbers(name, numbers), low.get(name, 0), high.get(name))
        for name, numbers in members.items()
    )


def _by_name(option: str, given: Iterable[str]) -> dict[str, str]:
    """What is given for each name in 'name=value'; the name itself may hold '='."""
    found: dict[str, str] = {}
    for one in given:
        name, equals, value = one.rpartition("=")
        if not equals or not name:
            raise CommandError(f"{option} takes a name, = and a value, not '{one}'.")
        if name in found:
            raise CommandError(f"{option} is given twice for '{name}'.")
        found[name] = value
    return found


def _bounds(option: str, given: Iterable[str], members: dict[str, str]) -> dict[str, int]:
    bounds = {}
    for name, value in _by_name(option, given).items():
        if name not in members:
            raise CommandError(f"{option} is given for '{name}', and no --group has that name.")
        bounds[name] = _number(option, value)
    return bounds


def _numbers(name: str, numbers: str) -> frozenset[int]:
    return frozenset(_number(f"--group {name}", number) for number in numbers.split(","))


def _number(option: str, text: str) -> int:
    if not re.fullmatch(r"\s*[0-9]{1,9}\s*", text):
        raise CommandError(f"{option} takes whole numbers, not '{text}'.")
    return int(text)


def _fitting(contest: Contest) -> Contest:
    """The contest, if its groups name only candidates that it has."""
    for group in contest.groups:
        if strangers := sorted(group.members.difference(contest.numbers)):
            told = ", ".join(map(str, strangers))
            last = len(contest.candidates)
            raise CannotCount(
                f"there is no candidate {told} for the group {group.name}: they go from 1 to {last}"
            )
    return contest
