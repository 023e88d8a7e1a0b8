"""Announcing who leads as a page: to how many, in what way, and what stands in the way."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.refusals import Blocker
from districts.acts import Outcome, Text, act_on, sentence
from elections.act_fields import Undated
from elections.bureaus.announcing import announce_bureau, announcing_blockers, reach
from elections.models import Announcement, Bureau


@act_on(Bureau)
class Announce(Undated):
    """Tell all members of the unit and below who leads it."""

    name = "announce"
    title = lazy("Announce who leads")
    explanation = lazy(
        "An e-mail to every member of the unit and below it who has an address: who leads, what "
        "falls to whom, since when and by which mandate, and how to reach them. They go out in "
        "the background, one for each."
    )
    icon = "campaign"
    order = 5
    looked_at = False

    @classmethod
    def applies_to(cls, target: Bureau, on: date) -> bool:
        return not any(announcing_blockers(target))

    def facts(self) -> Iterable[tuple[Text, Any]]:
        if self.target is None:
            return
        numbers = reach(self.target.unit)
        yield lazy("Unit"), self.target.unit
        yield lazy("By e-mail"), numbers["people"]
        yield lazy("Without an address"), numbers["without"]
        yield lazy("How to reach them"), self.target.unit.contact or _("not entered yet")

    def foreseen(self) -> Iterable[Blocker]:
        return announcing_blockers(self.target)

    def perform(self, target: Bureau) -> Outcome:
        made = announce_bureau(bureau=target)
        text = _("Who leads %(unit)s is announced to %(people)s by e-mail.")
        return Outcome(target, sentence(text, unit=target.unit, people=made.people))


def announced_in_words(one: Announcement) -> str:
    """When it was announced, and how far the e-mails have come."""
    text = _("%(day)s: %(sent)s of %(people)s e-mails sent, %(failed)s failed")
    day = timezone.localdate(one.announced_at).isoformat()
    told = text % {"day": day, "sent": one.sent, "people": one.people, "failed": one.failed}
    without = _("%(number)s without an address") % {"number": one.without}
    return f"{told}; {without}" if one.without else told
