"""The ground's tables: units, localities, workplaces."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.ground import Ground
from audit.tables import Table, column, declare
from audit.tables.declaration import Problem, Reserved
from audit.tables.staging import Stage
from districts.kinds import Kind, article_of_place, may_stand_under, where_it_may_stand
from districts.models import Locality, Regime, Unit, Workplace
from districts.tree import PLACEHOLDER_TREE, lock_all_trees, renumber_trees


def _units(ground: Ground, day: date | None) -> QuerySet[Unit]:
    units: QuerySet[Unit] = Unit.objects.on_ground(ground)
    if day is not None:
        units = units.filter(founded__lte=day)
    return units


def _with_units_above(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """The units and all above them, so that every parent is there."""
    below = units.order_by().filter(
        tree_id=OuterRef("tree_id"), lft__gte=OuterRef("lft"), rght__lte=OuterRef("rght")
    )
    found: QuerySet[Unit] = Unit.objects.filter(Exists(below))
    return found


def _localities(ground: Ground, day: date | None) -> QuerySet[Locality]:
    return Locality.objects.filter(ground.holds("unit__"))


def _workplaces(ground: Ground, day: date | None) -> QuerySet[Workplace]:
    return Workplace.objects.filter(ground.holds("locality__unit__"))


def _units_below(ground: Ground) -> QuerySet[Unit]:
    """The units whose place and life whoever has the ground decides: those with the one above."""
    units: QuerySet[Unit] = Unit.objects.filter(ground.holds("parent__"))
    return units


def _unlawful_places(stage: Stage) -> Iterator[Problem]:
    """Units whose parents lead in a circle, and kinds that may not stand where they would (A9)."""
    rows = {row[1]: row for row in stage.merged("code", "kind", "parent")}
    for line, code, kind, parent in rows.values():
        if parent is not None and parent not in rows:
            continue  # told already: the parent is unknown
        if _in_a_circle(code, rows):
            if line is not None:
                yield line, "parent", parent, _("A9: would stand below itself")
        elif not may_stand_under(kind, rows[parent][2] if parent else None):
            message = f"{article_of_place(kind)}: {where_it_may_stand(kind)}"
            culprit = line or rows[parent][0]
            if culprit is not None:
                yield culprit, "parent", parent or "", message


def _in_a_circle(code: str, rows: dict[str, tuple[Any, ...]]) -> bool:
    seen: set[str] = set()
    step: str | None = code
    while step in rows:
        if step in seen:
            return True
        seen.add(step)
        step = rows[step][3]
    return False


def _emergencies(stage: Stage) -> Iterator[Problem]:
    """Changes of a unit's regime, which acts alone make: an import neither declares nor ends it.

    Into an empty register units come with the regime that they were exported with.
    """
    names = ("regime", "regime_since", "dissolved")
    pairs = ", ".join(f"e.c_{name}, s.{name}" for name in names)
    known = stage.query(
        f"SELECT s.line, {pairs} FROM {stage.name} AS s"
        f" JOIN {stage.existing()} ON e.c_code = s.code"
    )
    for line, *values in known:
        old, new = values[::2], values[1::2]
        # With a dissolved unit its emergency ends.
        watched = names if old[0] == Regime.EMERGENCY else names[:2]
        for name, before, after in zip(watched, old, new, strict=False):
            if before != after:
                yield line, name, "" if after is None else str(after), _declared_by_acts()
    if Unit.objects.exists():
        fresh = f"SELECT 1 FROM {stage.existing()} WHERE e.c_code = s.code"
        for line, regime in stage.query(
            f"SELECT s.line, s.regime FROM {stage.name} AS s"
            f" WHERE s.regime = '{Regime.EMERGENCY.value}' AND NOT EXISTS ({fresh})"
        ):
            yield line, "regime", regime, _declared_by_acts()


def _declared_by_acts() -> str:
    return _("A14: an emergency is declared and ended by acts of a unit above, not by an import")


def _wrong_kinds(name: str, kinds: frozenset[str]) -> Any:
    """A check that the units in the column `name` are of one of `kinds`."""

    def check(stage: Stage) -> Iterator[Problem]:
        known = dict(Unit.objects.values_list("code", "kind"))
        known |= stage.staged_values("units", "code", "kind")
        allowed = ", ".join(sorted(str(Kind(kind).label) for kind in kinds))
        for line, code in stage.query(
            f"SELECT line, {name} FROM {stage.name} WHERE {name} IS NOT NULL"
        ):
            if code in known and known[code] not in kinds:
                message = _("must be a unit of one of the kinds: %(kinds)s")
                yield line, name, code, message % {"kinds": allowed}

    return check


def _coverage_of_no_cell(stage: Stage) -> Iterator[Problem]:
    """A workplace says in what capacity its cell covers it, and only then (A1, A2)."""
    for line, cell, coverage in stage.query(
        f"SELECT line, cell, coverage FROM {stage.name}"
        " WHERE (cell IS NULL) <> (COALESCE(coverage, '') = '')"
    ):
        if cell is None:
            yield line, "coverage", coverage, _("A2: must be empty for a workplace without a cell")
        else:
            message = _("A2: must say whether the cell is its own or the workplace is attached")
            yield line, "coverage", "", message


UNITS = declare(
    Table(
        name="units",
        model=Unit,
        description=gettext_lazy("The units of the organisation, each under its parent."),
        key=("code",),
        columns=(
            column(Unit, "code", gettext_lazy("The unit's code, which never changes.")),
            column(Unit, "name", gettext_lazy("Its name.")),
            column(Unit, "kind", gettext_lazy("What it is (A7, A9).")),
            column(
                Unit, "parent", gettext_lazy("The unit that it stands under; empty for a root.")
            ),
            column(Unit, "founded", gettext_lazy("The day it was founded.")),
            column(
                Unit,
                "dissolved",
                gettext_lazy("The first day that it was no more; empty while it is open."),
                known_from="dissolved",
            ),
            column(Unit, "regime", gettext_lazy("Whether an emergency holds there (A14).")),
            column(Unit, "regime_since", gettext_lazy("The day from which the regime holds.")),
            column(Unit, "latitude", gettext_lazy("Degrees north of the equator.")),
            column(Unit, "longitude", gettext_lazy("Degrees east of Greenwich.")),
            column(Unit, "contact", gettext_lazy("How its members reach its bureau.")),
        ),
        rows=_units,
        checks=[_unlawful_places, _emergencies],
        # A tree of its own each, until the numbering that follows.
        placeholders={
            "tree_id": f"{PLACEHOLDER_TREE} + x.line",
            "level": "0",
            "lft": "0",
            "rght": "0",
        },
        context=_with_units_above,
        prepare=lock_all_trees,
        finish=renumber_trees,
        reserved=Reserved(
            ("kind", "parent", "founded", "dissolved"),
            _units_below,
            gettext_lazy("is for whoever keeps the register of the unit above"),
        ),
    )
)

LOCALITIES = declare(
    Table(
        name="localities",
        model=Locality,
        description=gettext_lazy("The places where members live (A3)."),
        key=("code",),
        columns=(
            column(Locality, "code", gettext_lazy("The locality's code, which never changes.")),
            column(Locality, "postcode", gettext_lazy("Its postcode.")),
            column(Locality, "name", gettext_lazy("Its name.")),
            column(Locality, "unit", gettext_lazy("Its district or local group.")),
            column(Locality, "street_cell", gettext_lazy("The street cell that works there.")),
            column(Locality, "latitude", gettext_lazy("Degrees north of the equator.")),
            column(Locality, "longitude", gettext_lazy("Degrees east of Greenwich.")),
        ),
        rows=_localities,
        public=True,
        checks=[
            _wrong_kinds("unit", frozenset({Kind.DISTRICT, Kind.LOCAL_GROUP})),
            _wrong_kinds("street_cell", frozenset({Kind.STREET_CELL, Kind.JOINT_CELL})),
        ],
    )
)

WORKPLACES = declare(
    Table(
        name="workplaces",
        model=Workplace,
        description=gettext_lazy("The factories, workshops, stores, offices and farms (A1, A2)."),
        key=("code",),
        columns=(
            column(Workplace, "code", gettext_lazy("The workplace's code, which never changes.")),
            column(Workplace, "name", gettext_lazy("Its name.")),
            column(Workplace, "branch", gettext_lazy("Its branch of industry.")),
            column(Workplace, "locality", gettext_lazy("The locality that it lies in.")),
            column(
                Workplace, "cell", gettext_lazy("The cell that is responsible for it (A1, A2).")
            ),
            column(
                Workplace,
                "coverage",
                gettext_lazy("Whether that is its own cell (A1) or it is attached to it (A2)."),
            ),
            column(Workplace, "latitude", gettext_lazy("Degrees north of the equator.")),
            column(Workplace, "longitude", gettext_lazy("Degrees east of Greenwich.")),
        ),
        rows=_workplaces,
        public=True,
        checks=[
            _wrong_kinds("cell", frozenset({Kind.FACTORY_CELL, Kind.JOINT_CELL})),
            _coverage_of_no_cell,
        ],
    )
)
