"""Planning meetings, changing and cancelling them: each one act (A10, A11, A12)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from districts.models import Unit
from elections.meetings.inviting import forget_those_not_told, tell_again
from elections.meetings.kinds import ARTICLES, may_hold
from elections.meetings.rhythms import Beat
from elections.models import AgendaItem, Meeting, Question, Rhythm
from elections.models.meetings import MeetingKind, MeetingState
from members.registrations import lock_unit

MOST_ITEMS = 50


class CannotPlan(Refused):
    """A meeting that could not be planned, changed or cancelled."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of an agenda, with the question that is put there, if any."""

    text: str
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is settled of a meeting beforehand; its times are aware."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    agenda: Sequence[Item] = ()
    quorum: Fraction = Fraction(0)


@recorded("plan-meeting")
def plan_meetings(*, unit: Unit, kind: str, plan: Plan, beat: Beat | None = None) -> list[Meeting]:
    """Plan a meeting of `unit`, or one on each day of the rhythm `beat`, the first of which is
    that of `plan`.

    Each is a meeting by itself, at the same time of the day. Raises `CannotPlan` (A10, A11, A12).
    """
    unit = lock_unit(unit)
    plans = list(_plans(plan, beat))
    refuse_if(planning_blockers(unit=unit, kind=kind, plans=plans), CannotPlan)
    rhythm = None
    if beat is not None:
        rhythm = Rhythm(pattern=beat.pattern, every=beat.every, since=beat.since, until=beat.until)
        refuse_if(field_blockers(rhythm), CannotPlan)
        rhythm.save()
    return [_planned(unit, kind, one, rhythm) for one in plans]


def _plans(plan: Plan, beat: Beat | None) -> Iterator[Plan]:
    """The plan of each meeting: the clock shows the same, also over a change to summer time."""
    if beat is None:
        yield plan
        return
    start, end = timezone.localtime(plan.starts_at), timezone.localtime(plan.ends_at)
    for day in beat.days():
        ahead = day - start.date()
        yield replace(plan, starts_at=_moved(start, ahead), ends_at=_moved(end, ahead))


def _moved(moment: datetime, ahead: timedelta) -> datetime:
    return timezone.make_aware(moment.replace(tzinfo=None) + ahead)


def _planned(unit: Unit, kind: str, plan: Plan, rhythm: Rhythm | None) -> Meeting:
    meeting = Meeting(
        unit=unit,
        kind=kind,
        title=plan.title,
        starts_at=plan.starts_at.replace(microsecond=0),
        ends_at=plan.ends_at.replace(microsecond=0),
        place=plan.place,
        quorum_numerator=plan.quorum.numerator,
        quorum_denominator=plan.quorum.denominator,
        rhythm=rhythm,
    )
    refuse_if(field_blockers(meeting), CannotPlan)
    meeting.save()
    _write_agenda(meeting, plan.agenda)
    return meeting


def _write_agenda(meeting: Meeting, items: Sequence[Item]) -> None:
    for number, item in enumerate(items, start=1):
        row = AgendaItem(meeting=meeting, number=number, text=item.text, question=item.question)
        refuse_if(field_blockers(row), CannotPlan)
        row.save()


def planning_blockers(*, unit: Unit, kind: str, plans: Sequence[Plan]) -> Iterator[Blocker]:
    """All that keeps `unit` from holding such meetings. One query."""
    if not may_hold(unit_kind=unit.kind, kind=kind):
        reason = _("A %(unit)s holds no %(kind)s.")
        told = {"unit": unit.get_kind_display(), "kind": MeetingKind(kind).label}
        yield Blocker(reason % told, ARTICLES[kind])
    for plan in plans:
        day = timezone.localtime(plan.starts_at).date()
        if not unit.is_open(day):
            reason = _("%(unit)s is not open on %(day)s.")
            yield Blocker(reason % {"unit": unit, "day": day_in_words(day)}, "A9")
            break
    if plans and len(plans[0].agenda) > MOST_ITEMS:
        yield Blocker(_("An agenda has at most %(most)s items.") % {"most": MOST_ITEMS})
    yield from _clashing(unit, kind, plans)


def _clashing(unit: Unit, kind: str, plans: Sequence[Plan]) -> Iterator[Blocker]:
    """Meetings of this kind that the unit has planned for the very same moment: sent twice."""
    known = Meeting.objects.filter(
        unit=unit, kind=kind, starts_at__in=[plan.starts_at for plan in plans]
    ).exclude(state=MeetingState.CANCELLED)
    for meeting in known.order_by("starts_at"):
        reason = _("%(unit)s has planned this already: %(meeting)s.")
        yield Blocker(reason % {"unit": unit, "meeting": meeting})


def lock_meeting(meeting: Meeting) -> Meeting:
    """The meeting afresh, locked to the end of the transaction."""
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("unit")
    return rows.get(pk=meeting.pk)


@recorded("change-meeting")
def change_meeting(*, meeting: Meeting, plan: Plan) -> Meeting:
    """Change one planned meeting; another time, place or title is told to those invited.

    Raises `CannotPlan`.
    """
    meeting = lock_meeting(meeting)
    refuse_if(changing_blockers(meeting), CannotPlan)
    news = [
        name
        for name in ("title", "starts_at", "ends_at", "place")
        if getattr(meeting, name) != getattr(plan, name)
    ]
    for name in news:
        setattr(meeting, name, getattr(plan, name))
    meeting.quorum_numerator = plan.quorum.numerator
    meeting.quorum_denominator = plan.quorum.denominator
    refuse_if([*field_blockers(meeting), *_not_open(meeting)], CannotPlan)
    changed = [*news, "quorum_numerator", "quorum_denominator"]
    _save(meeting, changed, is_news=bool(news))
    _rewrite_agenda(meeting, plan.agenda)
    return meeting


def _not_open(meeting: Meeting) -> Iterator[Blocker]:
    if not meeting.unit.is_open(meeting.day):
        reason = _("%(unit)s is not open on %(day)s.")
        told = {"unit": meeting.unit, "day": day_in_words(meeting.day)}
        yield Blocker(reason % told, "A9")


def _rewrite_agenda(meeting: Meeting, items: Sequence[Item]) -> None:
    """Write the agenda anew where it differs."""
    known = [Item(one.text, one.question) for one in meeting.agenda.select_related("question")]
    if known == list(items):
        return
    for row in meeting.agenda.all():
        row.delete()
    _write_agenda(meeting, items)


def _save(meeting: Meeting, changed: Sequence[str], *, is_news: bool) -> None:
    fields = list(changed)
    if is_news:
        meeting.version += 1
        meeting.changed_at = timezone.now()
        fields += ["version", "changed_at"]
    meeting.save(update_fields=fields)
    if is_news:
        tell_again(meeting)


def changing_blockers(meeting: Meeting) -> Iterator[Blocker]:
    """All that keeps the meeting from being changed or cancelled; asks nothing."""
    if meeting.state == MeetingState.HELD:
        yield Blocker(_("The meeting was held: its minutes are written."), "A10")
    elif meeting.state == MeetingState.CANCELLED:
        yield Blocker(_("The meeting was cancelled already."))


@recorded("cancel-meeting")
def cancel_meeting(*, meeting: Meeting, reason: str) -> Meeting:
    """Cancel the meeting, and tell those who were invited. Raises `CannotPlan`."""
    meeting = lock_meeting(meeting)
    blockers = [*changing_blockers(meeting), *_attended(meeting)]
    if not reason.strip():
        blockers.append(Blocker(_("A meeting is cancelled for a reason.")))
    refuse_if(blockers, CannotPlan)
    meeting.state, meeting.cancelled_because = MeetingState.CANCELLED, reason.strip()
    refuse_if(field_blockers(meeting), CannotPlan)
    forget_those_not_told(meeting)
    _save(meeting, ["state", "cancelled_because"], is_news=True)
    return meeting


def _attended(meeting: Meeting) -> Iterator[Blocker]:
    """A meeting to which people came is held, or it was none: then they are taken back first."""
    if meeting.attendances.exists():
        yield Blocker(
            _("Members are recorded as present: a meeting that was begun is held."), "A10"
        )
