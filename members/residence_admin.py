"""The acts of the second registration as pages (A4), and who is offered which."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.ground import EVERYWHERE
from audit.refusals import Blocker
from districts.acts import Outcome, Text, act_on, joined, sentence
from districts.kinds import Kind
from districts.picking import RESIDENTS_CELL, PickField
from districts.roles import CHANGE
from districts.scope import ground_of
from members.admin_acts import MemberAct
from members.models import Member, Registration
from members.residence import before, homes_without_residence, place_of
from members.residing import assign_street_cell, register_residence, take_back

HOME, RESIDENCE = Registration.Kind.HOME, Registration.Kind.RESIDENCE


@act_on(Member)
class RegisterResidence(MemberAct):
    """Report a member of a factory cell to the district where he or she lives."""

    name = "register-residence"
    title = lazy("Register at the place of residence")
    explanation = lazy(
        "Who is in a factory cell and lives in another district is registered there too, from "
        "that day: with the district or local group of the locality (A4). Its bureau sees the "
        "name and how to reach the member, nothing of work and cell, and may assign one of its "
        "street cells. A registration as a resident elsewhere ends on that day."
    )
    icon = "add_home_work"
    order = 15
    bulk = True

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        """One query: whether the second registration is missing."""
        if target.left is not None:
            return False
        return homes_without_residence(EVERYWHERE, on).filter(member=target).exists()

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        lives = place_of(self.target) if self.target else None
        if lives is not None:
            yield lazy("Lives in"), lives
            yield lazy("District or local group"), lives.unit or _("none")

    def trespasses(self, target: Member) -> Iterator[Blocker]:
        """The home cell's secretary reports the member: this is the duty of that side under A4.

        The registration is with another district, often outside the user's own part: nothing of
        that district is changed, it is told of a resident. Its own secretary may do it as well.
        """
        ground = ground_of(self.request, CHANGE)
        lives = place_of(target)
        units = [held.unit for held in _held(target) if held.kind == HOME]
        units += [lives.unit] if lives and lives.unit else []
        if not any(ground.has(unit.tree_id, unit.lft) for unit in units):
            reason = _("%(member)s is registered elsewhere; the secretary there does this.")
            yield Blocker(reason % {"member": target}, "A4")

    def perform(self, target: Member) -> Outcome:
        known = before(target)
        register_residence(member=target, on=self.day)
        return Outcome(target, joined(known.told(sentence)))


class OfTheResident(MemberAct):
    """An act of the district of residence, on its own registration."""

    street_cell: ClassVar[bool] = False  # whether only who is in a street cell is meant

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        held = target.registrations.not_ended(on).filter(kind=RESIDENCE)
        if cls.street_cell:
            held = held.filter(unit__kind=Kind.STREET_CELL)
        return held.exists()

    def trespasses(self, target: Member) -> Iterator[Blocker]:
        return self.outside(held for held in _held(target) if held.kind == RESIDENCE)


@act_on(Member)
class AssignStreetCell(OfTheResident):
    """Assign a resident to one of the district's street cells."""

    name = "assign-street-cell"
    title = lazy("Assign to a street cell")
    explanation = lazy(
        "The bureau of the district where the member lives assigns him or her to one of its own "
        "street cells from that day. The factory cell stays the home cell (A4)."
    )
    icon = "signpost"
    order = 16
    bulk = True

    cell = PickField(RESIDENTS_CELL, label=lazy("Street cell"), help_text=lazy("Code or name."))

    def perform(self, target: Member) -> Outcome:
        new = assign_street_cell(member=target, cell=self.cleaned_data["cell"], on=self.day)
        text = _("Assigned to %(cell)s from %(day)s.")
        return Outcome(target, sentence(text, cell=new.unit, day=new.since))


@act_on(Member)
class TakeBack(OfTheResident):
    """Take a resident back from a street cell."""

    name = "take-back"
    title = lazy("Take back from the street cell")
    explanation = lazy(
        "The member is no longer assigned to a street cell from that day, and stays registered "
        "with the district or local group where he or she lives (A4)."
    )
    icon = "undo"
    order = 17
    bulk = True
    street_cell = True

    def perform(self, target: Member) -> Outcome:
        new = take_back(member=target, on=self.day)
        text = _("Taken back to %(unit)s from %(day)s.")
        return Outcome(target, sentence(text, unit=new.unit, day=new.since))


def _held(target: Member) -> list[Registration]:
    standing = target.registrations.not_ended(timezone.localdate())
    return list(standing.select_related("unit", "member").order_by("kind", "since"))


def acts_for_others(request: HttpRequest, member: Any) -> set[str]:
    """The acts on a residence that are not the user's, whose links a member's page leaves out.

    Asks nothing: by the registrations that the page shows.
    """
    ground, today = ground_of(request, CHANGE), timezone.localdate()
    mine: Mapping[str, bool] = {
        kind: any(
            held.kind == kind
            and (held.until is None or held.until > today)
            and ground.has(held.unit.tree_id, held.unit.lft)
            for held in member.seen_registrations
        )
        for kind in (HOME, RESIDENCE)
    }
    others = set() if mine[RESIDENCE] else {AssignStreetCell.name, TakeBack.name}
    return others if mine[HOME] else others | {RegisterResidence.name}
