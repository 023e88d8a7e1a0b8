"""Announcing who leads a unit to its members: queued in one act, sent in the background (A8, A11).

Nothing is kept of whom it reached, only how many. The e-mails name those whose names everybody may
see; in an emergency of the unit or of one above nothing is announced (A14).
"""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.periods import in_force
from audit.refusals import Blocker, Refused, refuse_if
from districts.models import Regime, Unit
from elections.bureaus.announcing_task import send_announcement
from elections.models import Announcement, Bureau, Seat
from members.models import Member, Registration
from members.registrations import lock_unit

LOST_AFTER = timedelta(minutes=30)  # a worker that has sent nothing by then is gone


class CannotAnnounce(Refused):
    """An announcement that could not be made."""


@recorded("announce-bureau")
def announce_bureau(*, bureau: Bureau) -> Announcement:
    """Announce who leads the unit, to all members of it and below who have an e-mail address.

    The e-mails go out in the background. Raises `CannotAnnounce` (A8, A11, A14).
    """
    unit = lock_unit(bureau.unit)
    bureau = Bureau.objects.select_related("unit").get(pk=bureau.pk)
    refuse_if(announcing_blockers(bureau), CannotAnnounce)
    made = Announcement.objects.create(
        bureau=bureau,
        announced_at=timezone.now(),
        seats=digest_of_seats(bureau),
        **reach(unit),
    )
    if made.people:
        send_announcement.enqueue(made.pk)
    return made


def members_of(unit: Unit) -> QuerySet[Member]:
    """The members who are registered today in the unit or below it, at home or by residence."""
    today = timezone.localdate()
    there = Registration.objects.filter(
        in_force(today),
        Q(member__left__isnull=True) | Q(member__left__gt=today),
        unit__tree_id=unit.tree_id,
        unit__lft__gte=unit.lft,
        unit__lft__lte=unit.rght,
    )
    return Member.objects.filter(pk__in=there.order_by().values("member").distinct())


def reach(unit: Unit) -> dict[str, int]:
    """How many `people` have an address, and how many are `without` one. One query."""
    having = Count("pk", filter=~Q(email=""))
    numbers = members_of(unit).aggregate(people=having, all=Count("pk"))
    return {"people": numbers["people"], "without": numbers["all"] - numbers["people"]}


def digest_of_seats(bureau: Bureau) -> str:
    """A digest of what is announced: who holds which seat, with which work. One query."""
    held = Seat.objects.filter(bureau=bureau, until__isnull=True).order_by("pk")
    rows = held.values_list("pk", "member", "portfolio", "since")
    return sha256(repr([(*row[:3], row[3].isoformat()) for row in rows]).encode()).hexdigest()


def last_announcement(bureau: Bureau) -> Announcement | None:
    """The last announcement of this bureau, if there is one. One query."""
    return Announcement.objects.filter(bureau=bureau).first()


def announcing_blockers(bureau: Bureau) -> Iterator[Blocker]:
    """All that keeps the bureau from being announced (A8, A14). Four queries at most."""
    if bureau.until is not None:
        yield Blocker(_("This bureau leads no more."))
        return
    if bureau.since > timezone.localdate():
        reason = _("It leads from %(day)s on, not before that day.")
        yield Blocker(reason % {"day": bureau.since.isoformat()})
    for unit in emergencies_at(bureau.unit):
        reason = _("%(unit)s is in an emergency: nobody is told by e-mail who leads.")
        yield Blocker(reason % {"unit": unit}, "A14")
    last = last_announcement(bureau)
    if last is not None and last.seats == digest_of_seats(bureau) and not _was_lost(last):
        reason = _("It was announced on %(day)s, and no seat has changed since.")
        day = timezone.localdate(last.announced_at)
        yield Blocker(reason % {"day": day.isoformat()})


def _was_lost(last: Announcement) -> bool:
    """Whether it reached nobody, though its time is over: then it can be made once more."""
    old = last.announced_at < timezone.now() - LOST_AFTER
    return bool(last.people) and not last.sent and (old or last.failed >= last.people)


def emergencies_at(unit: Unit) -> QuerySet[Unit]:
    """The unit and those above it that are in an emergency, the highest first (A14)."""
    found: QuerySet[Unit] = Unit.objects.filter(
        tree_id=unit.tree_id,
        lft__lte=unit.lft,
        rght__gte=unit.rght,
        regime=Regime.EMERGENCY,
        dissolved=None,
    )
    return found.order_by("lft")
