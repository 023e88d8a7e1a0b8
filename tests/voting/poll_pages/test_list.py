"""The list of polls."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from elections.models import Poll
from elections.polls import close_poll
from elections.steps import Turnout, turnouts
from elections.voting import check_off
from tests import factories
from tests.test_admin import listed
from tests.voting import making

pytestmark = pytest.mark.django_db


def test_a_list_holds_the_polls_of_the_ground(client, town, secretary, question):
    mine = making.put(question, town.street_cell, channels="paper")
    other = factories.town()
    making.put(making.motion(other.district), other.street_cell, channels="paper")
    assert listed(client, Poll) == [mine]
    assert listed(client, Poll, question=str(question.pk)) == [mine]
    assert listed(client, Poll, question="999999") == []
    assert listed(client, Poll, question="x") == []
    assert listed(client, Poll, q=town.street_cell.code) == [mine]
    assert listed(client, Poll, unit=str(town.street_cell.pk)) == [mine]
    assert listed(client, Poll, state="published") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_one_row_as_for_three(client, town, secretary, rows):
    factories.member(cell=town.street_cell)
    for _one in range(rows):
        making.opened(making.motion(town.district), town.street_cell, channels="paper")
        closed = making.opened(making.motion(town.district), town.street_cell, channels="paper")
        close_poll(poll=closed)
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("admin:elections_poll_changelist"))
    assert len(asked) == 8, "\n".join(query["sql"] for query in asked)


def test_turnouts_of_many_take_one_query(town, voters, question, django_assert_num_queries):
    poll = making.opened(question, town.street_cell, channels="paper")
    other = making.put(question, town.factory_cell, channels="paper")
    check_off(poll=poll, member=voters[0], by=factories.account())
    with django_assert_num_queries(1):
        found = turnouts([poll, other])
    assert (found[poll.pk].voted, found[other.pk]) == (1, Turnout())
