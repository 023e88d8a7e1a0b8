"""Erasing somebody who left, as a page in the office (GDPR article 17)."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.refusals import Blocker
from districts.acts import Outcome, Text, act_on
from districts.roles import CHANGE
from districts.scope import ground_of
from members.accounts.acts import Undated
from members.admin_acts import MemberAct
from members.erasing import erase_member, erasing_blockers
from members.models import Member


@act_on(Member)
class Erase(Undated, MemberAct):
    """Erase what names a person who left, before the time in `RETENTION` is over.

    It is for those who may change the whole register: nobody makes traces of his or her own go.
    """

    name = "erase-member"
    title = lazy("Erase the person")
    explanation = lazy(
        "At the demand of somebody who left: the name and all that reaches the person go from the "
        "register, the requests and the log. The number, the days and the units stay, and that he "
        "or she voted, stood or sat: they prove what was decided, and name nobody."
    )
    icon = "person_off"
    order = 95
    grave = True
    rehearsed = False
    what_if = False

    @classmethod
    def permitted(cls, request: HttpRequest) -> bool:
        return ground_of(request, CHANGE).everywhere

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        return target.left is not None and target.left <= on and not target.is_erased

    def foreseen(self) -> Iterable[Blocker]:
        return self.blockers(self.target)

    def unusual(self, target: Member) -> Iterator[Text]:
        yield lazy("What is erased does not come back. Name nobody in the reason: it is kept.")

    def blockers(self, target: Member) -> Iterable[Blocker]:
        return erasing_blockers(target, timezone.localdate())

    def perform(self, target: Member) -> Outcome:
        done = erase_member(member=target, on=timezone.localdate())
        shown = Member.objects.get(pk=done.number)
        return self.done(shown, _("Number %(number)s was erased.") % {"number": done.number})
