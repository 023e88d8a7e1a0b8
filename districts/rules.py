"""The ground's rules: where units stand (A7, A9)."""

from collections.abc import Iterator
from datetime import date

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.rulebook import Breach, rule
from districts.kinds import PARENTS, Kind
from districts.models import Unit


@rule(
    "A9",
    "unit-parent",
    sentence=_("Every open unit stands under a unit of a kind that its own kind allows."),
    remedy=_("Move the unit under a unit of a lawful kind."),
    explanation=_(
        "The organisation has a fixed shape, so that everybody knows who leads whom: cells "
        "stand under a district or a local group, districts and local groups under an area, "
        "areas under the town. A unit in the wrong place is missing from the counts and "
        "meetings of the body that should lead it. Move it under a unit of the right kind; "
        "everybody registered there stays."
    ),
    mend="move",
)
def unlawful_parents(ground: Ground, on: date) -> Iterator[Breach]:
    """Open units under a parent of another kind, or under none where there must be one."""
    lawful = Q(pk__in=[])
    for kind, parents in PARENTS.items():
        lawful |= Q(kind=kind, parent__kind__in=[parent for parent in parents if parent])
        if None in parents:
            lawful |= Q(kind=kind, parent__isnull=True)
    yield from _breaches(Unit.objects.on_ground(ground).open(on).exclude(lawful))


@rule(
    "A9",
    "unit-above-open",
    sentence=_("An open unit stands under open units only."),
    remedy=_("Move the unit under an open one, or dissolve it."),
    explanation=_(
        "When a unit is dissolved, what stands below it must go on somewhere else, or nobody "
        "leads it any more. This unit was forgotten when the one above was dissolved. Move it "
        "under an open unit; or, if it has ended too, place its members elsewhere and "
        "dissolve it."
    ),
    mend="move",
)
def under_dissolved(ground: Ground, on: date) -> Iterator[Breach]:
    """Open units whose parent is dissolved."""
    units = Unit.objects.on_ground(ground).open(on).filter(parent__dissolved__lte=on)
    rows = units.order_by("code").values_list("code", "parent__dissolved")
    for code, dissolved in rows.iterator():
        yield Breach(code, f"unit {code}", dissolved)


@rule(
    "A9",
    "unit-above-older",
    sentence=_("A unit is not founded before the unit that it stands under."),
    remedy=_("Correct the day of founding of one of the two."),
    explanation=_(
        "A unit is founded by the one above it, so it cannot be the older of the two. One of "
        "the two days is wrong, most often a slip in an imported list. Find out from the "
        "minutes which, and have the administrator correct that day by an import of the "
        "units; no page changes it."
    ),
)
def older_than_parent(ground: Ground, on: date) -> Iterator[Breach]:
    """Open units that are older than their parents."""
    units = Unit.objects.on_ground(ground).open(on).filter(founded__lt=F("parent__founded"))
    yield from _breaches(units)


@rule(
    "A7",
    "joint-cell-place",
    sentence=_("A joint cell is the form of a small place: it belongs to a local group."),
    remedy=_("Move the cell to a local group, or found a factory or street cell in its place."),
    explanation=_(
        "A joint cell holds everybody of a village or small town together, those who work in "
        "its factory and those who only live there. In a large town work and home lie apart, "
        "and there are factory and street cells for each. So a joint cell stands under a "
        "local group and not under a district: move it to the local group of its place, or "
        "found a cell of another kind and move its members."
    ),
    mend="move",
)
def joint_cells_in_districts(ground: Ground, on: date) -> Iterator[Breach]:
    """Open joint cells under a district."""
    units = Unit.objects.on_ground(ground).open(on)
    yield from _breaches(units.filter(kind=Kind.JOINT_CELL, parent__kind=Kind.DISTRICT))


def _breaches(units: QuerySet[Unit]) -> Iterator[Breach]:
    rows = units.order_by("code").values_list("code", "founded")
    for code, founded in rows.iterator():
        yield Breach(code, f"unit {code}", founded)
