"""The e-mails about a meeting: an invitation, a change, a cancellation. One for one member."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from districts.veil import unveiled
from elections.meetings.calendars import calendar_of
from elections.models import AgendaItem, Invitation, Meeting
from elections.models.meetings import MeetingState
from members.models import Member


def language_of(member: Member) -> str:
    """The language in which the member reads: the account's, where one is known."""
    chosen = getattr(getattr(member, "account", None), "language", "")
    return chosen or settings.LANGUAGE_CODE


def message_to(
    invitation: Invitation, meeting: Meeting, agenda: Sequence[AgendaItem]
) -> EmailMessage:
    """The e-mail that this member is to get next, with the meeting for his or her calendar."""
    member = invitation.member
    # It goes to the member alone, whoever may not see the name (A14).
    with unveiled(), translation.override(language_of(member)):
        context = {"meeting": meeting, "agenda": agenda, "member": member}
        context["news"] = news_of(invitation, meeting)
        body = render_to_string("elections/meeting_mail.txt", context)
        message = EmailMessage(
            subject_of(invitation, meeting),
            body,
            to=[member.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
    message.attach("meeting.ics", calendar_of([meeting]).decode(), "text/calendar")
    return message


def news_of(invitation: Invitation, meeting: Meeting) -> str:
    """What the e-mail is: 'invitation', 'change' or 'cancellation'."""
    if meeting.state == MeetingState.CANCELLED:
        return "cancellation"
    return "invitation" if invitation.told is None else "change"


def subject_of(invitation: Invitation, meeting: Meeting) -> str:
    """The subject: what happened, the title and the day."""
    texts = {
        "invitation": _("Invitation: %(meeting)s"),
        "change": _("Changed: %(meeting)s"),
        "cancellation": _("Cancelled: %(meeting)s"),
    }
    text = texts[news_of(invitation, meeting)] % {"meeting": meeting}
    return " ".join(text.split())  # a subject is one line
