"""What the articles ask of those who lead a unit: how many, and from where (A8, A11, A12, A13).

The same predicates serve the models, the forms, the acts and the rules. No query.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.refusals import Blocker
from audit.rulebook import statutes
from districts.kinds import CELLS, LEADERS_OF_CELLS, Kind

FACTORY_MAJORITY = frozenset({Kind.DISTRICT, Kind.AREA})  # A13 binds these and no others


@dataclass(frozen=True, slots=True)
class Limits:
    """How many sit, by which article; `most` is None where the election alone says it."""

    article: str
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Strength:
    """How many hold a seat, and how many of them are at home in a factory cell or a joint cell."""

    size: int = 0
    factory: int = 0


def limits(kind: str) -> Limits:
    """How many lead a unit of this kind (A8, A11; A12 and A15 for towns and areas)."""
    numbers = statutes()
    if kind in CELLS:
        return Limits("A8", numbers.bureau_least, numbers.bureau_most)
    if kind in LEADERS_OF_CELLS:
        return Limits("A11", numbers.bureau_least, numbers.bureau_most)
    return Limits("A15" if kind == Kind.AREA else "A12", numbers.committee_least, None)


def factory_least(size: int) -> int:
    """How many of `size` are more than half (A13)."""
    return size // 2 + 1


def asks_factory_majority(kind: str) -> bool:
    """Whether most of those who lead such a unit come from factory cells (A13)."""
    return kind in FACTORY_MAJORITY


def size_blockers(kind: str, size: int, *, called: int = 0) -> Iterator[Blocker]:
    """What is wrong with so many seats; `called` is the number that the election was for.

    That number binds areas and towns alone, whose size the articles leave to the election.
    """
    bounds = limits(kind)
    least = max(bounds.least, called) if bounds.most is None else bounds.least
    if size < least:
        reason = ngettext(
            "%(size)s seat is held; at least %(least)s must be.",
            "%(size)s seats are held; at least %(least)s must be.",
            size,
        )
        yield Blocker(reason % {"size": size, "least": least}, bounds.article)
    elif bounds.most is not None and size > bounds.most:
        reason = _("%(size)s seats are too many; there are at most %(most)s.")
        yield Blocker(reason % {"size": size, "most": bounds.most}, bounds.article)


def majority_blockers(kind: str, strength: Strength) -> Iterator[Blocker]:
    """What is wrong with where those come from who hold the seats (A13)."""
    if not asks_factory_majority(kind) or not strength.size:
        return
    least = factory_least(strength.size)
    if strength.factory < least:
        reason = _("%(factory)s of %(size)s are of factory cells; at least %(least)s must be.")
        told = {"factory": strength.factory, "size": strength.size, "least": least}
        yield Blocker(reason % told, "A13")


def strength_blockers(kind: str, strength: Strength, *, called: int = 0) -> list[Blocker]:
    """All that is wrong with those who hold the seats (A8, A11, A13)."""
    return [
        *size_blockers(kind, strength.size, called=called),
        *majority_blockers(kind, strength),
    ]


def worsened(kind: str, before: Strength, after: Strength, *, called: int = 0) -> Iterator[Blocker]:
    """What is wrong after a change and is no less wrong than it was before it.

    A change that mends a part of what is wrong is welcome.
    """
    for blocker in size_blockers(kind, after.size, called=called):
        bounds = limits(kind)
        too_many = bounds.most is not None and after.size > bounds.most
        if too_many or after.size <= before.size:
            yield blocker
    missing = factory_least(after.size) - after.factory
    if missing >= factory_least(before.size) - before.factory:
        yield from majority_blockers(kind, after)


MANDATES: dict[str, frozenset[str]] = {
    **{kind: frozenset({"cell"}) for kind in CELLS},
    **{kind: frozenset({"general", "delegates"}) for kind in LEADERS_OF_CELLS},
    Kind.AREA: frozenset({"delegates", "cells", "appointed"}),
    Kind.TOWN: frozenset({"delegates"}),
}


def mandate_blockers(kind: str, mandate: str) -> Iterator[Blocker]:
    """Whether those who gave the mandate may elect, or appoint, such a body (A8, A11, A12, A14)."""
    if mandate in MANDATES[kind]:
        return
    if mandate == "appointed":
        yield Blocker(_("Only an area committee can be appointed, in an emergency."), "A14")
    elif kind in CELLS:
        yield Blocker(_("The bureau of a cell is elected by the members of the cell."), "A8")
    elif kind in LEADERS_OF_CELLS:
        reason = _("Such a bureau is elected by a meeting of all members, or of delegates.")
        yield Blocker(reason, "A11")
    elif kind == Kind.TOWN:
        reason = _("The leadership of a town is elected by a conference of delegates.")
        yield Blocker(reason, "A12")
    else:
        yield Blocker(_("An area committee is elected by delegates, or by the cells."), "A14")
