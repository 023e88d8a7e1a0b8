"""The act for a finding that no other act mends: a registration that outlived the membership."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.refusals import Blocker
from districts.acts import Outcome, act_on, sentence
from members.admin_acts import MemberAct
from members.models import Member, Registration
from members.registrations import end_registration


@act_on(Member)
class EndLeftover(MemberAct):
    """End the registrations of somebody who left and is registered still."""

    name = "end-leftover"
    title = lazy("End the registration")
    explanation = lazy(
        "This person is no member any more and is registered still. All registrations that are "
        "left open end on that day."
    )
    icon = "event_busy"
    order = 20

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        if target.left is None or target.left > on:
            return False
        return target.registrations.not_ended(on).exists()

    def adapt(self) -> None:
        self.fields["on"].label = lazy("First day without registration")
        if self.target.left is not None:
            self.fields["on"].initial = self.target.left

    def trespasses(self, target: Member) -> Iterator[Blocker]:
        left = self._left_over(target)
        if not left:
            yield Blocker(_("%(member)s has no registration to end.") % {"member": target}, "A1")
        yield from self.outside(left)

    def perform(self, target: Member) -> Outcome:
        for registration in self._left_over(target):
            end_registration(registration=registration, on=self.day)
        text = _("No longer registered from %(day)s.")
        return Outcome(target, sentence(text, day=self.day))

    def _left_over(self, target: Member) -> list[Registration]:
        """None for somebody who is a member: that would leave him or her without a cell."""
        today = timezone.localdate()
        if target.left is None or target.left > today:
            return []
        standing = target.registrations.not_ended(today)
        return list(standing.select_related("unit", "member").order_by("kind"))
