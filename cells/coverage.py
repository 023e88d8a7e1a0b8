"""Who covers which factory, and what the articles propose where nobody does (A1, A2).

A look at a ground on a day costs a constant number of queries, whatever lies in it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.ground import Ground
from audit.rulebook import statutes
from cells.nearest import Place
from cells.territory import Cell, Position, Territory, home_of, position_of
from districts.kinds import Kind
from districts.models import Coverage, Workplace
from members.models import Employment, Member


class State(StrEnum):
    """How a workplace is covered."""

    OWN = "own"
    ATTACHED = "attached"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Covered:
    """A workplace: where it is, how many members work there, and the open cell that covers it.

    Its district or local group is the `leader`, which stands at `at` in the tree; 0 for none.
    """

    pk: int
    code: str
    name: str
    leader: int | None
    home: object
    position: Position | None
    members: int
    cell: Cell | None
    coverage: str
    km: float | None
    at: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    def lies_in(self, ground: Ground) -> bool:
        """Whether it lies in the ground itself, not only for the sake of its cell."""
        return ground.has(*self.at)

    @property
    def state(self) -> State:
        return State(self.coverage) if self.cell else State.NONE


class Step(StrEnum):
    """What is proposed."""

    FORM = "form"  # a workplace forms its own cell
    ATTACH = "attach"  # a cell goes into the nearest one
    TERRITORY = "territory"  # a workplace comes to the nearest cell


@dataclass(frozen=True, slots=True)
class Proposal:
    """One act that the articles ask for.

    `subject` is the workplace that it is done to, or the cell whose factory shrank.
    """

    step: Step
    members: int
    subject: Covered | Cell
    to: Cell | None = None
    km: float | None = None

    @property
    def article(self) -> str:
        return "A1" if self.step == Step.FORM else "A2"

    @property
    def sentence(self) -> str:
        """Why, and what can be done; the cell that it leads to is not named."""
        if self.step == Step.FORM:
            text = ngettext(
                "%(number)s member works there: it can form its own cell.",
                "%(number)s members work there: it can form its own cell.",
                self.members,
            )
        elif self.members == 0 and self.step == Step.ATTACH:
            text = _("Nobody works there any more: attach it to the nearest cell.")
        elif self.members == 0:
            text = _("No members yet: it is territory of the nearest cell.")
        elif self.step == Step.ATTACH:
            text = ngettext(
                "Shrunk to %(number)s member: attach it to the nearest cell.",
                "Shrunk to %(number)s members: attach it to the nearest cell.",
                self.members,
            )
        else:
            text = ngettext(
                "%(number)s member, and no cell: attach it to the nearest one.",
                "%(number)s members, and no cell: attach it to the nearest one.",
                self.members,
            )
        return text % {"number": self.members}


@dataclass(frozen=True, slots=True)
class Picture:
    """All workplaces of a ground in the order of their codes, and what is proposed for them."""

    rows: Sequence[Covered]
    proposals: Sequence[Proposal]

    def number(self, state: State) -> int:
        """How many of the workplaces are covered in this way."""
        return sum(row.state == state for row in self.rows)


def look(ground: Ground, on: date) -> Picture:
    """The coverage of the workplaces that lie in `ground` or that its cells answer for.

    Four queries. Where cells stand and where people work is known by days; which cell is
    responsible for a workplace only as it is now.
    """
    territory = Territory(on)
    rows = list(covered(ground, on, territory))
    return Picture(rows, list(_proposals(ground, rows, territory)))


def covered(ground: Ground, on: date, territory: Territory) -> Iterator[Covered]:
    """The workplaces of `ground` one by one, in the order of their codes."""
    places = _workplaces(ground)
    working = members_working(places, on)
    rows = places.order_by("code").values_list(
        *("pk", "code", "name", "coverage", "cell"),
        *("latitude", "longitude", "locality__latitude", "locality__longitude"),
        *("locality__unit", "locality__unit__kind"),
        *("locality__unit__tree_id", "locality__unit__lft"),
    )
    for pk, code, name, coverage, key, *placed, leader, kind, tree, left in rows:
        cell = territory.cells.get(key)
        position = position_of(*placed)
        yield Covered(
            pk=pk,
            code=code,
            name=name,
            leader=leader,
            home=home_of(kind, leader, tree) if leader else None,
            position=position,
            members=working.get(pk, 0),
            cell=cell,
            coverage=coverage if cell else "",
            km=cell.km_from(position) if cell else None,
            at=(tree or 0, left or 0),
        )


def _workplaces(ground: Ground) -> QuerySet[Workplace]:
    everything = Workplace.objects.order_by()
    if ground.everywhere:
        return everything
    # Two sets of keys to look up: conditions joined by "or" would be tried on every workplace.
    lying = everything.filter(ground.holds("locality__unit__")).values("pk")
    answered = everything.filter(ground.holds("cell__")).values("pk")
    return everything.filter(pk__in=lying.union(answered))


def deciding_employments(on: date) -> QuerySet[Employment]:
    """The employment in force of each present member that says where he or she belongs (A1).

    A main employment before a side job, of several the latest; of those that began together the
    last by the workplace's code, which an import does not change as it does our own keys.
    """
    others = Employment.objects.filter(member=OuterRef("member")).in_force(on)
    better = others.filter(standing="main").exclude(standing=OuterRef("standing"))
    same = others.filter(standing=OuterRef("standing"))
    later = same.filter(
        Q(since__gt=OuterRef("since"))
        | Q(since=OuterRef("since"), workplace__code__gt=OuterRef("workplace__code"))
    )
    return Employment.objects.in_force(on).filter(
        ~Exists(better), ~Exists(later), member__in=Member.objects.present(on)
    )


def members_working(places: QuerySet[Workplace], on: date) -> Mapping[int, int]:
    """How many members work in each of `places`; those without any are left out. One query."""
    working = deciding_employments(on).filter(workplace__in=places.values("pk"))
    counted = working.order_by().values_list("workplace").annotate(number=Count("pk"))
    return dict(counted)


# What the articles propose ------------------------------------------------------------------------


def _proposals(ground: Ground, rows: Sequence[Covered], territory: Territory) -> Iterator[Proposal]:
    yield from _forming(rows, territory)
    yield from _shrunk(ground, rows, territory)
    yield from _nobody_s(rows, territory)


def _forming(rows: Iterable[Covered], territory: Territory) -> Iterator[Proposal]:
    """Workplaces without a cell of their own that have the members for one (A1)."""
    joint = territory.with_joint_cells
    for row in rows:
        if _can_form(row, joint):
            yield Proposal(Step.FORM, row.members, row)


def _can_form(row: Covered, joint: set[int | None]) -> bool:
    """Whether it has the members; a small place keeps its one joint cell (A7)."""
    together = row.leader in joint or (row.cell is not None and row.cell.kind == Kind.JOINT_CELL)
    return row.state != State.OWN and row.members >= statutes().cell_least and not together


def _shrunk(ground: Ground, rows: Iterable[Covered], territory: Territory) -> Iterator[Proposal]:
    """Factory cells in whose own factories too few members are left (A2)."""
    working: dict[int, int] = {}
    for row in rows:
        if row.cell is not None and row.coverage == Coverage.OWN:
            working[row.cell.pk] = working.get(row.cell.pk, 0) + row.members
    few = [
        key
        for key, members in working.items()
        if members < statutes().cell_least
        and ground.has(territory.cells[key].tree, territory.cells[key].left)
    ]
    for key, near in territory.nearest_beside_each(few).items():
        if near is not None:
            cell, to = territory.cells[key], territory.cells[near.key]
            yield Proposal(Step.ATTACH, working[key], cell, to, near.km)


def _nobody_s(rows: Iterable[Covered], territory: Territory) -> Iterator[Proposal]:
    """Workplaces that no open cell is responsible for, and that cannot form one (A2)."""
    joint = territory.with_joint_cells
    left = [
        (row, Place(*row.position, row.home))
        for row in rows
        if row.cell is None and row.position is not None and not _can_form(row, joint)
    ]
    nearest = territory.nearest([place for _row, place in left])
    for (row, _place), near in zip(left, nearest, strict=True):
        if near is not None:
            to = territory.cells[near.key]
            yield Proposal(Step.TERRITORY, row.members, row, to, near.km)
