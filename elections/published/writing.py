"""Writing a poll's files: the same poll gives the same bytes, wherever and whenever."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from elections.board import chain
from elections.counting.blt import write_blt
from elections.counting.contest import Ballot, CannotCount, Group
from elections.published.poll import (
    BALLOTS,
    BLT,
    FORMAT,
    MANIFEST,
    POLL,
    README,
    RECEIPTS,
    RESULT,
    TOTALS,
    PublishedPoll,
)
from elections.published.readme import TEXT
from elections.tallying import contest_of, tally, terms_faults


def files_of(poll: PublishedPoll) -> dict[str, bytes]:
    """The files of a poll by name, as bytes: UTF-8, sorted keys, lines that end with LF."""
    texts = {
        POLL: json_text(_plain(poll)),
        RECEIPTS: _csv(_receipts(poll)),
        BALLOTS: _csv(_ballots(poll)),
        RESULT: json_text(result_of(poll)),
        README: TEXT,
    }
    if poll.has_blt and not any(terms_faults(poll)):
        texts[BLT] = _blt(poll)
    if poll.totals is not None:
        texts[TOTALS] = _csv(_totals(poll))
    files = {name: text.encode() for name, text in texts.items()}
    files[MANIFEST] = json_text(digests(files)).encode()
    return files


def result_of(poll: PublishedPoll) -> dict[str, Any]:
    """The count's report as plain values, or `cannot_count` with the reason that there is none."""
    try:
        return tally(
            poll,
            ballots=poll.ballots,
            totals=poll.totals,
            invalid=poll.invalid_papers,
            seed=poll.lot_seed,
        )
    except CannotCount as refusal:
        return {"kind": poll.kind, "method": poll.method, "cannot_count": str(refusal)}


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each file but the manifest, by name."""
    return {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != MANIFEST
    }


def manifest_digest(files: Mapping[str, bytes]) -> str:
    """The SHA-256 of the manifest, which fixes every byte of every file; '' where there is none."""
    manifest = files.get(MANIFEST)
    return "" if manifest is None else hashlib.sha256(manifest).hexdigest()


def json_text(values: Mapping[str, Any]) -> str:
    """`values` as JSON in the one form that is published."""
    return json.dumps(values, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def _plain(poll: PublishedPoll) -> dict[str, Any]:
    same = (
        *("identity", "title", "unit", "kind", "method", "seats", "votes_each", "quorum"),
        *("majority", "base", "entitled", "checked_off_online", "checked_off_on_paper"),
        *("public_key", "seed_commitment", "seed", "chain_head", "invalid_papers"),
    )
    return {name: getattr(poll, name) for name in same} | {
        "format": FORMAT,
        "options": list(poll.options),
        "withdrawn": sorted(poll.withdrawn),
        "groups": [_group(group) for group in poll.groups],
        "opened_on": poll.opened_on.isoformat(),
        "closed_on": poll.closed_on.isoformat(),
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "members": sorted(group.members),
        "at_least": group.at_least,
        "at_most": group.at_most,
    }


def _receipts(poll: PublishedPoll) -> list[tuple[str, str]]:
    links = chain(poll.identity, poll.public_key, poll.receipts)
    return [("receipt", "link"), *zip(sorted(poll.receipts), links[1:], strict=True)]


def _ballots(poll: PublishedPoll) -> list[tuple[str, str]]:
    lines = [(str(place), _spaced(choices)) for place, choices in enumerate(poll.ballots, 1)]
    return [("ballot", "choices"), *lines]


def _totals(poll: PublishedPoll) -> list[tuple[str, str]]:
    totals = poll.totals
    if totals is None:
        return []
    return [
        ("what", "number"),
        *((str(number), str(votes)) for number, votes in enumerate(totals.votes, 1)),
        ("blank", str(totals.blank)),
        ("invalid", str(totals.invalid)),
        ("papers", str(totals.papers)),
    ]


def _spaced(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


def _csv(rows: Iterable[tuple[str, str]]) -> str:
    # No cell holds anything but digits, letters and spaces, so that none has to be quoted.
    return "".join(f"{first},{second}\n" for first, second in rows)


def _blt(poll: PublishedPoll) -> str:
    """The ballots as other programs read them: one line each, in the order of the list."""
    return write_blt(contest_of(poll, [Ballot(1, choices) for choices in poll.ballots]))
