"""The fields of poll.json and what each may hold, so that nothing else is ever counted with."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from elections.published.poll import FORMAT
from elections.tallying import BASES, KINDS, MAJORITIES, METHODS

MOST = 999_999_999

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHARE = re.compile(r"0|1|[1-9][0-9]{0,3}/[1-9][0-9]{0,3}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Field:
    """What the value of a key must be: a predicate, and the words for it."""

    holds: Callable[[Any], bool]
    wanted: str


def faults_in(values: Mapping[str, Any], fields: Mapping[str, Field], place: str) -> list[str]:
    """A sentence for each key that is missing, unknown, or holds something else than it may."""
    faults = [f"{place}: '{name}' is missing." for name in fields if name not in values]
    for name, value in values.items():
        if name not in fields:
            faults.append(f"{place}: {brief(name)} is not a key of the format.")
        elif not fields[name].holds(value):
            faults.append(f"{place}: '{name}' is {brief(value)} and not {fields[name].wanted}.")
    return faults


def brief(value: Any) -> str:
    """A value from a file, short and printable whatever it is."""
    shown = ascii(value)
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"


def _number(value: Any, least: int = 0) -> bool:
    return type(value) is int and least <= value <= MOST


def _numbers(value: Any) -> bool:
    """Numbers from 1 on that ascend."""
    return (
        isinstance(value, list)
        and all(_number(one, 1) for one in value)
        and all(lower < higher for lower, higher in pairwise(value))
    )


def _matches(pattern: re.Pattern[str], *, empty: bool = False) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, str) and bool(pattern.fullmatch(value) or (empty and not value))
    )


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _are_groups(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(group, dict) and not faults_in(group, GROUP_FIELDS, "") for group in value
    )


def _one_of(*allowed: str) -> Field:
    return Field(
        lambda value: isinstance(value, str) and value in allowed, "one of " + ", ".join(allowed)
    )


_TEXT = Field(lambda value: isinstance(value, str), "a text")
_NUMBER = Field(_number, f"a number from 0 to {MOST}")
_NUMBER_OR_NULL = Field(lambda value: value is None or _number(value), "a number or null")
_NUMBERS = Field(_numbers, "a list of ascending numbers from 1")
_DIGEST_OR_EMPTY = Field(_matches(_SHA256, empty=True), "64 lowercase hexadecimal digits or ''")
_A_DAY = Field(_is_day, "a day such as 2026-11-25")

GROUP_FIELDS = {
    "name": _TEXT,
    "members": _NUMBERS,
    "at_least": _NUMBER,
    "at_most": _NUMBER_OR_NULL,
}
FIELDS = {
    "format": _one_of(FORMAT),
    "identity": Field(_matches(_UUID), "a UUID in lowercase with hyphens"),
    "title": _TEXT,
    "unit": _TEXT,
    "kind": _one_of(*KINDS),
    "method": _one_of(*METHODS),
    "options": Field(
        lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
        "a list of texts",
    ),
    "withdrawn": _NUMBERS,
    "seats": _NUMBER,
    "votes_each": _NUMBER_OR_NULL,
    "groups": Field(_are_groups, "a list of groups with name, members, at_least and at_most"),
    "quorum": Field(_matches(_SHARE), "0, 1 or a share such as 1/2"),
    "majority": _one_of(*MAJORITIES),
    "base": _one_of(*BASES),
    "entitled": _NUMBER,
    "checked_off_online": _NUMBER,
    "checked_off_on_paper": _NUMBER,
    "opened_on": _A_DAY,
    "closed_on": _A_DAY,
    "public_key": _DIGEST_OR_EMPTY,
    "seed_commitment": _DIGEST_OR_EMPTY,
    "seed": _TEXT,
    "chain_head": Field(_matches(_SHA256), "64 lowercase hexadecimal digits"),
    "invalid_papers": _NUMBER,
}
