"""The table of the emergencies (A14): they go out, and never in; acts declare and end them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.tables import Table, column, declare
from districts.models import Unit
from districts.veil import sees_into
from elections.models import Emergency


class EmergencyRow(models.Model):
    """What the columns of an emergency hold; no table of the database has such rows."""

    unit = models.ForeignKey(Unit, models.PROTECT)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    declared_by = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("emergency")
        verbose_name_plural = _("emergencies")

    def __str__(self) -> str:
        return str(self.since)


def _units(ground: Ground, day: date | None) -> QuerySet[Unit]:
    units: QuerySet[Unit] = Unit.objects.on_ground(ground)
    return units


def _emergencies(ground: Ground, day: date | None) -> Iterator[tuple[Any, ...]]:
    """Those of the ground's units; the reason for whoever sees the names there. One query."""
    rows = Emergency.objects.on_ground(ground).select_related("unit", "declared_by")
    if day is not None:
        rows = rows.filter(since__lte=day)
    for one in sorted(rows, key=lambda row: (row.unit.code, row.since)):
        until = one.until if day is None or (one.until and one.until <= day) else None
        reason = one.reason if sees_into(one.unit) else ""
        yield one.unit.code, one.since, until, one.declared_by.code, reason


EMERGENCIES = declare(
    Table(
        name="emergencies",
        model=EmergencyRow,
        description=_("The emergencies of units: who declared them, and how long they held (A14)."),
        key=("unit", "since"),
        columns=(
            column(EmergencyRow, "unit", _("The code of the unit.")),
            column(EmergencyRow, "since", _("The first day.")),
            column(
                EmergencyRow, "until", _("The first day that it held no more; empty while it does.")
            ),
            column(EmergencyRow, "declared_by", _("The code of the unit that declared it.")),
            column(
                EmergencyRow,
                "reason",
                _("Why; empty for whoever holds no role there while it lasts."),
            ),
        ),
        rows=_units,
        computed=_emergencies,
    )
)
