"""Planning and changing meetings as pages (A10, A11, A12)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from audit.days import DayField, day_in_words
from audit.refusals import Blocker
from districts.acts import DayInput, Outcome, Text, act_among, act_on, sentence
from districts.models import Unit
from districts.picking import UNIT, PickField
from districts.roles import CHANGE
from districts.scope import ground_of
from elections.meetings.entitled import entitled_to
from elections.meetings.inviting import invite_everybody
from elections.meetings.kinds import HELD_BY, OF_DELEGATES, TITLES
from elections.meetings.plan_fields import (
    MeetingFields,
    last_place,
    moment_in_words,
    proposed_agenda,
)
from elections.meetings.planning import change_meeting, changing_blockers, plan_meetings
from elections.meetings.rhythms import MONTH, MOST, WEEKS, Beat
from elections.models import Invitation, Meeting
from elections.models.meetings import MeetingKind, MeetingState

FAR = timedelta(days=366)
ONCE = "once"
_RHYTHMS: tuple[tuple[str, Text], ...] = (
    (ONCE, lazy("once")),
    (f"{WEEKS}-1", lazy("every week")),
    (f"{WEEKS}-2", lazy("every two weeks")),
    (f"{WEEKS}-3", lazy("every three weeks")),
    (f"{WEEKS}-4", lazy("every four weeks")),
    (f"{MONTH}-1", lazy("each month, on the same weekday of the month")),
    (f"{MONTH}-2", lazy("every two months, on the same weekday of the month")),
    (f"{MONTH}-3", lazy("every three months, on the same weekday of the month")),
)


def odd_times(starts_at: datetime) -> Iterator[Text]:
    """What is unusual about such a beginning."""
    now = timezone.now()
    if starts_at < now:
        yield _("The beginning lies in the past.")
    elif starts_at > now + FAR:
        yield _("The beginning lies more than a year ahead.")


class Planning(MeetingFields):
    """A meeting to plan, or several in a rhythm."""

    name = "plan-meeting"
    title = lazy("Plan a meeting")
    explanation = lazy(
        "The meeting stands in the calendars of those who are entitled. In a rhythm each meeting "
        "is one by itself, which can be changed and cancelled alone."
    )
    icon = "event"
    order = 30

    kind = forms.ChoiceField(label=lazy("Kind"), required=False, widget=UnfoldAdminSelectWidget)
    rhythm = forms.ChoiceField(
        label=lazy("How often"), choices=_RHYTHMS, initial=ONCE, widget=UnfoldAdminSelectWidget
    )
    until = DayField(
        label=lazy("Until"),
        required=False,
        widget=DayInput,
        help_text=lazy("The last day on which a meeting of the rhythm may be."),
    )
    invite = forms.BooleanField(
        label=lazy("Invite everybody"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=lazy(
            "By e-mail, at once; of a rhythm to the first meeting. It can be done later too."
        ),
    )
    field_order = (
        *("unit", "kind", "starts_at", "ends_at", "place", "called", "agenda", "quorum"),
        *("rhythm", "until", "invite"),
    )

    def adapt(self) -> None:
        self.offer_quorums()

    def propose(self, unit: Unit) -> None:
        """Fill in what is known of the unit: where it met last, what it has to decide."""
        self.fields["place"].initial = last_place(unit)
        self.fields["agenda"].initial = proposed_agenda(unit)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        starts_at, until = given.get("starts_at"), given.get("until")
        if given.get("rhythm", ONCE) == ONCE or starts_at is None:
            return given
        if until is None:
            self.add_error("until", _("Until when?"))
        elif until < timezone.localtime(starts_at).date():
            self.add_error("until", _("A rhythm ends on a later day than it begins."))
        return given

    def unusual(self, target: Any) -> Iterator[Text]:
        yield from odd_times(self.cleaned_data["starts_at"])

    def beat(self) -> Beat | None:
        """The rhythm that was chosen; None for a single meeting."""
        given = self.cleaned_data
        if given["rhythm"] == ONCE:
            return None
        pattern, every = given["rhythm"].split("-")
        since = timezone.localtime(given["starts_at"]).date()
        return Beat(pattern, int(every), since, given["until"])

    def kind_of(self, unit: Unit) -> MeetingKind:
        """The kind that was chosen, or the one that the unit holds mostly."""
        chosen = self.cleaned_data.get("kind")
        return MeetingKind(chosen) if chosen else HELD_BY[unit.kind][0]

    def planned(self, unit: Unit) -> Outcome:
        """Plan it, and invite if that was asked for."""
        kind = self.kind_of(unit)
        plan = self.plan_for(unit, str(TITLES[kind]))
        made = plan_meetings(unit=unit, kind=kind, plan=plan, beat=self.beat())
        text = ngettext(
            "Planned in %(unit)s: %(number)s meeting.",
            "Planned in %(unit)s: %(number)s meetings.",
            len(made),
        )
        told = sentence(text, unit=unit, number=len(made))
        if self.cleaned_data["invite"]:
            invited = invite_everybody(meeting=made[0]).invited
            told += " " + sentence(_("%(number)s are invited."), number=invited)
        return Outcome(made[0], told)

    def foretell(self, unit: Unit) -> Iterator[Text]:
        """Every day of the rhythm, and how many will be invited and how."""
        kind, given = self.kind_of(unit), self.cleaned_data
        plan = self.plan_for(unit, str(TITLES[kind]))
        first = Meeting(unit=unit, kind=kind, starts_at=plan.starts_at)
        told = {"title": plan.title, "moment": moment_in_words(plan.starts_at), "place": plan.place}
        yield _("%(title)s: %(moment)s, %(place)s") % told
        beat = self.beat()
        if beat is not None:
            days = ", ".join(day_in_words(day) for day in beat.days())
            yield _("%(number)s meetings: %(days)s") % {"number": len(beat.days()), "days": days}
            if beat.is_cut:
                yield _("A rhythm has %(most)s meetings at most.") % {"most": MOST}
        if given["invite"] and kind not in OF_DELEGATES:
            yield invited_in_words(first)


def invited_in_words(meeting: Meeting) -> str:
    """How many would be invited, by e-mail and by letter. Two queries."""
    entitled = entitled_to(meeting)
    everybody, letters = entitled.count(), entitled.filter(email="").count()
    text = _(
        "%(number)s are entitled: %(mails)s get an e-mail, %(letters)s have no address and get a "
        "letter that you print."
    )
    return text % {"number": everybody, "mails": everybody - letters, "letters": letters}


@act_on(Unit)
class PlanMeeting(Planning):
    """Plan a meeting of this unit."""

    @classmethod
    def applies_to(cls, target: Unit, on: date) -> bool:
        return target.dissolved is None or target.dissolved > on

    def adapt(self) -> None:
        super().adapt()
        kinds = HELD_BY[self.target.kind]
        field: Any = self.fields["kind"]
        field.choices = [(kind.value, kind.label) for kind in kinds]
        if len(kinds) == 1:
            del self.fields["kind"]
        self.propose(self.target)

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Unit"), self.target
        last = Meeting.objects.filter(unit=self.target, state=MeetingState.HELD).first()
        if last is not None:
            yield lazy("Last meeting"), last

    def foretold(self, target: Unit) -> Iterable[Text]:
        return self.foretell(target)

    def perform(self, target: Unit) -> Outcome:
        return self.planned(target)


@act_among(Meeting)
class PlanSome(Planning):
    """Plan a meeting of some unit."""

    unit = PickField(
        UNIT,
        label=lazy("Unit"),
        help_text=lazy("The code or name of the cell, district, local group, area or town."),
    )

    def adapt(self) -> None:
        super().adapt()
        field: Any = self.fields["kind"]
        usual = ("", lazy("the usual one: of a cell its meeting, of a district all members"))
        field.choices = [usual, *MeetingKind.choices]
        own = self._own_unit()
        if own is not None:
            self.fields["unit"].initial = own.pk
            self.propose(own)

    def _own_unit(self) -> Unit | None:
        """The one unit that was given to the user, if it is one, or the one that is asked for."""
        asked = self.initial.get("unit")
        if asked:
            return UNIT.rows(self.request).filter(code=asked).first()
        extents = ground_of(self.request, CHANGE).extents
        if len(extents) != 1:
            return None
        (extent,) = extents
        return UNIT.rows(self.request).filter(tree_id=extent.tree, lft=extent.left).first()

    def foretold(self, target: None) -> Iterable[Text]:
        return self.foretell(self.cleaned_data["unit"])

    def perform(self, target: None) -> Outcome:
        return self.planned(self.cleaned_data["unit"])


@act_on(Meeting)
class ChangeMeeting(MeetingFields):
    """Change one meeting."""

    name = "change-meeting"
    title = lazy("Change the meeting")
    explanation = lazy(
        "This meeting alone, also where it was planned in a rhythm. Another time, place or title "
        "is told to everybody who was invited by e-mail."
    )
    icon = "edit_calendar"
    order = 30

    @classmethod
    def applies_to(cls, target: Meeting, on: date) -> bool:
        return target.is_planned

    def adapt(self) -> None:
        meeting: Meeting = self.target
        self.offer_quorums(meeting.quorum)
        known = {
            "starts_at": meeting.starts_at,
            "ends_at": meeting.ends_at,
            "place": meeting.place,
            "called": meeting.title,
            "agenda": "\n".join(meeting.agenda.values_list("text", flat=True)),
            "quorum": str(meeting.quorum),
        }
        for name, value in known.items():
            self.fields[name].initial = value

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Unit"), self.target.unit

    def foreseen(self) -> Iterable[Blocker]:
        return changing_blockers(self.target)

    def unusual(self, target: Meeting) -> Iterator[Text]:
        if self.cleaned_data["starts_at"] != target.starts_at:
            yield from odd_times(self.cleaned_data["starts_at"])

    def foretold(self, target: Meeting) -> Iterator[Text]:
        before = (target.title, target.starts_at, target.ends_at, target.place)
        plan = self._plan(target)
        if before == (plan.title, plan.starts_at, plan.ends_at, plan.place):
            return
        told = Invitation.objects.filter(meeting=target, state=Invitation.State.SENT).count()
        if told:
            yield _("%(number)s who were invited get an e-mail.") % {"number": told}

    def _plan(self, target: Meeting) -> Any:
        return self.plan_for(target.unit, str(TITLES[target.kind]))

    def perform(self, target: Meeting) -> Outcome:
        meeting = change_meeting(meeting=target, plan=self._plan(target))
        return Outcome(meeting, sentence(_("Changed: %(meeting)s."), meeting=meeting))
