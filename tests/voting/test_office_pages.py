"""Votes in the office: the last changes without check-offs, and the links to board and result."""

import pytest
from django.urls import reverse

from audit.models import Entry
from districts.roles import AUDITOR, SECRETARY
from elections.polls import annul_poll, close_poll, count_poll, open_poll, publish_poll
from elections.voting import cast_vote, check_off, take_back
from tests import factories
from tests.home.looking import panel
from tests.test_admin import page
from tests.voting import making
from tests.voting.office import log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(town, client):
    return log_in(client, town.district)


def test_the_last_changes_are_told_without_each_check_off(client, town, secretary):
    """They stand in the log; a long evening at the door pushes nothing else out of sight."""
    voters = [factories.member(cell=town.street_cell) for _ in range(12)]
    poll = making.opened(making.motion(town.district), town.street_cell, channels="paper")
    votes = [check_off(poll=poll, member=voter, by=None) for voter in voters]
    take_back(vote=votes[0])
    assert Entry.objects.filter(table="check_offs").count() == 13
    told = panel(client, "changes")["acts"]
    assert told[0].entry.act == "open-poll"
    assert told[0].address == reverse("admin:elections_poll_change", args=[poll.pk])
    assert len(told) == 10
    assert "check_offs" not in {one.entry.table for one in told}


def links_on(client, poll):
    """Whether the page of the poll leads to the board and to the result, and each link answers."""
    shown = page(client, poll).content.decode()
    addresses = [reverse(name, args=[poll.code]) for name in ("board", "result")]
    found = [f'href="{address}"' in shown for address in addresses]
    answered = [client.get(address).status_code == 200 for address in addresses]
    assert found == answered
    return found


@pytest.mark.parametrize("role", [SECRETARY, AUDITOR])
def test_a_poll_leads_to_its_board_from_the_opening_and_to_its_result_from_the_count(
    client, town, role
):
    log_in(client, town.district, role)
    voter = factories.member(cell=town.street_cell)
    poll = making.put(making.motion(town.district), town.street_cell, channels="online")
    assert links_on(client, poll) == [False, False]
    poll = open_poll(poll=poll)
    assert links_on(client, poll) == [True, False]
    cast_vote(code=poll.code, member=voter.pk, choices=[1])
    poll = close_poll(poll=poll)
    assert links_on(client, poll) == [True, False]
    making.open_box_of(poll)
    poll = count_poll(poll=poll)
    assert links_on(client, poll) == [True, True]
    poll = publish_poll(poll=poll)
    assert links_on(client, poll) == [True, True]
    assert links_on(client, annul_poll(poll=poll)) == [True, True]
