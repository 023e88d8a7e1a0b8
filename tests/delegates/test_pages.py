"""The pages of delegates: each act, what the meeting and the unit show, print and door."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from districts.models import HeldRole
from districts.roles import AUDITOR, SECRETARY, TELLER, grant_role
from elections.delegates.choosing import issue_credentials, replace_delegate
from elections.meetings.attending import record_attendance
from elections.meetings.passes import LENGTH, looks_like_pass, new_credential, read_pass
from elections.models import Apportionment, Attendance, Delegate, Question
from tests import factories
from tests.admin_acts.performing import address, done, perform
from tests.bureaus.test_electing import held
from tests.bureaus.test_pages import lines, page_of, text_of
from tests.delegates import making
from tests.meetings.pages import queries
from tests.voting import making as votes

TODAY = timezone.localdate()
GIVEN = {"seats": "3", "method": "sainte-lague", "minimum": "0", "seed": "", "on": TODAY}

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return making.town(8, 4)


@pytest.fixture
def conference(town):
    return making.conference(town.town)


def role(client, name, unit):
    account = factories.account()
    grant_role(user=account, role=name, unit=unit)
    client.force_login(account)
    return account


@pytest.fixture
def secretary(client, town):
    """The secretary of the whole town."""
    return role(client, SECRETARY, town.town)


@pytest.fixture
def of_district(client, town):
    """The secretary of the first district alone."""
    return role(client, SECRETARY, town.districts[0])


def printed(client, meeting, name="delegates"):
    answer = client.get(reverse(f"admin:elections_meeting_{name}", args=[meeting.pk]))
    assert answer.status_code == 200
    return text_of(answer)


class TestApportioning:
    def test_by_the_page_with_its_table_and_the_next_steps(
        self, client, town, secretary, conference
    ):
        assert "Its seats are not apportioned yet." in page_of(client, conference)
        done(perform(client, conference, "apportion", **GIVEN))
        page = page_of(client, conference)
        assert "3 seats by the home registrations on" in page
        assert "Sainte-Laguë" in page
        for district in town.districts:
            assert district.name in page
        assert "2 missing" in page
        assert page.count("Elect delegates</a>") == 2
        assert page.count("Enter delegates</a>") >= 2

    def test_a_tie_is_told_and_drawn(self, client, secretary):
        town = making.town(2, 2)
        role(client, SECRETARY, town.town)
        meeting = making.conference(town.town)
        done(perform(client, meeting, "apportion", **GIVEN))
        page = page_of(client, meeting)
        assert "It is open: its seats are not assigned." in page
        assert "A tie is open: let a seed draw the lot." in page
        assert (
            "Enter delegates</a>" not in page.split('id="delegates-title"')[1].split("</table>")[0]
        )
        done(perform(client, meeting, "apportion", **{**GIVEN, "seed": "4711"}))
        assert "Seed “4711”" in page_of(client, meeting)
        assert "Seed “4711”" in printed(client, meeting)

    def test_the_seats_and_the_tie_are_seen_before_it_is_done(self, client, secretary):
        town = making.town(2, 2)
        role(client, SECRETARY, town.town)
        meeting = making.conference(town.town)

        def foretold(**given):
            answer = client.post(address(meeting, "apportion"), GIVEN | {"perform": "1"} | given)
            return [str(text) for text in answer.context_data["preview"].foretold]

        told = foretold()
        for district in town.districts:
            assert f"{district}: members 2, delegates 1." in told
        assert "A tie is open: let a seed draw the lot." in told
        told = foretold(seed="4711")
        assert "A tie was drawn by lot from the seed." in told
        assert sum(text.endswith("delegates 2.") for text in told) == 1
        assert not Apportionment.objects.exists()

    def test_the_method_is_named_as_people_know_it_and_the_article_once(
        self, client, secretary, conference
    ):
        given = {**GIVEN, "seats": "1", "method": "adams", "perform": "1"}
        answer = client.post(address(conference, "apportion"), given)
        told = " ".join(map(str, answer.context_data["act"].refused))
        assert "Adams gives each unit with members a seat: 1 seats are too few" in told
        assert "such units (A12)" not in told

    def test_what_cannot_be_is_told_on_the_page(self, client, secretary, conference):
        answer = client.post(
            address(conference, "apportion"), {**GIVEN, "seats": "1", "minimum": "1"}
        )
        assert "1 seats are too few" in text_of(answer)
        assert not Apportionment.objects.exists()

    def test_a_general_meeting_has_no_delegates(self, client, town, secretary):
        from tests.meetings import making as meetings

        meeting = meetings.meeting(town.districts[0])
        page = page_of(client, meeting)
        assert 'id="delegates-title"' not in page
        assert "Apportion the delegates" not in page


class TestSending:
    @pytest.fixture(autouse=True)
    def _apportioned(self, conference):
        making.apportioned(conference, seats=3)

    def test_a_district_enters_its_own_from_its_page(self, client, town, of_district, conference):
        district = town.districts[0]
        page = page_of(client, district)
        assert "0 of 2 delegates" in page
        sent = {
            "delegation": making.delegation(conference, district).pk,
            "people": lines(*town.people[0][:2]),
            "substitutes": lines(town.people[0][2]),
            "on": TODAY,
        }
        done(perform(client, district, "enter-delegates", **sent))
        assert Delegate.objects.sent().count() == 2
        assert "2 of 2 delegates" in page_of(client, district)

    def test_and_none_of_another(self, client, town, of_district, conference):
        other = making.delegation(conference, town.districts[1])
        sent = {"delegation": other.pk, "people": lines(town.people[0][0]), "on": TODAY}
        answer = client.post(address(town.districts[0], "enter-delegates"), sent)
        assert "delegation" in answer.context_data["act"].errors
        sent["people"] = lines(town.people[1][0])
        answer = client.post(address(town.districts[0], "enter-delegates"), sent)
        assert "people" in answer.context_data["act"].errors
        assert client.get(address(conference, "enter-delegates")).status_code == 404
        assert not Delegate.objects.exists()

    @pytest.mark.parametrize("asked", ["", "x", "999999", "²"])
    def test_whatever_delegation_the_address_asks_for(self, client, town, secretary, asked):
        for act in ("enter-delegates", "elect-delegates"):
            answer = client.get(address(town.districts[0], act), {"delegation": asked})
            assert answer.status_code == 200

    def test_an_election_leads_to_the_delegates_by_the_pages_alone(
        self, client, town, of_district, conference
    ):
        district, people = town.districts[0], town.people[0]
        form = client.get(address(district, "elect-delegates")).context_data["act"]
        assert form.fields["seats"].initial == 2
        given = {
            "delegation": making.delegation(conference, district).pk,
            "asked": form.fields["asked"].initial,
            "seats": "2",
            "candidates": lines(*people),
            "method": "block",
            "quorum": "0",
            "on": TODAY,
        }
        done(perform(client, district, "elect-delegates", **given))
        sent = {**given, "reason": ""}
        preview = client.post(address(district, "elect-delegates"), sent).context_data["preview"]
        assert ["is under way already" in one for one in preview.unusual] == [True]
        client.post(address(district, "elect-delegates"), {**sent, "seen": preview.seen})
        question = Question.objects.get()  # and no second one
        assert question.fills == "delegates"
        assert making.delegation(conference, district).question == question
        assert "come from factory cells (A13)" not in page_of(client, question)
        held(question, [[3, 4], [3, 4], [3, 4], [4, 5], [5, 3], [5, 1], [1, 2]])
        page = page_of(client, question)
        assert "Send those elected" in page
        sent = {"declined": [people[3].pk], "on": TODAY}
        done(perform(client, question, "delegates-elected", **sent))
        delegates = Delegate.objects.sent().values_list("member", flat=True)
        assert set(delegates) == {people[2].pk, people[4].pk}
        assert Delegate.objects.standing().get(substitute=1).member == people[0]
        assert "Send those elected" not in page_of(client, question)

    def test_no_more_are_elected_than_the_delegation_has_free(
        self, client, town, of_district, conference
    ):
        district, people = town.districts[0], town.people[0]
        given = {
            "delegation": making.delegation(conference, district).pk,
            "asked": "Delegates",
            "seats": "1",
            "candidates": f"{lines(*people[2:])}\nSomebody Else",
            "method": "block",
            "quorum": "0",
            "on": TODAY,
            "reason": "",
        }
        nameless = "Somebody Else stands without a member's number: only members are sent."
        form = client.post(address(district, "elect-delegates"), given).context_data["act"]
        assert form.errors == {
            "seats": ["A12: 2 delegates are to be elected, not 1."],
            "candidates": [f"A12: {nameless}"],
        }
        making.sent(conference, district, people[:2])
        form = client.get(address(district, "elect-delegates")).context_data["act"]
        assert form.fields["seats"].initial is None
        given["candidates"] = lines(*people[2:])
        form = client.post(address(district, "elect-delegates"), given).context_data["act"]
        assert form.errors == {"seats": ["A12: 0 delegates are to be elected, not 1."]}
        assert not Question.objects.exists()

    def test_the_generic_page_raises_no_election_of_delegates(self, client, secretary):
        form = client.get(address(Question, "raise-election")).context_data["act"]
        assert "delegates" not in dict(form.fields["fills"].choices)

    def test_a_substitute_goes_and_the_page_tells_it_before(
        self, client, town, secretary, conference
    ):
        first, *_rest = making.sent(
            conference, town.districts[0], town.people[0][:2], town.people[0][2:3]
        )
        sent = {"delegate": first.pk, "on": TODAY, "reason": "Ill."}
        answer = client.post(address(conference, "replace-delegate"), sent)
        preview = answer.context_data["preview"]
        assert list(preview.foretold) == [f"{town.people[0][2]} goes instead."]
        done(client.post(address(conference, "replace-delegate"), {**sent, "seen": preview.seen}))
        assert set(Delegate.objects.sent().values_list("member", flat=True)) == {
            town.people[0][1].pk,
            town.people[0][2].pk,
        }

    def test_an_auditor_is_offered_nothing(self, client, town, conference):
        role(client, AUDITOR, town.town)
        page = page_of(client, conference)
        assert "2 missing" in page
        assert "Elect delegates" not in page
        assert client.get(address(conference, "apportion")).status_code == 403

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_queries_do_not_grow_with_the_delegates(
        self, client, town, secretary, conference, number
    ):
        making.apportioned(conference, seats=9)
        for place in (0, 1):
            making.sent(conference, town.districts[place], town.people[place][:number])
        page = reverse("admin:elections_meeting_change", args=[conference.pk])
        document = reverse("admin:elections_meeting_delegates", args=[conference.pk])
        assert (queries(client, page), queries(client, document)) == (PAGE, DOCUMENT)


PAGE, DOCUMENT = 22, 8


class TestCredentials:
    @pytest.fixture(autouse=True)
    def _sent(self, town, conference):
        making.apportioned(conference, seats=3)
        making.sent(conference, town.districts[0], town.people[0][:2], town.people[0][2:3])

    def test_they_are_issued_and_printed_and_that_is_logged(self, client, secretary, conference):
        assert "2 delegates have no credential yet." in page_of(client, conference)
        answer = perform(client, conference, "issue-credentials", on=TODAY)
        assert done(answer) == reverse("admin:elections_meeting_credentials", args=[conference.pk])
        page = printed(client, conference, "credentials")
        assert page.count("Credential of a delegate") == page.count("<svg") == 2
        assert Entry.objects.filter(act="print-credentials", what="exported").count() == 1
        assert "Print the credentials" in page_of(client, conference)

    def test_the_code_has_its_own_kind_and_does_not_grow_old(self, town, conference):
        code = new_credential(meeting=conference.pk, member=town.people[0][0].pk)
        assert looks_like_pass(code)
        assert len(code) == LENGTH
        later = timezone.now() + timedelta(days=30)
        assert read_pass(code, conference, later.timestamp()).member == town.people[0][0].pk

    def test_it_is_read_at_the_door_as_long_as_the_delegate_is_sent(self, client, town, conference):
        issue_credentials(meeting=conference, on=TODAY)
        role(client, TELLER, town.town)
        door = reverse("meeting-door", args=[conference.code])
        codes = [
            new_credential(meeting=conference.pk, member=member.pk) for member in town.people[0][:3]
        ]
        page = text_of(client.post(door, {"text": codes[0]}, follow=True))
        assert "Here:" in page
        assert "is here already" in text_of(client.post(door, {"text": codes[0]}, follow=True))
        assert "is not entitled" in text_of(client.post(door, {"text": codes[2]}, follow=True))
        replace_delegate(delegate=Delegate.objects.get(member=town.people[0][1]), on=TODAY)
        assert "is not entitled" in text_of(client.post(door, {"text": codes[1]}, follow=True))
        assert "Here:" in text_of(client.post(door, {"text": codes[2]}, follow=True))
        other = making.conference(town.town, starts_at=timezone.now())
        strange = new_credential(meeting=other.pk, member=town.people[0][2].pk)
        assert "for another meeting" in text_of(client.post(door, {"text": strange}, follow=True))
        assert Attendance.objects.filter(meeting=conference).count() == 2


def test_one_document_shows_the_whole_way(client, town, secretary, conference):
    assert "No seats of delegates are apportioned" in printed(client, conference)
    making.apportioned(conference, seats=3, method="largest-remainder-hare")
    one, other, third = town.people[0][:3]
    making.sent(conference, town.districts[0], [one, other], [third])
    issue_credentials(meeting=conference, on=TODAY)
    record_attendance(meeting=conference, members=[one])
    page = printed(client, conference)
    assert "largest remainders with Hare" in page
    assert "Fair Representation" in page
    assert "<dd>4 members a seat</dd>" in page
    row = f"{town.districts[0].name}</th><td>8</td><td>2.00000</td><td>2.00000</td><td>0.00000</td>"
    assert f"{row}<td>2</td><td>2</td><td>2</td><td>1</td>" in page
    assert "2 of 2 delegates" in page
    assert "substitute 1" in page
    assert timezone.localtime(Attendance.objects.get().at).strftime("%H:%M") in page


class TestTheVote:
    @pytest.fixture
    def poll(self, town):
        return votes.put(votes.motion(town.town), town.town, assembly="delegates", channels="paper")

    @pytest.fixture(autouse=True)
    def _sent(self, town, conference):
        making.apportioned(conference, seats=3)
        making.sent(conference, town.districts[0], town.people[0][:2])

    def test_it_opens_with_those_present_and_asks_for_no_numbers(
        self, client, town, secretary, conference, poll
    ):
        assert "Nobody would stand on the roll." in page_of(client, poll)
        record_attendance(meeting=conference, members=town.people[0][:1])
        form = client.get(address(poll, "open-poll")).context_data
        assert "delegates" not in form["act"].fields
        assert ("Delegates present", "1 of 2") in [(str(k), str(v)) for k, v in form["facts"]]
        done(perform(client, poll, "open-poll"))
        assert set(poll.roll.values_list("member", flat=True)) == {town.people[0][0].pk}

    def test_it_opens_together_with_others(self, client, town, secretary, conference, poll):
        record_attendance(meeting=conference, members=town.people[0][:1])
        done(perform(client, poll.question, "open-all"))
        poll.refresh_from_db()
        assert (poll.state, poll.entitled) == ("open", 1)


def test_no_role_is_given_by_being_sent(town, conference):
    making.apportioned(conference, seats=3)
    making.sent(conference, town.districts[0], town.people[0][:2])
    assert not HeldRole.objects.exists()
