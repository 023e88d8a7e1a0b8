"""The public board of a poll: the receipts of its box, chained so that none can be changed unseen.

The chain of a poll with the identity ID (its UUID in lowercase with hyphens) and the public key KEY
(64 lowercase hexadecimal digits):

    link 0 = SHA-256 of the text  kartei-board-1|ID|KEY
    link n = SHA-256 of the text  LINK|RECEIPT

where LINK is link n-1 and RECEIPT the n-th receipt, the receipts in ascending order of their text.
Links and receipts are 64 lowercase hexadecimal digits; no text ends with a line's end. The last
link is the head; with an empty box that is link 0. To compute it again from what a poll publishes:

    import csv, hashlib, json
    def sha(text): return hashlib.sha256(text.encode()).hexdigest()
    poll = json.load(open("poll.json"))
    link = sha(f"kartei-board-1|{poll['identity']}|{poll['public_key']}")
    for row in csv.DictReader(open("receipts.csv")):
        link = sha(f"{link}|{row['receipt']}")
        assert link == row["link"]
    assert link == poll["chain_head"]

The order is that of the receipts and not that of time: the register keeps no time of a ballot, and
a receipt is as good as random, so that its place tells nothing of when the ballot was cast.
"""

import hashlib
from collections.abc import Iterable

DOMAIN = "kartei-board-1"


def chain(poll_id: str, public_key: str, receipts: Iterable[str]) -> list[str]:
    """All links, link 0 first, so that there is one more than receipts.

    `public_key` in hexadecimal digits, '' for a poll without online ballots. The order of
    `receipts` is of no account.
    """
    links = [_sha256(f"{DOMAIN}|{poll_id}|{public_key}")]
    for receipt in sorted(receipts):
        links.append(_sha256(f"{links[-1]}|{receipt}"))
    return links


def head(poll_id: str, public_key: str, receipts: Iterable[str]) -> str:
    """The last link, which fixes the poll, its key and every receipt."""
    return chain(poll_id, public_key, receipts)[-1]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
