"""The town's conference in the demonstration: apportioned, with all delegations filled but one."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from audit.bulk import analyse
from districts.kinds import Kind
from districts.models import Unit
from elections.counting.apportionment import Share, apportion
from elections.delegates.apportioning import senders
from elections.models import Apportionment, Delegate, Delegation, Meeting
from elections.models.meetings import MeetingKind
from members.demo.additions import adds_to_town
from members.models import Registration

_SEATS = 25
_AHEAD = 60  # days until the conference
_CODE = "c0" * 16
_MOST = 12  # of whom in a unit delegates are taken
_BATCH = 2_000


@adds_to_town
def conference(day: date) -> None:
    """The conference in two months, by Sainte-Laguë; the last district has sent nobody (A12).

    Delegates are those at home longest in their districts. A dozen queries, for any size.
    """
    town = Unit.objects.open(day).filter(kind=Kind.TOWN).order_by("code").first()
    if town is None:
        return
    made = _apportioned(_planned(town, day), day)
    delegations = list(made.delegations.order_by("unit__code"))
    last = [one for one in delegations if one.seats][-1:]
    people = dict(_longest(town, day))
    Delegate.objects.bulk_create(
        (
            Delegate(apportionment=made, delegation=delegation, member_id=member, since=day)
            for delegation in delegations
            if delegation not in last
            for member in people.get(delegation.unit_id, [])[: delegation.seats]
        ),
        batch_size=_BATCH,
    )
    analyse(Delegation._meta.db_table, Delegate._meta.db_table)


def _planned(town: Unit, day: date) -> Meeting:
    starts_at = timezone.make_aware(datetime.combine(day + timedelta(days=_AHEAD), time(10)))
    return Meeting.objects.create(
        code=_CODE,
        unit=town,
        kind=MeetingKind.CONFERENCE,
        title="Town conference",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=8),
        changed_at=starts_at,
        place="Trades hall",
        quorum_numerator=1,
        quorum_denominator=2,
    )


def _apportioned(meeting: Meeting, day: date) -> Apportionment:
    """Its seats, apportioned as the act does; a tie is drawn by a seed that all can see."""
    sending = senders(meeting, day)
    seats = max(_SEATS, len(sending))
    shares = [Share(sender.unit.code, sender.members) for sender in sending]
    result = apportion(shares, seats, "sainte-lague", 0, day.isoformat())
    made = Apportionment.objects.create(
        meeting=meeting,
        counted_on=day,
        seats=seats,
        method="sainte-lague",
        seed=day.isoformat(),
        table=result.as_json(),
        made_on=day,
    )
    Delegation.objects.bulk_create(
        Delegation(
            apportionment=made,
            unit=sender.unit,
            members=sender.members,
            seats=result.seats[sender.unit.code],
        )
        for sender in sending
    )
    return made


def _longest(town: Unit, day: date) -> Iterator[tuple[int, list[int]]]:
    """The members at home longest in each district or local group of the town. One query."""
    place = Window(RowNumber(), partition_by=F("unit__parent"), order_by=[F("since"), F("member")])
    homes = Registration.objects.in_force(day).filter(
        kind="home", member__left=None, unit__tree_id=town.tree_id, unit__dissolved=None
    )
    rows = homes.annotate(place=place).filter(place__lte=_MOST).order_by("unit__parent", "place")
    for unit, held in groupby(rows.values_list("unit__parent", "member"), key=lambda row: row[0]):
        if unit is not None:
            yield unit, [member for _unit, member in held]
