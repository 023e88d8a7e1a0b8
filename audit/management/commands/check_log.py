"""manage.py check_log: prove that nothing in the log was changed, removed, inserted or cut off."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from audit.chain import heads, log_faults
from audit.heads import UnreadableHeads, heads_from_csv, heads_to_csv
from audit.models import Entry


class Command(BaseCommand):
    help = (
        "Verifies every entry of the log and how it is sealed to the one before. Names each fault;"
        " exits 1 if there is one. Keep the heads outside of the program's reach and check the log"
        " against them later, so that cutting off its end shows too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--heads", type=Path, help="heads kept earlier, to check against (CSV)")
        parser.add_argument(
            "--keep", type=Path, help="write the heads of all chains to this file, if all is well"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for fault in log_faults(self._kept(options["heads"])):
            faults += 1
            self.stdout.write(str(fault))
        if faults:
            self.stderr.write(f"{faults} {ngettext('fault', 'faults', faults)}.")
            sys.exit(1)
        chains = heads()
        self.stdout.write(f"{Entry.objects.count()} entries in {len(chains)} chains, no fault.")
        if options["keep"] is not None:
            self._keep(options["keep"])

    def _kept(self, file: Path | None) -> Any:
        if file is None:
            return ()
        try:
            return heads_from_csv(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, UnreadableHeads) as error:
            raise CommandError(f"Cannot read heads from {file}: {error}") from error

    def _keep(self, file: Path) -> None:
        try:
            file.write_text("".join(heads_to_csv(heads())), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"Cannot write to {file}: {error.strerror}.") from error
        self.stdout.write(f"The heads are kept in {file}.")
