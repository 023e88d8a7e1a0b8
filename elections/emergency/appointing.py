"""Appointing an area committee in an emergency, and its confirmation: acts (A14, A15)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from audit.rulebook import statutes
from districts.models import Unit
from elections.bureaus.sitting import (
    Place,
    constitute_bureau,
    constituting_blockers,
    lock_bureau,
    sitting_bureau,
)
from elections.emergency.declaring import above_blockers, day_blockers
from elections.meetings.kinds import TITLES
from elections.meetings.planning import Item, Plan, plan_meetings
from elections.models import Bureau, Emergency, Meeting
from elections.models.meetings import MeetingKind, MeetingState
from members.registrations import lock_unit

APPOINTED = Bureau.Mandate.APPOINTED
AHEAD = timedelta(days=14)  # from the appointment to the proposed delegate meeting
BEGINS, LASTS = time(19), timedelta(hours=2)
# What may befall a committee so that a body above appoints another; the rest has acts of its own.
BEFELL = (Bureau.Ending.ARRESTED, Bureau.Ending.RESIGNED, Bureau.Ending.RECALLED)


class CannotAppoint(Refused):
    """A committee that could not be appointed or confirmed."""


class Gathering(NamedTuple):
    """When and where the delegates are to meet."""

    day: date
    place: str


def last_day(on: date) -> date:
    """The last day for the confirmation of a committee that is appointed on the day `on` (A14)."""
    return on + timedelta(days=statutes().confirmation_days)


def proposed_day(on: date) -> date:
    """The day that is proposed for the delegate meeting: at the first opportunity (A14).

    Two weeks on, no later than the deadline, and in any case still to come.
    """
    tomorrow = timezone.localdate() + timedelta(days=1)
    return max(tomorrow, min(on + AHEAD, last_day(on)))


# Appointing --------------------------------------------------------------------------------------


@recorded("appoint-committee")
def appoint_committee(
    *,
    unit: Unit,
    by: Unit,
    places: Sequence[Place],
    on: date,
    meeting: Gathering,
    befell: str = "",
    larger_because: str = "",
) -> Bureau:
    """Appoint the committee of the area `unit` from the day `on`, by the unit `by` above it.

    `befell` says why the committee that sits leads no more, `larger_because` why there are more
    seats than the fewest. The delegate meeting that is to confirm it is planned in the same act.
    Raises `CannotAppoint` with all that stands in the way (A9, A13, A14, A15), or `CannotPlan`.
    """
    unit = lock_unit(unit)
    because = larger_because.strip()
    found = [
        *above_blockers(unit=unit, by=by),
        *appointing_blockers(unit=unit, on=on, befell=befell),
        *size_reason_blockers(len(places), because),
        *_gathering_blockers(meeting, on),
        *constituting_blockers(
            unit=unit, mandate=APPOINTED, places=places, on=on, called=len(places)
        ),
    ]
    refuse_if(found, CannotAppoint)
    bureau = constitute_bureau(
        unit=unit,
        mandate=APPOINTED,
        places=places,
        on=on,
        befell=befell,
        confirm_by=last_day(on),
        larger_because=because if len(places) > statutes().committee_least else "",
    )
    bureau.confirming = _plan(unit, meeting)
    bureau.save(update_fields=["confirming"])
    return bureau


def appointing_blockers(*, unit: Unit, on: date, befell: str) -> Iterator[Blocker]:
    """Why no committee is appointed in `unit` on that day (A14)."""
    declared = Emergency.objects.filter(unit=unit, since__lte=on).exclude(until__lte=on)
    if not declared.exists():
        reason = _("There is no emergency of %(unit)s on that day: a body above declares it first.")
        yield Blocker(reason % {"unit": unit}, "A14")
    last = Bureau.objects.filter(unit=unit).order_by("-since").first()
    if last is not None and last.is_appointed and last.confirmed_on is None:
        reason = _(
            "A committee was appointed on %(day)s and never confirmed: let the delegate meeting "
            "confirm it, or elect another, before one is appointed again."
        )
        yield Blocker(reason % {"day": day_in_words(last.since)}, "A14")
    elif sitting_bureau(unit) is not None and befell not in BEFELL:
        reason = _("A committee sits in %(unit)s: say what befell it that it leads no more.")
        yield Blocker(reason % {"unit": unit}, "A14")


def size_reason_blockers(size: int, because: str) -> Iterator[Blocker]:
    """An appointed committee that is larger than the smallest has a reason for it (A15)."""
    least = statutes().committee_least
    if size > least and not because:
        reason = _("%(size)s seats are more than the %(least)s that are needed: give the reason.")
        yield Blocker(reason % {"size": size, "least": least}, "A15")


def _gathering_blockers(meeting: Gathering, on: date) -> Iterator[Blocker]:
    latest = max(last_day(on), proposed_day(on))
    if meeting.day > latest:
        reason = _("The delegate meeting is held by %(day)s, so that it can confirm the committee.")
        yield Blocker(reason % {"day": day_in_words(latest)}, "A14")
    if meeting.day <= timezone.localdate():
        yield Blocker(_("The delegate meeting is planned: its day lies ahead."), "A14")


def _plan(unit: Unit, meeting: Gathering) -> Meeting:
    start = timezone.make_aware(datetime.combine(meeting.day, BEGINS))
    item = Item(_("Confirmation of the appointed committee, or election of another (A14)"))
    plan = Plan(str(TITLES[MeetingKind.DELEGATES]), start, start + LASTS, meeting.place, [item])
    return plan_meetings(unit=unit, kind=MeetingKind.DELEGATES, plan=plan)[0]


# Confirming --------------------------------------------------------------------------------------


@recorded("confirm-committee")
def confirm_committee(*, bureau: Bureau, on: date, meeting: Meeting | None = None) -> Bureau:
    """Record that a delegate meeting confirmed the appointed committee on the day `on`.

    `meeting` is None where it is not entered here; then the committee points to no meeting, since
    the one that was planned did not confirm it. The mandate stays that of the appointment. Raises
    `CannotAppoint` (A14).
    """
    bureau = lock_bureau(bureau)
    refuse_if(confirming_blockers(bureau=bureau, on=on, meeting=meeting), CannotAppoint)
    bureau.confirmed_on, bureau.confirming = on, meeting
    bureau.save(update_fields=["confirmed_on", "confirming"])
    return bureau


def confirming_blockers(
    *, bureau: Bureau, on: date, meeting: Meeting | None = None
) -> Iterator[Blocker]:
    """All that keeps the committee from being confirmed on that day (A14)."""
    yield from day_blockers(on)
    if not bureau.is_appointed:
        yield Blocker(_("This body was elected: there is nothing to confirm."), "A14")
    if bureau.confirmed_on is not None:
        reason = _("It was confirmed on %(day)s already.")
        yield Blocker(reason % {"day": day_in_words(bureau.confirmed_on)}, "A14")
    if bureau.until is not None:
        reason = _("This bureau has led no more since %(day)s.")
        yield Blocker(reason % {"day": day_in_words(bureau.until)}, "A14")
    if on < bureau.since:
        reason = _("It was appointed on %(day)s only.")
        yield Blocker(reason % {"day": day_in_words(bureau.since)}, "A14")
    if meeting is not None:
        yield from _meeting_blockers(bureau, meeting, on)


def _meeting_blockers(bureau: Bureau, meeting: Meeting, on: date) -> Iterator[Blocker]:
    of_delegates = meeting.kind == MeetingKind.DELEGATES and meeting.unit_id == bureau.unit_id
    if not of_delegates or meeting.state == MeetingState.CANCELLED:
        reason = _("A delegate meeting of %(unit)s confirms it.")
        yield Blocker(reason % {"unit": bureau.unit}, "A14")
    elif timezone.localtime(meeting.starts_at).date() != on:
        yield Blocker(_("The meeting is not held on that day."), "A14")


def unusual_confirmations(
    *, bureau: Bureau, on: date, meeting: Meeting | None = None
) -> Iterator[str]:
    """What is lawful about a confirmation on that day and out of the ordinary (A14)."""
    if meeting is None:
        yield _("The delegate meeting that confirmed it is not entered here (A14).")
    awaited = bureau.confirming
    if awaited is None or awaited.state == MeetingState.CANCELLED:
        return
    if on < awaited.day:
        text = _("The delegate meeting that is to confirm it is held on %(day)s only (A14).")
        yield text % {"day": day_in_words(awaited.day)}


def meeting_left_over(bureau: Bureau, meeting: Meeting | None) -> Meeting | None:
    """The delegate meeting that stays planned although `meeting` confirmed the committee."""
    awaited = bureau.confirming
    return awaited if awaited is not None and awaited.is_planned and awaited != meeting else None


@recorded("give-reason")
def give_reason(*, bureau: Bureau, larger_because: str) -> Bureau:
    """Keep why an appointed committee has more than the fewest seats. Raises `CannotAppoint`."""
    bureau = lock_bureau(bureau)
    found = []
    if not bureau.is_appointed or bureau.size <= statutes().committee_least:
        found.append(Blocker(_("Only a larger appointed committee needs a reason."), "A15"))
    if not larger_because.strip():
        found.append(Blocker(_("Give the reason."), "A15"))
    refuse_if(found, CannotAppoint)
    bureau.larger_because = larger_because.strip()
    bureau.save(update_fields=["larger_because"])
    return bureau
