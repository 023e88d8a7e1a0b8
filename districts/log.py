"""The log as somebody may see it: the entries about his or her part of the organisation."""

from typing import Any

from django.db.models import Q, QuerySet

from audit.ground import Ground
from audit.log import key_of
from audit.models import Entry
from districts.models import Unit

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
