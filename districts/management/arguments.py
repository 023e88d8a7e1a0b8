"""The arguments that several commands take."""

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.days import FIRST_DAY, LAST_DAY, is_countable
from audit.ground import EVERYWHERE, Ground
from districts.models import Unit


def add_ground(parser: CommandParser) -> None:
    """Let a command take `--unit CODE`."""
    parser.add_argument("--unit", metavar="CODE", help="this unit with all below it only")


def add_day(parser: CommandParser) -> None:
    """Let a command take `--as-of DATE`."""
    parser.add_argument("--as-of", metavar="DATE", type=_day, help="as on this day: 2024-12-31")


def ground_of(options: dict[str, Any]) -> Ground:
    """The ground that `--unit` names, everywhere without it. Raises `CommandError`."""
    code = options["unit"]
    if code is None:
        return EVERYWHERE
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise CommandError(f"There is no unit with the code {code!r}.")
    return Ground((unit.extent,))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is no day written as 2024-12-31.") from error
    if not is_countable(day):
        raise CommandError(f"{text!r} is not a day from {FIRST_DAY} to {LAST_DAY}.")
    return day
