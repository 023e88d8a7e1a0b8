"""A teller's own polls, and what the pages at the door cost."""

import pytest
from django.urls import reverse
from django.utils import timezone

from elections.models import TellerKey
from elections.polls import annul_poll, close_poll
from members.models import Registration
from tests import factories
from tests.voting import making
from tests.voting.door.asking import address, names, search, send

pytestmark = pytest.mark.django_db

DOOR, SEARCH, MINE = 9, 14, 11


# My polls ---------------------------------------------------------------------------------------


def test_open_polls_come_first_then_those_that_wait_then_those_done(at_door, town, person):
    tellers = making.tellers(town.town)
    titles = ("annulled", "closed", "open", "drafted")
    polls = {
        title: making.put(
            making.motion(town.district, title=title), town.factory_cell, tellers=tellers
        )
        if title == "drafted"
        else making.opened(
            making.motion(town.district, title=title), town.factory_cell, tellers=tellers
        )
        for title in titles
    }
    close_poll(poll=polls["closed"])
    annul_poll(poll=polls["annulled"])
    sections = at_door.get(reverse("tell")).context["sections"]
    assert [[one.poll.question.title for one in ones] for _title, ones in sections] == [
        ["open"],
        ["closed"],
        ["drafted"],
        ["annulled"],
    ]


def test_my_polls_say_what_waits_for_me_and_whether_my_key_is_made(at_door, teller, poll, person):
    send(at_door, poll, person)
    page = at_door.get(reverse("tell")).content.decode()
    assert f"key since {timezone.localdate().isoformat()}." in page
    assert address(poll) in page
    close_poll(poll=poll)
    page = at_door.get(reverse("tell")).content.decode()
    assert "entered by 0 of two people, and not by you" in page
    assert "Box: it waits for" in page
    TellerKey.objects.filter(account=teller).delete()
    assert "You have no teller" in at_door.get(reverse("tell")).content.decode()


def test_a_teller_without_polls_is_told_so(at_door):
    assert "Once one is, it stands here" in at_door.get(reverse("tell")).content.decode()


def test_the_first_page_leads_a_teller_to_the_door(at_door, poll):
    page = at_door.get(reverse("home")).content.decode()
    assert "teller in 1 poll " in page
    assert reverse("tell") in page
    at_door.force_login(factories.account())
    assert reverse("tell") not in at_door.get(reverse("home")).content.decode()


# Costs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("people", "called_so"), [(1, 1), (30, 3)])
def test_the_door_costs_the_same_whatever_the_size_of_the_roll(
    at_door, town, people, called_so, django_assert_num_queries
):
    for _one in range(people):
        member = factories.member(cell=town.factory_cell, family_name="Jones")
    for _one in range(called_so):
        factories.member(cell=town.factory_cell, family_name="Smith")
    poll = making.opened(making.motion(town.district), town.factory_cell)
    send(at_door, poll, member)
    at_door.get(address(poll))  # shows the message, which the session keeps until then
    with django_assert_num_queries(DOOR):
        assert at_door.get(address(poll)).status_code == 200
    with django_assert_num_queries(SEARCH):
        assert len(names(search(at_door, poll, "smith"))) == called_so


@pytest.mark.parametrize("polls", [1, 3])
def test_my_polls_cost_the_same_for_one_and_for_three(
    at_door, town, person, polls, django_assert_num_queries
):
    for number in range(polls):
        question = making.motion(town.district, title=f"Question {number}")
        close_poll(poll=making.opened(question, town.factory_cell))
        making.opened(making.motion(town.district, title=f"Open {number}"), town.factory_cell)
    with django_assert_num_queries(MINE):
        page = at_door.get(reverse("tell"))
    assert len(page.context["page"].object_list) == 2 * polls


def test_a_member_assigned_to_the_cell_votes_there_by_the_roll(client):
    town, street_cell, member = making.in_two_cells()
    poll = making.opened(making.motion(town.town), street_cell)
    Registration.objects.filter(member=member, kind="residence").update(until=timezone.localdate())
    client.force_login(making.teller(town.town))
    assert send(client, poll, member).status_code == 302
