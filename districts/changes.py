"""The last things that were done in somebody's part of the register, one line for each act."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from audit import wording
from audit.ground import Ground
from audit.models import Entry
from districts.log import as_seen, seen_entries
from districts.models import Unit
from districts.scope import ground_of

ACTS = 10
LONGEST_KEY = 24  # a number or a unit's code; a poll's or a meeting's tells nobody anything
LOOKED_AT = 300  # of the newest entries: an act upon very many rows fills them alone

Linker = Callable[[Ground, Iterable[Entry]], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class Done:
    """One act: an entry that stands for it, what it says, how many more there are, and a link."""

    entry: Entry
    text: str
    key: str
    more: int
    address: str


_linkers: list[Linker] = []
_no_news: set[str] = set()


def links_entries(linker: Linker) -> Linker:
    """Declare where entries lead, by their primary keys: to rows that lie in the ground alone.

    What is declared later goes before: the page of a poll before that of its unit.
    """
    _linkers.append(linker)
    return linker


def no_news(table: str) -> None:
    """Declare a table of the log whose entries come by the hundred and are no news each."""
    _no_news.add(table)


def last_acts(request: HttpRequest) -> list[Done]:
    """The newest acts that changed something, as far as the user who asks may see them.

    One query, and one for each declared linker; in an emergency two more.
    """
    ground = ground_of(request)
    news = Entry.objects.exclude(what=Entry.What.LOOKED).exclude(table__in=_no_news)
    entries = seen_entries(news, ground)
    acts: dict[UUID, list[Entry]] = {}
    for entry in entries.order_by("-id").defer("changes", "facts", "reason")[:LOOKED_AT]:
        if len(acts) < ACTS or entry.act_id in acts:
            acts.setdefault(entry.act_id, []).append(entry)
    told = as_seen(
        [done[-1] for done in acts.values()]
    )  # what was written first is what the act is about
    links: dict[int, str] = {}
    for linker in _linkers:
        links = {**links, **linker(ground, told)}
    return [_done(entry, len(acts[entry.act_id]) - 1, links) for entry in told]


def _done(entry: Entry, more: int, links: Mapping[int, str]) -> Done:
    text = entry.sentence or wording.title(entry)
    key = "" if entry.sentence or len(entry.key) > LONGEST_KEY else entry.key
    return Done(entry, text, key, more, links.get(entry.pk, ""))


@links_entries
def to_units(ground: Ground, entries: Iterable[Entry]) -> Mapping[int, str]:
    """The pages of the units that entries are about. One query."""
    about: dict[int, Any] = {
        entry.pk: entry.unit for entry in entries if entry.unit and entry.member is None
    }
    units = Unit.objects.on_ground(ground).filter(pk__in=set(about.values())).order_by()
    held = set(units.values_list("pk", flat=True))
    return {
        entry: reverse("admin:districts_unit_change", args=[unit])
        for entry, unit in about.items()
        if unit in held
    }
