"""Votes in the office: the last changes without check-offs, and the links to board and result."""

import pytest
from django.urls import reverse

from audit.models import Entry
from elections.voting import check_off, take_back
from tests import factories
from tests.test_home import panel
from tests.voting import making
from tests.voting.test_question_pages import log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return factories.town()


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
