"""manage.py retention: erase what the periods in RETENTION no longer let the register keep."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from members.erasing import CannotErase, erase_member
from members.models import Member
from members.retention import Report, carry_out


class Command(BaseCommand):
    help = (
        "Erases what names people when its time is over, as RETENTION sets it, from the register "
        "and from the log, and says what it did by numbers. Run it daily. It exits with 1 where "
        "somebody is due and cannot be erased yet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what is due, erase nothing")
        parser.add_argument(
            "--member",
            type=int,
            metavar="NUMBER",
            help="erase this one who left now, at his or her demand, before the time is over",
        )

    def handle(self, *, dry_run: bool, member: int | None, **options: Any) -> None:
        today = timezone.localdate()
        if member is not None:
            self._one(member, dry_run=dry_run)
            return
        report = carry_out(today, dry_run=dry_run)
        self._tell(report, "would be erased" if dry_run else "erased")
        if report.kept:
            raise SystemExit(1)

    def _one(self, number: int, *, dry_run: bool) -> None:
        person = Member.objects.filter(pk=number).first()
        if person is None:
            raise CommandError(f"There is no member with the number {number}.")
        if dry_run:
            raise CommandError("--member erases one and is no trial; leave out --dry-run.")
        try:
            done = erase_member(member=person, on=timezone.localdate())
        except CannotErase as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Member {number}: erased, with {done.entries} entries of the log.")

    def _tell(self, report: Report, done: str) -> None:
        numbers = f": {', '.join(map(str, report.members))}" if report.members else ""
        self.stdout.write(f"Members {done}: {len(report.members)}{numbers}")
        self.stdout.write(f"Requests {done}: {report.requests}")
        self.stdout.write(f"Applications {done}: {report.applications}")
        self.stdout.write(f"Entries of the log struck out: {report.entries}")
        for number, blockers in report.kept.items():
            why = " ".join(str(blocker) for blocker in blockers)
            self.stdout.write(f"Member {number} is due and kept: {why}")
