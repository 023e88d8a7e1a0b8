"""Starting and ending a member's work in a workplace."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from districts.models import Workplace
from members.models import Employment, Member
from members.registrations import HOME, lock_member
from members.residence import settle_residence


class CannotEmploy(Refused):
    """An employment that could not be started or ended."""


@recorded("start-employment")
def start_employment(
    *, member: Member, workplace: Workplace, since: date, standing: str = Employment.Standing.MAIN
) -> Employment:
    """Record that the member has worked there since that day. Raises `CannotEmploy`.

    As the main work, which says where the member belongs (A1), or as a side job beside it. The
    registration of residence is settled from that day (A4).
    """
    member = lock_member(member)
    known = member.employments.filter(workplace=workplace).not_ended(since).first()
    if known is not None:
        reason = _("%(member)s has worked there since %(day)s already.")
        values = {"member": member, "day": day_in_words(known.since)}
        raise CannotEmploy(Blocker(reason % values))
    work = Employment.objects.create(
        member=member, workplace=workplace, since=since, standing=standing
    )
    _settle(member, since)
    return work


@recorded("main-employment")
def set_main_employment(*, employment: Employment, on: date) -> Employment:
    """Make this the main work of those that run on the day `on`, and the others side jobs.

    Raises `CannotEmploy` for one that does not run on that day.
    """
    member = lock_member(employment.member)
    running = list(member.employments.in_force(on).select_related("workplace"))
    main = next((one for one in running if one.pk == employment.pk), None)
    if main is None:
        reason = _("%(member)s does not work there on that day.")
        raise CannotEmploy(Blocker(reason % {"member": member}, "A1"))
    for one in running:
        standing = Employment.Standing.MAIN if one is main else Employment.Standing.SIDE
        if one.standing != standing:
            one.standing = standing
            one.save(update_fields=["standing"])
    return main


@recorded("end-employment")
def end_employment(*, employment: Employment, on: date) -> Employment:
    """Record that the member works there no more from the day `on`. Raises `CannotEmploy`.

    The registration of residence is settled from that day (A4).
    """
    member = lock_member(employment.member)
    employment = Employment.objects.get(pk=employment.pk)
    refuse_if(_ending_blockers(employment, on), CannotEmploy)
    employment.until = on
    employment.save(update_fields=["until"])
    _settle(member, on)
    return employment


def _settle(member: Member, on: date) -> None:
    """What work before the present home tells of is past: nothing is registered for it."""
    if member.registrations.filter(kind=HOME).in_force(on).exists():
        settle_residence(member=member, on=on)


def _ending_blockers(employment: Employment, on: date) -> Iterator[Blocker]:
    if employment.until is not None and employment.until <= on:
        reason = _("This employment ended on %(day)s already.")
        yield Blocker(reason % {"day": day_in_words(employment.until)})
    if on <= employment.since:
        reason = _("This employment began on %(day)s only.")
        yield Blocker(reason % {"day": day_in_words(employment.since)})
