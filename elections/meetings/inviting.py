"""Inviting everybody who is entitled: queued in one act, sent in the background (A10).

One row for a member and meeting says what he or she knows of it, so nobody is told twice. Those
without an e-mail address are listed for letters.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from elections.meetings.entitled import entitled_to
from elections.meetings.kinds import ARTICLES, OF_DELEGATES
from elections.meetings.tasks import send_invitations
from elections.models import Invitation, Meeting
from elections.models.meetings import MeetingState
from members.models import Member

State = Invitation.State
STUCK_AFTER = timedelta(minutes=30)  # a worker that has not said how it ended by then is gone


class CannotInvite(Refused):
    """An invitation that could not be sent."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """How the invitations to a meeting stand, in numbers."""

    queued: int = 0
    sent: int = 0
    failed: int = 0
    letters: int = 0

    @property
    def invited(self) -> int:
        """How many were invited in all."""
        return self.queued + self.sent + self.failed + self.letters


def mailings(meetings: list[int]) -> Mapping[int, Mailing]:
    """How the invitations to each of the meetings stand, by primary keys. One query."""
    rows = Invitation.objects.filter(meeting__in=meetings).order_by()
    known: dict[int, dict[str, int]] = {}
    for meeting, state, number in rows.values_list("meeting", "state").annotate(Count("pk")):
        known.setdefault(meeting, {})[state] = number
    return {meeting: _mailing(known.get(meeting, {})) for meeting in meetings}


def _mailing(numbers: Mapping[str, int]) -> Mailing:
    return Mailing(
        queued=numbers.get(State.QUEUED, 0) + numbers.get(State.SENDING, 0),
        sent=numbers.get(State.SENT, 0),
        failed=numbers.get(State.FAILED, 0),
        letters=numbers.get(State.LETTER, 0),
    )


def to_invite(meeting: Meeting) -> QuerySet[Member]:
    """Those entitled who are not invited yet."""
    invited = Invitation.objects.filter(meeting=meeting)
    return entitled_to(meeting).exclude(pk__in=invited.values("member"))


@recorded("invite-members")
def invite_everybody(*, meeting: Meeting) -> Mailing:
    """Invite all who are entitled and not invited yet; answers how many, and in what way.

    The e-mails go out in the background. Raises `CannotInvite` (A10, A12).
    """
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("unit")
    meeting = rows.get(pk=meeting.pk)
    refuse_if(inviting_blockers(meeting), CannotInvite)
    having = dict(to_invite(meeting).values_list("pk", "email"))
    Invitation.objects.bulk_create(
        Invitation(meeting=meeting, member_id=number, state=_first_state(email))
        for number, email in sorted(having.items())
    )
    meeting.invited_at = timezone.now()
    meeting.save(update_fields=["invited_at"])
    by_mail = sum(bool(email) for email in having.values())
    if by_mail:
        send_invitations.enqueue(meeting.pk)
    return Mailing(queued=by_mail, letters=len(having) - by_mail)


def _first_state(email: str) -> str:
    return State.QUEUED if email else State.LETTER


def inviting_blockers(meeting: Meeting) -> Iterator[Blocker]:
    """All that keeps everybody from being invited. Two queries at most."""
    article = ARTICLES[meeting.kind]
    if meeting.state == MeetingState.CANCELLED:
        yield Blocker(_("The meeting was cancelled."))
    elif meeting.state == MeetingState.HELD or meeting.is_over:
        yield Blocker(_("The meeting is over."), article)
    elif meeting.kind in OF_DELEGATES and not entitled_to(meeting).exists():
        yield Blocker(_("Its delegates are not known yet."), article)
    elif not to_invite(meeting).exists():
        yield Blocker(_("Everybody who is entitled is invited already."), article)


@recorded("send-again")
def send_again(*, meeting: Meeting) -> int:
    """Try those e-mails once more that could not be sent; answers how many.

    One that has waited for long, or of which a worker has not said how it ended, counts among them.
    Raises `CannotInvite` where there is none.
    """
    rows = Meeting.objects.select_for_update(of=("self",))
    meeting = rows.get(pk=meeting.pk)
    number = not_sent(meeting).update(state=State.QUEUED, since=timezone.now())
    if not number:
        raise CannotInvite(Blocker(_("There is no e-mail that could not be sent.")))
    send_invitations.enqueue(meeting.pk)
    return number


def not_sent(meeting: Meeting) -> QuerySet[Invitation]:
    """The e-mails that could not be sent, and those on which no worker has been for long."""
    mine = Invitation.objects.filter(meeting=meeting)
    waiting = (State.QUEUED, State.SENDING)
    stuck = mine.filter(state__in=waiting, since__lt=timezone.now() - STUCK_AFTER)
    return mine.filter(state=State.FAILED) | stuck


def tell_again(meeting: Meeting) -> int:
    """Queue an e-mail to all who know an older version of the meeting; answers how many.

    For what happens after the invitations: a change, a cancellation. Part of those acts.
    """
    older = Invitation.objects.filter(meeting=meeting, told__lt=meeting.version)
    number = older.filter(state=State.SENT).update(state=State.QUEUED, since=timezone.now())
    if number:
        send_invitations.enqueue(meeting.pk)
    return number


def forget_those_not_told(meeting: Meeting) -> None:
    """Drop the invitations that nobody has received, where there will be no meeting."""
    unsent = Invitation.objects.filter(meeting=meeting, told=None)
    unsent.filter(state__in=(State.QUEUED, State.FAILED)).delete()
