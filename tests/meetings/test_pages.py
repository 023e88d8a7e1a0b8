"""The pages of the meetings: the office, the members, the calendar, the door."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from icalendar import Calendar

from audit.models import Entry
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, TELLER, grant_role
from elections.meetings.attending import record_attendance
from elections.meetings.feeds import renew_feed
from elections.meetings.inviting import invite_everybody
from elections.meetings.passes import new_pass
from elections.meetings.planning import Item, cancel_meeting
from elections.models import Attendance, CalendarFeed, Meeting
from tests import factories
from tests.meetings import making
from tests.voting import making as votes

pytestmark = pytest.mark.django_db

SOON = date.today() + timedelta(days=40)


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def district(town):
    return Unit.objects.get(pk=town.district.pk)


def logged_in(client, role, unit):
    account = factories.account()
    grant_role(user=account, role=role, unit=unit)
    client.force_login(account)
    return account


@pytest.fixture
def secretary(client, district):
    return logged_in(client, SECRETARY, district)


@pytest.fixture
def teller(client, district):
    return logged_in(client, TELLER, district)


@pytest.fixture
def member(client, town):
    """A member with an account, logged in."""
    member = factories.member(cell=town.factory_cell, given_name="Anna", family_name="Müller")
    client.force_login(factories.account(member=member))
    return member


def page(client, name, *keys, **asked):
    answer = client.get(reverse(name, args=keys), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def office(meeting, act=""):
    if act:
        return reverse("admin:elections_meeting_act", args=[meeting.pk, act])
    return reverse("admin:elections_meeting_change", args=[meeting.pk])


def send(client, address, **filled):
    """Fill in the form of an act, look at what it will do, and do it."""
    filled = {"perform": "1", **filled}
    answer = client.post(address, filled)
    if answer.status_code == 302:
        return answer
    preview = answer.context["preview"]
    assert preview is not None, answer.context["act"].errors or answer.context["act"].refused
    return client.post(address, {**filled, "seen": preview.seen})


def queries(client, address):
    client.get(address)  # what is looked up once in a process
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


class TestOffice:
    def test_the_list_shows_those_to_come_and_leads_to_the_others(
        self, client, secretary, district, town
    ):
        making.meeting(district, title="Coming soon")
        making.begun(town.street_cell, title="Running now")
        late = making.meeting(
            town.factory_cell, starts_at=timezone.now() - timedelta(days=2), title="Unwritten"
        )
        making.held(district, days_ago=30, title="Long held")
        making.meeting(factories.town().district, title="Of others")
        address = "admin:elections_meeting_changelist"
        shown = {
            state: {
                one.title for one in client.get(reverse(address), asked).context["cl"].result_list
            }
            for state, asked in (
                ("", {}),
                ("unwritten", {"state": "unwritten"}),
                ("held", {"state": "held"}),
                ("below", {"state": "all", "unit": district.pk}),
            )
        }
        assert shown == {
            "": {"Coming soon", "Running now"},
            "unwritten": {"Unwritten"},
            "held": {"Long held"},
            "below": {"Coming soon", "Running now", "Unwritten", "Long held"},
        }
        first = page(client, "admin:index")
        assert "Meetings without minutes" in first
        assert office(late) in page(client, address, state="unwritten")

    @pytest.mark.parametrize("rows", [1, 3])
    def test_its_queries_do_not_grow_with_the_rows(self, client, secretary, district, rows):
        for number in range(rows):
            factories.member(cell=district.children.first())
            meeting = making.meeting(district, starts_at=in_days(number + 1))
            invite_everybody(meeting=meeting)
        assert queries(client, reverse("admin:elections_meeting_changelist")) == 8

    @pytest.mark.parametrize("rows", [1, 3])
    def test_nor_do_those_of_a_unit_s_page(self, client, secretary, district, town, rows):
        for number in range(rows):
            factories.member(cell=town.factory_cell)
            making.meeting(town.factory_cell, starts_at=in_days(number + 1))
            making.held(town.factory_cell, days_ago=number + 1)
        address = reverse("admin:districts_unit_change", args=[town.factory_cell.pk])
        assert queries(client, address) == 23 + factories.rule_queries()

    def test_a_meeting_leads_from_step_to_step(self, client, secretary, district, town):
        factories.member(cell=town.factory_cell, email="anna@example.org")
        factories.member(cell=town.factory_cell)
        meeting = making.meeting(district, quorum=Fraction(1, 2), agenda=[Item("Report")])
        assert office(meeting, "invite-everybody") in page(
            client, "admin:elections_meeting_change", meeting.pk
        )
        answer = send(client, office(meeting, "invite-everybody"))
        assert answer.url == office(meeting)
        shown = page(client, "admin:elections_meeting_change", meeting.pk)
        assert "1 member has no e-mail address" in shown
        assert "2 are missing" not in shown
        assert "1 are missing" in shown
        factories.member(cell=town.street_cell)
        shown = page(client, "admin:elections_meeting_change", meeting.pk)
        assert "1 member who is entitled is not invited yet" in shown

    def test_looking_ahead_sends_nothing(self, client, secretary, district, town):
        factories.member(cell=town.factory_cell, email="anna@example.org")
        meeting = making.meeting(district)
        address = office(meeting, "invite-everybody")
        preview = client.post(address, {"perform": "1"}).context["preview"]
        assert "1 get an e-mail." in preview.foretold
        assert not DBTaskResult.objects.exists()
        assert not meeting.invitations.exists()
        client.post(address, {"perform": "1", "seen": preview.seen})
        task = DBTaskResult.objects.get()
        assert task.args_kwargs == {"args": [meeting.pk], "kwargs": {}}

    def test_the_minutes_end_it(self, client, secretary, district, town):
        person = factories.member(cell=town.factory_cell)
        meeting = making.begun(district)
        record_attendance(meeting=meeting, members=[person])
        filled = {"text": "We <met>.", "present": "9", "guests": "2"}
        assert send(client, office(meeting, "write-minutes"), **filled).status_code == 302
        meeting.refresh_from_db()
        assert (meeting.state, meeting.present, meeting.guests) == ("held", 1, 2)
        assert meeting.written_by == secretary
        printed = page(client, "admin:elections_meeting_minutes", meeting.pk)
        assert "We &lt;met&gt;." in printed
        assert "of 1 entitled (100 %)" in printed

    def test_another_time_and_a_cancellation(self, client, secretary, district):
        meeting = making.meeting(district, agenda=[Item("Report")])
        form = client.get(office(meeting, "change-meeting")).context["act"]
        filled = {one.name: one.value() for one in form if one.value() is not None}
        assert filled["agenda"] == "Report"
        moments = {"starts_at": f"{SOON}T19:00", "ends_at": f"{SOON}T21:30"}
        assert send(client, office(meeting, "change-meeting"), **(filled | moments)).url
        meeting.refresh_from_db()
        assert meeting.day == SOON
        answer = client.post(office(meeting, "cancel-meeting"), {"perform": "1"})
        assert answer.context["act"].errors
        send(client, office(meeting, "cancel-meeting"), reason="Snow")
        meeting.refresh_from_db()
        assert (meeting.state, meeting.cancelled_because) == ("cancelled", "Snow")

    def test_planning_for_a_cell_with_a_question_on_the_agenda(
        self, client, secretary, town, district
    ):
        cell = town.street_cell
        question = votes.motion(cell)
        address = reverse("admin:districts_unit_act", args=[cell.pk, "plan-meeting"])
        form = client.get(address).context["act"]
        assert "kind" not in form.fields
        assert form["agenda"].value() == question.title
        filled = {
            "starts_at": f"{SOON}T19:00",
            "place": "At Anna's",
            "agenda": f"{question.title}\n\n Any other ",
            "quorum": "1/3",
            "rhythm": "once",
        }
        send(client, address, **filled)
        meeting = Meeting.objects.get()
        assert (meeting.kind, meeting.title) == ("cell", "Cell meeting")
        assert meeting.ends_at - meeting.starts_at == timedelta(hours=2)
        items = [(item.text, item.question) for item in meeting.agenda.all()]
        assert items == [(question.title, question), ("Any other", None)]
        shown = page(client, "admin:elections_meeting_change", meeting.pk)
        assert reverse("admin:elections_question_change", args=[question.pk]) in shown
        assert client.get(address).context["act"]["place"].value() == "At Anna's"

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"ends_at": f"{SOON}T18:00"}, "ends_at"),
            ({"ends_at": f"{SOON + timedelta(days=31)}T18:00"}, "ends_at"),
            ({"rhythm": "weeks-1"}, "until"),
            ({"rhythm": "weeks-1", "until": f"{SOON - timedelta(days=1)}"}, "until"),
            ({"agenda": "x" * 301}, "agenda"),
            ({"place": ""}, "place"),
            ({"unit": "nowhere"}, "unit"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, client, secretary, district, wrong, field):
        address = reverse("admin:elections_meeting_list_act", args=["plan-meeting"])
        filled = {
            "unit": district.code,
            "starts_at": f"{SOON}T19:00",
            "place": "Hall",
            "quorum": "0",
            "rhythm": "once",
            "perform": "1",
        }
        answer = client.post(address, filled | wrong)
        assert list(answer.context["act"].errors) == [field]

    def test_the_past_is_unusual_and_asks_why(self, client, secretary, district):
        address = reverse("admin:districts_unit_act", args=[district.pk, "plan-meeting"])
        filled = {
            "kind": "general",
            "starts_at": "2026-01-15T19:00",
            "place": "Hall",
            "quorum": "0",
            "rhythm": "once",
        }
        assert send(client, address, **filled).context["act"].errors["reason"]
        assert send(client, address, **filled, reason="It was not entered").status_code == 302

    def test_a_unit_outside_cannot_be_planned_for(self, client, secretary):
        other = factories.town().district
        address = reverse("admin:elections_meeting_list_act", args=["plan-meeting"])
        filled = {
            "unit": other.code,
            "starts_at": f"{SOON}T19:00",
            "place": "Hall",
            "quorum": "0",
            "rhythm": "once",
            "perform": "1",
        }
        assert "unit" in client.post(address, filled).context["act"].errors
        assert not Meeting.objects.exists()

    def test_an_auditor_looks_and_does_nothing(self, client, district):
        meeting = making.begun(district)
        logged_in(client, AUDITOR, district)
        shown = page(client, "admin:elections_meeting_change", meeting.pk)
        assert "/act/" not in shown
        assert reverse("meeting-door", args=[meeting.code]) not in shown

    def test_letters_are_logged_as_they_are_opened(self, client, secretary, district, town):
        person = factories.member(
            cell=town.factory_cell, given_name="Clara", address="At the lock 3"
        )
        meeting = making.meeting(district)
        invite_everybody(meeting=meeting)
        shown = page(client, "admin:elections_meeting_letters", meeting.pk)
        assert person.full_name in shown
        assert "At the lock 3" in shown
        entry = Entry.objects.get(act="print-letters")
        assert (entry.what, entry.key, entry.unit) == ("exported", meeting.code, district.pk)

    def test_an_entry_of_the_log_leads_to_its_meeting(self, client, secretary, district):
        meeting = making.meeting(district)
        assert office(meeting) in page(client, "admin:index")


def in_days(number):
    return timezone.now() + timedelta(days=number)


class TestMembers:
    def test_the_first_page_names_the_next_ones(self, client, member, district, town):
        making.meeting(district, title="All of us")
        making.meeting(town.street_cell, title="Not mine")
        shown = page(client, "home")
        assert "All of us" in shown
        assert "Not mine" not in shown

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_takes_as_many_queries_for_one_as_for_three(
        self, client, member, district, town, rows
    ):
        for number in range(rows):
            making.meeting(district, starts_at=in_days(number + 1))
            making.held(town.factory_cell, days_ago=number + 1)
            off = making.meeting(district, starts_at=in_days(number + 1.5))
            cancel_meeting(meeting=off, reason="Snow")
        assert queries(client, reverse("meetings")) == 9

    def test_a_meeting_with_agenda_and_then_its_minutes(self, client, member, district):
        coming = making.meeting(district, agenda=[Item("Report <all>")])
        shown = page(client, "meeting", coming.code)
        assert "Report &lt;all&gt;" in shown
        assert reverse("meeting-pass", args=[coming.code]) not in shown  # too early for the door
        held = making.held(district)
        assert "We met." in page(client, "meeting", held.code)

    def test_a_meeting_of_others_is_not_there(self, client, member, town):
        other = making.begun(town.street_cell)
        for name in ("meeting", "meeting-ics", "meeting-pass"):
            assert client.get(reverse(name, args=[other.code])).status_code == 404

    def test_the_code_is_shown_when_the_door_is_open(self, client, member, district):
        begun, coming = making.begun(district), making.meeting(district)
        shown = page(client, "meeting-pass", begun.code)
        assert "<svg" in shown
        assert "It is too early" in page(client, "meeting-pass", coming.code)
        record_attendance(meeting=begun, members=[member])
        assert "<svg" not in page(client, "meeting-pass", begun.code)

    def test_a_file_for_the_calendar(self, client, member, district):
        meeting = making.meeting(district)
        answer = client.get(reverse("meeting-ics", args=[meeting.code]))
        assert answer["Content-Type"].startswith("text/calendar")
        (event,) = Calendar.from_ical(answer.content).events
        assert (event["summary"], event["location"]) == ("General meeting", "Hall at the lock")


class TestCalendar:
    def test_the_link_is_shown_once_and_read_without_a_login(self, client, member, district):
        making.meeting(district, agenda=[Item("Election of Anna Müller")])
        off = making.meeting(district, starts_at=in_days(9))
        cancel_meeting(meeting=off, reason="Snow")
        shown = client.post(reverse("calendar-link"), {"do": "renew"})
        link = shown.content.decode().split('readonly value="')[1].split('"')[0]
        assert link not in page(client, "meetings")
        client.logout()
        answer = client.get(link)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private"
        assert "Set-Cookie" not in answer
        text = answer.content.decode()
        for person in ("Anna", "Müller", str(CalendarFeed.objects.get().token_hash)):
            assert person not in text
        events = Calendar.from_ical(answer.content).events
        assert [event["status"] for event in events] == ["CONFIRMED", "CANCELLED"]

    def test_a_revoked_link_and_a_guessed_one_lead_nowhere(self, client, member):
        link = reverse("meeting-feed", args=[renew_feed(member=member)])
        assert client.get(link).status_code == 200
        client.post(reverse("calendar-link"), {"do": "revoke"})
        assert client.get(link).status_code == 404
        assert client.get(reverse("meeting-feed", args=["x" * 43])).status_code == 404

    def test_an_account_of_nobody_s_has_none(self, client, district):
        client.force_login(factories.account())
        assert client.post(reverse("calendar-link")).status_code == 404
        assert "belongs to no member" in page(client, "meetings")

    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_takes_as_many_queries_for_one_as_for_three(self, client, member, district, rows):
        for number in range(rows):
            making.meeting(district, starts_at=in_days(number + 1))
        link = reverse("meeting-feed", args=[renew_feed(member=member)])
        client.logout()
        assert queries(client, link) == 4


class TestDoor:
    @pytest.fixture
    def person(self, town):
        return factories.member(cell=town.factory_cell, given_name="Anna", family_name="Müller")

    def follow(self, client, name, meeting, **sent):
        answer = client.post(reverse(name, args=[meeting.code]), sent, follow=True)
        assert answer.status_code == 200
        assert "number" not in answer.request["QUERY_STRING"]
        return answer.content.decode()

    def test_find_record_and_find_again(self, client, teller, district, person):
        meeting = making.begun(district)
        found = self.follow(client, "meeting-door", meeting, text="muller")
        assert f"Anna Müller ({person.pk}) is here" in found
        done = self.follow(client, "meeting-present", meeting, number=person.pk)
        assert "Here: Anna Müller" in done
        assert "<strong>1</strong> of 1 entitled" in done
        assert Attendance.objects.get().by == teller
        assert "Is here already" in self.follow(client, "meeting-door", meeting, text="muller")
        again = self.follow(client, "meeting-present", meeting, number=person.pk)
        assert "is here already, since" in again
        assert Attendance.objects.count() == 1

    def test_a_code_records_at_once_and_a_bad_one_says_why(self, client, teller, district, person):
        meeting = making.begun(district)
        code = new_pass(meeting=meeting.pk, member=person.pk)
        assert "Here: Anna Müller" in self.follow(client, "meeting-door", meeting, text=code)
        told = {
            "too old": new_pass(meeting=meeting.pk, member=person.pk, now=1.0),
            "another meeting": new_pass(meeting=meeting.pk + 1, member=person.pk),
            "no code": "9" * len(code),
            "nobody&#x27;s": new_pass(meeting=meeting.pk, member=10**9),
        }
        for why, text in told.items():
            assert why in self.follow(client, "meeting-door", meeting, text=text)

    def test_who_is_not_entitled_is_not_found(self, client, teller, district):
        stranger = factories.member(cell=factories.town().factory_cell, family_name="Stranger")
        meeting = making.begun(district)
        found = self.follow(client, "meeting-door", meeting, text="stranger")
        assert "Others are counted as guests" in found
        sent = {"number": stranger.pk}
        answer = client.post(reverse("meeting-present", args=[meeting.code]), sent)
        assert answer.status_code == 404
        code = new_pass(meeting=meeting.pk, member=stranger.pk)
        assert "is not entitled" in self.follow(client, "meeting-door", meeting, text=code)

    def test_a_mistake_is_asked_back_and_taken_back(self, client, teller, district, person):
        meeting = making.begun(district)
        record_attendance(meeting=meeting, members=[person], by=teller)
        asked = self.follow(client, "meeting-take-back", meeting, number=person.pk)
        assert "Was it a mistake?" in asked
        assert Attendance.objects.exists()
        self.follow(client, "meeting-take-back", meeting, number=person.pk, sure="1")
        assert not Attendance.objects.exists()

    @pytest.mark.parametrize("text", ["", "-1", "many", "٣", "999999999"])
    def test_guests_are_a_number(self, client, teller, district, text):
        meeting = making.begun(district)
        assert "please write a number" in self.follow(
            client, "meeting-guests", meeting, guests=text
        )
        self.follow(client, "meeting-guests", meeting, guests="7")
        meeting.refresh_from_db()
        assert meeting.guests == 7

    def test_the_list_adds_and_strikes_nobody_out(self, client, teller, district, town, person):
        other = factories.member(cell=town.street_cell)
        meeting = making.begun(district)
        record_attendance(meeting=meeting, members=[person])
        done = self.follow(client, "meeting-list", meeting, here=[other.pk])
        assert "1 more is here" in done
        assert Attendance.objects.count() == 2

    @pytest.mark.parametrize("rows", [1, 3])
    def test_its_queries_do_not_grow_with_the_people(self, client, teller, district, town, rows):
        meeting = making.begun(district)
        for _one in range(rows):
            person = factories.member(cell=town.factory_cell)
            record_attendance(meeting=meeting, members=[person], by=teller)
        assert queries(client, reverse("meeting-door", args=[meeting.code])) == 7
        assert queries(client, reverse("meeting-list", args=[meeting.code])) == 10

    def test_the_quorum_is_shown_as_it_stands(self, client, teller, district, town, person):
        factories.member(cell=town.factory_cell)
        meeting = making.begun(district, quorum=Fraction(1, 2))
        assert "<strong>1</strong> missing to the quorum of 1" in page(
            client, "meeting-counts", meeting.code
        )
        record_attendance(meeting=meeting, members=[person])
        assert "Quorum reached" in page(client, "meeting-counts", meeting.code)

    def test_a_home_cell_elsewhere_is_not_told(self, client):
        town, street_cell, member = votes.in_two_cells()
        meeting = making.begun(street_cell)
        logged_in(client, TELLER, street_cell)
        found = self.follow(client, "meeting-door", meeting, text=str(member.pk))
        assert street_cell.name in found
        assert town.factory_cell.name not in found

    def test_the_doors_that_are_open(self, client, teller, district, town):
        making.begun(district, title="Open now")
        making.meeting(district, title="In a week")
        making.begun(factories.town().district, title="Of others")
        shown = page(client, "meeting-doors")
        assert "Open now" in shown
        assert "In a week" not in shown
        assert "Of others" not in shown
        assert "1 meeting near you is open" in page(client, "home")

    def test_after_the_minutes_the_door_is_closed(self, client, teller, district):
        meeting = making.held(district)
        assert "The minutes are written" in page(client, "meeting-door", meeting.code)
