"""Invented polls as they are published, one of each method, for the tests of their files."""

import hashlib
from datetime import date

from elections.board import head
from elections.counting.contest import Group
from elections.published import PaperTotals, PublishedPoll

IDENTITY = "5f0e6c1a-93d7-4f0b-8a64-0c2d7be1a9f3"
SEED = "9d1c" * 16
KEY = "3b" * 32


def receipts(number):
    """So many receipts, in ascending order."""
    return tuple(
        sorted(hashlib.sha256(f"ballot {one}".encode()).hexdigest() for one in range(number))
    )


def poll(online=0, **changes):
    """A motion that five members voted on, with `changes`; so many of its ballots were sealed."""
    values = {
        "identity": IDENTITY,
        "title": "Shall the cell print a paper of its own?",
        "unit": "Cell of the tram depot",
        "kind": "motion",
        "method": "motion",
        "options": ("Yes", "No"),
        "entitled": 20,
        "checked_off_online": online,
        "opened_on": date(2026, 11, 2),
        "closed_on": date(2026, 11, 9),
        "public_key": KEY if online else "",
        "seed_commitment": hashlib.sha256(SEED.encode()).hexdigest(),
        "seed": SEED,
        "receipts": receipts(online),
        "ballots": ((1,), (2,), (1,), (), (1,)),
    } | changes
    values.setdefault(
        "chain_head", head(values["identity"], values["public_key"], values["receipts"])
    )
    totals = values.get("totals")
    box = len(values["ballots"]) + (totals.papers if totals else 0)
    values.setdefault(
        "checked_off_on_paper", box + values.get("invalid_papers", 0) - values["checked_off_online"]
    )
    return PublishedPoll(**values)


CANDIDATES = ("Ada Brandt", "Bruno Keller", "Clara Öz", "Dov Lind", "Ema Novák")


def election(method, **changes):
    """An election of two among five, with a composition that at least one of the last two keeps."""
    return poll(
        **{
            "online": 4,
            "title": "Bureau of the cell",
            "kind": "election",
            "method": method,
            "options": CANDIDATES,
            "seats": 2,
            "groups": (Group("factory members", frozenset({4, 5}), at_least=1),),
            "ballots": ((1, 2), (1, 3), (1, 2), (), (2, 4), (5,), (1, 3)),
        }
        | changes
    )


POLLS = {
    "motion": poll(online=3),
    "motion on paper": poll(
        ballots=(), totals=PaperTotals(votes=(7, 4), papers=13, blank=1, invalid=1)
    ),
    "options": poll(
        online=2,
        method="options",
        options=("Red ink", 'Black "ink"', "Green, mixed"),
        majority="absolute",
        base="roll",
        quorum="1/2",
        ballots=((1,), (3,), (3,), (3,), (2,), (), (3,), (1,)),
    ),
    "block": election("block"),
    "block with totals": election(
        "block",
        votes_each=3,
        ballots=((1, 2), (1, 3, 5), (), (4,)),
        totals=PaperTotals(votes=(3, 2, 2, 0, 1), papers=5, blank=1, invalid=1),
    ),
    "approval": election("approval", invalid_papers=2),
    "stv": election(
        "scottish-stv",
        withdrawn=frozenset({3}),
        ballots=((1, 2, 4), (1, 3), (2, 1), (), (2, 4), (5, 1, 2), (4, 5), (3,), (1, 2)),
    ),
    "meek": election("meek-stv"),
    "empty": poll(ballots=()),
    "nobody can be elected": election(
        "block", groups=(Group("factory members", frozenset({4}), at_least=2),)
    ),
}
