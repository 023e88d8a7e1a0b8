"""Founding, renaming, moving and dissolving units: each one act in one transaction.

Each locks the trees that it changes before it reads what it decides on.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from districts.kinds import Kind, article_of_place, may_stand_under, where_it_may_stand
from districts.models import Unit
from districts.tree import lock_trees


class CannotFound(Refused):
    """A unit that could not be founded."""


class CannotRename(Refused):
    """A unit that could not be renamed."""


class CannotSetContact(Refused):
    """A line on how to reach a unit that could not be set."""


class CannotMove(Refused):
    """A unit that could not be moved."""


class CannotDissolve(Refused):
    """A unit that could not be dissolved."""


DissolutionCheck = Callable[[Unit, date], Iterable[Blocker]]
_dissolution_checks: list[DissolutionCheck] = []


def blocks_dissolution(check: DissolutionCheck) -> DissolutionCheck:
    """Declare what else may stand in the way of dissolving a unit; used by the apps above."""
    _dissolution_checks.append(check)
    return check


Follow = Callable[[Unit, date], None]
_follow_dissolution: list[Follow] = []


def follows_dissolution(follow: Follow) -> Follow:
    """Declare what ends together with a unit, in the same transaction; used by the apps above."""
    _follow_dissolution.append(follow)
    return follow


@recorded("found-unit")
def found_unit(
    *,
    kind: str,
    code: str,
    name: str,
    founded: date,
    parent: Unit | None = None,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
) -> Unit:
    """Found a unit under `parent`, or as the root of a new tree.

    Siblings stand in the order of their codes. Raises `CannotFound` (A7, A9, a code in use).
    """
    lock_trees(parent)
    parent = Unit.objects.get(pk=parent.pk) if parent else None
    unit = Unit(
        kind=kind,
        code=code,
        name=name,
        parent=parent,
        founded=founded,
        latitude=latitude,
        longitude=longitude,
    )
    refuse_if([*_place_blockers(unit, parent, founded), *field_blockers(unit)], CannotFound)
    _insert(unit, parent)
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
    except IntegrityError as error:  # founded in another tree a moment ago
        raise CannotFound(Blocker(_("The code %(code)s is in use.") % {"code": code})) from error
    return unit


@recorded("rename-unit")
def rename_unit(*, unit: Unit, name: str) -> Unit:
    """Give the unit another name; its code stays. Raises `CannotRename`."""
    unit = Unit.objects.select_for_update(no_key=True, of=("self",)).get(pk=unit.pk)
    unit.name = name
    refuse_if(field_blockers(unit), CannotRename)
    unit.save(update_fields=["name"])
    return unit


@recorded("set-contact")
def set_contact(*, unit: Unit, contact: str) -> Unit:
    """Say how its members reach the unit's bureau; '' for nothing. Raises `CannotSetContact`."""
    unit = Unit.objects.select_for_update(no_key=True, of=("self",)).get(pk=unit.pk)
    unit.contact = contact
    refuse_if(field_blockers(unit), CannotSetContact)
    unit.save(update_fields=["contact"])
    return unit


@recorded("move-unit")
def move_unit(*, unit: Unit, parent: Unit | None, on: date) -> Unit:
    """Move the unit with all below it under `parent`, or make it a root.

    The tree keeps no past: the move holds at once, and `on` is the day that the units must be open.
    Raises `CannotMove` (A7, A9, below itself).
    """
    lock_trees(unit, parent)
    unit = Unit.objects.get(pk=unit.pk)
    parent = Unit.objects.get(pk=parent.pk) if parent else None
    refuse_if(move_blockers(unit=unit, parent=parent, on=on), CannotMove)
    right = _right_sibling(unit, parent)
    if right is not None:
        Unit.objects.move_node(unit, right, "left")
    else:
        Unit.objects.move_node(unit, parent, "last-child")
    unit.refresh_from_db()
    return unit


@recorded("dissolve-unit")
def dissolve_unit(*, unit: Unit, on: date) -> Unit:
    """Dissolve the unit: from `on` it is no more, nor what hangs on it. Raises `CannotDissolve`."""
    lock_trees(unit)
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    refuse_if(dissolution_blockers(unit=unit, on=on), CannotDissolve)
    unit.dissolved = on
    unit.save(update_fields=["dissolved"])
    for follow in _follow_dissolution:
        follow(unit, on)
    return unit


def move_blockers(*, unit: Unit, parent: Unit | None, on: date) -> list[Blocker]:
    """All that stands in the way of moving `unit` under `parent`."""
    blockers = _place_blockers(unit, parent, on)
    if not unit.is_open(on):
        blockers.append(Blocker(_("%(unit)s is not open on that day.") % {"unit": unit}))
    if parent is not None and parent.is_descendant_of(unit, include_self=True):
        blockers.append(Blocker(_("%(unit)s cannot stand below itself.") % {"unit": unit}, "A9"))
    return blockers


def dissolution_blockers(*, unit: Unit, on: date) -> list[Blocker]:
    """All that stands in the way of dissolving `unit` on the day `on`."""
    return list(_own_dissolution_blockers(unit, on)) + [
        blocker for check in _dissolution_checks for blocker in check(unit, on)
    ]


def _own_dissolution_blockers(unit: Unit, on: date) -> Iterator[Blocker]:
    if unit.dissolved is not None:
        yield Blocker(_("%(unit)s was dissolved on %(day)s already.") % _day(unit, unit.dissolved))
    if on <= unit.founded:
        yield Blocker(_("%(unit)s was founded on %(day)s only.") % _day(unit, unit.founded))
    still_open = unit.get_children().exclude(dissolved__lte=on).count()
    if still_open:
        yield Blocker(
            _("%(unit)s still has open units below it: %(number)s.")
            % {"unit": unit, "number": still_open},
            "A9",
        )


def _place_blockers(unit: Unit, parent: Unit | None, on: date) -> list[Blocker]:
    blockers = []
    if unit.kind in Kind.values and not may_stand_under(unit.kind, parent.kind if parent else None):
        blockers.append(Blocker(where_it_may_stand(unit.kind), article_of_place(unit.kind)))
    if parent is not None and not parent.is_open(on):
        blockers.append(Blocker(_("%(unit)s is not open on that day.") % {"unit": parent}, "A9"))
    return blockers


def _right_sibling(unit: Unit, parent: Unit | None) -> Unit | None:
    """Before whom `unit` stands among those under `parent`; trees stand as planted."""
    if parent is None:
        return None
    siblings = Unit.objects.filter(parent=parent, code__gt=unit.code).exclude(pk=unit.pk)
    right: Unit | None = siblings.order_by("lft").first()
    return right


def _insert(unit: Unit, parent: Unit | None) -> None:
    right = _right_sibling(unit, parent)
    if right is not None:
        Unit.objects.insert_node(unit, right, "left")
    else:
        Unit.objects.insert_node(unit, parent, "last-child")


def _day(unit: Unit, day: date) -> dict[str, object]:
    return {"unit": unit, "day": day_in_words(day)}
