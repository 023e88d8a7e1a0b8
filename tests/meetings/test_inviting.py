"""Invitations: queued in one act, one e-mail for each member, nobody told twice."""

import logging
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from icalendar import Calendar

from audit.models import Entry
from elections.meetings import tasks
from elections.meetings.inviting import (
    STUCK_AFTER,
    CannotInvite,
    Mailing,
    invite_everybody,
    mailings,
    send_again,
)
from elections.meetings.planning import Item, cancel_meeting, change_meeting
from elections.models import Invitation, Meeting
from tests import factories
from tests.meetings import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def worker(monkeypatch):
    """What was put into the queue; called, it does all of it."""
    queue = []
    monkeypatch.setattr(
        type(tasks.send_invitations), "enqueue", lambda self, *args: queue.append(args)
    )

    def run():
        rounds = 0
        while queue:
            tasks.send_invitations.func(*queue.pop(0))
            rounds += 1
        return rounds

    run.queue = queue
    return run


@pytest.fixture
def district():
    """Three members, one of them without an address."""
    town = factories.town()
    for number in (1, 2):
        factories.member(cell=town.factory_cell, email=f"one{number}@example.org")
    factories.member(cell=town.street_cell)
    return town.district


def standing(meeting):
    return mailings([meeting.pk])[meeting.pk]


def test_one_e_mail_for_each_member_with_an_address(district, worker):
    meeting = making.meeting(district, agenda=[Item("Report")])
    assert invite_everybody(meeting=meeting) == Mailing(queued=2, letters=1)
    assert worker.queue == [(meeting.pk,)]  # the meeting's key, and nothing of anybody
    assert standing(meeting) == Mailing(queued=2, letters=1)
    worker()
    assert standing(meeting) == Mailing(sent=2, letters=1)
    assert sorted(message.to for message in mail.outbox) == [
        ["one1@example.org"],
        ["one2@example.org"],
    ]
    message = mail.outbox[0]
    assert message.recipients() == message.to
    assert message.subject.startswith("Invitation: General meeting, ")
    for told in ("You are invited", "Hall at the lock", "1. Report", district.name):
        assert told in message.body
    (attached,) = message.attachments
    assert (attached.filename, attached.mimetype) == ("meeting.ics", "text/calendar")
    (event,) = Calendar.from_ical(attached.content).events
    assert event["uid"] == f"{meeting.code}@kartei"
    assert event.start == meeting.starts_at.replace(microsecond=0)


def test_nobody_is_invited_twice_and_newcomers_are_once(district, worker):
    meeting = making.meeting(district)
    invite_everybody(meeting=meeting)
    worker()
    with pytest.raises(CannotInvite, match="A10: Everybody"):
        invite_everybody(meeting=meeting)
    cell = district.children.first()
    factories.member(cell=cell, email="new@example.org")
    assert invite_everybody(meeting=meeting) == Mailing(queued=1)
    worker()
    tasks.send_invitations.func(meeting.pk)
    assert [message.to for message in mail.outbox].count(["new@example.org"]) == 1
    assert len(mail.outbox) == 3


def test_they_go_out_in_batches(district, worker, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 1)
    meeting = making.meeting(district)
    invite_everybody(meeting=meeting)
    assert worker() == 2
    assert len(mail.outbox) == 2


class RefusesOne(EmailBackend):
    """A server that does not take e-mails to one address."""

    def send_messages(self, messages):
        if messages[0].to == ["one1@example.org"]:
            raise SMTPRecipientsRefused({"one1@example.org": (550, b"nobody of this name")})
        return super().send_messages(messages)


class IsNotThere(EmailBackend):
    """No server at all."""

    def open(self):
        raise ConnectionRefusedError


def test_what_failed_is_counted_without_an_address_in_the_logs(district, worker, settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.RefusesOne"
    meeting = making.meeting(district)
    invite_everybody(meeting=meeting)
    with caplog.at_level(logging.DEBUG):
        worker()
    assert standing(meeting) == Mailing(sent=1, failed=1, letters=1)
    assert "1 of 2 e-mails were not sent" in caplog.text
    assert "@" not in caplog.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_again(meeting=meeting) == 1
    worker()
    assert standing(meeting) == Mailing(sent=2, letters=1)
    assert len(mail.outbox) == 2
    with pytest.raises(CannotInvite, match="no e-mail"):
        send_again(meeting=meeting)


def test_without_a_server_all_have_failed(district, worker, settings):
    settings.EMAIL_BACKEND = f"{__name__}.IsNotThere"
    meeting = making.meeting(district)
    invite_everybody(meeting=meeting)
    worker()
    assert standing(meeting) == Mailing(failed=2, letters=1)


def test_what_a_worker_took_and_never_ended_is_sent_when_somebody_says_so(district, worker):
    meeting = making.meeting(district)
    invite_everybody(meeting=meeting)
    tasks.take(meeting)  # and then it died
    worker()
    assert mail.outbox == []
    with pytest.raises(CannotInvite):
        send_again(meeting=meeting)  # it may still be at work
    Invitation.objects.update(since=timezone.now() - STUCK_AFTER - timedelta(seconds=1))
    assert send_again(meeting=meeting) == 2
    worker()
    assert len(mail.outbox) == 2


def test_so_is_what_waits_for_a_task_that_was_lost(district, worker):
    meeting = making.meeting(district)
    invite_everybody(meeting=meeting)
    worker.queue.clear()
    Invitation.objects.update(since=timezone.now() - STUCK_AFTER - timedelta(seconds=1))
    assert send_again(meeting=meeting) == 2
    worker()
    assert len(mail.outbox) == 2


class DiesAfterOne(EmailBackend):
    """A worker that is killed while it sends the second e-mail."""

    def send_messages(self, messages):
        if mail.outbox:
            raise KeyboardInterrupt
        return super().send_messages(messages)


def test_what_went_out_before_a_crash_does_not_go_out_again(district, worker, settings):
    settings.EMAIL_BACKEND = f"{__name__}.DiesAfterOne"
    meeting = making.meeting(district)
    invite_everybody(meeting=meeting)
    with pytest.raises(KeyboardInterrupt):
        worker()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Invitation.objects.update(since=timezone.now() - STUCK_AFTER - timedelta(seconds=1))
    assert send_again(meeting=meeting) == 1
    worker()
    assert sorted(message.to[0] for message in mail.outbox) == [
        "one1@example.org",
        "one2@example.org",
    ]


def test_a_change_and_a_cancellation_are_told_to_those_invited(district, worker):
    meeting = making.meeting(district)
    invite_everybody(meeting=meeting)
    worker()
    moved = making.plan(starts_at=meeting.starts_at, place="Hall at the bridge")
    change_meeting(meeting=meeting, plan=moved)
    worker()
    assert [message.subject.split(":")[0] for message in mail.outbox[2:]] == ["Changed"] * 2
    assert "Hall at the bridge" in mail.outbox[2].body
    cancel_meeting(meeting=meeting, reason="Snow")
    worker()
    assert [message.subject.split(":")[0] for message in mail.outbox[4:]] == ["Cancelled"] * 2
    assert "Why: Snow" in mail.outbox[4].body
    (event,) = Calendar.from_ical(mail.outbox[4].attachments[0].content).events
    assert (event["status"], event["sequence"]) == ("CANCELLED", 2)


def test_a_change_while_e_mails_go_out_is_told_as_well(district, worker, monkeypatch):
    meeting = making.meeting(district)
    invite_everybody(meeting=meeting)
    send = tasks.send

    def changed_meanwhile(known, taken):
        monkeypatch.setattr(tasks, "send", send)
        moved = making.plan(starts_at=meeting.starts_at, place="Hall at the bridge")
        change_meeting(meeting=meeting, plan=moved)
        send(known, taken)

    monkeypatch.setattr(tasks, "send", changed_meanwhile)
    worker()
    subjects = [message.subject.split(":")[0] for message in mail.outbox]
    assert subjects == ["Invitation"] * 2 + ["Changed"] * 2


def test_what_was_never_sent_is_not_sent_after_a_cancellation(district, worker):
    meeting = making.meeting(district)
    invite_everybody(meeting=meeting)
    cancel_meeting(meeting=meeting, reason="Snow")
    worker()
    assert mail.outbox == []


def test_the_language_of_the_recipient(district, worker, monkeypatch):
    from elections.meetings import mails

    asked = []
    monkeypatch.setattr(mails, "language_of", lambda member: asked.append(member) or "de")
    meeting = making.meeting(district, starts_at=timezone.now() + timedelta(days=7))
    invite_everybody(meeting=meeting)
    worker()
    assert len(asked) == 2
    german = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
    assert any(day in mail.outbox[0].body for day in german)


@pytest.mark.parametrize("state", ["held", "cancelled", "delegates"])
def test_to_what_is_over_or_of_unknown_delegates_nobody_is_invited(district, state):
    if state == "held":
        meeting = making.held(district)
    elif state == "delegates":
        meeting = making.meeting(district, kind="delegates")
    else:
        meeting = cancel_meeting(meeting=making.meeting(district), reason="Snow")
    with pytest.raises(CannotInvite):
        invite_everybody(meeting=meeting)


def test_the_log_has_one_entry_and_no_address(district):
    meeting = making.meeting(district)
    invite_everybody(meeting=meeting)
    (entry,) = Entry.objects.filter(act="invite-members")
    assert set(entry.changes) == {"invited_at"}
    assert Meeting.objects.get(pk=meeting.pk).invited_at is not None
