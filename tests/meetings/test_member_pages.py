"""The members' pages of the meetings, the calendar, and the door."""

from fractions import Fraction

import pytest
from django.urls import reverse
from icalendar import Calendar

from districts.roles import TELLER
from elections.meetings.attending import record_attendance
from elections.meetings.feeds import renew_feed
from elections.meetings.passes import new_pass
from elections.meetings.planning import Item, cancel_meeting
from elections.models import Attendance, CalendarFeed
from tests import factories
from tests.meetings import making
from tests.meetings.pages import in_days, logged_in, page, queries
from tests.voting import making as votes

pytestmark = pytest.mark.django_db


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

    def test_the_list_goes_by_name_as_other_lists_do(self, client, teller, district, town):
        for name in ("Zander", "Öhler", "Pauli", "Nagel"):
            factories.member(cell=town.factory_cell, family_name=name)
        answer = client.get(reverse("meeting-list", args=[making.begun(district).code]))
        listed = [one.family_name for one in answer.context["page"].object_list]
        assert [name for name in listed if name in ("Zander", "Öhler", "Pauli", "Nagel")] == [
            "Nagel",
            "Öhler",
            "Pauli",
            "Zander",
        ]

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
