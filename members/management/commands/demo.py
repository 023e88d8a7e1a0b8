"""manage.py demo: fill an empty register with an invented town."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from districts.management.arguments import add_day
from districts.models import Unit
from members.demo.loading import LEAST_MEMBERS, RegisterInUse, load_demonstration


class Command(BaseCommand):
    help = (
        "Fills an empty register with an invented town, small towns near it, their people with "
        "their histories, and a few breaches of the articles. The same seed and day give the same "
        "rows."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--members",
            type=int,
            default=3_000,
            metavar="N",
            help="people in the register, the one in twenty who left included (default: 3000)",
        )
        parser.add_argument(
            "--seed", type=int, default=1924, metavar="S", help="of the chance (default: 1924)"
        )
        add_day(parser)

    def handle(self, *, members: int, seed: int, **options: Any) -> None:
        if members < LEAST_MEMBERS:
            raise CommandError(f"A town has at least {LEAST_MEMBERS} members; {members} are fewer.")
        day = options["as_of"] or timezone.localdate()
        try:
            with tqdm(total=members, desc="people", disable=None, leave=False) as bar:
                load_demonstration(members=members, seed=seed, day=day, advance=bar.update)
        except RegisterInUse as error:
            raise CommandError(
                "This register is in use; a demonstration fills an empty one."
            ) from error
        self.stdout.write(
            f"An invented town: {members} people in {Unit.objects.cells().open(day).count()} cells."
        )
