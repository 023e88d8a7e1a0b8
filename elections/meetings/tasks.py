"""Sending invitations in the background: `manage.py db_worker` does it, batch by batch.

A task is given the meeting's primary key and nothing of anybody. Two workers take different rows: a
row is taken before its e-mail goes out, so that a crash between the two never sends it twice.
"""

import logging
from collections.abc import Collection, Sequence
from smtplib import SMTPException
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.db import connection, transaction
from django.utils import timezone
from django_tasks import task

from elections.models import Invitation, Meeting

BATCH = 50
State = Invitation.State
_logger = logging.getLogger(__name__)


@task()
def send_invitations(meeting: int) -> None:
    """Send the queued e-mails of a meeting: one batch, and then the next as a task of its own."""
    known = Meeting.objects.select_related("unit").filter(pk=meeting).first()
    if known is None:
        return
    taken = take(known)
    if taken:
        send(known, taken)
    if more_to_send(known):
        send_invitations.enqueue(meeting)


@transaction.atomic
def more_to_send(meeting: Meeting) -> bool:
    """Whether e-mails wait, those among them that told of a version which was changed meanwhile."""
    locked = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    mine = Invitation.objects.filter(meeting=locked)
    outdated = mine.filter(state=State.SENT, told__lt=locked.version)
    outdated.update(state=State.QUEUED, since=timezone.now())
    return mine.filter(state=State.QUEUED).exists()


@transaction.atomic
def take(meeting: Meeting) -> list[Invitation]:
    """Take up to a batch of the queued e-mails of a meeting, so that no other worker does."""
    queued = Invitation.objects.filter(meeting=meeting, state=State.QUEUED).order_by("pk")
    free = connection.features.has_select_for_update_skip_locked
    locked = queued.select_for_update(of=("self",), skip_locked=True) if free else queued
    taken = list(locked.select_related("member__account")[:BATCH])
    keys = [one.pk for one in taken]
    Invitation.objects.filter(pk__in=keys).update(state=State.SENDING, since=timezone.now())
    return taken


def send(meeting: Meeting, taken: Sequence[Invitation]) -> None:
    """Send each its e-mail, and write down at once how it ended. Counts alone are logged."""
    from elections.meetings.mails import message_to  # its calendar is heavy: for the worker alone

    agenda = list(meeting.agenda.all())
    waiting = {one.pk: one for one in taken}
    failed = 0
    try:
        mails: Any = get_connection()
        mails.open()
        for key, one in list(waiting.items()):
            message = message_to(one, meeting, agenda)
            message.connection = mails
            delivered = bool(one.member.email) and _delivered(message)
            _note([key], told=meeting.version if delivered else None)
            del waiting[key]
            failed += not delivered
        mails.close()
    except (OSError, SMTPException, ImproperlyConfigured) as error:
        _logger.warning("no e-mail server: %s", type(error).__name__)
    _note(waiting, told=None)
    failed += len(waiting)
    if failed:
        _logger.warning("%s of %s e-mails were not sent", failed, len(taken))


def _note(keys: Collection[int], *, told: int | None) -> None:
    """Write down that these were sent and tell of the version `told`, or that they failed."""
    mine = Invitation.objects.filter(pk__in=keys, state=State.SENDING)
    if told is None:
        mine.update(state=State.FAILED, since=timezone.now())
    else:
        mine.update(state=State.SENT, told=told, since=timezone.now())


def _delivered(message: Any) -> bool:
    """Whether the e-mail was taken by the server; why not may name an address, and is not told."""
    try:
        return bool(message.send())
    except (OSError, SMTPException, ValueError):  # the latter for an address with a line break
        return False
