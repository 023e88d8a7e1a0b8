"""Two doors at the same moment, and two workers: nobody counts twice, nobody is told twice."""

from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import IntegrityError, connection, connections

from districts.models import Unit
from elections.meetings import attending, tasks
from elections.meetings.attending import record_attendance
from elections.meetings.inviting import invite_everybody
from elections.models import Attendance, Invitation, Meeting
from tests import factories
from tests.meetings import making

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def at_once(*calls):
    """Let each be done in a thread of its own; answers what each raised, None for nothing."""
    raised = [None] * len(calls)

    def run(place, call):
        try:
            call()
        except Exception as error:
            raised[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=one) for one in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


@pytest.fixture
def meeting():
    town = factories.town()
    for number in range(2):
        factories.member(cell=town.factory_cell, email=f"one{number}@example.org")
    return making.begun(Unit.objects.get(pk=town.district.pk))


@pytest.fixture
def meet(monkeypatch):
    """Hold each door back between looking and writing until the other has looked too."""
    barrier = Barrier(2)

    def together(model):
        create = model.objects.create

        def slowly(**fields):
            barrier.wait(2)
            return create(**fields)

        monkeypatch.setattr(model.objects, "create", slowly)

    return together


def test_two_doors_record_one_member_once(meeting):
    member = meeting.unit.children.first().registrations.first().member

    def door():
        record_attendance(meeting=meeting, members=[member])

    assert at_once(door, door) == [None, None]
    assert Attendance.objects.count() == 1


def test_without_the_lock_the_database_refuses_the_second(meeting, monkeypatch, meet):
    monkeypatch.setattr(
        attending, "_locked", lambda one: Meeting.objects.select_related("unit").get(pk=one.pk)
    )
    meet(Attendance)
    member = meeting.unit.children.first().registrations.first().member

    def door():
        record_attendance(meeting=meeting, members=[member])

    raised = at_once(door, door)
    assert sorted(type(one) for one in raised if one) == [IntegrityError]
    assert Attendance.objects.count() == 1


def test_two_workers_send_each_e_mail_once(meeting, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 1)
    monkeypatch.setattr(type(tasks.send_invitations), "enqueue", lambda self, *args: None)
    making_room = Meeting.objects.filter(pk=meeting.pk)
    making_room.update(starts_at=meeting.ends_at, ends_at=meeting.ends_at.replace(year=2999))
    invite_everybody(meeting=meeting)
    barrier = Barrier(2)
    send = tasks.send

    def both_have_taken(known, taken):
        barrier.wait(10)
        send(known, taken)

    monkeypatch.setattr(tasks, "send", both_have_taken)

    def worker():
        tasks.send_invitations.func(meeting.pk)

    assert at_once(worker, worker) == [None, None]
    assert sorted(message.to[0] for message in mail.outbox) == [
        "one0@example.org",
        "one1@example.org",
    ]
    assert set(Invitation.objects.values_list("state", flat=True)) == {"sent"}
    assert connection.vendor == "postgresql"
