"""How long the register keeps what names people, once it is no longer needed: from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed


@dataclass(frozen=True, slots=True)
class Retention:
    """Days; what the organisation sets otherwise stands in `RETENTION`."""

    members: int = 365  # from the end of a membership: names, day of birth, contact, and the log's
    requests: int = 365  # from a decision: what was written in the request and in the decision
    applicants: int = 180  # from a refusal or withdrawal: who asked to be admitted
    links: int = 30  # from the decision on an application: the link under which it is followed

    def before(self, name: str, on: date) -> date:
        """The last day of what is due on the day `on`: what ended then, or earlier."""
        days: int = getattr(self, name)
        return on - timedelta(days=days)


@cache
def retention() -> Retention:
    """The periods in force.

    Raises `ImproperlyConfigured` naming a period that is unknown or not a whole number above 0.
    """
    known = {period.name for period in fields(Retention)}
    given: Mapping[str, Any] = settings.RETENTION
    for name, days in given.items():
        if name not in known:
            raise ImproperlyConfigured(f"RETENTION names {name!r}; known are {sorted(known)}")
        if not isinstance(days, int) or isinstance(days, bool) or days < 1:
            raise ImproperlyConfigured(f"RETENTION[{name!r}] must be a whole number above 0")
    return Retention(**given)


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "RETENTION":
        retention.cache_clear()


setting_changed.connect(_forget)
