"""The log as somebody may see it: the entries about his or her part of the organisation.

What is shown of them goes through `as_seen`: the log stays as it is, its showing does not (A14).
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from audit.ground import Ground
from audit.log import Draft, key_of
from audit.models import Entry
from districts.models import Unit

Told = Sequence[Entry] | Sequence[Draft]
T = TypeVar("T", bound=Told)

_veils: list[Callable[[Told], None]] = []
_BULK = (Entry.What.EXPORTED, Entry.What.IMPORTED)


def seen_entries(entries: QuerySet[Entry], ground: Ground, *, few: bool = False) -> QuerySet[Entry]:
    """Those of `entries` that are about units in `ground`.

    An import or export of the whole organisation is shown to everybody whose part it took in: it
    names files and counts, nobody's data. `few` says that the entries are those about one row: they
    are tried one by one; otherwise those of the ground are looked up, however long the log is.
    """
    if ground.everywhere or not ground.extents:
        return entries if ground.everywhere else entries.filter(pk__in=[])
    units = Unit.objects.on_ground(ground).order_by().values("pk")
    mine, whole = Q(unit__in=units), Q(unit=None, member=None, what__in=_BULK)
    seen: QuerySet[Entry]
    if few:
        seen = entries.filter(mine | whole)
    else:
        keys = Entry.objects.order_by().values("pk")
        seen = entries.filter(pk__in=keys.filter(mine).union(keys.filter(whole)))
    return seen


def entries_of(row: Any) -> QuerySet[Entry]:
    """The entries about one row."""
    entries: QuerySet[Entry] = Entry.objects.all()
    if isinstance(row, Unit):
        return entries.filter(unit=row.pk)
    table, key = key_of(row)
    return entries.filter(table=table, key=key)


def veils_entries(veil: Callable[[Told], None]) -> Callable[[Told], None]:
    """Declare what strikes out of entries, in memory alone, what the user who asks may not see."""
    _veils.append(veil)
    return veil


def as_seen(entries: T) -> T:
    """The same entries, or drafts of some, with what the user who asks may see of them."""
    for veil in _veils:
        veil(entries)
    return entries
