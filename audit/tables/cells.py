"""A cell's text and the value in it, both ways.

A value that a spreadsheet would run as a formula goes out with an apostrophe before it and comes
in without; a value that is an apostrophe before such a sign gets another, so nothing is lost.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext as _

from audit.days import FIRST_DAY, LAST_DAY, is_countable

Kind = Literal["text", "choice", "date", "moment", "integer", "decimal"]
Parser = Callable[[str], str | None]

# What makes a spreadsheet read a cell as a formula when the cell begins with it, full width too.
FORMULA_SIGNS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_RISKY = re.compile(f"'*[{re.escape(FORMULA_SIGNS)}]")
_NEUTRALISED = re.compile(f"''*[{re.escape(FORMULA_SIGNS)}]")
_NEEDS_QUOTES = re.compile('[",\r\n]')
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
_WHOLE = re.compile(r"-?(0|[1-9]\d*)\Z")
_FRACTION = re.compile(r"-?\d+(\.\d+)?\Z")
_LARGEST = 2**63 - 1


class BadCell(ValueError):
    """A cell that does not hold what its column asks for; the message says why."""


def neutralised(text: str) -> str:
    """The text as no spreadsheet runs it."""
    return f"'{text}" if _RISKY.match(text) else text


def restored(text: str) -> str:
    """The text that was neutralised, or the text itself."""
    return text[1:] if _NEUTRALISED.match(text) else text


def quoted(cell: str) -> str:
    """The cell as it stands in a line of CSV: in quotes only where it must, as PostgreSQL does."""
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell


def parser_for(
    kind: Kind, field: "models.Field[Any, Any]", *, required: bool, empty: str | None
) -> Parser:
    """What turns the cells of a column into values for the database, as text.

    The parser returns `empty` for an empty cell, and raises `BadCell`.
    """
    parse = {
        "text": _text_parser,
        "choice": _choice_parser,
        "date": lambda _field: _parse_day,
        "moment": lambda _field: _parse_moment,
        "integer": _whole_parser,
        "decimal": _fraction_parser,
    }[kind](field)

    def parse_cell(text: str) -> str | None:
        if text:
            return parse(text)
        if required:
            raise BadCell(_("is empty, and must not be"))
        return empty

    return parse_cell


def _text_parser(field: "models.Field[Any, Any]") -> Callable[[str], str]:
    longest = field.max_length or _LARGEST
    validators = [one for one in field.validators if not isinstance(one, MaxLengthValidator)]
    required = not field.blank

    def parse(text: str) -> str:
        if text[0] == "'":
            text = restored(text)
        if len(text) > longest:
            raise BadCell(_("is longer than %(longest)s characters") % {"longest": longest})
        if "\0" in text:
            raise BadCell(_("holds a character with the number 0"))
        if required and text.isspace():
            raise BadCell(_("is empty, and must not be"))
        for validate in validators:
            try:
                validate(text)
            except ValidationError as error:
                raise BadCell(" ".join(error.messages)) from error
        return text

    return parse


def _choice_parser(field: "models.Field[Any, Any]") -> Callable[[str], str]:
    known = {str(value) for value, _label in field.flatchoices if value}

    def parse(text: str) -> str:
        if text not in known:
            raise BadCell(_("must be one of: %(known)s") % {"known": ", ".join(sorted(known))})
        return text

    return parse


def _parse_day(text: str) -> str:
    if not _DAY.match(text):
        raise BadCell(_("must be a day written as 2024-01-31"))
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadCell(_("is no day of the calendar")) from error
    _require_countable(day)
    return text


def _require_countable(day: date) -> None:
    if not is_countable(day):
        told = {"first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()}
        raise BadCell(_("must be a day from %(first)s to %(last)s") % told)


def _parse_moment(text: str) -> str:
    """Universal time, as both databases take it."""
    if not _MOMENT.match(text):
        raise BadCell(_("must be a moment of universal time written as 2024-01-31T18:30:00Z"))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadCell(_("is no moment of the calendar")) from error
    _require_countable(moment.date())
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def moment_text(value: datetime | str | None) -> str:
    """The cell of a moment as SQLite gives it, in universal time; to the second."""
    if value is None:
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _whole_parser(field: "models.Field[Any, Any]") -> Callable[[str], str]:
    least = 1 if getattr(field, "primary_key", False) else -_LARGEST

    def parse(text: str) -> str:
        if not _WHOLE.match(text) or not text.isascii():
            raise BadCell(_("must be a whole number, without leading zeros"))
        if not least <= int(text) <= _LARGEST:
            raise BadCell(_("is out of range"))
        return text

    return parse


def _fraction_parser(field: "models.Field[Any, Any]") -> Callable[[str], str]:
    places = Decimal(1).scaleb(-getattr(field, "decimal_places", 0))

    def parse(text: str) -> str:
        if not _FRACTION.match(text) or not text.isascii():
            raise BadCell(_("must be a number written as 52.520008"))
        try:
            number = Decimal(text).quantize(places)
            field.run_validators(number)
        except (InvalidOperation, ValidationError) as error:
            raise BadCell(_("is out of range")) from error
        if number != Decimal(text):
            raise BadCell(_("has too many digits behind the point"))
        return str(number)

    return parse
