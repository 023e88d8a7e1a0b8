"""The table of the coverage (A2): computed for every export, and never imported."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.tables import Table, column, declare
from cells.coverage import covered
from cells.territory import Territory
from districts.models import Coverage, Unit, Workplace


class CoverageRow(models.Model):
    """What the columns hold; no table of the database has such rows."""

    workplace = models.ForeignKey(Workplace, models.PROTECT, primary_key=True)
    members = models.PositiveIntegerField()
    cell = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True)
    coverage = models.CharField(max_length=10, choices=Coverage.choices, blank=True)
    distance_km = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("coverage of a workplace")
        verbose_name_plural = _("coverage of the workplaces")

    def __str__(self) -> str:
        return str(self.workplace)


def _workplaces(ground: Ground, day: date | None) -> QuerySet[Workplace]:
    return Workplace.objects.filter(ground.holds("locality__unit__"))


def _computed(ground: Ground, day: date | None) -> Iterator[tuple[Any, ...]]:
    """The rows as of `day`, or today; a cell outside of the ground is not told, nor how far it is.

    In the order of the bytes of their keys, which is not that of every database.
    """
    on = day or timezone.localdate()
    rows = sorted(covered(ground, on, Territory(on)), key=lambda row: row.code)
    for row in rows:
        if not row.lies_in(ground):
            continue
        cell = row.cell if row.cell and ground.has(row.cell.tree, row.cell.left) else None
        code, km = (cell.code, row.km) if cell else (None, None)
        yield row.code, row.members, code, row.coverage, km


COVERAGE = declare(
    Table(
        name="coverage",
        model=CoverageRow,
        description=_("Who works in each workplace and which cell covers it (A2)."),
        key=("workplace",),
        columns=(
            column(CoverageRow, "workplace", _("The workplace.")),
            column(CoverageRow, "members", _("How many members belong to it by their work.")),
            column(
                CoverageRow,
                "cell",
                _(
                    "The open cell that is responsible for it; empty where there is none, or"
                    " where it lies outside of what is exported."
                ),
            ),
            column(
                CoverageRow,
                "coverage",
                _("Whether that is its own cell (A1) or it is attached to it (A2)."),
            ),
            column(
                CoverageRow,
                "distance_km",
                _("Kilometres from there to the cell's nearest own workplace, over the ground."),
            ),
        ),
        rows=_workplaces,
        computed=_computed,
    )
)
