"""The secrets of links: chance that can be read from paper, of which the hash alone is kept."""

import hashlib

from django.utils.crypto import get_random_string

# Without what looks alike on paper.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH, _GROUP = 24, 4  # 32 letters, 24 of them: 120 bits


def new_token() -> str:
    """A token of 120 bits of chance."""
    return get_random_string(_LENGTH, _LETTERS)


def hash_of(token: str) -> str:
    """What is kept of a token, however it was typed: small, with hyphens, or with spaces."""
    plain = "".join(character for character in token.upper() if character in _LETTERS)
    return hashlib.sha256(plain.encode()).hexdigest()


def in_groups(token: str) -> str:
    """The token as it stands in a letter: in groups of four."""
    return "-".join(token[start : start + _GROUP] for start in range(0, len(token), _GROUP))
