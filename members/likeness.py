"""How alike two people in the register are. Pure.

Names are compared by their trigrams, as PostgreSQL's pg_trgm does it, so that both databases and
Python find the same people.
"""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from string import ascii_lowercase, ascii_uppercase

SIMILAR = Fraction(1, 2)  # from here on two names may be one, misspelled
_WORD = re.compile(r"[^\W_]+")
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True, slots=True)
class Known:
    """What likeness is told by: the number, the key of the name, the birth date, the e-mail."""

    number: int
    search: str
    born: date | None
    email: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why two people are likely one: the names' similarity, and what else they share."""

    names: Fraction
    same_name: bool
    same_day: bool
    same_email: bool

    @property
    def strength(self) -> Fraction:
        """The higher, the likelier: each thing that they share counts as much as a whole name."""
        return self.names + self.same_day + self.same_email


def trigrams(text: str) -> frozenset[str]:
    """The trigrams of a text's words, each with two blanks before it and one behind.

    As in pg_trgm: https://www.postgresql.org/docs/15/pgtrgm.html
    """
    padded = (f"  {word} " for word in _WORD.findall(text.lower()))
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))


def similarity(one: str, other: str) -> Fraction:
    """The share of the trigrams of both that they have in common: pg_trgm's `similarity()`."""
    mine, theirs = trigrams(one), trigrams(other)
    either = len(mine | theirs)
    return Fraction(len(mine & theirs), either) if either else Fraction(0)


def plain_email(email: str) -> str:
    """The address as it is compared: capitals do not tell people apart."""
    return email.strip().translate(_LOWER)


def likeness(one: Known, other: Known) -> Likeness | None:
    """Why the two are likely the same person, None where nothing says so.

    They have the same e-mail; or the same name, and were not born on different days as far as is
    known; or similar names, and were born on the same day.
    """
    names = similarity(one.search, other.search)
    found = Likeness(
        names=names,
        same_name=bool(one.search) and one.search == other.search,
        same_day=one.born is not None and one.born == other.born,
        same_email=bool(one.email) and plain_email(one.email) == plain_email(other.email),
    )
    unknown = one.born is None or other.born is None
    by_name = (found.same_name and unknown) or (names >= SIMILAR and found.same_day)
    return found if found.same_email or by_name else None
