"""Days and moments as people read them, each in his or her language.

What is kept writes them in one way for all, as `date.isoformat` does: the log, tables, file names.
"""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

# Rules count intervals from a day in both directions, which must be days of the calendar too.
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2999, 12, 31)


def day_in_words(day: date) -> str:
    """The day as the reader's language writes it: 2026-11-29, or 29.11.2026 in German."""
    return date_format(day, "SHORT_DATE_FORMAT")


def moment_in_words(moment: datetime) -> str:
    """The day and the minute, in the organisation's own time."""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def is_countable(day: date) -> bool:
    """Whether it is a day that a register can be asked about, and be about."""
    return FIRST_DAY <= day <= LAST_DAY


class DayField(forms.DateField):
    """A day that somebody types, between the first and the last that can be counted with."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        _require_countable(value)


class MomentField(forms.DateTimeField):
    """A day and a time that somebody types, within the same bounds."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        _require_countable(value and value.date())


def _require_countable(day: date | None) -> None:
    if day is not None and not is_countable(day):
        told = {"first": day_in_words(FIRST_DAY), "last": day_in_words(LAST_DAY)}
        raise ValidationError(_("Please give a day from %(first)s to %(last)s.") % told)
