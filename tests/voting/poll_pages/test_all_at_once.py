"""The steps of all the polls of a question at once."""

import pytest
from django.urls import reverse

from districts.kinds import Kind
from districts.models import Unit
from elections.models import Poll
from elections.voting import check_off
from tests import factories
from tests.admin_acts.performing import address, done, refused
from tests.test_admin import page
from tests.voting import making
from tests.voting.office import section, sent
from tests.voting.poll_pages.steps import enter, state_of

pytestmark = pytest.mark.django_db


class TestAllAtOnce:
    @pytest.fixture
    def polls(self, town, question, voters):
        for _one in range(5):
            factories.member(cell=town.factory_cell)
        return [
            making.put(question, unit, channels="paper")
            for unit in (town.factory_cell, town.street_cell)
        ]

    def test_from_the_drafts_to_the_results(self, client, secretary, question, polls):
        for act, state in (("open-all", "open"), ("close-all", "closed")):
            done(sent(client, question, act))
            assert {state_of(poll) for poll in polls} == {state}
        told = dict(client.get(address(question, "count-all")).context_data["facts"])
        assert told["Polls to which it is done"] == 2  # nobody voted on paper
        done(sent(client, question, "count-all"))
        done(sent(client, question, "publish-all"))
        assert {state_of(poll) for poll in polls} == {"published"}
        told = section(page(client, question), "standing")["steps"]
        assert [step.text for step in told] == ["All results are published."]

    def test_what_cannot_be_opened_waits_and_is_named(
        self, client, town, secretary, question, polls
    ):
        empty = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk))
        left = making.put(question, empty, channels="paper")
        told = dict(client.get(address(question, "open-all")).context_data["facts"])
        assert told["Polls to which it is done"] == 2
        assert told["Because"] == f"A10: {empty}: Nobody would stand on the roll."
        assert told["Will be on their rolls"] == 10
        answer = client.post(address(question, "open-all"), {"reason": ""}, follow=True)
        assert "2 polls are open. Not yet: 1." in answer.content.decode()
        assert state_of(left) == "drafted"

    def test_refused_where_none_can_with_each_reason_once(self, client, town, secretary, question):
        for _one in range(2):
            empty = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk))
            making.put(question, empty, channels="paper")
        foreseen = client.get(address(question, "open-all")).context_data["foreseen"]
        assert [str(one) for one in foreseen] == ["A10: 2 polls: Nobody would stand on the roll."]
        assert refused(sent(client, question, "open-all")) == [str(one) for one in foreseen]

    def test_papers_that_differ_keep_a_poll_from_the_count_and_not_the_other(
        self, client, secretary, question, polls
    ):
        done(sent(client, question, "open-all"))
        first, second = [Poll.objects.get(pk=poll.pk) for poll in polls]
        for poll in (first, second):
            check_off(poll=poll, member=poll.roll.first().member, by=secretary)
        done(sent(client, question, "close-all"))
        first, second = [Poll.objects.get(pk=poll.pk) for poll in polls]
        enter(first, 1, 0, 0), enter(first, 1, 0, 0)
        enter(second, 1, 0, 0), enter(second, 0, 1, 0)
        done(sent(client, question, "count-all"))
        assert (state_of(first), state_of(second)) == ("counted", "closed")
        steps = section(page(client, question), "standing")["steps"]
        assert [step.text for step in steps] == [
            "In 1 poll the two entries of the papers differ.",
            "1 poll is counted and waits to be published.",
        ]

    def test_several_chosen_from_the_list(self, client, town, secretary, question, polls):
        empty = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk))
        left = making.put(question, empty, channels="paper")
        chosen = [str(poll.pk) for poll in (*polls, left)]
        given = {"action": "open-poll", "_selected_action": chosen, "perform": "1", "reason": ""}
        where = reverse("admin:elections_poll_changelist")
        shown = client.post(where, given).context_data["preview"]
        assert [len(row.blockers) for row in shown.rows] == [0, 0, 1]
        assert {state_of(poll) for poll in polls} == {"drafted"}
        client.post(where, {**given, "seen": shown.seen})
        assert [state_of(poll) for poll in (*polls, left)] == ["open", "open", "drafted"]

    def test_another_s_question_is_not_there(self, client, secretary):
        other = factories.town()
        question = making.motion(other.district)
        making.put(question, other.street_cell, channels="paper")
        assert client.post(address(question, "open-all"), {"reason": ""}).status_code == 404
