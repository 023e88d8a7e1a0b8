"""The public form: to whom an application goes, what it tells whom, and the link to follow it."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from audit.models import Entry
from cells import joining_forms
from cells.joining_mails import send_application_link
from cells.requests import grant_request, refuse_request
from districts.kinds import Kind
from districts.models import Unit
from elections.emergency.declaring import declare_emergency
from members.accounts.tokens import hash_of
from members.models import ApplicationLink, Member, Request
from members.retention import carry_out
from tests import factories
from tests.admin_acts.performing import done, perform
from tests.portal.making import place, secretary

pytestmark = pytest.mark.django_db
ACT = "grant-admission"
TODAY = timezone.localdate()
GIVEN = {
    "given_name": "Clara",
    "family_name": "Newcomer",
    "born": "1990-02-03",
    "email": "clara@example.org",
    "phone": "",
    "address": "New Street 4",
    "place": "Riverside",
    "works_at": "",
    "reason": "I want to.",
    "consent": "on",
    "website": "",
}


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Nobody has asked yet, and whoever fills in the form takes time over it."""
    cache.clear()
    monkeypatch.setattr(joining_forms, "LEAST_SECONDS", -1)


@pytest.fixture
def town():
    return place()


def send(client, **given):
    page = client.get(reverse("join")).content.decode()
    stamp = re.search('name="stamp" value="([^"]+)"', page)[1]
    return client.post(reverse("join"), GIVEN | {"stamp": stamp} | given)


def link_in(answer):
    return re.search(r'href="(/join/[^"]+/)"', answer.content.decode())[1]


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    ("given", "cell", "decider", "home"),
    [
        ({}, "street_cell", "district", "Riverside"),
        ({"place": "10001"}, "street_cell", "district", "Riverside"),
        ({"works_at": "aurora works"}, "factory_cell", "district", "Riverside"),
        ({"place": "Hilltop", "works_at": "Aurora Works"}, "factory_cell", "district", "Hilltop"),
    ],
)
def test_it_goes_to_the_cell_that_work_and_residence_name(client, town, given, cell, decider, home):
    answer = send(client, **given)
    asked = Request.objects.get()
    assert (asked.kind, asked.state) == ("admission", "asked")
    assert asked.cell == getattr(town.town, cell)
    assert asked.unit == getattr(town.town, decider)
    assert asked.locality.name == home
    assert (asked.given_name, asked.address) == ("Clara", "New Street 4")
    page = client.get(link_in(answer))
    assert town.town.district.name not in text(page)
    assert asked.cell.name not in text(page)  # where there are cells is not for strangers
    assert "Newcomer" not in text(page)


def test_where_no_cell_is_named_the_district_chooses_one(client, town):
    bare = factories.locality(name="Moorland", unit=town.town.district)
    send(client, place="Moorland", works_at="Some Works Nobody Knows")
    asked = Request.objects.get()
    assert (asked.cell, asked.unit) == (None, town.town.district)
    assert "Works at: Some Works Nobody Knows" in asked.reason
    account = secretary(Unit.objects.get(pk=town.town.district.pk))
    client.force_login(account)
    page = client.get(reverse("admin:members_request_act", args=[asked.pk, "grant-admission"]))
    assert f"Lives in {bare}, where no street cell works yet." in text(page)
    given = {"cell": town.town.street_cell.code, "reason": "Known to us.", "on": TODAY.isoformat()}
    assert "This field is required" in text(perform(client, asked, "grant-admission"))
    done(perform(client, asked, "grant-admission", **given))
    member = Member.objects.get(family_name="Newcomer")
    assert member.registrations.get().unit == town.town.street_cell


def test_a_place_that_nobody_knows_goes_along_as_it_was_typed(client, town):
    send(client, place="99999 Nowhere")
    asked = Request.objects.get()
    assert (asked.unit, asked.cell, asked.locality) == (None, None, None)
    assert asked.address == "New Street 4, 99999 Nowhere"


def test_of_several_places_it_asks_back_and_names_few(client, town):
    for number in range(9):
        factories.locality(name=f"Riverbank {number}", postcode=f"2000{number}")
    answer = send(client, place="riverb")
    assert answer.status_code == 422
    assert "Which one?" in text(answer)
    assert text(answer).count("2000") == joining_forms.ASKED_BACK
    assert not Request.objects.exists()
    assert "Which one?" not in text(send(client, place="ri"))


def shown(answer):
    """The page without what is chance in it."""
    return re.sub(r"/join/[A-Z0-9]+/|value=\"[^\"]+\"", "", text(answer))


def test_it_answers_alike_whoever_is_known_and_the_secretary_sees_it(client, town):
    nobody = send(client)
    factories.member(
        cell=town.town.street_cell,
        family_name="Newcomer",
        given_name="Clara",
        email="clara@example.org",
        locality=town.here,
    )
    known = send(Client())
    assert (nobody.status_code, shown(nobody)) == (known.status_code, shown(known))
    client.force_login(secretary(Unit.objects.get(pk=town.town.district.pk)))
    address = reverse("admin:members_request_act", args=[Request.objects.last().pk, ACT])
    page = text(client.post(address, {"on": TODAY.isoformat()}))
    assert "has the same name and the same e-mail" in page


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"email": ""}, "Please give an e-mail address or a telephone."),
        ({"consent": ""}, "This field is required."),
        ({"born": "2999-01-01"}, "still to come"),
        ({"stamp": "forged"}, "open for too long"),
        ({"family_name": "N\0"}, "Null characters"),
    ],
)
def test_what_is_missing_or_forged_is_told_and_nothing_is_kept(client, town, given, told):
    answer = send(client, **given)
    assert answer.status_code == 422
    assert told in text(answer)
    assert not Request.objects.exists()


def test_what_is_sent_faster_than_people_read_is_not_kept(client, town, monkeypatch):
    monkeypatch.setattr(joining_forms, "LEAST_SECONDS", 3)
    answer = send(client)
    assert "very fast" in text(answer)
    assert not Request.objects.exists()


def test_a_program_that_fills_in_every_field_is_answered_alike_and_nothing_is_kept(client, town):
    real, trapped = send(client), send(client, website="https://spam.example")
    assert shown(real) == shown(trapped)
    assert Request.objects.count() == 1
    assert client.get(link_in(trapped)).status_code == 404


def test_one_form_is_kept_once_and_one_address_sends_five_an_hour(client, town):
    stamp = joining_forms.new_stamp()
    assert "shown once" in text(client.post(reverse("join"), GIVEN | {"stamp": stamp}))
    assert "sent already" in text(client.post(reverse("join"), GIVEN | {"stamp": stamp}))
    for _number in range(3):
        send(client)
    assert Request.objects.count() == 4
    refused = send(client)
    assert refused.status_code == 429
    assert "an hour from now at the latest" in refused.text
    assert Request.objects.count() == 4
    assert not [key for key in cache._cache if "127.0.0.1" in key and "join" in key]
    other = Client(REMOTE_ADDR="192.0.2.7")
    assert send(other).status_code == 200


def test_the_link_is_mailed_too_and_only_hashes_are_kept(client, town):
    token = link_in(send(client)).split("/")[2]
    (task,) = DBTaskResult.objects.all()
    assert token not in str(task.args_kwargs)
    send_application_link.func(*task.args_kwargs["args"])
    sent = re.search(r"http://testserver(/join/[A-Z0-9]+/)", mail.outbox[0].body)[1]
    assert mail.outbox[0].to == ["clara@example.org"]
    for link in (sent, reverse("application", args=[token])):
        assert client.get(link).status_code == 200
    hashes = {hash_of(token), hash_of(sent.split("/")[2])}
    assert set(ApplicationLink.objects.values_list("token_hash", flat=True)) == hashes
    assert token not in str(list(Entry.objects.values()))


def test_the_log_says_that_it_came_from_the_public_form(client, town):
    client.post(f"{link_in(send(client))}withdraw/")
    who = dict(Entry.objects.filter(table="requests").values_list("what", "actor_name"))
    assert who == {"created": "(public form)", "changed": "(link of the application)"}
    assert not Entry.objects.exclude(actor=None).filter(table="requests").exists()


def test_under_the_link_it_is_withdrawn_once_and_by_post_alone(client, town):
    link = link_in(send(client))
    assert client.get(f"{link}withdraw/").status_code == 405
    assert client.post(f"{link}withdraw/").status_code == 302
    asked = Request.objects.get()
    assert (asked.state, asked.decided_by) == ("withdrawn", None)
    assert client.post(f"{link}withdraw/").status_code == 302
    assert "withdraw/" not in text(client.get(link))


def test_the_decision_and_its_reason_are_seen_until_the_link_ends(client, town, settings):
    link = link_in(send(client))
    by = secretary(Unit.objects.get(pk=town.town.district.pk))
    refuse_request(request=Request.objects.get(), on=TODAY, by=by, reason="We know you not yet.")
    client.post(f"{link}withdraw/")
    page = client.get(link)
    assert "refused" in text(page)
    assert "We know you not yet." in text(page)
    assert str(by) not in text(page)
    assert client.get(reverse("application", args=["none"])).status_code == 404
    Request.objects.update(
        asked_on=TODAY - timedelta(days=31), decided_on=TODAY - timedelta(days=30)
    )
    assert client.get(link).status_code == 404
    carry_out(TODAY, dry_run=True)
    assert ApplicationLink.objects.exists()
    carry_out(TODAY)
    assert not ApplicationLink.objects.exists()
    settings.RETENTION = {"links": 31}
    carry_out(TODAY)


def test_a_granted_application_shows_from_when(client, town):
    link = link_in(send(client))
    by = secretary(Unit.objects.get(pk=town.town.district.pk))
    grant_request(request=Request.objects.get(), on=TODAY, by=by)
    page = text(client.get(link))
    assert "Member from" in page
    assert town.town.street_cell.name in page


@pytest.mark.parametrize("taken_back", [False, True])
def test_it_does_not_tell_whether_a_workplace_is_in_the_register(client, town, taken_back):
    """One in this district, one elsewhere, one that nobody knows: the pages are the same."""
    for unit in (town.town.district, town.other):
        Unit.objects.filter(pk=unit.pk).update(contact=f"Works Lane {unit.pk}")
    cell = factories.unit(Kind.FACTORY_CELL, town.other)
    factories.workplace(name="Borealis Mill", cell=cell, locality=town.there)
    pages = set()
    for name in ("Aurora Works", "Borealis Mill", "Nobody's Yard", ""):
        link = link_in(send(client, works_at=name))
        if taken_back:
            client.post(f"{link}withdraw/")
        pages.add(shown(client.get(link)))
    assert Request.objects.values("unit").distinct().count() == 2
    assert len(pages) == 1


def test_in_an_emergency_the_link_tells_no_contact_and_the_list_no_name(client, town):
    Unit.objects.filter(pk=town.town.district.pk).update(contact="Works Lane 3")
    link = link_in(send(client))
    assert "Works Lane 3" in text(client.get(link))
    unit, above = (Unit.objects.get(pk=one.pk) for one in (town.town.district, town.town.town))
    declare_emergency(unit=unit, by=above, on=TODAY, reason="Arrests.")
    assert "Works Lane 3" not in text(client.get(link))
    client.force_login(secretary(unit))
    assert "Newcomer" in text(client.get(reverse("admin:members_request_changelist")))
    client.force_login(factories.account(is_superuser=True, is_staff=True))
    assert "Newcomer" not in text(client.get(reverse("admin:members_request_changelist")))


def test_in_an_emergency_the_preview_does_not_tell_others_where_somebody_works(client, town):
    send(client, works_at="Aurora Works")
    unit, above = (Unit.objects.get(pk=one.pk) for one in (town.town.district, town.town.town))
    declare_emergency(unit=unit, by=above, on=TODAY, reason="Arrests.")
    address = reverse("admin:members_request_act", args=[Request.objects.get().pk, ACT])
    client.force_login(factories.account(is_superuser=True, is_staff=True))
    page = text(client.post(address, {"on": TODAY.isoformat()}))
    assert "The work is entered from" in page
    assert "Aurora" not in page
    client.force_login(secretary(unit))
    assert "Works at Aurora Works" in text(client.post(address, {"on": TODAY.isoformat()}))


def test_switched_off_there_is_no_form_and_no_way_to_it(client, town, settings):
    assert reverse("join") in text(client.get(reverse("login")))
    settings.JOINING = False
    assert client.get(reverse("join")).status_code == 404
    assert client.post(reverse("join"), GIVEN).status_code == 404
    assert reverse("join") not in text(client.get(reverse("login")))


def test_each_form_asks_for_its_own_token(town):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("join"), GIVEN).status_code == 403
    assert strict.post(reverse("withdraw-application", args=["none"])).status_code == 403
