"""Inviting to a meeting, cancelling it and writing its minutes as pages (A10)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from audit.refusals import Blocker
from districts.acts import Outcome, Text, act_on, sentence
from elections.act_fields import Lines, Undated
from elections.meetings.attending import count_of
from elections.meetings.inviting import (
    invite_everybody,
    inviting_blockers,
    not_sent,
    send_again,
    to_invite,
)
from elections.meetings.minutes import minutes_blockers, write_minutes
from elections.meetings.plan_fields import moment_in_words
from elections.meetings.planning import cancel_meeting, changing_blockers
from elections.models import Invitation, Meeting
from elections.models.meetings import MeetingState

MOST_PEOPLE = 1_000_000


class OnMeeting(Undated):
    """An act on a meeting."""

    def facts(self) -> Iterable[tuple[Text, Any]]:
        if self.target is None:
            return
        yield lazy("Unit"), self.target.unit
        yield lazy("Begins"), moment_in_words(self.target.starts_at)
        yield lazy("Place"), self.target.place


@act_on(Meeting)
class InviteEverybody(OnMeeting):
    """Invite everybody who is entitled."""

    name = "invite-everybody"
    title = lazy("Invite everybody")
    explanation = lazy(
        "Each member gets an e-mail of his or her own, with the meeting for the calendar. They are "
        "sent in the background. Who is invited already is passed over."
    )
    icon = "mail"
    order = 10

    @classmethod
    def applies_to(cls, target: Meeting, on: date) -> bool:
        return target.is_planned and not target.is_over

    def foreseen(self) -> Iterable[Blocker]:
        return inviting_blockers(self.target)

    def foretold(self, target: Meeting) -> Iterator[Text]:
        waiting = to_invite(target)
        number, letters = waiting.count(), waiting.filter(email="").count()
        told = {"mails": number - letters, "letters": letters}
        yield _("%(mails)s get an e-mail.") % told
        if letters:
            yield _("%(letters)s have no address and get a letter that you print.") % told

    def perform(self, target: Meeting) -> Outcome:
        mailing = invite_everybody(meeting=target)
        text = ngettext(
            "%(number)s member is invited: %(mails)s by e-mail, %(letters)s by letter.",
            "%(number)s members are invited: %(mails)s by e-mail, %(letters)s by letter.",
            mailing.invited,
        )
        told = {"number": mailing.invited, "mails": mailing.queued, "letters": mailing.letters}
        return Outcome(target, sentence(text, **told))


@act_on(Meeting)
class SendAgain(OnMeeting):
    """Send those e-mails again that failed."""

    name = "send-again"
    title = lazy("Send again what failed")
    explanation = lazy("The e-mails that could not be sent are tried once more, and no others.")
    icon = "forward_to_inbox"
    order = 11
    looked_at = False
    rehearsed = False

    @classmethod
    def applies_to(cls, target: Meeting, on: date) -> bool:
        return not_sent(target).exists()

    def perform(self, target: Meeting) -> Outcome:
        number = send_again(meeting=target)
        text = ngettext(
            "%(number)s e-mail is tried again.", "%(number)s e-mails are tried again.", number
        )
        return Outcome(target, sentence(text, number=number))


@act_on(Meeting)
class CancelMeeting(OnMeeting):
    """Cancel the meeting."""

    name = "cancel-meeting"
    title = lazy("Cancel the meeting")
    explanation = lazy(
        "It does not take place. Everybody who was invited by e-mail is told so, with the reason; "
        "in calendars it is struck out."
    )
    icon = "event_busy"
    grave = True
    bulk = True
    order = 90

    @classmethod
    def applies_to(cls, target: Meeting, on: date) -> bool:
        return target.is_planned

    def adapt(self) -> None:
        self.fields["reason"].required = True
        self.fields["reason"].help_text = lazy("It is told to those who were invited.")

    def foreseen(self) -> Iterable[Blocker]:
        return changing_blockers(self.target)

    def foretold(self, target: Meeting) -> Iterator[Text]:
        told = Invitation.objects.filter(meeting=target, state=Invitation.State.SENT).count()
        yield _("%(number)s who were invited get an e-mail.") % {"number": told}

    def perform(self, target: Meeting) -> Outcome:
        meeting = cancel_meeting(meeting=target, reason=self.cleaned_data["reason"])
        return Outcome(meeting, sentence(_("Cancelled: %(meeting)s."), meeting=meeting))


@act_on(Meeting)
class WriteMinutes(OnMeeting):
    """Write the minutes: the meeting was held."""

    name = "write-minutes"
    title = lazy("Write the minutes")
    explanation = lazy(
        "With them the meeting counts as held (A10), and the numbers of those present and entitled "
        "are kept as they stand. The text can be corrected later; the log keeps what stood there."
    )
    icon = "history_edu"
    order = 20
    looked_at = False

    text = forms.CharField(
        label=lazy("Minutes"),
        required=False,
        max_length=100_000,
        widget=Lines(16),
        help_text=lazy("What was reported, discussed and decided. May be left empty."),
    )
    present = forms.IntegerField(
        label=lazy("Members present"),
        min_value=0,
        max_value=MOST_PEOPLE,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    guests = forms.IntegerField(
        label=lazy("Guests"),
        min_value=0,
        max_value=MOST_PEOPLE,
        initial=0,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    field_order = ("text", "present", "guests")

    @classmethod
    def applies_to(cls, target: Meeting, on: date) -> bool:
        return target.state != MeetingState.CANCELLED and not any(minutes_blockers(target))

    def adapt(self) -> None:
        meeting: Meeting = self.target
        self.fields["guests"].initial = meeting.guests
        self.fields["text"].initial = meeting.minutes
        present = self.fields["present"]
        present.initial = meeting.present
        recorded = meeting.attendances.count()
        if recorded:
            present.initial, present.disabled = recorded, True
            present.help_text = lazy("As recorded at the door.")

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        count = count_of(self.target)
        yield lazy("Entitled"), count.entitled
        if count.quorum:
            yield lazy("Needed for the quorum"), count.needed

    def foreseen(self) -> Iterable[Blocker]:
        return minutes_blockers(self.target)

    def perform(self, target: Meeting) -> Outcome:
        given = self.cleaned_data
        meeting = write_minutes(
            meeting=target,
            text=given["text"],
            present=given["present"],
            guests=given["guests"],
            by=self.request.user,
        )
        text = _("The minutes are written: %(meeting)s, %(present)s members present.")
        return Outcome(meeting, sentence(text, meeting=meeting, present=meeting.present))
