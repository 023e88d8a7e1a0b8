"""Whether a poll's files agree with each other and with the count done again from them alone."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from elections.board import chain
from elections.published.fields import brief
from elections.published.poll import (
    ALWAYS,
    BALLOTS,
    BLT,
    MANIFEST,
    POLL,
    RECEIPTS,
    RESULT,
    SOMETIMES,
    TOTALS,
    PublishedPoll,
)
from elections.published.reading import UnreadablePoll, json_of, links_of, poll_of
from elections.published.writing import digests, files_of, json_text
from elections.tallying import ballot_faults, terms_faults, totals_faults

MOST_OF_A_KIND = 20


def differences(files: Mapping[str, bytes]) -> list[str]:
    """All that does not agree in a poll's files, a sentence each with the file and the place.

    Never raises, whatever the bytes. Nothing found means: these are exactly the files that this
    program writes for the poll that they tell of, and counting again gives the published result.
    """
    found = [*manifest_faults(files), *_names(files)]
    try:
        poll = poll_of(files)
    except UnreadablePoll as unreadable:
        return _once([*found, *unreadable.problems])
    for check in (_terms, _figures, _board, _seed, _ballots):
        found += _some(check(poll))
    found += _some(_links(poll, links_of(files)))
    written = files_of(poll)
    found += _written(files, written)
    found += _some(result_faults(files, written))
    return _once(found)


def _once(sentences: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(sentences))


def _some(sentences: Iterable[str]) -> list[str]:
    """The first of many sentences of a kind: a list cut in half breaks every line after it."""
    all_of_them = list(sentences)
    left = len(all_of_them) - MOST_OF_A_KIND
    return all_of_them[:MOST_OF_A_KIND] + ([f"And {left} more like these."] if left > 0 else [])


def manifest_faults(files: Mapping[str, bytes]) -> Iterator[str]:
    """What the manifest says of files that are not so."""
    manifest, problems = json_of(files, MANIFEST)
    yield from problems
    if manifest is None:
        return
    there = digests(files)
    for name in sorted(there.keys() | manifest.keys()):
        if name not in manifest:
            yield f"{MANIFEST}: {brief(name)} is there and not listed."
        elif name not in there:
            yield f"{MANIFEST}: {brief(name)} is listed and not there."
        elif manifest[name] != there[name]:
            listed = brief(manifest[name])
            yield f"{name}: its SHA-256 is {there[name]}, and {MANIFEST} has {listed}."
    if json_text(manifest).encode() != files[MANIFEST]:
        yield f"{MANIFEST}: this is not the form in which it is published."


def _names(files: Mapping[str, bytes]) -> Iterator[str]:
    for name in ALWAYS:
        if name not in files:
            yield f"{name} is missing."
    for name in sorted(files.keys() - {*ALWAYS, *SOMETIMES}):
        yield f"{brief(name)} is no file that a poll publishes."


def _terms(poll: PublishedPoll) -> Iterator[str]:
    for fault in terms_faults(poll):
        yield f"{POLL}: {fault}"
    if poll.opened_on > poll.closed_on:
        yield f"{POLL}: closed on {poll.closed_on}, before it was opened on {poll.opened_on}."


def _figures(poll: PublishedPoll) -> Iterator[str]:
    online, receipts = poll.checked_off_online, len(poll.receipts)
    if receipts != online:
        yield f"{RECEIPTS}: {receipts} receipts, and {online} were checked off online ({POLL})."
    if poll.in_box != poll.checked_off:
        yield (
            f"{BALLOTS}: {poll.in_box} ballots and papers in all, those in totals and the invalid"
            f" ones too, and {poll.checked_off} were checked off ({POLL})."
        )
    if poll.checked_off > poll.entitled:
        yield f"{POLL}: {poll.checked_off} were checked off, and {poll.entitled} were entitled."
    if poll.totals is None:
        return
    if poll.totals.papers > poll.checked_off_on_paper:
        yield (
            f"{TOTALS}: {poll.totals.papers} papers, and {poll.checked_off_on_paper} were checked"
            f" off on paper ({POLL})."
        )
    for fault in totals_faults(poll, poll.totals):
        yield f"{TOTALS}: {fault}"


def _board(poll: PublishedPoll) -> Iterator[str]:
    if poll.receipts and not poll.public_key:
        yield f"{RECEIPTS}: there are receipts, and the poll has no public key ({POLL})."
    for line, (before, receipt) in enumerate(pairwise(poll.receipts), 3):
        if before == receipt:
            yield f"{RECEIPTS}: line {line}: the receipt {receipt} is there twice."
        elif before > receipt:
            yield f"{RECEIPTS}: line {line}: the receipts are not in ascending order."
    head = chain(poll.identity, poll.public_key, poll.receipts)[-1]
    if head != poll.chain_head:
        yield f"{POLL}: 'chain_head' is {poll.chain_head}, and the chain ends with {head}."


def _links(poll: PublishedPoll, links: list[str]) -> Iterator[str]:
    """Each link from the receipts in their order here, so that the first wrong place shows."""
    link = chain(poll.identity, poll.public_key, ())[0]
    for line, (receipt, published) in enumerate(zip(poll.receipts, links, strict=True), 2):
        link = hashlib.sha256(f"{link}|{receipt}".encode()).hexdigest()
        if published != link:
            yield f"{RECEIPTS}: line {line}: the link is {published}, and should be {link}."


def _seed(poll: PublishedPoll) -> Iterator[str]:
    if not poll.seed_commitment:
        if poll.seed or poll.kind == "election":
            yield f"{POLL}: there is no 'seed_commitment' from the opening."
        return
    digest = hashlib.sha256(poll.seed.encode()).hexdigest()
    if digest != poll.seed_commitment:
        yield f"{POLL}: the SHA-256 of 'seed' is {digest}, and not 'seed_commitment'."


def _ballots(poll: PublishedPoll) -> Iterator[str]:
    for line, choices in enumerate(poll.ballots, 2):
        for fault in ballot_faults(poll, choices):
            yield f"{BALLOTS}: line {line}: {fault}"


def _written(files: Mapping[str, bytes], written: Mapping[str, bytes]) -> Iterator[str]:
    """Writing what was read must give the same bytes. The result is compared by its stages."""
    for name in SOMETIMES:
        if name in written and name not in files:
            yield f"{name} is missing."
        if name in files and name not in written:
            yield f"{name} is there, and this poll publishes none."
    for name in sorted(files.keys() & written.keys() - {MANIFEST, RESULT}):
        if files[name] != written[name]:
            line = _first_unlike(files[name], written[name])
            what = (
                f"does not agree with {BALLOTS} and {POLL}" if name == BLT else "is not as written"
            )
            yield f"{name}: line {line} {what}."


def _first_unlike(one: bytes, other: bytes) -> int:
    """The number of the first line that differs."""
    pairs = zip(one.split(b"\n"), other.split(b"\n"), strict=False)
    return next((line for line, pair in enumerate(pairs, 1) if pair[0] != pair[1]), 0)


def result_faults(files: Mapping[str, bytes], written: Mapping[str, bytes]) -> Iterator[str]:
    """Where the published result differs from the one that counting again gives."""
    published, problems = json_of(files, RESULT)
    yield from problems
    computed, _ = json_of(written, RESULT)
    if published is None or computed is None:
        return
    if json_text(published).encode() != files[RESULT]:
        yield f"{RESULT}: this is not the form in which it is published."
    yield from _unlike("", published, computed)


def _unlike(place: str, published: Any, computed: Any) -> Iterator[str]:
    """Where two plain values differ, down to the single value."""
    if isinstance(published, dict) and isinstance(computed, dict):
        yield from _unlike_objects(place, published, computed)
    elif isinstance(published, list) and isinstance(computed, list):
        if len(published) != len(computed):
            counts = f"{len(published)} entries, and counting again gives {len(computed)}"
            yield f"{RESULT}: {place} has {counts}."
        for number, (one, other) in enumerate(zip(published, computed, strict=False), 1):
            yield from _unlike(f"{place}[{number}]", one, other)
    elif type(published) is not type(computed) or published != computed:
        yield (
            f"{RESULT}: {place} is {brief(published)}, and counting again gives {brief(computed)}."
        )


def _unlike_objects(
    place: str, published: dict[str, Any], computed: dict[str, Any]
) -> Iterator[str]:
    for key in sorted(published.keys() | computed.keys()):
        at = f"{place}.{key}" if place else key
        if key not in published:
            yield f"{RESULT}: {at} is missing; counting again gives {brief(computed[key])}."
        elif key not in computed:
            yield f"{RESULT}: {brief(at)} is there, and counting again gives no such thing."
        else:
            yield from _unlike(at, published[key], computed[key])
