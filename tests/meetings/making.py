"""Meetings for the tests, made by the program's own acts."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from districts.models import Unit
from elections.meetings.kinds import HELD_BY
from elections.meetings.minutes import write_minutes
from elections.meetings.planning import Plan, plan_meetings
from elections.models import Meeting


def plan(**fields: Any) -> Plan:
    """What is settled of a meeting in a week, for two hours, unless something else is said."""
    starts_at = fields.pop("starts_at", timezone.now() + timedelta(days=7))
    starts_at = starts_at.replace(microsecond=0)
    return Plan(
        **{
            "title": "General meeting",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "place": "Hall at the lock",
            **fields,
        }
    )


def meeting(unit: Unit, **fields: Any) -> Meeting:
    """A planned meeting of the kind that the unit holds first."""
    kind = fields.pop("kind", HELD_BY[unit.kind][0])
    (made,) = plan_meetings(unit=unit, kind=kind, plan=plan(**fields))
    return made


def begun(unit: Unit, **fields: Any) -> Meeting:
    """A meeting that began an hour ago."""
    return meeting(unit, starts_at=timezone.now() - timedelta(hours=1), **fields)


def held(unit: Unit, days_ago: int = 1, present: int = 0, **fields: Any) -> Meeting:
    """A meeting held so many days ago, with minutes."""
    made = meeting(unit, starts_at=timezone.now() - timedelta(days=days_ago), **fields)
    return write_minutes(meeting=made, text="We met.", present=present)
