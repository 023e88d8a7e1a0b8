"""Names in any script, and the plain Latin letters that they are found by. Pure.

The key of 'Müller, Jürgen' is 'muller jurgen mueller juergen': German is looked up both ways.
"""

import re
from unicodedata import normalize

from anyascii import anyascii

ERASED = "—"  # in the place of a family name that was erased; nobody is found by it

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_APOSTROPHE = re.compile(r"['`]")
_NO_WORD = re.compile(r"[^a-z0-9]+")


def _plain(text: str) -> str:
    text = text if text.isascii() else anyascii(text)
    return _NO_WORD.sub(" ", _APOSTROPHE.sub("", text.lower())).strip()


def search_key(*names: str) -> str:
    """The words that a person with these names is found by, in lower-case Latin letters."""
    text = " ".join(names)
    if text.isascii():
        return _plain(text)
    text = normalize("NFC", text)
    plain = _plain(text)
    german = _plain(text.translate(_GERMAN))
    return plain if german == plain else f"{plain} {german}"


def search_words(text: str) -> list[str]:
    """The words of a search as `search_key` would have written them."""
    return _plain(normalize("NFC", text)).split()
