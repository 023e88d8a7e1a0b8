"""The pages of the meetings in the office."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from audit.models import Entry
from districts.roles import AUDITOR
from elections.meetings.attending import record_attendance
from elections.meetings.inviting import invite_everybody
from elections.meetings.planning import Item
from elections.models import Meeting
from tests import factories
from tests.meetings import making
from tests.meetings.pages import in_days, logged_in, office, page, queries, send
from tests.voting import making as votes

pytestmark = pytest.mark.django_db

SOON = date.today() + timedelta(days=40)


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
    def test_nor_do_those_of_a_unit_s_page(self, client, secretary, district, town, rows, settings):
        settings.STATUTES = {**settings.STATUTES, "bureau_least": 4}  # no findings on who leads
        for number in range(rows):
            factories.member(cell=town.factory_cell)
            making.meeting(town.factory_cell, starts_at=in_days(number + 1))
            making.held(town.factory_cell, days_ago=number + 1)
        address = reverse("admin:districts_unit_change", args=[town.factory_cell.pk])
        assert queries(client, address) == 26 + factories.rule_queries()

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
