"""The announcement: who leads is told once, to the unit and below it, and never in an emergency."""

import logging
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from elections.bureaus import announcing_task
from elections.bureaus.announcing import CannotAnnounce, announce_bureau
from elections.bureaus.electing import constitute_elected
from elections.bureaus.sitting import end_bureau, leave_seat, share_out
from elections.emergency.declaring import declare_emergency
from elections.models import Announcement
from tests import factories
from tests.admin_acts.performing import address, done, perform
from tests.bureaus import making
from tests.bureaus.test_electing import STREET_FIRST, election, held
from tests.bureaus.test_pages import page_of
from tests.meetings.test_races import at_once

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def worker(monkeypatch):
    """What was put into the queue; called, it does all of it."""
    queue = []
    kind = type(announcing_task.send_announcement)
    monkeypatch.setattr(kind, "enqueue", lambda self, *args: queue.append(args))

    def run():
        while queue:
            announcing_task.send_announcement.func(*queue.pop(0))

    return run


@pytest.fixture
def led():
    """A led district with three members who have an address, and one elsewhere who has one."""
    town = factories.town()
    bureau = making.of_district(town)
    for number in range(3):
        factories.member(cell=town.factory_cell, email=f"one{number}@example.org")
    factories.member(cell=factories.town().factory_cell, email="elsewhere@example.org")
    share_out(seat=bureau.seats.first(), portfolio="chair")
    Unit.objects.filter(pk=town.district.pk).update(contact="Works Lane 3")
    return SimpleNamespace(town=town, bureau=bureau, unit=Unit.objects.get(pk=town.district.pk))


def addressed():
    return sorted(message.to[0] for message in mail.outbox)


def test_each_member_with_an_address_is_told_once_in_batches(led, worker, monkeypatch):
    monkeypatch.setattr(announcing_task, "BATCH", 2)
    made = announce_bureau(bureau=led.bureau)
    worker()
    assert addressed() == [f"one{number}@example.org" for number in range(3)]
    made.refresh_from_db()
    assert (made.people, made.without, made.sent, made.failed) == (3, 5, 3, 0)
    told = mail.outbox[0]
    assert led.unit.name in told.subject
    chair = led.bureau.seats.get(portfolio="chair").member.full_name
    assert f"- {chair}: chair" in told.body
    assert told.body.count("\n- ") == 5
    for part in ("2026-03-02", "elected by the general meeting", "Works Lane 3"):
        assert part in told.body, told.body


def test_once_for_a_bureau_unless_its_seats_change(led, worker):
    announce_bureau(bureau=led.bureau)
    worker()
    with pytest.raises(CannotAnnounce, match="no seat has changed since"):
        announce_bureau(bureau=led.bureau)
    leave_seat(seat=led.bureau.seats.last(), on=TODAY, ending="resigned")
    announce_bureau(bureau=led.bureau)
    worker()
    assert len(mail.outbox) == 6


@pytest.mark.parametrize("where", ["district", "area"])
def test_in_an_emergency_of_the_unit_or_above_it_nothing_is_announced(led, worker, where):
    announce_bureau(bureau=led.bureau)
    unit = Unit.objects.get(pk=getattr(led.town, where).pk)
    town = Unit.objects.get(pk=led.town.town.pk)
    declare_emergency(unit=unit, by=town, on=TODAY, reason="Arrests.")
    worker()  # what was queued before the emergency does not go out in it
    assert mail.outbox == []
    with pytest.raises(CannotAnnounce, match=re.escape(f"A14: {unit} is in an emergency")):
        announce_bureau(bureau=led.bureau)


def test_whoever_is_at_home_in_an_emergency_below_stands_under_the_number(led, worker):
    seat = led.bureau.seats.filter(portfolio="").last()
    seat.member.family_name = "Zetterling"
    seat.member.save()
    cell = seat.member.registrations.get().unit
    town = Unit.objects.get(pk=led.town.town.pk)
    declare_emergency(unit=cell, by=town, on=TODAY, reason="Arrests.")
    announce_bureau(bureau=led.bureau)
    worker()
    assert f"- {seat.member_id}\n" in mail.outbox[0].body
    assert "Zetterling" not in mail.outbox[0].body


def test_a_bureau_that_ended_is_not_announced_nor_told_of_any_more(led, worker):
    announce_bureau(bureau=led.bureau)
    end_bureau(bureau=led.bureau, on=TODAY, ending="resigned")
    worker()
    assert mail.outbox == []
    with pytest.raises(CannotAnnounce, match="leads no more"):
        announce_bureau(bureau=led.bureau)


class Half(EmailBackend):
    """A server that takes no e-mail to the first of them."""

    def send_messages(self, messages):
        if messages[0].to == ["one0@example.org"]:
            raise OSError("one0@example.org is full")
        return super().send_messages(messages)


def test_what_failed_is_counted_without_an_address_anywhere(led, worker, settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.Half"
    with caplog.at_level(logging.WARNING):
        made = announce_bureau(bureau=led.bureau)
        worker()
    made.refresh_from_db()
    assert (made.sent, made.failed) == (2, 1)
    assert "1 of 3 e-mails were not sent" in caplog.text
    entries = Entry.objects.filter(act="announce-bureau")
    assert [one.table for one in entries] == ["announcements"]
    assert "@" not in f"{caplog.text}{list(entries.values())}"


def test_one_that_reached_nobody_can_be_made_once_more(led, worker):
    announce_bureau(bureau=led.bureau)
    with pytest.raises(CannotAnnounce):
        announce_bureau(bureau=led.bureau)
    long_ago = timezone.now() - timedelta(hours=1)
    Announcement.objects.update(announced_at=long_ago)  # its task was lost
    announce_bureau(bureau=led.bureau)


def test_the_way_of_an_election_ends_with_the_announcement(client, district, worker):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=district.unit)
    client.force_login(account)
    factories.member(cell=district.town.street_cell, email="one@example.org")
    question = election(district)
    held(question, STREET_FIRST)
    bureau = constitute_elected(question=question, on=TODAY)
    assert address(bureau, "announce") in page_of(client, question)
    assert "not yet" in page_of(client, bureau)
    done(perform(client, bureau, "announce"))
    worker()
    assert addressed() == ["one@example.org"]
    assert "1 of 1 e-mails sent, 0 failed" in page_of(client, bureau)
    assert address(bureau, "announce") not in page_of(client, bureau)  # no seat has changed
    way = page_of(client, question)
    assert "1 of 1 e-mails sent, 0 failed" in way
    assert "k-now" not in way
    page = client.get(reverse("admin:elections_bureau_act", args=[bureau.pk, "announce"]))
    assert "no seat has changed since" in page.content.decode()


@pytest.mark.parametrize("where", ["district", "area"])
def test_in_an_emergency_it_is_not_offered_and_the_election_tells_why(
    client, district, worker, where
):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=district.unit)
    client.force_login(account)
    question = election(district)
    held(question, STREET_FIRST)
    bureau = constitute_elected(question=question, on=TODAY)
    offered = address(bureau, "announce")
    assert offered in page_of(client, bureau)
    unit = Unit.objects.get(pk=getattr(district.town, where).pk)
    town = Unit.objects.get(pk=district.town.town.pk)
    declare_emergency(unit=unit, by=town, on=TODAY, reason="Arrests.")
    assert offered not in page_of(client, bureau)
    way = page_of(client, question)
    assert offered not in way
    assert f"A14: {unit} is in an emergency: nobody is told by e-mail who leads." in way
    assert "k-now" in way  # it is the step that is still to come
    assert client.get(offered).context_data["foreseen"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_announces(led):
    raised = at_once(*[lambda: announce_bureau(bureau=led.bureau)] * 2)
    assert sorted(str(type(one).__name__) for one in raised) == ["CannotAnnounce", "NoneType"]
    assert Announcement.objects.count() == 1
