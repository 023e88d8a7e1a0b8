"""manage.py check_rules: ask whether the register keeps the articles."""

import json
import sys
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import ngettext

from audit.rulebook import Finding, findings
from districts.findings import COLUMNS, csv_lines
from districts.management.arguments import add_day, add_ground, ground_of


class Command(BaseCommand):
    help = "Lists every breach of the articles. Exits 1 if there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        add_ground(parser)
        add_day(parser)
        parser.add_argument("--format", choices=["text", "csv", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        found = findings(ground_of(options), options["as_of"] or timezone.localdate())
        write = {"text": self._text, "csv": self._csv, "json": self._json}[options["format"]]
        if write(found):
            sys.exit(1)

    def _text(self, found: Iterable[Finding]) -> int:
        number = 0
        for finding in found:
            number += 1
            since = f" since {finding.since}" if finding.since else ""
            unit = finding.unit or "-"
            self.stdout.write(
                f"{finding.article} {finding.rule}: {unit}: {finding.subject}{since}."
                f" {finding.remedy}"
            )
        told = f"{number} {ngettext('finding', 'findings', number)}." if number else "No findings."
        self.stdout.write(told)
        return number

    def _csv(self, found: Iterable[Finding]) -> int:
        number = -1  # the first line has the names
        for line in csv_lines(found):
            self.stdout.write(line, ending="")
            number += 1
        return number

    def _json(self, found: Iterable[Finding]) -> int:
        number = 0
        self.stdout.write("[", ending="")
        for finding in found:
            row = {name: getattr(finding, name) for name in COLUMNS}
            row |= {"since": finding.since and finding.since.isoformat()}
            self.stdout.write(",\n" if number else "\n", ending="")
            self.stdout.write(json.dumps(row, ensure_ascii=False), ending="")
            number += 1
        self.stdout.write("\n]" if number else "]")
        return number
