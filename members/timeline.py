"""A member's page: why he or she stands in this cell, and all that was, in one line of time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.ground import Ground
from audit.rulebook import findings
from districts.findings import declare_subject, shown
from districts.kinds import FACTORY_CELLS, article_of_cell
from districts.models import Unit
from districts.roles import CHANGE
from districts.scope import ground_of
from districts.sections import Section, declare_section
from members.admin_acts import listed_name
from members.belonging import Belonging, belongings
from members.models import Employment, Member, Registration, Request
from members.visibility import seen_registrations, sees_home

HOME, RESIDENCE = Registration.Kind.HOME, Registration.Kind.RESIDENCE
# What was asked and decided comes before what it did; what ends before what begins on the same day,
# and a membership around all else.
_ASKED, _DECIDED, _ENDED, _LEFT, _JOINED, _BEGUN = range(6)


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something on a day of a member's history, with the article it rests on, if any does.

    `rank` puts those of one day in their order.
    """

    day: date
    rank: int
    text: str
    article: str = ""


def timeline(
    member: Member,
    registrations: Sequence[Registration],
    employments: Sequence[Employment],
    requests: Sequence[Request] = (),
) -> list[Event]:
    """The member's history out of the rows that may be shown, the newest first.

    One query: the earlier memberships.
    """
    events = [
        *_of_membership(member),
        *(event for one in registrations for event in _of_registration(one)),
        *(
            event
            for one in employments
            for event in _of_employment(one, _stays(one, registrations, employments))
        ),
        *(event for one in requests for event in of_request(one)),
    ]
    return sorted(events, reverse=True)


def _of_membership(member: Member) -> Iterator[Event]:
    earlier = list(member.earlier_memberships.all())
    for one in earlier:
        yield Event(one.since, _JOINED, _("Joined: an earlier membership."))
        yield Event(one.until, _LEFT, _("Left: %(why)s.") % {"why": one.get_reason_display()})
    yield Event(member.joined, _JOINED, _("Joined again.") if earlier else _("Joined."))
    if member.left is not None:
        why = {"why": member.get_left_reason_display()}
        yield Event(member.left, _LEFT, _("Left: %(why)s.") % why)


def _of_registration(one: Registration) -> Iterator[Event]:
    home = one.kind == HOME
    article = article_of_cell(one.unit.kind) if home else "A4"
    begun = _("Home cell: %(unit)s.") if home else _("Registered as a resident: %(unit)s.")
    ended = (
        _("No longer in the home cell %(unit)s.")
        if home
        else _("No longer registered as a resident: %(unit)s.")
    )
    yield Event(one.since, _BEGUN, begun % {"unit": one.unit}, article)
    if one.until is not None:
        yield Event(one.until, _ENDED, ended % {"unit": one.unit})


def _stays(
    one: Employment, registrations: Sequence[Registration], employments: Sequence[Employment]
) -> bool:
    """Whether the end of this work left the member out of work, in the cell of a factory (A6)."""
    day = one.until
    if day is None or any(other.holds(day) for other in employments):
        return False
    return any(
        held.kind == HOME and held.unit.kind in FACTORY_CELLS and held.holds(day)
        for held in registrations
    )


def _of_employment(one: Employment, stays: bool) -> Iterator[Event]:
    yield Event(one.since, _BEGUN, _("Works at %(place)s.") % {"place": one.workplace})
    if one.until is not None:
        text = (
            _("No longer works at %(place)s; out of work, and still in the cell.")
            if stays
            else _("No longer works at %(place)s.")
        )
        yield Event(one.until, _ENDED, text % {"place": one.workplace}, "A6" if stays else "")


def of_request(one: Request) -> Iterator[Event]:
    """What was asked and what was decided, each with the unit and the article."""
    unit = one.unit or _("the whole organisation")
    values = {"what": request_in_words(one), "unit": unit, "day": day_in_words(one.due_on)}
    asked = _("Asked: %(what)s. %(unit)s decides by %(day)s.")
    yield Event(one.asked_on, _ASKED, asked % values, one.article)
    if one.decided_on is None:
        return
    text = {
        Request.State.GRANTED: _("Granted by %(unit)s: %(what)s."),
        Request.State.REFUSED: _("Refused by %(unit)s: %(what)s."),
    }.get(Request.State(one.state), _("Withdrawn: %(what)s."))
    yield Event(one.decided_on, _DECIDED, text % values, one.article)


def request_in_words(one: Request) -> str:
    """What is asked for, in words: the kind, the cell, and whether it is an exception."""
    what = str(one.get_kind_display())
    if one.cell:
        what = _("%(what)s, to %(cell)s") % {"what": what, "cell": one.cell}
    exception = one.basis == Request.Basis.EXCEPTION
    return f"{what}, {one.get_basis_display()}" if exception else what


def _timeline(request: HttpRequest, member: Any) -> Mapping[str, Any]:
    """The whole history, without work and home for a unit of residence (A4)."""
    return {
        "events": timeline(
            member, member.seen_registrations, member.seen_employments, member.seen_requests
        ),
        "today": timezone.localdate(),
        "partly": not sees_home(request, member),
    }


def prepare_page(request: HttpRequest, member: Any) -> None:
    """Look up the registrations, employments and requests that the page shows to this user.

    Three queries. A unit of residence is told of the requests that it decides, and of no other.
    """
    every = member.registrations.select_related("unit", "member").order_by("kind", "since")
    member.seen_registrations = seen_registrations(request, every)
    member.seen_employments = []
    if sees_home(request, member):
        jobs = member.employments.select_related("workplace__cell")
        member.seen_employments = list(jobs.order_by("since", "pk"))
    asked = member.requests.select_related("unit", "cell", "member")
    if not sees_home(request, member):
        asked = asked.on_ground(ground_of(request))
    member.seen_requests = list(asked.order_by("-asked_on", "-number"))


# Why here -----------------------------------------------------------------------------------------


def _why_here(request: HttpRequest, member: Any) -> Mapping[str, Any] | None:
    """Why the member stands in the present home cell, and where else he or she might belong.

    As far as work and residence tell; nothing of it for a unit of residence.
    """
    today = timezone.localdate()
    if not member.is_present(today) or not sees_home(request, member):
        return None
    home = next(
        (one for one in member.seen_registrations if one.kind == HOME and one.holds(today)), None
    )
    known = belongings([member.pk], today).get(member.pk)
    exception = home and _exception(member, home)
    reason = known if known and known.cell and home and known.cell.pk == home.unit_id else None
    other = None if reason else known
    return {
        "home": home,
        "reason": reason,
        "exception": exception,
        "other": other,
        "change": _change_address(request, member, home, other),
    }


def _exception(member: Any, home: Registration) -> Request | None:
    """The granted request that brought the member to this home against the articles."""
    return next(
        (
            one
            for one in member.seen_requests
            if one.basis == Request.Basis.EXCEPTION
            and one.state == Request.State.GRANTED
            and (one.cell_id, one.takes_effect) == (home.unit_id, home.since)
        ),
        None,
    )


def _change_address(
    request: HttpRequest, member: Member, home: Registration | None, other: Belonging | None
) -> str:
    """The act that registers the member with the other cell, where the user may do that."""
    ground = ground_of(request, CHANGE)
    if other is None or not other.cell or not ground.has(other.cell.tree_id, other.cell.lft):
        return ""
    if home and not ground.has(home.unit.tree_id, home.unit.lft):
        return ""
    act, field = ("change-cell", "to") if home else ("register", "unit")
    query = urlencode({"kind": HOME, field: other.cell.code})
    return f"{reverse('admin:members_member_act', args=[member.pk, act])}?{query}"


# What is wrong ------------------------------------------------------------------------------------


def _findings(request: HttpRequest, member: Any) -> Mapping[str, Any]:
    """The findings about the member in the units that have to do with him or her.

    The rules are asked about these units alone, without what is below them.
    """
    subject = f"member {member.pk}"
    found = findings(_ground_of(request, member), timezone.localdate())
    return {"findings": shown(request, (one for one in found if one.subject == subject))}


def _ground_of(request: HttpRequest, member: Any) -> Ground:
    """The single units, in the user's sight, that answer for the member or could."""
    units = {one.unit_id for one in member.seen_registrations}
    units |= {job.workplace.cell_id for job in member.seen_employments}
    if member.locality:
        units |= {member.locality.unit_id, member.locality.street_cell_id}
    mine = Unit.objects.on_ground(ground_of(request)).filter(pk__in=units - {None})
    return Ground(tuple(unit.extent.alone for unit in mine))


declare_subject("member", Member, key="number", label=listed_name)
declare_section(Member, Section("kartei/member_findings.html", _findings, order=10))
declare_section(Member, Section("kartei/member_why.html", _why_here, order=20))
declare_section(Member, Section("kartei/member_timeline.html", _timeline, order=30))
