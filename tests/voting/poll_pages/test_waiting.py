"""Which polls wait for somebody, and for what."""

import pytest
from django.urls import reverse

from elections.models import PaperCount, Poll
from elections.polls import close_poll, open_poll
from elections.steps import Wait, how_many_wait, waiting_for, waits
from elections.voting import cast_vote, check_off
from tests import factories
from tests.test_admin import listed
from tests.voting import making
from tests.voting.office import log_in
from tests.voting.poll_pages.steps import enter, over

pytestmark = pytest.mark.django_db


class TestWaiting:
    @pytest.fixture
    def polls(self, town, voters, secretary):
        """A poll for each thing that a poll can wait for, by its name."""
        made = {}
        for wait in Wait:
            question = making.motion(town.district, title=wait.value)
            channels = "online" if wait == Wait.BOX else "paper"
            poll = made[wait] = making.put(question, town.street_cell, channels=channels)
            if wait != Wait.OPEN:
                self.move(poll, wait, voters[0], secretary)
        return {wait: Poll.objects.get(pk=poll.pk) for wait, poll in made.items()}

    def move(self, poll, wait, voter, account):
        poll = open_poll(poll=poll)
        if wait == Wait.CLOSE:
            over(poll)
        if wait in (Wait.VOTES, Wait.CLOSE):
            return
        if wait == Wait.BOX:
            cast_vote(code=poll.code, member=voter.pk, choices=[1])
        if wait in (Wait.PAPERS, Wait.DIFFER, Wait.COUNT):
            check_off(poll=poll, member=voter, by=account)
        poll = close_poll(poll=poll)
        entered = {Wait.PAPERS: [(1, 0)], Wait.DIFFER: [(1, 0), (0, 1)], Wait.COUNT: [(1, 0)] * 2}
        for votes in entered.get(wait, ()):
            enter(poll, *votes)
        if wait == Wait.PUBLISH:
            Poll.objects.filter(pk=poll.pk).update(state="counted")

    def test_each_waits_for_its_own(self, polls):
        found = waits(polls.values())
        assert {wait: found[poll.pk] for wait, poll in polls.items()} == {
            wait: [wait] for wait in Wait
        }

    def test_each_is_found_by_its_filter_and_counted_alike(self, client, polls):
        everything = Poll.objects.all()
        for wait, poll in polls.items():
            found = set(waiting_for(everything, wait))
            expected = {poll, polls[Wait.CLOSE]} if wait == Wait.VOTES else {poll}
            assert found == expected, wait
            assert how_many_wait(everything, wait) == len(expected)
            if wait != Wait.VOTES:
                assert listed(client, Poll, state=wait.value) == [poll], wait

    def test_the_first_page_counts_them_and_leads_to_them(self, client, polls):
        panels = client.get(reverse("admin:index")).context_data["panels"]
        (panel,) = [one for one in panels if "home_waiting" in one["template"]]
        told = {str(title): (number, url) for title, number, url in panel["waiting"]}
        expected = {
            "Polls to close: the time is over": Wait.CLOSE,
            "Polls whose papers differ": Wait.DIFFER,
            "Boxes to open": Wait.BOX,
            "Polls to count": Wait.COUNT,
            "Results to publish": Wait.PUBLISH,
            "Polls to open": Wait.OPEN,
        }
        for title, wait in expected.items():
            number, url = told[title]
            assert number == 1
            (found,) = client.get(url).context_data["cl"].result_list
            assert found == polls[wait]

    def test_of_others_nothing_waits(self, client, polls):
        log_in(client, factories.town().district)
        panels = client.get(reverse("admin:index")).context_data["panels"]
        (panel,) = [one for one in panels if "home_waiting" in one["template"]]
        assert [title for title, _number, _url in panel["waiting"] if "oll" in str(title)] == []

    @pytest.mark.parametrize("wait", [Wait.BOX, Wait.DIFFER, Wait.COUNT, Wait.CLOSE])
    def test_counting_takes_one_query(self, polls, wait, django_assert_num_queries):
        with django_assert_num_queries(1):
            how_many_wait(Poll.objects.all(), wait)

    def test_the_order_of_the_papers_is_no_difference(self, polls):
        poll = polls[Wait.COUNT]
        PaperCount.objects.filter(poll=poll).delete()
        for ballots in ([[1], [2]], [[2], [1]]):
            PaperCount.objects.create(poll=poll, by=factories.account(), ballots=ballots, papers=2)
        assert waits([poll])[poll.pk] == [Wait.COUNT]
