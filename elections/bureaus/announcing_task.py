"""Sending an announcement in the background: `manage.py db_worker` does it, batch by batch.

The task is given the announcement's primary key. A batch is taken, by moving `reached` on, before
its e-mails go out: two workers take different members, and a crash sends nothing twice.
"""

import logging
from smtplib import SMTPException
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F
from django_tasks import task

from elections.models import Announcement, Bureau
from members.models import Member

BATCH = 50
_logger = logging.getLogger(__name__)


@task()
def send_announcement(announcement: int) -> None:
    """Send the next batch of the announcement, and queue the one after it.

    It ends early when what it says holds no longer, or may no longer be said (A14).
    """
    taken = take(announcement)
    if not taken:
        return
    sent = send(Announcement.objects.select_related("bureau__unit").get(pk=announcement), taken)
    failed = len(taken) - sent
    rows = Announcement.objects.filter(pk=announcement)
    rows.update(sent=F("sent") + sent, failed=F("failed") + failed)
    if failed:
        _logger.warning("%s of %s e-mails were not sent", failed, len(taken))
    send_announcement.enqueue(announcement)


@transaction.atomic
def take(announcement: int) -> list[Member]:
    """The next members to write to, whom no other worker takes; nobody where it is over."""
    from elections.bureaus.announcing import members_of  # which queues the task

    rows = Announcement.objects.select_for_update(of=("self",)).select_related("bureau__unit")
    one = rows.filter(pk=announcement).first()
    if one is None or not still_holds(one):
        return []
    left = members_of(one.bureau.unit).filter(pk__gt=one.reached).exclude(email="")
    taken = list(left.select_related("account").order_by("pk")[:BATCH])
    if taken:
        one.reached = taken[-1].pk
        Announcement.objects.filter(pk=one.pk).update(reached=one.reached)
    return taken


def still_holds(one: Announcement) -> bool:
    """Whether the bureau leads with these seats still, and no emergency was declared (A14)."""
    from elections.bureaus.announcing import digest_of_seats, emergencies_at

    bureau: Bureau = one.bureau
    if bureau.until is not None or emergencies_at(bureau.unit).exists():
        return False
    return digest_of_seats(bureau) == one.seats


def send(one: Announcement, taken: list[Member]) -> int:
    """Send each his or her e-mail; answers how many the server took."""
    from elections.bureaus.announcing_mails import Letters

    letters, sent = Letters(one.bureau), 0
    try:
        mails: Any = get_connection()
        mails.open()
        for member in taken:
            message = letters.to(member)
            message.connection = mails
            sent += _delivered(message)
        mails.close()
    except (OSError, SMTPException, ImproperlyConfigured) as error:
        _logger.warning("no e-mail server: %s", type(error).__name__)
    return sent


def _delivered(message: Any) -> bool:
    """Whether the e-mail was taken by the server; why not may name an address, and is not told."""
    try:
        return bool(message.send())
    except (OSError, SMTPException, ValueError):  # the latter for an address with a line break
        return False
