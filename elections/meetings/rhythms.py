"""The days of a rhythm: every so many weeks, or the same weekday of each month. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

WEEKS, MONTH = "weeks", "month"
MOST = 60  # meetings that one rhythm makes at most
_WEEK = 7
_LAST = 5  # the fifth weekday of a month is meant as its last one


@dataclass(frozen=True, slots=True)
class Beat:
    """A rhythm: its pattern, how many weeks or months lie between, the first and the last day."""

    pattern: str
    every: int
    since: date
    until: date

    @property
    def place(self) -> int:
        """Which of its weekdays in the month the first day is: 1 to 4, or 5 for the last."""
        return min((self.since.day - 1) // _WEEK + 1, _LAST)

    def days(self) -> list[date]:
        """The days, the first one included; at most `MOST`."""
        found = self._weeks() if self.pattern == WEEKS else self._months()
        return list(islice(found, MOST))

    @property
    def is_cut(self) -> bool:
        """Whether it has more days than one rhythm makes."""
        found = self._weeks() if self.pattern == WEEKS else self._months()
        return next(islice(found, MOST, None), None) is not None

    def _weeks(self) -> Iterator[date]:
        day = self.since
        while day <= self.until:
            yield day
            day += timedelta(weeks=self.every)

    def _months(self) -> Iterator[date]:
        step = 0
        while (day := self._in_month(step)) <= self.until:
            yield day
            step += self.every

    def _in_month(self, ahead: int) -> date:
        """The day in the month that lies `ahead` months after the first one."""
        months = self.since.year * 12 + self.since.month - 1 + ahead
        year, month = divmod(months, 12)
        return nth_weekday(year, month + 1, self.since.weekday(), self.place)


def nth_weekday(year: int, month: int, weekday: int, place: int) -> date:
    """The `place`-th such weekday of the month, Monday being 0; the last one for 5."""
    first = date(year, month, 1)
    day = 1 + (weekday - first.weekday()) % _WEEK + (place - 1) * _WEEK
    return date(year, month, day if day <= monthrange(year, month)[1] else day - _WEEK)
