"""How entries of the log are sealed to each other, and how a chain is proved whole.

An entry's digest is SHA-256 over the digest before it and the entry itself, as JSON with sorted
keys and no spaces. What may name people goes in by a salted digest of its own.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from audit.models import Chain, Entry
from audit.striking import Struck

CONTENT = ("sentence", "reason", "changes")
SEALED = (
    *("chain", "place", "what", "table", "key", "member", "unit", "actor", "actor_name", "act"),
    *("content_digest", "facts"),
)
_BATCH = 2_000


def _sha256(*parts: str) -> str:
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _canonical(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_digest(entry: Entry) -> str:
    """The digest of what may name people in the entry, with its salt."""
    return _sha256(entry.salt, _canonical({name: getattr(entry, name) for name in CONTENT}))


def digest(entry: Entry, before: str) -> str:
    """The digest that seals `entry` to the entry whose digest is `before`, '' for the first."""
    values = {name: getattr(entry, name) for name in SEALED}
    values["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    values["act_id"] = str(entry.act_id)
    return _sha256(before, _canonical(values))


@dataclass(frozen=True, slots=True)
class Fault:
    """A place in the log that is not as it was written: the chain, the place, and what is wrong."""

    chain: int
    place: int
    what: str

    def __str__(self) -> str:
        return f"chain {self.chain}, entry {self.place}: {self.what}"


@dataclass(frozen=True, slots=True)
class Head:
    """A chain as it stood at some time: how many entries, and the digest of the last of them."""

    chain: int
    length: int
    digest: str


def heads() -> list[Head]:
    """The heads of all chains now, in their order."""
    return [Head(*row) for row in Chain.objects.order_by("root").values_list()]


def log_faults(
    kept: Iterable[Head] = (), chains: Iterable[int] | None = None, *, quick: bool = False
) -> Iterator[Fault]:
    """Every fault in the log, or in `chains` alone; reads each entry once.

    `kept` are heads from an earlier day: what was sealed then must still be there, so that cutting
    off the end shows too. A `quick` look reads a chain from the first kept head on only.
    """
    wanted = None if chains is None else set(chains)
    promised: dict[int, list[Head]] = {}
    for head in kept:
        if wanted is None or head.chain in wanted:
            promised.setdefault(head.chain, []).append(head)
    stored = {head.chain: head for head in heads()}
    there = set(Entry.objects.order_by().values_list("chain", flat=True).distinct())
    for chain in sorted(there | promised.keys() | stored.keys()):
        if wanted is None or chain in wanted:
            yield from _chain_faults(chain, stored.get(chain), promised.get(chain, []), quick)


def _chain_faults(
    chain: int, stored: Head | None, promised: list[Head], quick: bool
) -> Iterator[Fault]:
    kept = {head.length: head.digest for head in promised}
    before, place = _start(chain, min(kept, default=1)) if quick else ("", 0)
    struck = Struck()
    entries = Entry.objects.filter(chain=chain, place__gt=place).order_by("place")
    for entry in entries.iterator(_BATCH):
        if entry.place != place + 1:
            yield Fault(chain, place + 1, f"removed, with all up to entry {entry.place}")
        yield from _entry_faults(entry, before, struck, whole=entry.place == place + 1)
        if kept.pop(entry.place, entry.digest) != entry.digest:
            yield Fault(chain, entry.place, "is not the entry that the kept head names")
        before, place = entry.digest, entry.place
    for length in sorted(kept):
        if length > place:
            yield Fault(chain, length, f"cut off: {place} entries are left of those that were kept")
    length, last = (stored.length, stored.digest) if stored else (0, "")
    if (length, last) != (place, before):
        yield Fault(
            chain, max(place, length), f"the head counts {length} entries and {place} stand"
        )


def _start(chain: int, first: int) -> tuple[str, int]:
    """The digest and the place of the entry before `first`, to go on from."""
    entry = Entry.objects.filter(chain=chain, place__lt=first).order_by("-place").first()
    return (entry.digest, entry.place) if entry else ("", 0)


def _entry_faults(entry: Entry, before: str, struck: Struck, *, whole: bool) -> Iterator[Fault]:
    if entry.struck is not None:
        yield from _struck_faults(entry, struck)
    elif content_digest(entry) != entry.content_digest:
        yield Fault(entry.chain, entry.place, "changed: its sentence, reason or values")
    if whole and digest(entry, before) != entry.digest:
        yield Fault(
            entry.chain,
            entry.place,
            "does not follow from the one before it: changed, inserted or moved",
        )


def _struck_faults(entry: Entry, struck: Struck) -> Iterator[Fault]:
    """What was struck out is empty, and another entry tells of it."""
    if entry.sentence or entry.reason or entry.changes or entry.salt:
        yield Fault(entry.chain, entry.place, "struck out, and says something still")
    if not struck.has(entry):
        yield Fault(entry.chain, entry.place, "struck out, and no entry tells of it")
