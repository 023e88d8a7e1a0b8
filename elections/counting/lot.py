"""Drawing lots that anybody can draw again: from a published seed alone."""

import hashlib
from collections.abc import Iterable


def by_lot(candidates: Iterable[int], *, seed: str, occasion: str) -> list[int]:
    """`candidates` in an order drawn by lot.

    Each is given the SHA-256 of 'seed|occasion|number' in UTF-8; the lowest comes first. `occasion`
    names the decision within the count, so that two ties are two draws.
    """

    def drawn(number: int) -> str:
        return hashlib.sha256(f"{seed}|{occasion}|{number}".encode()).hexdigest()

    return sorted(candidates, key=drawn)
