"""A few requests that wait for a decision, one of them overdue, in the first district."""

from datetime import date, timedelta

from django.db.models import Max

from districts.kinds import Kind
from districts.models import Coverage, Unit
from members.demo.breaches import settled
from members.models import Employment, Member, Request

_DUE = 30  # days


def make_requests(day: date) -> None:
    """Somebody long out of work asks to be detached (A6), and somebody asks to leave."""
    district = Unit.objects.filter(kind=Kind.DISTRICT).order_by("code")[0]
    at_home = settled(district, Kind.FACTORY_CELL, day).filter(
        member__locality__unit=district,
        member__locality__street_cell__dissolved=None,
        member__locality__street_cell__isnull=False,
        member__employments__until=None,
        member__employments__workplace__coverage=Coverage.OWN,
    )
    jobless = at_home[0]
    street = Unit.objects.get(street_localities=jobless.member.locality_id)
    Employment.objects.filter(member=jobless.member_id, until=None).update(
        until=day - timedelta(days=230)
    )
    _ask(
        Request.Kind.DETACHMENT,
        jobless.member,
        day - timedelta(days=4),
        unit=district,
        cell=street,
        reason="Out of work since spring, and the way to the factory is long",
    )
    leaving = settled(district, Kind.STREET_CELL, day)[0].member
    asked = day - timedelta(days=35)
    _ask(Request.Kind.EXIT, leaving, asked, unit=district, reason="Moves abroad")


def _ask(kind: str, member: Member, asked_on: date, **fields: object) -> None:
    due_on = asked_on + timedelta(days=_DUE)
    last = Request.objects.aggregate(number=Max("number"))["number"] or 0
    Request.objects.create(
        number=last + 1,  # the same in every town of the same seed
        kind=kind,
        member=member,
        asked_on=asked_on,
        due_on=due_on,
        **fields,
    )
