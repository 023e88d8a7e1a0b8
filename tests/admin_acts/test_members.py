"""The acts on members."""

from datetime import date

import pytest
from django.urls import reverse

from members.employments import start_employment
from members.membership import end_membership
from members.models import Member
from members.registrations import register_member
from tests import factories
from tests.admin_acts.performing import DAY, ON, address, done, history, homes, perform, refused

pytestmark = pytest.mark.django_db


def test_admit(client, town, secretary):
    locality = factories.locality()  # nobody's: people live outside their cell's ground too
    given = {
        "family_name": "Šnajder",
        "given_name": "Eva",
        "born": "1990-05-01",
        "email": "eva@example.org",
        "locality": locality.code,
        "cell": town.street_cell.code,
    }
    answer = perform(client, Member, "admit", **given)
    member = Member.objects.get(family_name="Šnajder")
    assert done(answer) == reverse("admin:members_member_change", args=[member.pk])
    assert (member.joined, member.locality, member.born) == (ON, locality, date(1990, 5, 1))
    assert homes(member) == [(town.street_cell, ON, None)]
    assert len(history(member)) == 1


def test_admit_on_the_page_of_a_cell(client, town, secretary):
    done(perform(client, town.street_cell, "admit", family_name="Novak"))
    assert homes(Member.objects.get(family_name="Novak")) == [(town.street_cell, ON, None)]


def test_a_namesake_is_asked_back_about_and_admitted_for_a_reason(client, town, secretary):
    given = {"family_name": "Novak", "born": "1990-05-01", "cell": town.street_cell.code}
    done(perform(client, Member, "admit", **given))
    answer = perform(client, Member, "admit", **given, reason="")
    assert "born on the same day" in answer.content.decode()
    assert Member.objects.filter(family_name="Novak").count() == 1
    done(perform(client, Member, "admit", **given, reason="Twins."))
    assert Member.objects.filter(family_name="Novak").count() == 2


def test_admitting_to_a_district_is_no_choice(client, town, secretary):
    answer = perform(client, Member, "admit", family_name="X", cell=town.district.code)
    assert answer.context_data["act"].errors["cell"]


def test_change_the_cell(client, town, secretary, person):
    answer = perform(client, person, "change-cell", to=town.street_cell.code, kind="home")
    assert done(answer) == reverse("admin:members_member_change", args=[person.pk])
    assert homes(person) == [
        (town.factory_cell, factories.JOINED, ON),
        (town.street_cell, ON, None),
    ]
    assert history(person) == [
        f"Registered with {town.street_cell} from 2024-03-01. Reason: Because."
    ]
    page = client.get(reverse("admin:members_member_history", args=[person.pk]))
    assert "Because." in page.content.decode()


@pytest.mark.parametrize(
    ("to", "on", "article"),
    [
        ("district", DAY, "A1: "),
        ("factory_cell", DAY, ""),
        ("street_cell", "2019-01-01", "A1: "),
    ],
)
def test_a_cell_that_cannot_be_is_refused(client, town, secretary, person, to, on, article):
    to = getattr(town, to).code
    blockers = refused(perform(client, person, "change-cell", to=to, kind="home", on=on))
    assert any(blocker.startswith(article) for blocker in blockers)
    assert len(homes(person)) == 1
    assert history(person) == []


def test_the_home_registration_is_its_own_district_s(client, town, secretary):
    other = factories.town()
    guest = factories.member(cell=other.factory_cell)
    register_member(member=guest, unit=town.street_cell, since=factories.JOINED, kind="residence")
    for act, given in (
        ("change-cell", {"to": town.factory_cell.code, "kind": "home"}),
        ("end-membership", {"why": "resigned"}),
    ):
        (blocker,) = refused(perform(client, guest, act, **given))
        assert blocker.startswith("A4: ")
    assert homes(guest) == [(other.factory_cell, factories.JOINED, None)]
    done(perform(client, guest, "change-cell", to=town.district.code, kind="residence"))
    done(perform(client, guest, "end-registration", on="2024-05-01"))


def test_register_as_a_resident(client, town, secretary, person):
    given = {"unit": town.street_cell.code, "kind": "residence"}
    done(perform(client, person, "register", **given))
    assert person.registrations.get(kind="residence").unit == town.street_cell
    (blocker,) = refused(perform(client, person, "register", **given))
    assert blocker.startswith("A4: ")


def test_a_job_begins_and_ends(client, town, secretary, person):
    works = factories.workplace()
    done(perform(client, person, "start-employment", workplace=works.code))
    job = person.employments.get()
    assert (job.workplace, job.since) == (works, ON)
    page = client.get(address(person, "end-employment"))
    assert page.context_data["act"].fields["employment"].initial == job
    done(perform(client, person, "end-employment", employment=job.pk, on="2024-04-01"))
    job.refresh_from_db()
    assert job.until == date(2024, 4, 1)
    assert len(history(person)) == 2


def test_a_job_of_somebody_else_cannot_be_ended(client, town, secretary, person):
    other = factories.member(cell=factories.town().street_cell)
    works = factories.workplace()
    job = start_employment(member=other, workplace=works, since=factories.JOINED)
    answer = perform(client, person, "end-employment", employment=job.pk)
    assert answer.context_data["act"].errors["employment"]


def test_move_house(client, town, secretary, person):
    locality = factories.locality()
    done(perform(client, person, "move-house", address="Dorfstr. 1", locality=locality.code))
    person.refresh_from_db()
    assert (person.address, person.locality) == ("Dorfstr. 1", locality)


def test_leave_and_come_back(client, town, secretary, person):
    done(perform(client, person, "end-membership", why="resigned"))
    person.refresh_from_db()
    assert (person.left, person.left_reason) == (ON, "resigned")
    given = {"cell": town.street_cell.code, "on": "2024-09-01"}
    done(perform(client, person, "readmit", **given))
    person.refresh_from_db()
    assert (person.left, person.joined) == (None, date(2024, 9, 1))
    assert [len(said) > 0 for said in history(person)] == [True, True]


def test_the_page_offers_what_can_be_done_now(client, town, secretary, person):
    def offered():
        page = client.get(reverse("admin:members_member_change", args=[person.pk]))
        return {link.url.rstrip("/").rsplit("/", 1)[-1] for link in page.context_data["acts"]}

    now = {"change-cell", "register", "start-employment", "move-house", "end-membership"}
    now |= {"merge", "ask-transfer", "ask-exit", "invite-by-letter"}  # no e-mail
    assert offered() == now
    end_membership(member=person, on=ON, reason="died")
    assert offered() == {"readmit", "merge", "ask-readmission"}
