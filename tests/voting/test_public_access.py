"""Who is shown the board, the result and the files of a poll, in each state; wrong methods."""

import pytest
from django.urls import reverse

from districts.roles import SECRETARY, TELLER, grant_role
from elections.models import Poll
from elections.polls import annul_poll, close_poll, count_poll, open_poll, publish_poll
from elections.voting import cast_vote
from tests import factories
from tests.voting import making

pytestmark = pytest.mark.django_db

PAGES = ("board", "result", "poll-files", "poll-file", "question-result")
BOARD, RESULT, FILES, NOTHING = ["board"], ["board", "result"], list(PAGES), []
STATES = ("drafted", "open", "closed", "counted", "published", "annulled")


def address(poll, name):
    if name == "question-result":
        return reverse(name, args=[poll.question_id])
    more = ["poll.json"] if name == "poll-file" else []
    return reverse(name, args=[poll.code, *more])


def poll_in(town, state):
    """The only poll on a question, of a cell with one member, held as far as `state`."""
    voter = factories.member(cell=town.factory_cell)
    poll = making.put(making.motion(town.district), town.factory_cell, channels="online")
    if state == "drafted":
        return poll
    poll = open_poll(poll=poll)
    cast_vote(code=poll.code, member=voter.pk, choices=[1])
    steps = [close_poll, opened_box, count_poll, publish_poll, annul_poll]
    reached = {"open": 0, "closed": 1, "counted": 3, "published": 4, "annulled": 5}
    for step in steps[: reached[state]]:
        poll = step(poll=poll)
    assert poll.state == state
    return poll


def opened_box(poll):
    making.open_box_of(poll)
    return Poll.objects.get(pk=poll.pk)


def account_with(role, unit):
    account = factories.account()
    grant_role(user=account, role=role, unit=unit)
    return account


def shown_to(client, account, poll):
    """The pages that are shown to the account; each of the others is not there."""
    client.force_login(account)
    answers = {name: client.get(address(poll, name)).status_code for name in PAGES}
    assert set(answers.values()) <= {200, 404}
    return [name for name, status in answers.items() if status == 200]


@pytest.mark.parametrize("state", STATES)
def test_those_on_the_roll(client, town, state):
    poll = poll_in(town, state)
    member = town.factory_cell.registrations.get().member
    seen = {"drafted": NOTHING, "published": FILES}.get(state, BOARD)
    assert shown_to(client, factories.account(member=member), poll) == seen


@pytest.mark.parametrize("role", [SECRETARY, TELLER])
@pytest.mark.parametrize("state", STATES)
def test_those_who_hold_the_poll(client, town, state, role):
    poll = poll_in(town, state)
    seen = {"drafted": NOTHING, "counted": RESULT, "published": FILES, "annulled": RESULT}
    seen = seen.get(state, BOARD)
    assert shown_to(client, account_with(role, town.district), poll) == seen


@pytest.mark.parametrize("state", STATES)
def test_strangers_are_shown_nothing_in_any_state(client, town, state):
    poll = poll_in(town, state)
    elsewhere = factories.town()
    for unit, cell in (
        (elsewhere.town, elsewhere.street_cell),
        (town.street_cell, town.street_cell),
    ):
        for role in (SECRETARY, TELLER):
            assert shown_to(client, account_with(role, unit), poll) == NOTHING
        member = factories.account(member=factories.member(cell=cell))
        assert shown_to(client, member, poll) == NOTHING


def test_who_joined_the_cell_after_the_opening_is_a_stranger_to_the_poll(client, town):
    poll = poll_in(town, "published")
    member = factories.member(cell=town.factory_cell)
    assert shown_to(client, factories.account(member=member), poll) == NOTHING


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("name", PAGES)
def test_wrong_methods_are_refused(client, town, name, method):
    poll = poll_in(town, "published")
    client.force_login(account_with(SECRETARY, town.district))
    status = 200 if (name, method) == ("board", "post") else 405
    assert getattr(client, method)(address(poll, name)).status_code == status
    assert client.head(address(poll, name)).status_code == 200


def test_the_way_to_the_office_is_shown_to_those_alone_who_see_the_question_there(client, town):
    poll = poll_in(town, "published")
    office = reverse("admin:elections_question_change", args=[poll.question_id])
    member = factories.account(member=poll.roll.get().member)
    tellers = account_with(TELLER, town.district)
    below = account_with(SECRETARY, town.factory_cell)
    for account, led in (
        (account_with(SECRETARY, town.district), True),
        (member, False),
        (tellers, False),
        (below, False),
    ):
        client.force_login(account)
        assert (office in client.get(address(poll, "question-result")).content.decode()) is led
