"""The tables of delegations and delegates (A12): they go out, and never in; nobody is named."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.tables import Table, column, declare
from districts.models import Unit
from elections.models import Delegate, Delegation, Meeting
from members.models import Member


class Sending(models.TextChoices):
    """In what capacity a member stands in a delegation."""

    DELEGATE = "delegate", _("delegate")
    SUBSTITUTE = "substitute", _("substitute")
    REPLACED = "replaced", _("replaced, or taken back")


class DelegationRow(models.Model):
    """What the columns of a delegation hold; no table of the database has such rows."""

    meeting = models.ForeignKey(Meeting, models.PROTECT)
    unit = models.ForeignKey(Unit, models.PROTECT)
    counted_on = models.DateField()
    members = models.PositiveIntegerField()
    seats = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")

    def __str__(self) -> str:
        return str(self.seats)


class DelegateRow(models.Model):
    """What the columns of a delegate hold; no table of the database has such rows."""

    meeting = models.ForeignKey(Meeting, models.PROTECT)
    unit = models.ForeignKey(Unit, models.PROTECT)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=Sending.choices)
    substitute = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("delegate")
        verbose_name_plural = _("delegates")

    def __str__(self) -> str:
        return str(self.since)


def _units(ground: Ground, day: date | None) -> QuerySet[Unit]:
    units: QuerySet[Unit] = Unit.objects.on_ground(ground)
    return units


def _delegations(ground: Ground, day: date | None) -> Iterator[tuple[Any, ...]]:
    """What the ground's units send, by the codes of meeting and unit. One query."""
    rows = Delegation.objects.on_ground(ground)
    if day is not None:
        rows = rows.filter(apportionment__made_on__lte=day)
    yield from sorted(
        rows.order_by().values_list(
            "apportionment__meeting__code",
            "unit__code",
            "apportionment__counted_on",
            "members",
            "seats",
        )
    )


def _delegates(ground: Ground, day: date | None) -> Iterator[tuple[Any, ...]]:
    """Whom the ground's units send or sent, by number alone. One query."""
    rows = Delegate.objects.on_ground(ground)
    if day is not None:
        rows = rows.filter(Q(until=None) | Q(until__gt=day), since__lte=day)
    told = rows.order_by().values_list(
        "apportionment__meeting__code",
        "delegation__unit__code",
        "member",
        "since",
        "until",
        "substitute",
        "pk",
    )
    for *key, since, until, substitute, _pk in sorted(told, key=lambda row: (*row[:4], row[-1])):
        ended = until if day is None else None
        yield (*key, since, ended, _state(ended, substitute), substitute)


def _state(ended: date | None, substitute: int | None) -> str:
    if ended is not None:
        return Sending.REPLACED.value
    return Sending.DELEGATE.value if substitute is None else Sending.SUBSTITUTE.value


DELEGATIONS = declare(
    Table(
        name="delegations",
        model=DelegationRow,
        description=_("What each unit sends to a meeting of delegates (A12)."),
        key=("meeting", "unit"),
        columns=(
            column(DelegationRow, "meeting", _("The meeting's code.")),
            column(DelegationRow, "unit", _("The code of the unit that sends.")),
            column(DelegationRow, "counted_on", _("The day on which members were counted.")),
            column(DelegationRow, "members", _("How many had their home there on that day.")),
            column(DelegationRow, "seats", _("How many delegates it sends.")),
        ),
        rows=_units,
        computed=_delegations,
    )
)

DELEGATES = declare(
    Table(
        name="delegates",
        model=DelegateRow,
        description=_("Who was sent to a meeting, as a delegate or a substitute (A12)."),
        key=("meeting", "unit", "member", "since"),
        columns=(
            column(DelegateRow, "meeting", _("The meeting's code.")),
            column(DelegateRow, "unit", _("The code of the unit that sends.")),
            column(DelegateRow, "member", _("The member's number.")),
            column(DelegateRow, "since", _("The day of the choice.")),
            column(
                DelegateRow, "until", _("The first day no more; empty while the choice stands.")
            ),
            column(DelegateRow, "state", _("In what capacity.")),
            column(DelegateRow, "substitute", _("The place among the substitutes; 1 goes next.")),
        ),
        rows=_units,
        computed=_delegates,
    )
)
