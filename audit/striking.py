"""Striking out what the log says of somebody, when the law demands it: the chain still holds.

An entry's sentence, reason and values are sealed by a digest of their own. They and the salt are
erased, the digest stays, and so does all the rest: that something was done, when, by whom, to which
row. Each entry that was struck out is named by the entry that tells of the striking, so that nobody
erases one unseen: `check_log` finds a struck entry that no other names.
"""

from datetime import date
from functools import cached_property

from audit.models import Entry, EntryQuerySet

_AT_ONCE = 500
NAMED = "struck"  # under which the facts of an entry name those that it struck out


def strike(entries: EntryQuerySet, on: date) -> list[str]:
    """Strike out the entries; their names, as '3/17', to be told in the facts of another entry.

    Those that were struck out before, and those that say nothing of anybody, are passed over.
    """
    saying = entries.filter(struck=None).exclude(sentence="", reason="", changes={})
    found = list(saying.order_by("chain", "place").values_list("pk", "chain", "place"))
    for start in range(0, len(found), _AT_ONCE):
        keys = [key for key, _chain, _place in found[start : start + _AT_ONCE]]
        Entry.objects.get_queryset().filter(pk__in=keys).strike(on)
    return [f"{chain}/{place}" for _key, chain, place in found]


class Struck:
    """The entries that others name as struck out. One query, when first asked."""

    @cached_property
    def names(self) -> set[str]:
        """All of them, as '3/17'."""
        telling = Entry.objects.filter(what=Entry.What.REMOVED, table="log").order_by()
        facts = telling.values_list("facts", flat=True)
        return {name for told in facts for name in told.get(NAMED, ())}

    def has(self, entry: Entry) -> bool:
        """Whether an entry tells that this one was struck out."""
        return str(entry) in self.names
