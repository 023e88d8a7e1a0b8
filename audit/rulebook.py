"""The rulebook: the articles, the numbers that they leave open, and every rule declared once.

An app declares its rules in its `rules.py`:

    @rule("A9", "unit-parent", sentence=_("Every unit stands ..."), remedy=_("Move it ..."))
    def lawful_parents(ground: Ground, on: date) -> Iterator[Breach]: ...

A rule's check is set-based: it answers for all of `ground` at once, on the day `on`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground


@dataclass(frozen=True, slots=True)
class Statutes:
    """The numbers in the articles. What the organisation sets otherwise stands in `STATUTES`."""

    bureau_least: int = 3  # members of a bureau (A8, A11)
    bureau_most: int = 5
    committee_least: int = 3  # members of an area committee or a town's leadership (A15)
    cell_least: int = 3  # members from whom a workplace can form a cell of its own (A2)
    prolonged_unemployment_months: int = 6  # (A6)
    meeting_interval_days: int = 31  # between general meetings (A10)
    confirmation_days: int = 30  # from an appointment in an emergency to its confirmation (A14)


@cache
def statutes() -> Statutes:
    """The statutes in force, with the numbers that the settings change.

    Raises `ImproperlyConfigured` naming a number that is unknown or not a whole one above 0.
    """
    known = {number.name for number in fields(Statutes)}
    for name, number in settings.STATUTES.items():
        if name not in known:
            raise ImproperlyConfigured(f"STATUTES names {name!r}; known are {sorted(known)}")
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise ImproperlyConfigured(f"STATUTES[{name!r}] must be a whole number above 0")
    return Statutes(**settings.STATUTES)


def _forget_statutes(*, setting: str, **kwargs: Any) -> None:
    if setting == "STATUTES":
        statutes.cache_clear()


setting_changed.connect(_forget_statutes)


ARTICLES = {
    "A1": _("Whoever works in a factory belongs to that factory's cell."),
    "A2": _("One or two members in a factory join the nearest factory cell, which covers it."),
    "A3": _("Whoever works in no factory belongs to the street cell of the locality."),
    "A4": _("Who works in one district and lives in another is registered in both."),
    "A5": _("Nobody votes twice on the same question."),
    "A6": _("The unemployed stay in their factory's cell until the district detaches them."),
    "A7": _("In a small place one joint cell unites work and home."),
    "A8": _("A cell elects a bureau of three to five, who share out its work."),
    "A9": _("Cells form districts, districts areas, areas the town; elsewhere a local group."),
    "A10": _("Districts and local groups hold regular meetings of all their members."),
    "A11": _("A bureau of three to five, elected by a meeting, leads a district or local group."),
    "A12": _("A conference of delegates in proportion to membership elects the town's leadership."),
    "A13": _("Most members of a district bureau or an area committee come from factory cells."),
    "A14": _("A committee appointed in an emergency is confirmed at the first opportunity."),
    "A15": _("In illegality a committee is as small as it lawfully can be."),
    "A16": _("The factory cell's own work."),
    "A17": _("Every member takes part in the work that the bureau assigns."),
    "A18": _("The cell's work in its neighbourhood."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach of an article.

    `unit` is the code of the unit that has to mend it, empty where none is known; `subject` names
    what is in breach by table and key ('member 1042'), never a person by name; `since` is the first
    day of the breach, None where no day can be told; `remedy` says what to do.
    """

    article: str
    rule: str
    unit: str
    subject: str
    since: date | None
    remedy: str


@dataclass(frozen=True, slots=True)
class Breach:
    """What a check tells of one breach; its rule knows the rest of the `Finding`."""

    unit: str
    subject: str
    since: date | None = None


Check = Callable[[Ground, date], Iterable[Breach]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its article, its name, its sentence in plain words, its check, and the remedy."""

    article: str
    name: str
    sentence: str
    remedy: str
    check: Check = field(compare=False)


_rules: dict[str, Rule] = {}


def rule(article: str, name: str, *, sentence: Any, remedy: Any) -> Callable[[Check], Check]:
    """Declare the decorated check as the rule `name` under `article`.

    Raises `ValueError` for an article that the statutes do not have and for a name used twice.
    """
    if article not in ARTICLES:
        raise ValueError(f"the statutes have no article {article!r}")
    if name in _rules:
        raise ValueError(f"there are two rules named {name!r}")

    def declare(check: Check) -> Check:
        _rules[name] = Rule(article, name, sentence, remedy, check)
        return check

    return declare


def rules() -> list[Rule]:
    """All rules, in the order of their articles."""
    return sorted(_rules.values(), key=lambda rule: (int(rule.article[1:]), rule.name))


def findings(ground: Ground, on: date) -> Iterator[Finding]:
    """Every breach in `ground` on the day `on`, rule by rule, one at a time."""
    for declared in rules():
        for breach in declared.check(ground, on):
            yield Finding(
                declared.article,
                declared.name,
                breach.unit,
                breach.subject,
                breach.since,
                str(declared.remedy),
            )
