"""manage.py verify_poll: repeat a poll's count from what it published, without any database."""

import hmac
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from elections.published import (
    PublishedPoll,
    UnreadablePoll,
    differences,
    files_at,
    is_question,
    manifest_digest,
    poll_of,
    question_differences,
)
from elections.sealing import UnreadableReceipt, read_receipt


class Command(BaseCommand):
    help = (
        "Verifies what a poll, or a question over several polls, published: that no file was"
        " changed, that the receipts make the chain, that there are as many ballots as voters who"
        " were checked off, that the seed is"
        " the one promised at the opening, and that counting again gives the published result."
        " Names each difference; exits 1 if there is one. Reads the files alone, and no database."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, help="the directory of the files, or a ZIP of it")
        parser.add_argument("--head", help="the chain's head as it was written down at the close")
        parser.add_argument(
            "--manifest", help="the SHA-256 of manifest.json as it was written down"
        )
        parser.add_argument("--receipt", help="look for the ballot with this receipt in the box")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            files = files_at(options["source"])
        except UnreadablePoll as error:
            raise CommandError(str(error)) from error
        whole = is_question(files)
        if (whole and options["head"]) or (whole and options["receipt"]):
            raise CommandError("A head and a receipt are one poll's: name its folder in polls/.")
        found = question_differences(files) if whole else differences(files)
        manifest = manifest_digest(files)
        poll = None if whole else self._poll(files)
        if whole:
            self.stdout.write(
                f"A question put to several units. SHA-256 of manifest.json: {manifest}"
            )
        if poll is not None:
            self._tell(poll, manifest)
            found += self._promised("The chain's head", poll.chain_head, options["head"])
            found += self._in_box(poll, options["receipt"])
        found += self._promised("The SHA-256 of manifest.json", manifest, options["manifest"])
        for difference in found:
            self.stdout.write(difference)
        if found:
            number = len(found)
            self.stderr.write(f"{number} {ngettext('difference', 'differences', number)}.")
            sys.exit(1)
        self.stdout.write(
            f"{len(files)} files agree with each other; counting again gives the published result."
        )

    def _poll(self, files: dict[str, bytes]) -> PublishedPoll | None:
        try:
            return poll_of(files)
        except UnreadablePoll:
            return None  # `differences` has named what is wrong

    def _tell(self, poll: PublishedPoll, manifest: str) -> None:
        papers, invalid = poll.totals.papers if poll.totals else 0, poll.invalid_papers
        if poll.totals:
            invalid += poll.totals.invalid
        for line in (
            f"{poll.title} ({poll.unit}), opened on {poll.opened_on}, closed on {poll.closed_on}",
            f"Entitled: {poll.entitled}. Checked off: {poll.checked_off_online} online,"
            f" {poll.checked_off_on_paper} on paper.",
            f"Receipts: {len(poll.receipts)}. Ballots in the list: {len(poll.ballots)}."
            f" Papers in totals: {papers}. Invalid: {invalid}.",
            f"Chain's head: {poll.chain_head}",
            f"SHA-256 of manifest.json: {manifest}",
        ):
            self.stdout.write(line)

    def _promised(self, what: str, is_now: str, promised: str | None) -> list[str]:
        if promised is None:
            return []
        try:
            same = hmac.compare_digest(read_receipt(promised), is_now)
        except UnreadableReceipt as error:
            raise CommandError(f"{what}: 64 hexadecimal digits are needed.") from error
        return [] if same else [f"{what} is {is_now}, and not {promised}."]

    def _in_box(self, poll: PublishedPoll, receipt: str | None) -> list[str]:
        if receipt is None:
            return []
        try:
            wanted = read_receipt(receipt)
        except UnreadableReceipt as error:
            raise CommandError(str(error)) from error
        if wanted not in poll.receipts:
            return [f"There is no ballot with the receipt {wanted} in the box."]
        self.stdout.write(f"The ballot with the receipt {wanted} is in the box.")
        return []
