"""Days and moments as people read them, each in his or her language.

What is kept writes them in one way for all, as `date.isoformat` does: the log, tables, file names.
"""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format


def day_in_words(day: date) -> str:
    """The day as the reader's language writes it: 2026-11-29, or 29.11.2026 in German."""
    return date_format(day, "SHORT_DATE_FORMAT")


def moment_in_words(moment: datetime) -> str:
    """The day and the minute, in the organisation's own time."""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
