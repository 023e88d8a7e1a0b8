"""A typed text as a pattern that finds names however their letters are accented. Pure.

For tables of thousands of names, units and workplaces; people have a key of their own to be found
by. The pattern is understood by PostgreSQL and by Python alike.
"""

from functools import cache
from unicodedata import normalize

from anyascii import anyascii

_LATIN = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
_GERMAN = {"ae": "äÄ", "oe": "öÖ", "ue": "üÜ"}  # written out where the letter was missing


@cache
def _written() -> dict[str, str]:
    """The accented letters that stand for one or two plain ones, by these."""
    written: dict[str, str] = {}
    for letter in map(chr, _LATIN):
        plain = anyascii(letter).lower()
        if letter.isalpha() and plain.isalpha() and len(plain) <= 2:
            written[plain] = written.get(plain, "") + letter
    for plain, letters in _GERMAN.items():
        written[plain] = written.get(plain, "") + letters
    return written


def loose(word: str) -> str:
    """The pattern that finds `word` with or without its accents, for a search that ignores case.

    'muller' and 'mueller' find 'Müller', and 'Müller' finds 'Muller'. Signs stand for themselves.
    """
    plain = "".join(_plain(letter) for letter in normalize("NFC", word))
    pattern, at = "", 0
    while at < len(plain):
        size = 2 if plain[at : at + 2] in _written() else 1
        pattern += _any_of(plain[at : at + size])
        at += size
    return pattern


def _plain(letter: str) -> str:
    """A Latin letter without its accents; what is written in other letters stays as it is."""
    plain = anyascii(letter).lower()
    return plain if ord(letter) in _LATIN and plain.isalpha() else letter.lower()


def _any_of(plain: str) -> str:
    letters = _written().get(plain, "")
    if len(plain) == 2:
        return f"(?:{_any_of(plain[0])}{_any_of(plain[1])}|[{letters}])"
    if not plain.isalnum():
        return f"\\{plain}" if plain.isascii() else plain
    return f"[{plain}{letters}]" if letters else plain
