"""What the apps above add to the demonstration town when it is loaded.

@adds_to_town
def meetings(day: date) -> None: ...
"""

from collections.abc import Callable
from datetime import date

Addition = Callable[[date], None]
_additions: list[Addition] = []


def adds_to_town(addition: Addition) -> Addition:
    """Declare what belongs to the town as it stands on a day: the same rows for the same town."""
    _additions.append(addition)
    return addition


def add_all(day: date) -> None:
    """Add what all apps above have declared, in the order of the apps."""
    for addition in _additions:
        addition(day)
