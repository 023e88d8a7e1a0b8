"""manage.py apportion: seats to units in proportion to their members, without a database."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from elections.counting.apportioning.reading import read_units
from elections.counting.apportioning.text import as_text
from elections.counting.apportionment import METHODS, Apportionment, CannotApportion, apportion
from elections.counting.papers import BrokenFile


class Command(BaseCommand):
    help = (
        "Apportions seats, such as those of a conference's delegates, to the units in a CSV file"
        " with the columns unit and members (A12). Needs no database. Exits 1 if the file is broken"
        " or there is no lawful apportionment. A tie without a seed stays open."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--seats", type=int, metavar="N", required=True)
        parser.add_argument("--method", choices=METHODS, required=True)
        parser.add_argument(
            "--minimum", type=int, default=0, metavar="M", help="seats of each unit with members"
        )
        parser.add_argument("--seed", metavar="S", help="from which lots are drawn: publish it")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            units = read_units(path)
            result = apportion(
                units, options["seats"], options["method"], options["minimum"], options["seed"]
            )
        except BrokenFile as error:
            raise CommandError(str(error)) from error
        except CannotApportion as error:
            raise CommandError(f"{path}: {error}") from error
        except OSError as error:
            raise CommandError(f"{path}: cannot be read: {error.strerror}") from error
        show = _as_json if options["format"] == "json" else _as_text
        self.stdout.write(show(path, result))


def _as_json(path: Path, result: Apportionment) -> str:
    source = METHODS[result.given.method].source
    told = {"file": str(path), **result.as_json(), "source": source}
    return json.dumps(told, ensure_ascii=False)


def _as_text(path: Path, result: Apportionment) -> str:
    source = METHODS[result.given.method].source
    return f"== {path}\n{as_text(result)}\nMethod: {source}\n"
