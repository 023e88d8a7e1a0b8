"""How many members a ground had on each of several days, by the kind of their cell."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from audit.ground import Ground
from audit.periods import in_force
from members.models import Registration


def months_until(today: date, months: int) -> list[date]:
    """The first days of the last `months` months, oldest first, and `today` as the last day."""
    firsts: list[date] = []
    day = today.replace(day=1)
    while len(firsts) < months:
        if day != today:
            firsts.append(day)
        day = (day - timedelta(days=1)).replace(day=1)
    return [*reversed(firsts), today]


def home_counts(ground: Ground, days: Sequence[date]) -> dict[str, list[int]]:
    """Members with their home in a unit of `ground` on each of `days`, by the unit's kind.

    `days` come in their order. One query and one pass over the registrations of the ground: a
    member has one home on a day, so that they need only be counted.
    """
    homes = Registration.objects.filter(ground.holds("unit__"), kind=Registration.Kind.HOME)
    touched = homes.filter(since__lte=days[-1]).filter(Q(until__isnull=True) | Q(until__gt=days[0]))
    counts = {f"day_{index}": Count("pk", filter=in_force(day)) for index, day in enumerate(days)}
    rows: Any = touched.order_by().values("unit__kind").annotate(**counts)
    return {row["unit__kind"]: [row[name] for name in counts] for row in rows}
