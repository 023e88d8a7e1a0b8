"""Moving members to the cells that they belong to, one or many at once (A1, A2, A3, A6, A7)."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.refusals import Blocker, Refused, refuse_if
from districts.acts import Outcome, act_on, sentence
from districts.roles import CHANGE
from districts.scope import ground_of
from members.admin_acts import HOME, MemberAct, standing_registrations, with_consequences
from members.belonging import Belonging, belongings
from members.models import Member, Registration
from members.registrations import change_cell, register_member
from members.residence import before


@act_on(Member)
class Place(MemberAct):
    """Register the member with the cell that the articles name."""

    name = "place"
    title = lazy("Move to the right cell")
    explanation = lazy(
        "The member is registered with the cell that work and residence name on that day, by the "
        "article that is told. Of several members each goes to the cell of his or her own."
    )
    icon = "where_to_vote"
    order = 12
    bulk = True

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        return False  # alone, a member's page names the cell and leads to the act that changes it

    def trespasses(self, target: Member) -> Iterator[Blocker]:
        return self.outside(one for one in standing_registrations(target) if one.kind == HOME)

    def perform(self, target: Member) -> Outcome:
        known = belongings([target.pk], self.day).get(target.pk)
        if known is None or known.cell is None:
            reason = known.why if known else _("%(member)s is no member then.") % {"member": target}
            raise Refused(Blocker(reason, known.article if known else ""))
        home = target.registrations.filter(kind=HOME).in_force(self.day).first()
        refuse_if(self._blockers(target, home, known))
        earlier = before(target)
        if home is None:
            register_member(member=target, unit=known.cell, since=self.day)
        else:
            change_cell(member=target, to=known.cell, on=self.day)
        text = _("Registered with %(cell)s from %(day)s (%(article)s: %(why)s)")
        values = {"cell": known.cell, "article": known.article, "why": known.why}
        return Outcome(target, with_consequences(sentence(text, day=self.day, **values), earlier))

    def _blockers(
        self, target: Member, home: Registration | None, known: Belonging
    ) -> Iterator[Blocker]:
        cell = known.cell
        if cell is None:
            return
        if home is not None and home.unit_id == cell.pk:
            reason = _("%(member)s stands in the right cell already.")
            yield Blocker(reason % {"member": target}, known.article)
        if not ground_of(self.request, CHANGE).has(cell.tree_id, cell.lft):
            reason = _("%(member)s belongs to %(cell)s, outside your part: ask for a transfer.")
            yield Blocker(reason % {"member": target, "cell": cell}, known.article)
