"""The rule on the coverage of the factories (A2)."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.rulebook import Breach, rule
from districts.models import Unit, Workplace


@rule(
    "A2",
    "workplace-covered",
    sentence=_("Every workplace has an open factory cell that is responsible for it."),
    remedy=_("Attach the workplace to the nearest factory cell, or let it form its own."),
    explanation=_(
        "A factory without a cell of its own belongs to the area of the nearest factory cell, "
        "which works there until there are members enough for a cell. Where nobody is "
        "responsible, nobody is approached, and whoever is admitted there belongs nowhere. "
        "The page of the coverage names the nearest cell; three members and more can form "
        "a cell of their own."
    ),
    mend="attach-workplace",
)
def without_cell(ground: Ground, on: date) -> Iterator[Breach]:
    """Workplaces in `ground` without a responsible cell that is open."""
    open_cells = Unit.objects.open(on).filter(pk=OuterRef("cell"))
    alone = Workplace.objects.filter(ground.holds("locality__unit__"), ~Exists(open_cells))
    rows = alone.order_by("code").values_list("code", "locality__unit__code", "cell__dissolved")
    for code, unit, dissolved in rows.iterator():
        since = dissolved if dissolved is not None and dissolved <= on else None
        yield Breach(unit or "", f"workplace {code}", since)
