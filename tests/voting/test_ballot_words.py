"""What the member's pages say of a vote: that it counts, where it lies, and what is decided."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from elections.polls import annul_poll, close_poll, count_poll, publish_poll
from elections.voting import check_off
from tests import factories
from tests.voting import making

pytestmark = pytest.mark.django_db


def page_of(poll):
    return reverse("vote", args=[poll.code])


@pytest.fixture
def voter(client):
    """A member who is logged in, of the factory cell of a town."""
    town = factories.town()
    member = factories.member(cell=town.factory_cell)
    client.force_login(factories.account(member=member))
    return town, member


def open_poll_on(town):
    return making.opened(making.motion(town.district), town.factory_cell)


def elected(town, method, seats):
    question = making.election(town.factory_cell, ["Ada", "Ben"], seats=seats, method=method)
    return making.opened(question, town.factory_cell)


def test_where_nothing_was_chosen_no_choice_is_said_to_stand(client, voter):
    town, _member = voter
    page = client.post(page_of(open_poll_on(town)), {}).content.decode()
    assert "Nothing was cast." in page
    assert "still stands below" not in page


def test_who_comes_after_the_close_is_not_told_that_the_vote_counts(client, voter):
    town, _member = voter
    poll = close_poll(poll=open_poll_on(town))
    for answer in (client.get(page_of(poll)), client.post(page_of(poll), {"choice": "1"})):
        page = answer.content.decode()
        assert "You cannot vote here." in page
        assert "it counts" not in page
        assert "my receipt" not in page


def test_who_voted_in_a_poll_that_is_annulled_is_told_so(client, voter):
    town, _member = voter
    poll = open_poll_on(town)
    client.post(page_of(poll), {"choice": "1"})
    annul_poll(poll=poll)
    page = client.get(page_of(poll)).content.decode()
    assert "The poll is annulled: its votes count no more." in page
    assert "it counts" not in page


def test_who_voted_at_the_door_is_sent_after_no_receipt(client, voter):
    town, member = voter
    poll = open_poll_on(town)
    check_off(poll=poll, member=member, by=making.teller(town.town))
    refused = client.get(page_of(poll)).content.decode()
    assert "it counts" in refused
    listed = client.get(reverse("votes")).content.decode()
    assert "You voted on" in listed
    assert "my receipt" not in refused + listed


def test_the_ballot_and_the_receipt_name_the_unit(client, voter):
    town, _member = voter
    poll = open_poll_on(town)
    for answer in (client.get(page_of(poll)), client.post(page_of(poll), {"choice": "1"})):
        assert town.factory_cell.name in answer.content.decode()


@pytest.mark.parametrize("method", ["block", "approval", "scottish-stv"])
def test_the_ballot_speaks_of_one_seat_and_promises_what_the_seal_holds(client, voter, method):
    town, _member = voter
    page = client.get(page_of(elected(town, method, seats=1))).content.decode()
    assert "Seats: 1" in page
    assert "1 are" not in page
    # Against a server in wrong hands it does not hold: docs/secrecy.md.
    assert "Nobody can see" not in page
    assert "the register keeps nothing that ties it to your name" in page


def test_the_result_of_all_units_is_reached_once_the_last_is_published(client, voter):
    town, _member = voter
    question = making.motion(town.district)
    tellers = making.tellers(town.town)
    factories.member(cell=town.street_cell)
    here, there = (
        making.opened(question, cell, tellers=tellers)
        for cell in (town.factory_cell, town.street_cell)
    )
    for poll in (here, there):
        close_poll(poll=poll)
    for poll in (here, there):
        assert "all units together" not in client.get(reverse("votes")).content.decode()
        publish_poll(poll=count_poll(poll=poll))
    whole = reverse("question-result", args=[question.pk])
    assert whole in client.get(reverse("votes")).content.decode()
    assert client.get(whole).status_code == 200
    alone = client.get(reverse("result", args=[here.code])).content.decode()
    assert f"the votes in {town.factory_cell.name} alone" in alone


def test_yes_and_no_are_read_in_the_reader_s_language_whoever_raised_the_question(client, voter):
    town, _member = voter
    with override("de"):
        poll = open_poll_on(town)
    english = client.get(page_of(poll), headers={"Accept-Language": "en"}).content.decode()
    german = client.get(page_of(poll), headers={"Accept-Language": "de"}).content.decode()
    for page, answers in ((english, ("Yes", "No", "Abstain")), (german, ("Ja", "Nein"))):
        for answer in answers:
            assert f"<span>{answer}</span>" in page
    assert list(poll.question.choices.values_list("label", flat=True)) == ["Yes", "No", "Abstain"]
    with override("de"):
        assert str(poll.question.choices.get(number=3)) == "Enthaltung"
