"""The rule on delegations to meetings still to come (A12)."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.periods import in_force
from audit.rulebook import Breach, rule
from elections.models import Delegation


@rule(
    "A12",
    "delegation-filled",
    sentence=_("Each unit sends as many delegates to a conference as its members make up."),
    remedy=_("Elect delegates, enter them, or replace who is too many."),
    explanation=_(
        "The conference speaks for all members in proportion only if every delegation is there as "
        "a whole. A delegate is missing who was not chosen yet, or who left the organisation, or "
        "resigned without a substitute. The finding stands until the delegation is filled or the "
        "meeting is over."
    ),
    mend="enter-delegates",
)
def delegations_not_filled(ground: Ground, on: date) -> Iterator[Breach]:
    """Delegations to meetings still to come with fewer or more delegates than seats.

    A unit is told once, for the first of its meetings. Of a past day it is told as the delegates
    stood on that day.
    """
    told: set[str] = set()
    for code, key, seats, sent, days in _counted(ground, on):
        if sent != seats and code not in told:
            told.add(code)
            since = max(day for day in days if day is not None)
            yield Breach(code, f"unit {code}", min(since, on), {"delegation": str(key)})


def _counted(ground: Ground, on: date) -> Iterator[tuple[str, int, int, int, tuple[Any, ...]]]:
    """Unit, key, seats and delegates of each delegation, and the days of its last changes."""
    morning = timezone.make_aware(datetime.combine(on, time.min))
    coming = Q(
        apportionment__meeting__state="planned",
        apportionment__meeting__ends_at__gte=morning,
        apportionment__unassigned=0,
        apportionment__made_on__lte=on,
    )
    open_units = in_force(on, since="founded", until="dissolved", prefix="unit__")
    delegate = Q(delegates__substitute__isnull=True)
    member = Q(delegates__member__left__isnull=True) | Q(delegates__member__left__gt=on)
    left = delegate & Q(delegates__member__left__lte=on, delegates__until__isnull=True)
    rows = (
        Delegation.objects.on_ground(ground)
        .filter(coming, open_units)
        .annotate(
            sent=Count("delegates", filter=delegate & in_force(on, prefix="delegates__") & member),
            ended=Max("delegates__until", filter=delegate & Q(delegates__until__lte=on)),
            gone=Max("delegates__member__left", filter=left),
            begun=F("apportionment__made_on"),
        )
    )
    listed = rows.order_by("unit__code", "apportionment__meeting__starts_at", "pk")
    for row in listed.values_list("unit__code", "pk", "seats", "sent", "begun", "ended", "gone"):
        yield (*row[:4], tuple(row[4:]))
