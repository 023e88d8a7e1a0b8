"""What a count says of its reasons, in the reader's language and with names for numbers.

The published report says it in English, so that its bytes are the same everywhere; what is not
recognised here is shown as it stands there.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

_LEFT = re.compile(
    r"(?:Guarded|Doomed) with (?P<left>\d+) of (?P<seats>\d+) seats left: (?P<groups>.+)\."
)
_STANDING = re.compile(
    r"(?P<group>.+) (?:must|may) have (?P<bounds>.+), "
    r"has (?P<elected>\d+) elected and (?P<continuing>\d+) continuing"
)
_INSTEAD = re.compile(
    r"(?P<verdict>Elected|Not elected) with (?P<votes>\d+) votes(?: before|, but) candidate "
    r"(?P<other>\d+) with (?P<more>\d+)\. With (?P<went>\d+) in the place of (?P<came>\d+), "
    r"(?P<groups>.+) \(A13\)\."
)
_WOULD = re.compile(r"(?P<group>.+) would have (?P<have>\d+) and (?:must|may) have (?P<bounds>.+)")
_BOUNDS = re.compile(
    r"(?P<kind>at least|at most|exactly) (?P<least>\d+)(?: and at most (?P<most>\d+))?"
)
_ALL = re.compile(r"(?:Only )?(?P<standing>\d+) (?:candidates )?stand for (?P<seats>\d+) seats: .+")
_BLANK = re.compile(r"Of the blank papers (?P<number>\d+) name only candidates who withdrew\.")


def in_words(reason: str, names: Mapping[int, str]) -> str:
    """The reason why the composition moved somebody, for the page of a result (A13)."""
    if found := _LEFT.fullmatch(reason):
        groups = "; ".join(map(_standing, found["groups"].split("; ")))
        text = _("With %(left)s of %(seats)s seats left: %(groups)s.")
        return text % {**found.groupdict(), "groups": groups}
    found = _INSTEAD.fullmatch(reason)
    return _instead(found, names) if found else reason


def note_in_words(note: str) -> str:
    """A note of the count, for the page of a result."""
    if note.startswith("As many stand as there are seats"):
        return _("As many stand as there are seats: all are elected.")
    if found := _ALL.fullmatch(note):
        text = _(
            "Standing: %(standing)s, for %(seats)s seats: all are elected, some seats stay free."
        )
        return text % found.groupdict()
    if found := _BLANK.fullmatch(note):
        return _("Blank papers that name only who withdrew: %(number)s.") % found.groupdict()
    return note


def means_in_words(tie: Mapping[str, Any]) -> str:
    """By what a tie was broken; empty for a lot, of which the page says more."""
    if tie["means"] == "earlier stage":
        return _("by the votes at stage %(stage)s") % {"stage": tie["earlier"]}
    return _("by the most votes") if tie["means"] == "highest votes" else ""


def _instead(found: re.Match[str], names: Mapping[int, str]) -> str:
    """Who was taken for whom, by the votes of both, and which group asked for it."""
    text = (
        _("Elected with %(votes)s votes before %(name)s with %(more)s.")
        if found["verdict"] == "Elected"
        else _("Not elected with %(votes)s votes, but %(name)s with %(more)s.")
    )
    people = {part: _name(found[part], names) for part in ("went", "came")}
    why = _("With %(went)s in the place of %(came)s: %(groups)s (A13).") % {
        **people,
        "groups": "; ".join(map(_would, found["groups"].split("; "))),
    }
    return f"{text % {**found.groupdict(), 'name': _name(found['other'], names)}} {why}"


def _name(number: str, names: Mapping[int, str]) -> str:
    return names.get(int(number), number)


def _standing(part: str) -> str:
    text = _("%(group)s: %(bounds)s, %(elected)s elected so far, %(continuing)s still stand")
    return _of_group(_STANDING, part, text)


def _would(part: str) -> str:
    return _of_group(_WOULD, part, _("%(group)s: %(bounds)s, and it would be %(have)s"))


def _of_group(pattern: re.Pattern[str], part: str, text: str) -> str:
    """What is said of one group, in the words of `text`; as it stands where it is not known."""
    found = pattern.fullmatch(part)
    return text % {**found.groupdict(), "bounds": _bounds(found["bounds"])} if found else part


def _bounds(text: str) -> str:
    found = _BOUNDS.fullmatch(text)
    if not found:
        return text
    if found["most"]:
        return _("at least %(least)s and at most %(most)s") % found.groupdict()
    told = {
        "at least": _("at least %(least)s"),
        "at most": _("at most %(least)s"),
        "exactly": _("exactly %(least)s"),
    }
    return told[found["kind"]] % found.groupdict()
