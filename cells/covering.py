"""Forming the cell of a factory, attaching a cell or a factory to another: each one act (A1, A2).

Each tells everything that stands in its way at once: what it finds itself, and what the acts that
it is made of would refuse.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from audit.rulebook import statutes
from cells.coverage import deciding_employments
from districts.kinds import FACTORY_CELLS, Kind
from districts.models import Coverage, Unit, Workplace
from districts.tree import lock_trees
from districts.units import found_unit
from members.models import Member, Registration, Request
from members.registrations import HOME, change_cell, lock_unit, register_member
from members.regrouping import merge_blockers, merge_cells


class CannotForm(Refused):
    """A factory cell that could not be formed."""


class CannotAttach(Refused):
    """A workplace or a cell that could not be attached to another cell."""


@recorded("form-cell")
def form_cell(*, workplace: Workplace, code: str, name: str, on: date) -> Unit:
    """Found the workplace's own factory cell and register with it those who work there (A1).

    It stands under the district or local group of the workplace. Raises `CannotForm`.
    """
    parent = leader_of(workplace)
    if parent is not None:
        lock_trees(parent)
    workplace = _locked(workplace)
    blockers = list(forming_blockers(workplace=workplace, on=on))
    if leader_of(workplace) != parent:
        blockers.append(Blocker(_("Its district was changed at the same moment. Look again.")))
    elif parent is not None:
        with _gathering(blockers):
            cell = found_unit(
                kind=Kind.FACTORY_CELL,
                code=code,
                name=name,
                founded=on,
                parent=parent,
                latitude=workplace.latitude,
                longitude=workplace.longitude,
            )
            workplace.cell, workplace.coverage = cell, Coverage.OWN
            workplace.save(update_fields=["cell", "coverage"])
            _bring(workplace, cell, on, blockers)
    refuse_if(blockers, CannotForm)
    return cell


@recorded("attach-workplace")
def attach_workplace(*, workplace: Workplace, to: Unit, on: date, bring: bool = True) -> Workplace:
    """Let the cell `to` cover the workplace too, and register with it those who work there (A2).

    Without `bring` they stay where they are. Raises `CannotAttach`.
    """
    workplace, to = _locked(workplace), lock_unit(to)
    blockers = list(attaching_blockers(workplace=workplace, to=to, on=on))
    if not blockers:
        workplace.cell, workplace.coverage = to, Coverage.ATTACHED
        workplace.save(update_fields=["cell", "coverage"])
        if bring:
            _bring(workplace, to, on, blockers)
    refuse_if(blockers, CannotAttach)
    return workplace


@recorded("attach-cell")
def attach_cell(*, cell: Unit, into: Unit, on: date) -> Unit:
    """Attach everybody and everything of a factory cell that shrank to `into`, and dissolve it.

    Returns the cell that remains. Raises `CannotAttach`, or what a single act refuses.
    """
    lock_trees(cell, into)
    cell, into = Unit.objects.get(pk=cell.pk), Unit.objects.get(pk=into.pk)
    refuse_if(
        [*_kind_blockers(cell, into), *merge_blockers(cell=cell, into=into, on=on)], CannotAttach
    )
    return merge_cells(cell=cell, into=into, on=on)


def working_at(workplace: Workplace, on: date) -> list[Member]:
    """The members who belong to the workplace by their work on the day `on`."""
    working = deciding_employments(on).filter(workplace=workplace)
    return list(Member.objects.filter(pk__in=working.values("member")).order_by("pk"))


def to_register(workplace: Workplace, on: date) -> list[Member]:
    """Those of them who come to the cell of the workplace: all but whom a granted exception keeps
    in another cell.
    """
    granted = Request.objects.filter(
        kind=Request.Kind.TRANSFER,
        state=Request.State.GRANTED,
        basis=Request.Basis.EXCEPTION,
        member=OuterRef("member"),
        cell=OuterRef("unit"),
        takes_effect=OuterRef("since"),
    )
    working = deciding_employments(on).filter(workplace=workplace).values("member")
    kept = Registration.objects.filter(Exists(granted), kind=HOME, member__in=working)
    numbers = set(kept.in_force(on).values_list("member", flat=True))
    return [member for member in working_at(workplace, on) if member.pk not in numbers]


def has_own_cell(workplace: Workplace, on: date) -> bool:
    """Whether there is an open cell of its own."""
    cell = workplace.cell
    return cell is not None and workplace.coverage == Coverage.OWN and cell.is_open(on)


def leader_of(workplace: Workplace) -> Unit | None:
    """The district or local group that leads, or would lead, the workplace's own cell.

    That of the locality, or else the one above the cell that covers the workplace now.
    """
    if workplace.locality.unit is not None:
        return workplace.locality.unit
    parent: Unit | None = workplace.cell.parent if workplace.cell else None
    return parent


def forming_blockers(*, workplace: Workplace, on: date) -> Iterator[Blocker]:
    """All that keeps the workplace from a cell of its own on the day `on` (A1, A2)."""
    if has_own_cell(workplace, on):
        reason = _("%(workplace)s has a cell of its own: %(cell)s.")
        yield Blocker(reason % {"workplace": workplace, "cell": workplace.cell}, "A1")
    if leader_of(workplace) is None:
        reason = _("Enter the district of %(locality)s first: a cell stands under one.")
        yield Blocker(reason % {"locality": workplace.locality}, "A9")
    members, least = len(working_at(workplace, on)), statutes().cell_least
    if members < least:
        reason = _("A cell needs %(least)s members who work there, and there are %(members)s.")
        yield Blocker(reason % {"least": least, "members": members}, "A2")


def attaching_blockers(*, workplace: Workplace, to: Unit, on: date) -> Iterator[Blocker]:
    """All that keeps the cell `to` from covering the workplace (A2)."""
    if has_own_cell(workplace, on):
        reason = _("%(workplace)s has a cell of its own: attach that one, %(cell)s.")
        yield Blocker(reason % {"workplace": workplace, "cell": workplace.cell}, "A1")
    elif workplace.cell_id == to.pk:
        yield Blocker(_("%(cell)s covers it already.") % {"cell": to}, "A2")
    if to.kind not in FACTORY_CELLS:
        yield Blocker(_("%(unit)s is no factory cell.") % {"unit": to}, "A2")
    if not to.is_open(on):
        yield Blocker(_("%(unit)s is not open on that day.") % {"unit": to}, "A9")


def _kind_blockers(cell: Unit, into: Unit) -> Iterator[Blocker]:
    if cell.kind == Kind.JOINT_CELL:
        reason = _("%(unit)s is a joint cell, the one of its place: it is not attached.")
        yield Blocker(reason % {"unit": cell}, "A7")
    elif cell.kind != Kind.FACTORY_CELL:
        yield Blocker(_("%(unit)s is no factory cell.") % {"unit": cell}, "A2")
    if into.kind not in FACTORY_CELLS:
        yield Blocker(_("%(unit)s is no factory cell.") % {"unit": into}, "A2")


def _locked(workplace: Workplace) -> Workplace:
    """The workplace afresh, locked so that nobody gives it to another cell meanwhile."""
    rows = Workplace.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("locality__unit", "cell__parent").get(pk=workplace.pk)


def _bring(workplace: Workplace, cell: Unit, on: date, blockers: list[Blocker]) -> None:
    """Register those who work there with `cell`, wherever they are registered now (A1)."""
    members = to_register(workplace, on)
    homes = Registration.objects.filter(member__in=members, kind=HOME).in_force(on)
    held = dict(homes.values_list("member", "unit"))
    for member in members:
        with _gathering(blockers):
            if member.pk not in held:
                register_member(member=member, unit=cell, since=on)
            elif held[member.pk] != cell.pk:
                change_cell(member=member, to=cell, on=on)


@contextmanager
def _gathering(blockers: list[Blocker]) -> Iterator[None]:
    """Add what a part refuses to what stands in the way of the whole."""
    try:
        yield
    except Refused as refused:
        blockers.extend(refused.blockers)
