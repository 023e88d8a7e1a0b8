"""Thousands who are registered in two cells try to vote in both at once, come what may.

    python -m proofs.votes [--members N] [--only load|control|server|database]

It starts a PostgreSQL of its own in a temporary folder and the program's own server on it. Each
member tries four times at once: online and at the door, in the factory cell and in the street cell.
Afterwards every member has exactly one vote, every receipt that somebody got is in the box, and as
many ballots lie there as members were checked off online (A5). `control` does the same without the
constraint in the database, and must find votes that are given twice. Exits 1 where anything else
comes out.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from proofs.machines import Database, Server
from proofs.voters import Door, Online, Outcome

CLIENTS = 8
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Findings:
    """What came out: how often each answer was given, the receipts, and what is wrong."""

    answers: dict[str, int] = field(default_factory=dict)
    receipts: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.answers[outcome.answer] = self.answers.get(outcome.answer, 0) + 1
        if outcome.receipt:
            self.receipts.append(outcome.receipt)
        if outcome.wrong:
            self.wrong.append(outcome.wrong)


def prove(name: str, members: int) -> bool:
    """Run one of the proofs; whether it came out as it must."""
    with (
        TemporaryDirectory(prefix="kartei-proof-", dir="/tmp") as folder,
        Database(Path(folder)) as database,
    ):
        ground = database.prepare(members, constrained=name != "control")
        with Server(ROOT, database.url, Path(folder)) as server:
            disturb = {"server": server.kill_and_start, "database": database.crash_and_start}
            started = time.perf_counter()
            found = _vote(ground, server.port, disturb.get(name), calm=name in _CALM)
            taken = time.perf_counter() - started
        found.wrong += database.faults(found.receipts)
        twice = database.voted_twice()
    return _judge(name, found, twice, taken)


_CALM = ("load", "control")


def _judge(name: str, found: Findings, twice: int, taken: float) -> bool:
    told = ", ".join(f"{answer} {number}" for answer, number in sorted(found.answers.items()))
    print(f"{name}: {told}; receipts {len(found.receipts)}, voted twice {twice}, {taken:.1f} s")
    for wrong in found.wrong[:20]:
        print(f"  {wrong}")
    if name == "control":
        # Without the constraint the validation alone is outrun.
        return twice > 0
    return twice == 0 and not found.wrong


def _vote(
    ground: dict[str, Any], port: int, disturb: Callable[[], None] | None, *, calm: bool
) -> Findings:
    """Let all clients try all that they have to try; `disturb` happens three times meanwhile."""
    context = get_context("spawn")
    answers = context.Queue()
    shares = [_share(ground, client) for client in range(CLIENTS)]
    clients = [
        context.Process(target=_client, args=(ground, port, share, answers, calm))
        for share in shares
    ]
    for client in clients:
        client.start()
    found, waiting = Findings(), sum(len(share) for share in shares)
    when = [waiting * part // 4 for part in (1, 2, 3)] if disturb else []
    for number in range(waiting):
        if when and number >= when[0]:
            when.pop(0)
            disturb()  # type: ignore[misc]
        found.add(Outcome(*answers.get(timeout=120)))
    for client in clients:
        client.join()
        if client.exitcode:
            found.wrong.append(f"a client ended with {client.exitcode}")
    return found


def _share(ground: dict[str, Any], client: int) -> list[tuple[str, int, int]]:
    """What one client tries: a way, a member, and one of the two polls.

    The four tries of a member lie with four clients, at about the same place of their lists.
    """
    ways = [(way, poll) for way in ("online", "paper") for poll in (0, 1)]
    return [
        (way, member, poll)
        for place, member in enumerate(ground["members"])
        for turn, (way, poll) in enumerate(ways)
        if (place + turn) % CLIENTS == client
    ]


def _client(
    ground: dict[str, Any], port: int, share: list[tuple[str, int, int]], answers: Any, calm: bool
) -> None:
    online, door = Online(ground, port, calm=calm), Door(ground, port, calm=calm)
    for way, member, poll in share:
        voter = online if way == "online" else door
        answers.put(voter.vote(member, poll).plain())


def main() -> int:
    """Run the proofs that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--only", choices=("load", "control", "server", "database"))
    options = parser.parse_args()
    names = [options.only] if options.only else ["load", "control", "server", "database"]
    held = [prove(name, options.members) for name in names]
    print(json.dumps(dict(zip(names, held, strict=True))))
    return 0 if all(held) else 1


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
