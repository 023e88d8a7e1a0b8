"""The findings as people look at them: by unit and rule, with links and the act that mends each.

An app says what its findings are about:

    declare_subject("member", Member, key="number")
"""

import csv
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.db.models import Count, F, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from audit.rulebook import Breach, Finding, Rule, findings, rule_named, rules
from districts.acts import Link, acts_on
from districts.models import KeptFinding, Locality, Unit
from districts.panels import Figure, declare_figure
from districts.roles import CHANGE, VIEW
from districts.scope import ground_of, outermost
from districts.surveys import is_small, newest_survey

COLUMNS = tuple(one.name for one in fields(Finding) if one.name != "given")
Row = Finding | KeptFinding


class NotCounted(int):
    """A number that is not known yet: it counts as none and is shown as what it is."""

    def __str__(self) -> str:
        return "…"


@dataclass(frozen=True)
class Report:
    """The findings in a ground on a day, sorted by unit and rule.

    `rows` is a list, with the `places` in the tree of the units by their codes; or rows of the
    database where the ground is large, with the time when the register was looked through.
    """

    rows: Sequence[Finding] | QuerySet[KeptFinding]
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    as_of: datetime | None = None

    @cached_property
    def by_rule(self) -> list[tuple[Rule, int]]:
        """How many findings there are of each rule that has any, in the order of the articles."""
        if isinstance(self.rows, QuerySet):
            numbers = dict(self.rows.order_by().values_list("rule").annotate(number=Count("pk")))
        else:
            numbers = Counter(finding.rule for finding in self.rows)
        return [(rule, numbers[rule.name]) for rule in rules() if rule.name in numbers]

    @property
    def number(self) -> int:
        """How many findings there are."""
        return sum(number for _rule, number in self.by_rule)

    def counts(self, units: Iterable[Unit]) -> dict[int, int]:
        """How many there are in each of `units` or below it, by the units' primary keys."""
        places = sorted(self._places())
        summed = [0]
        for _tree, _left, number in places:
            summed.append(summed[-1] + number)
        lefts = [place[:2] for place in places]
        return {
            unit.pk: summed[bisect_right(lefts, (unit.tree_id, unit.rght))]
            - summed[bisect_left(lefts, (unit.tree_id, unit.lft))]
            for unit in units
        }

    def _places(self) -> Iterable[tuple[int, int, int]]:
        """Where units with findings stand, and how many each has."""
        if isinstance(self.rows, QuerySet):
            placed = self.rows.exclude(unit=None).order_by()
            return placed.values_list("unit__tree_id", "unit__lft").annotate(number=Count("pk"))
        numbers = Counter(finding.unit for finding in self.rows)
        return [(*place, numbers[code]) for code, place in self.places.items()]


def report(ground: Ground, on: date, *, among: Sequence[Rule] | None = None) -> Report | None:
    """The findings in `ground` on the day `on`, of the rules in `among` or of all.

    A query or two for each rule where the ground is small. A large one is told as it was found last
    (see `districts.surveys`); None if it cannot be told without waiting: the first survey is not
    done yet, or another day than today is asked for.
    """
    if is_small(ground):
        found = list(findings(ground, on, among=among))
        places = _places_of({finding.unit for finding in found})
        found.sort(key=lambda finding: _order(finding, places.get(finding.unit, (0, 0))))
        return Report(found, places)
    survey = newest_survey() if on == timezone.localdate() else None
    if survey is None:
        return None
    kept = KeptFinding.objects.filter(ground.holds("unit__"), survey=survey)
    if among is not None:
        kept = kept.filter(rule__in=[rule.name for rule in among])
    in_order = (F("unit__tree_id").asc(nulls_first=True), "unit__lft", "article_number", "rule")
    return Report(kept.select_related("unit").order_by(*in_order, "subject"), as_of=survey.begun)


def finding_counts(units: Iterable[Unit], on: date) -> dict[int, int]:
    """How many findings each of `units` has with all below it: a figure beside units."""
    shown = list(units)
    extents = sorted((unit.extent for unit in shown), key=lambda one: (one.tree, one.left))
    told = report(Ground(tuple(outermost(extents))), on) if shown else Report([])
    if told is None:
        return dict.fromkeys((unit.pk for unit in shown), NotCounted())
    return told.counts(shown)


def findings_address(unit: Unit) -> str:
    """The page of the findings in a unit and below it."""
    return f"{reverse('findings')}?unit={unit.pk}"


FIGURE = Figure("findings", _("Findings"), finding_counts, findings_address)
declare_figure(FIGURE)


def told(row: Row) -> Finding | None:
    """The finding that a row of a report is; None for one whose rule is no more."""
    if isinstance(row, Finding):
        return row
    rule = rule_named(row.rule)
    if rule is None:
        return None
    code = row.unit.code if row.unit else ""
    return rule.finding(Breach(code, row.subject, row.since, row.given, row.mend))


def _order(finding: Finding, place: tuple[int, int]) -> tuple[Any, ...]:
    return (*place, int(finding.article[1:]), finding.rule, finding.subject)


def _places_of(codes: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Where the units with these codes stand: their trees and left edges."""
    wanted = [code for code in codes if code]
    rows = Unit.objects.filter(code__in=wanted).order_by() if wanted else Unit.objects.none()
    return {code: (tree, left) for code, tree, left in rows.values_list("code", "tree_id", "lft")}


# What a finding is about, and what mends it -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """The rows that findings call by one word: their model, the field of their key, their label."""

    model: type[Model]
    key: str
    label: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding on a page: its unit and its subject with addresses where the user may go there."""

    finding: Finding
    unit: str
    unit_address: str
    subject: str
    subject_address: str
    mend: Link | None


_subjects: dict[str, Subject] = {}


def declare_subject(
    name: str, model: type[Model], *, key: str, label: Callable[[Any], str] = str
) -> None:
    """Let findings about 'name KEY' lead to the row of `model` with this key."""
    _subjects[name] = Subject(model, key, label)


declare_subject("unit", Unit, key="code")
declare_subject("locality", Locality, key="code")


def shown(request: HttpRequest, found: Iterable[Finding], *, mendable: bool = True) -> list[Shown]:
    """The findings with their links, as far as the user who asks may go there.

    A query for the units, and two for each kind of subject, whatever the number of findings.
    """
    listed = list(found)
    units = {
        unit.code: unit
        for unit in Unit.objects.on_ground(ground_of(request)).filter(
            code__in={finding.unit for finding in listed}
        )
    }
    subjects = _rows_of(request, listed)
    page = []
    for finding in listed:
        unit = units.get(finding.unit)
        kind, _space, key = finding.subject.partition(" ")
        row, may_change = subjects.get((kind, key), (None, False))
        page.append(
            Shown(
                finding,
                str(unit or finding.unit),
                _address(unit) if unit else "",
                _subjects[kind].label(row) if row else finding.subject,
                _address(row) if row else "",
                _mending(finding, row) if row and may_change and mendable else None,
            )
        )
    return page


def _rows_of(
    request: HttpRequest, found: Iterable[Finding]
) -> Mapping[tuple[str, str], tuple[Any, bool]]:
    """The subjects that the user may see, by kind and key; and whether each may be changed."""
    wanted: dict[str, set[str]] = {}
    for finding in found:
        kind, _space, key = finding.subject.partition(" ")
        wanted.setdefault(kind, set()).add(key)
    rows: dict[tuple[str, str], tuple[Any, bool]] = {}
    for kind, keys in wanted.items():
        subject = _subjects.get(kind)
        if subject is None:
            continue
        table: Any = admin.site.get_model_admin(subject.model)
        known = subject.model._default_manager.filter(**{f"{subject.key}__in": keys})
        mine = table.on_ground(known, ground_of(request, VIEW))
        changed = set(
            table.on_ground(known, ground_of(request, CHANGE)).values_list("pk", flat=True)
        )
        for row in mine:
            rows[kind, str(getattr(row, subject.key))] = row, row.pk in changed
    return rows


def _mending(finding: Finding, row: Model) -> Link | None:
    """The link to the act that mends the finding, its form filled in as far as the rule knows."""
    act = acts_on(type(row)).get(finding.mend)
    if act is None:
        return None
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_act", args=[row.pk, act.name])
    query = f"?{urlencode(finding.given)}" if finding.given else ""
    return Link(act.title, act.icon, address + query, act.grave)


def _address(row: Model) -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


# As a file ----------------------------------------------------------------------------------------


class _Echo:
    """A file that hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(found: Iterable[Finding]) -> Iterator[str]:
    """The findings as CSV, line by line, for the command and the page alike.

    No cell begins with a sign that a spreadsheet would run: all begin with a letter or a digit.
    """
    writer = csv.writer(_Echo(), lineterminator="\n")
    yield writer.writerow(COLUMNS)
    for finding in found:
        yield writer.writerow([getattr(finding, column) for column in COLUMNS])
