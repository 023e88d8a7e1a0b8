"""An emergency for the demonstration: the last area, whose appointed committee is overdue (A14)."""

import hashlib
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from audit.ground import Ground
from audit.rulebook import statutes
from districts.kinds import FACTORY_CELLS, Kind
from districts.models import Regime, Unit
from elections.meetings.kinds import TITLES
from elections.models import Bureau, Emergency, Meeting, Seat
from elections.models.meetings import MeetingKind, MeetingState
from members.demo.additions import adds_to_town
from members.models import Registration

_OVERDUE = 12  # days since the last one for the confirmation
_WORK = ("chair", "secretary", "treasurer")
_AHEAD = timedelta(days=14)


@adds_to_town
def emergency(day: date) -> None:
    """The last of several areas: its committee arrested, another appointed and never confirmed."""
    areas = list(Unit.objects.open(day).filter(kind=Kind.AREA).order_by("code"))
    if len(areas) < 2:
        return
    area = areas[-1]
    sits = Bureau.objects.sitting().filter(unit=area).first()
    on = day - timedelta(days=statutes().confirmation_days + _OVERDUE)
    if sits is not None:
        on = max(on, sits.since + timedelta(days=1))
    members = _appointed(area, on)
    if len(members) < len(_WORK):
        return
    _declare(area, on)
    if sits is not None:
        sits.seats.filter(until=None).update(until=on, ending=Seat.Ending.TERM)
        Bureau.objects.filter(pk=sits.pk).update(until=on, ending=Bureau.Ending.ARRESTED)
    _appoint(area, members, on)


def _appointed(area: Unit, on: date) -> list[int]:
    """Three members of the area's factory cells who have been there longest and sat on nothing."""
    homes = Registration.objects.filter(
        Ground((area.extent,)).holds("unit__"),
        kind=Registration.Kind.HOME,
        unit__kind__in=FACTORY_CELLS,
        unit__dissolved=None,
        since__lte=on,
        until=None,
        member__left=None,
        member__joined__lte=on,
    ).exclude(member__in=Seat.objects.values("member"))
    return list(homes.order_by("since", "member").values_list("member", flat=True)[: len(_WORK)])


def _declare(area: Unit, on: date) -> None:
    since = on - timedelta(days=3)
    Unit.objects.filter(pk=area.pk).update(regime=Regime.EMERGENCY, regime_since=since)
    Emergency.objects.create(
        unit=area,
        declared_by=area.parent,
        since=since,
        reason="The committee was arrested at its meeting.",
    )


def _appoint(area: Unit, members: list[int], on: date) -> None:
    begins = timezone.make_aware(datetime.combine(on + _AHEAD, time(19)))
    meeting = Meeting.objects.create(
        code=hashlib.sha256(f"{area.code} {on}".encode()).hexdigest()[:32],
        unit=area,
        kind=MeetingKind.DELEGATES,
        title=str(TITLES[MeetingKind.DELEGATES]),
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
        place="Back room of the Anchor",
        state=MeetingState.CANCELLED,
        cancelled_because="The house was watched.",
    )
    bureau = Bureau.objects.create(
        unit=area,
        mandate=Bureau.Mandate.APPOINTED,
        size=len(members),
        since=on,
        confirm_by=on + timedelta(days=statutes().confirmation_days),
        confirming=meeting,
    )
    Seat.objects.bulk_create(
        Seat(bureau=bureau, member_id=member, portfolio=work, since=on)
        for member, work in zip(members, _WORK, strict=True)
    )
