"""manage.py import_register: read the CSV files of a folder into the register."""

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import ngettext
from tqdm import tqdm

from audit.ground import EVERYWHERE
from audit.rulebook import Finding, findings
from audit.tables.declaration import Table
from audit.tables.importing import CannotImport, Listener, Outcome, import_register
from audit.tables.reading import Problem

_HEADING = ("file", "line", "column", "value", "problem")


class Command(BaseCommand):
    help = (
        "Imports the CSV files of a folder: all of them or, if anything is wrong, none. Tells every"
        " problem and every change. Exits 1 if anything is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder with the CSV files")
        parser.add_argument(
            "--dry-run", action="store_true", help="check and tell what would change; keep nothing"
        )
        parser.add_argument(
            "--what-if",
            action="store_true",
            help="a dry run that also tells which findings the import would end and cause",
        )
        parser.add_argument(
            "--format", choices=["text", "csv"], default="text", help="of the report of problems"
        )
        parser.add_argument(
            "--report", type=Path, help="write the report of problems to this file too, as CSV"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run: bool = options["dry_run"] or options["what_if"]
        report = (
            options["report"].open("w", newline="", encoding="utf-8") if options["report"] else None
        )
        try:
            listener = _Teller(self, options["format"], report)
            if options["what_if"]:
                listener.before = _findings()
            outcome = import_register(options["folder"], listener, dry_run=dry_run)
        except CannotImport as error:
            raise CommandError(str(error)) from error
        finally:
            if report is not None:
                report.close()
        self._tell(outcome, quiet=options["format"] == "csv", dry_run=dry_run)
        if listener.before is not None and not outcome.problems:
            self._tell_what_if(listener, quiet=options["format"] == "csv")
        if outcome.problems:
            sys.exit(1)

    def _tell(self, outcome: Outcome, *, quiet: bool, dry_run: bool) -> None:
        tell = self.stderr.write if quiet else self.stdout.write
        if outcome.problems:
            noun = ngettext("problem", "problems", outcome.problems)
            self.stderr.write(f"{outcome.problems} {noun}. Nothing was kept.")
            return
        for file in outcome.passed_over:
            tell(f"{file}: passed over, since the program computes it")
        for table, counts in outcome.counts.items():
            tell(
                f"{table}: {counts.new} new, {counts.changed} changed, {counts.unchanged} unchanged"
            )
        if dry_run:
            tell("A dry run: nothing was kept.")

    def _tell_what_if(self, listener: "_Teller", *, quiet: bool) -> None:
        tell = self.stderr.write if quiet else self.stdout.write
        for heading, found in (
            ("It would end", listener.ended()),
            ("It would cause", listener.caused()),
        ):
            noun = ngettext("finding", "findings", len(found))
            tell(f"{heading} {len(found)} {noun}{':' if found else '.'}")
            for finding in found:
                tell(f"  {finding.article} {finding.rule}: {finding.unit}: {finding.subject}")


_Findings = dict[tuple[str, str, str], Finding]


def _findings() -> _Findings:
    """All findings of today, each by its rule and what it is about."""
    found = findings(EVERYWHERE, timezone.localdate())
    return {(one.article, one.rule, one.subject): one for one in found}


class _Teller(Listener):
    """Tells on the terminal, and in the report's file; asks the rules before and after, if it is
    given what was found before.
    """

    before: _Findings | None = None
    after: _Findings | None = None

    def __init__(self, command: BaseCommand, form: str, report: Any) -> None:
        self._command = command
        self._writers = [csv.writer(report, lineterminator="\n")] if report else []
        if form == "csv":
            self._writers.append(csv.writer(command.stdout, lineterminator="\n"))
        for writer in self._writers:
            writer.writerow(_HEADING)
        self._text = form == "text"

    def reading(self, table: Table, size: int) -> Callable[[int], object]:
        bar = tqdm(
            total=size, desc=table.file, unit="B", unit_scale=True, disable=None, leave=False
        )
        return bar.update

    def applied(self) -> None:
        if self.before is not None:
            self.after = _findings()

    def ended(self) -> list[Finding]:
        """The findings that the import ends."""
        before, after = self.before or {}, self.after or {}
        return [before[key] for key in sorted(before.keys() - after.keys())]

    def caused(self) -> list[Finding]:
        """The findings that the import causes."""
        before, after = self.before or {}, self.after or {}
        return [after[key] for key in sorted(after.keys() - before.keys())]

    def problem(self, problem: Problem) -> None:
        if self._text:
            self._command.stdout.write(str(problem))
        for writer in self._writers:
            writer.writerow(
                (problem.file, problem.line, problem.column, problem.value, problem.message)
            )

    def change(self, table: Table, line: int, key: str, column: str, old: Any, new: Any) -> None:
        if self._text:
            was, will = ("(empty)" if one in (None, "") else one for one in (old, new))
            self._command.stdout.write(f"{table.file}:{line}, {key}: {column} {was} -> {will}")
