"""Carrying out the periods in `RETENTION`: who and what is due, and erasing it act by act."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from audit.refusals import Blocker
from members.erasing import (
    CannotErase,
    erase_member,
    erase_requests,
    erasing_blockers,
    written_in,
)
from members.models import ApplicationLink, Member, Request
from members.names import ERASED
from members.periods import retention
from members.request_model import RequestQuerySet

State, ADMISSION = Request.State, Request.Kind.ADMISSION


@dataclass(slots=True)
class Report:
    """What was erased, or would be: numbers of members and counts, and nobody's name.

    `kept` are the members who are due and cannot be erased, with what stands in the way.
    """

    members: list[int] = field(default_factory=list)
    requests: int = 0
    applications: int = 0
    entries: int = 0
    kept: dict[int, list[Blocker]] = field(default_factory=dict)


def due_members(on: date) -> list[Member]:
    """Who left so long ago that names and contact go. One query."""
    day = retention().before("members", on)
    return list(Member.objects.filter(left__lte=day).exclude(family_name=ERASED).order_by("pk"))


def due_requests(on: date) -> RequestQuerySet:
    """The requests that were decided so long ago that what was written in them goes."""
    decided = Request.objects.exclude(state=State.ASKED)
    day = retention().before("requests", on)
    return written_in(decided.filter(decided_on__lte=day)).exclude(
        kind=ADMISSION, state__in=(State.REFUSED, State.WITHDRAWN)
    )


def due_applications(on: date) -> RequestQuerySet:
    """The applications that were refused or withdrawn so long ago that the person goes."""
    day = retention().before("applicants", on)
    over = (State.REFUSED, State.WITHDRAWN)
    return written_in(Request.objects.filter(kind=ADMISSION, state__in=over, decided_on__lte=day))


def carry_out(on: date, *, dry_run: bool = False) -> Report:
    """Erase all that is due on the day `on`, each member in a transaction of its own.

    A `dry_run` erases nothing and tells what is due.
    """
    report = Report()
    for member in due_members(on):
        _member(member, on, report, dry_run=dry_run)
    report.requests = _requests(due_requests(on), on, report, dry_run=dry_run)
    report.applications = _requests(due_applications(on), on, report, dry_run=dry_run)
    if not dry_run:
        due_links(on).delete()
    return report


def due_links(on: date) -> QuerySet[ApplicationLink]:
    """The links to applications that were decided so long ago that nobody follows them."""
    day = retention().before("links", on)
    return ApplicationLink.objects.filter(request__decided_on__lte=day)


def _member(member: Member, on: date, report: Report, *, dry_run: bool) -> None:
    if blockers := erasing_blockers(member, on):
        report.kept[member.pk] = blockers
        return
    if not dry_run:
        try:
            report.entries += erase_member(member=member, on=on).entries
        except CannotErase as refused:  # it was changed meanwhile
            report.kept[member.pk] = list(refused.blockers)
            return
    report.members.append(member.pk)


def _requests(rows: RequestQuerySet, on: date, report: Report, *, dry_run: bool) -> int:
    numbers = list(rows.order_by("pk").values_list("pk", flat=True))
    if numbers and not dry_run:
        report.entries += erase_requests(numbers=numbers, on=on).entries
    return len(numbers)
