"""The rulebook: the articles, the numbers that they leave open, and every rule declared once.

An app declares its rules in its `rules.py`:

    @rule(
        "A9",
        "unit-parent",
        sentence=_("Every unit stands ..."),
        remedy=_("Move it ..."),
        explanation=_("Why the article asks it, and what to do, in a few plain sentences."),
        mend="move",
    )
    def lawful_parents(ground: Ground, on: date) -> Iterator[Breach]: ...

A rule's check is set-based: it answers for all of `ground` at once, on the day `on`. Its cost is
that of the ground: start from the ground's own rows, not from everybody. It tells the breaches in
an order that follows from the rows alone, which the database makes: they are never held all at
once, and two lists of the same register are the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
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
    request_days: int = 30  # from a request to the day by which it is decided
    cell_bureaus_each: int = 1  # bureaus of cells on which a member sits at a time (A8)
    candidates_from_below: bool = True  # who stands for a bureau belongs to the unit (A8, A11)
    secret_least: int = 5  # entitled to a secret vote, below whom its totals may tell how all voted


@cache
def statutes() -> Statutes:
    """The statutes in force, with the numbers that the settings change.

    Raises `ImproperlyConfigured` naming a number that is unknown or not a whole one above 0, and a
    yes or no that is neither.
    """
    known = {number.name: number.type for number in fields(Statutes)}
    for name, number in settings.STATUTES.items():
        if name not in known:
            raise ImproperlyConfigured(f"STATUTES names {name!r}; known are {sorted(known)}")
        if known[name] is bool:
            if not isinstance(number, bool):
                raise ImproperlyConfigured(f"STATUTES[{name!r}] must be true or false")
        elif not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise ImproperlyConfigured(f"STATUTES[{name!r}] must be a whole number above 0")
    named: dict[str, Any] = settings.STATUTES
    return Statutes(**named)


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


# Which of the numbers in `Statutes` each article leaves open, and what they count.
NUMBERS: dict[str, dict[str, Any]] = {
    "A2": {"cell_least": _("members from whom a workplace can form a cell of its own")},
    "A6": {"prolonged_unemployment_months": _("months without work that count as prolonged")},
    "A8": {
        "bureau_least": _("members that a bureau has at least"),
        "bureau_most": _("members that a bureau has at most"),
        "cell_bureaus_each": _("bureaus of cells on which a member sits at most"),
    },
    "A10": {"meeting_interval_days": _("days from one general meeting to the next at most")},
    "A11": {
        "bureau_least": _("members that a bureau has at least"),
        "bureau_most": _("members that a bureau has at most"),
    },
    "A14": {"confirmation_days": _("days from an appointment to its confirmation at most")},
    "A15": {"committee_least": _("members that a committee has at least")},
}


def numbers_of(article: str) -> list[tuple[Any, int]]:
    """The numbers that the article leaves open, as they are in force: what they count, and each."""
    named = NUMBERS.get(article, {})
    return [(title, getattr(statutes(), name)) for name, title in named.items()]


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach of an article.

    `unit` is the code of the unit that has to mend it, empty where none is known; `subject` names
    what is in breach by table and key ('member 1042'), never a person by name; `since` is the first
    day of the breach, None where no day can be told; `remedy` says what to do and `sentence` what
    should hold. `mend` is the act on the subject that mends it, empty where there is none, and
    `given` fills its form as far as the rule knows the answers; both go out into no list.
    """

    article: str
    rule: str
    unit: str
    subject: str
    since: date | None
    remedy: str
    sentence: str = ""
    given: Mapping[str, str] = field(default_factory=dict, compare=False)
    mend: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Breach:
    """What a check tells of one breach; its rule knows the rest of the `Finding`.

    `mend` is named where another act than the rule's mends this one.
    """

    unit: str
    subject: str
    since: date | None = None
    given: Mapping[str, str] = field(default_factory=dict, compare=False)
    mend: str = field(default="", compare=False)


Check = Callable[[Ground, date], Iterable[Breach]]
# One look at the register that answers for several rules: the name of each breach's rule with it.
SharedCheck = Callable[[Ground, date], Iterable[tuple[str, Breach]]]


@dataclass(frozen=True, slots=True)
class Share:
    """The check of one rule that is told by a look which answers for others as well."""

    look: SharedCheck
    name: str

    def __call__(self, ground: Ground, on: date) -> Iterator[Breach]:
        """The breaches of this rule alone."""
        return (breach for name, breach in self.look(ground, on) if name == self.name)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its article, its name, its sentence in plain words, its check, and the remedy.

    `explanation` says why the article asks it and what to do, for the rule's own page; `mend` names
    the act on the subject that mends a breach, empty where there is none.
    """

    article: str
    name: str
    sentence: str
    remedy: str
    check: Check = field(compare=False)
    explanation: str = ""
    mend: str = ""

    def finding(self, breach: Breach) -> Finding:
        """The finding that one of this rule's breaches is."""
        return Finding(
            self.article,
            self.name,
            breach.unit,
            breach.subject,
            breach.since,
            str(self.remedy),
            str(self.sentence),
            breach.given,
            breach.mend or self.mend,
        )


_rules: dict[str, Rule] = {}


def rule(
    article: str, name: str, *, sentence: Any, remedy: Any, explanation: Any = "", mend: str = ""
) -> Callable[[Check], Check]:
    """Declare the decorated check as the rule `name` under `article`.

    Raises `ValueError` for an article that the statutes do not have and for a name used twice.
    """
    if article not in ARTICLES:
        raise ValueError(f"the statutes have no article {article!r}")
    if name in _rules:
        raise ValueError(f"there are two rules named {name!r}")

    def declare(check: Check) -> Check:
        _rules[name] = Rule(article, name, sentence, remedy, check, explanation, mend)
        return check

    return declare


def rules() -> list[Rule]:
    """All rules, in the order of their articles."""
    return sorted(_rules.values(), key=lambda rule: (int(rule.article[1:]), rule.name))


def rule_named(name: str) -> Rule | None:
    """The rule of this name, if there is one."""
    return _rules.get(name)


def findings(ground: Ground, on: date, *, among: Iterable[Rule] | None = None) -> Iterator[Finding]:
    """Every breach in `ground` on the day `on`, rule by rule, one at a time.

    Of the rules in `among` only, where they are given. Each rule costs a query or two; those that
    share a look cost as much together, and are told in the place of the first of them.
    """
    asked = list(rules() if among is None else among)
    looked: list[SharedCheck] = []
    for declared in asked:
        if not isinstance(declared.check, Share):
            for breach in declared.check(ground, on):
                yield declared.finding(breach)
        elif declared.check.look not in looked:
            looked.append(declared.check.look)
            yield from _shared(declared.check.look, asked, ground, on)


def _shared(
    look: SharedCheck, asked: Iterable[Rule], ground: Ground, on: date
) -> Iterator[Finding]:
    """The findings of those of `asked` that share this look at the register."""
    sharing = {
        rule.name: rule
        for rule in asked
        if isinstance(rule.check, Share) and rule.check.look == look
    }
    for name, breach in look(ground, on):
        if name in sharing:
            yield sharing[name].finding(breach)
