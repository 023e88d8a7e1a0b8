"""Who comes to the door, and who is found there."""

import pytest
from django.urls import reverse
from django.utils import timezone

from districts.models import Unit
from districts.roles import SECRETARY, TELLER, grant_role, revoke_role
from elections.door_people import MOST_FOUND
from elections.models import CheckOff
from members.merging import merge_members
from tests import factories
from tests.voting import making
from tests.voting.door.asking import address, names, search, send

pytestmark = pytest.mark.django_db


# Who comes to the door --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tell", "teller-key"])
def test_who_is_no_teller_is_turned_away(client, town, name):
    secretary = factories.account()
    grant_role(user=secretary, role=SECRETARY, unit=town.town)
    for account in (factories.account(), secretary):
        client.force_login(account)
        assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ["door", "papers", "box"])
def test_the_poll_of_another_unit_is_not_there(client, poll, name):
    client.force_login(making.teller(factories.town().town))
    assert client.get(address(poll, name)).status_code == 404
    client.force_login(factories.account())
    assert client.get(address(poll, name)).status_code == 403


def test_the_door_shuts_with_the_role(at_door, town, teller, poll):
    assert at_door.get(address(poll)).status_code == 200
    revoke_role(user=teller, role=TELLER, unit=Unit.objects.get(pk=town.district.pk))
    assert at_door.get(address(poll)).status_code == 403


def test_no_page_at_the_door_is_kept_by_a_browser(at_door, poll, person):
    for answer in (at_door.get(reverse("tell")), search(at_door, poll, "muller")):
        assert "no-store" in answer.headers["Cache-Control"]


# Finding ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["muller", "JURGEN mull", "mueller", "Müller, Jürgen", "  ürg "])
def test_somebody_is_found_by_a_part_of_the_name_without_accents(at_door, poll, person, text):
    assert names(search(at_door, poll, text)) == [person.pk]


def test_somebody_is_found_by_the_number_and_by_a_former_one(at_door, town, poll, person):
    assert names(search(at_door, poll, str(person.pk))) == [person.pk]
    double = factories.member(cell=town.factory_cell, family_name="Mueller")
    number = double.pk
    merge_members(keep=person, gone=double, on=timezone.localdate())
    assert names(search(at_door, poll, str(number))) == [person.pk]


@pytest.mark.parametrize("text", ["", "   ", "9" * 30, "\0", "%", "...", "nobody", "²"])
def test_what_nobody_is_called_finds_nobody(at_door, poll, text):
    answer = search(at_door, poll, text)
    assert answer.status_code == 200
    assert answer.context["found"] is None or names(answer) == []


def test_who_is_not_on_the_roll_is_named_only_in_the_poll_s_own_cells(at_door, town, poll, person):
    late = factories.member(cell=town.factory_cell, family_name="Mulligan")
    factories.member(cell=town.street_cell, family_name="Mullins")
    factories.member(cell=factories.town().factory_cell, family_name="Mullah")
    answer = search(at_door, poll, "mull")
    assert names(answer) == [person.pk, late.pk]
    assert "Not on the roll" in answer.content.decode()
    assert "Mullins" not in answer.content.decode()
    assert "Mullah" not in answer.content.decode()


def test_who_is_found_nowhere_in_the_poll_cannot_be_checked_off_by_the_number(
    at_door, town, poll, person
):
    stranger = factories.member(cell=town.street_cell)
    answers = [send(at_door, poll, stranger)]
    for number in ("", "x", "²", "-1", "9" * 19, "9" * 30, "1" * 5000, str(stranger.pk + 1000)):
        answers.append(at_door.post(address(poll, "check-off"), {"number": number}))
    assert {answer.status_code for answer in answers} == {404}
    assert not CheckOff.objects.exists()


def test_a_search_that_finds_many_says_that_these_are_not_all(at_door, town):
    for _one in range(MOST_FOUND + 1):
        factories.member(cell=town.factory_cell, family_name="Smith")
    poll = making.opened(making.motion(town.district), town.factory_cell)
    answer = search(at_door, poll, "smith")
    assert len(names(answer)) == MOST_FOUND
    assert "write more of the name" in answer.content.decode()


def test_no_name_and_no_number_stands_in_an_address(at_door, poll, person):
    pages = [
        search(at_door, poll, "muller"),
        send(at_door, poll, person),
        at_door.get(address(poll)),
    ]
    for page in pages:
        links = page.content.decode().split('href="')[1:]
        assert not any("ller" in link.split('"')[0].replace("teller", "") for link in links)
        assert not any(f"/{person.pk}/" in link.split('"')[0] for link in links)
    assert at_door.get(address(poll), {"text": "muller"}).context["found"] is None
