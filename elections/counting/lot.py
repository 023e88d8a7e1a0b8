"""Drawing lots that anybody can draw again: from a published seed alone."""

import hashlib
from collections.abc import Iterable
from typing import TypeVar

Drawn = TypeVar("Drawn", int, str)


def by_lot(candidates: Iterable[Drawn], *, seed: str, occasion: str) -> list[Drawn]:
    """`candidates`, by their numbers or their names, in an order drawn by lot.

    Each is given the SHA-256 of 'seed|occasion|number' in UTF-8; the lowest comes first. `occasion`
    names the decision within the count, so that two ties are two draws.
    """

    def drawn(candidate: Drawn) -> str:
        return hashlib.sha256(f"{seed}|{occasion}|{candidate}".encode()).hexdigest()

    return sorted(candidates, key=drawn)
