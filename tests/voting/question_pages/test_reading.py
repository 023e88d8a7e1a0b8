"""The list of questions and the page of one, and how often they ask the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR
from elections.models import Poll, Question
from elections.papers import enter_papers
from elections.polls import annul_poll, close_poll, count_poll, open_poll, publish_poll
from elections.voting import check_off
from tests import factories
from tests.admin_acts.performing import address
from tests.test_admin import listed, page
from tests.voting import making
from tests.voting.office import log_in, next_steps, section

pytestmark = pytest.mark.django_db


# The list and the page --------------------------------------------------------------------------


def test_a_list_holds_the_questions_of_the_ground(client, town, secretary):
    mine = making.motion(town.street_cell)
    making.motion(factories.town().district)
    making.motion(town.area)
    assert listed(client, Question) == [mine]


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("unput", {"unput", "annulled"}),
        ("drafted", {"drafted"}),
        ("open", {"open"}),
        ("closed", {"closed"}),
        ("counted", set()),
        ("finished", {"published"}),
        ("all", {"unput", "drafted", "open", "closed", "published", "annulled"}),
        (None, {"unput", "drafted", "open", "closed", "annulled"}),
    ],
)
def test_filters_by_the_state_of_the_polls(client, town, secretary, state, found):
    factories.member(cell=town.street_cell)
    for title in ("unput", "drafted", "open", "closed", "published", "annulled"):
        question = making.motion(town.district, title=title)
        if title == "unput":
            continue
        poll = making.put(question, town.street_cell, channels="paper")
        if title == "open":
            open_poll(poll=poll)
        elif title == "closed":
            close_poll(poll=open_poll(poll=poll))
        elif title == "published":
            close_poll(poll=open_poll(poll=poll))
            Poll.objects.filter(pk=poll.pk).update(state="published")
        elif title == "annulled":
            annul_poll(poll=poll)
    asked = {"state": state} if state else {}
    assert {question.title for question in listed(client, Question, **asked)} == found


def test_the_numbers_of_its_polls_and_of_those_who_voted(client, town, secretary):
    voters = [factories.member(cell=town.street_cell) for _ in range(3)]
    factories.member(cell=town.factory_cell)
    question = making.motion(town.district)
    poll = making.opened(question, town.street_cell, channels="paper")
    making.put(question, town.factory_cell, channels="paper")
    for voter in voters[:2]:
        check_off(poll=poll, member=voter, by=factories.account())
    (row,) = listed(client, Question)
    assert dict(row.states) == {"open": 1, "drafted": 1}
    assert (row.turnout.voted, row.turnout.entitled) == (2, 3)
    whole = section(page(client, question), "standing")
    assert [(str(label), number) for label, number, _url in whole["states"]] == [
        ("drafted", 1),
        ("open", 1),
    ]
    assert (whole["turnout"].voted, whole["turnout"].paper, whole["turnout"].entitled) == (2, 2, 3)


def test_the_page_says_nothing_of_how_anybody_voted(client, town, secretary):
    voters = [factories.member(cell=town.street_cell) for _ in range(3)]
    question = making.motion(town.district, title="Q?")
    poll = making.opened(question, town.street_cell, channels="paper")
    before = page(client, question).content.decode()
    assert "0</strong> of 3" in before
    for voter in voters:
        check_off(poll=poll, member=voter, by=factories.account())
    after = page(client, question).content.decode()
    assert "3</strong> of 3" in after
    for told in ("carried", "majority is", "elected:"):
        assert told not in after


def test_the_home_cell_of_a_candidate_elsewhere_is_not_told(client, town):
    """A4: the district of residence does not learn where the member works."""
    other, street_cell, member = making.in_two_cells()
    log_in(client, street_cell.parent)
    question = making.election(street_cell.parent, [member, "B", "C"])
    assert other.factory_cell.name not in page(client, question).content.decode()
    composing = client.get(address(question, "set-composition")).content.decode()
    assert other.factory_cell.name not in composing


def test_an_auditor_sees_and_changes_nothing(client, town):
    log_in(client, town.district, AUDITOR)
    question = making.motion(town.district)
    answer = page(client, question)
    assert answer.status_code == 200
    assert answer.context_data["acts"] == []
    assert next_steps(client, question) == [""]
    assert client.get(address(question, "put-question")).status_code == 403


def test_a_poll_outside_the_ground_is_left_out(client, town):
    log_in(client, town.factory_cell)
    question = making.motion(town.district)
    making.put(question, town.factory_cell, channels="paper")
    assert page(client, question).status_code == 404
    assert listed(client, Question) == []
    assert len(listed(client, Poll)) == 1


class TestWholeResult:
    def where(self, question):
        return reverse("admin:elections_question_result", args=[question.pk])

    def voted(self, question, unit, *votes):
        """A poll on paper in `unit`, with so many votes for each choice, counted."""
        poll = making.opened(question, unit, channels="paper")
        for entry in poll.roll.select_related("member")[: sum(votes)]:
            check_off(poll=poll, member=entry.member, by=None)
        poll = close_poll(poll=poll)
        for _one in range(2):
            totals = dict(enumerate(votes, start=1))
            enter_papers(poll=poll, by=factories.account(), totals=totals, papers=sum(votes))
        return count_poll(poll=poll)

    @pytest.fixture
    def people(self, town):
        for cell in (town.factory_cell, town.street_cell):
            for _one in range(3):
                factories.member(cell=cell)

    def test_all_polls_of_a_motion_as_one_and_nothing_before(self, client, town, secretary, people):
        question = making.motion(town.district)
        first = self.voted(question, town.factory_cell, 2, 1, 0)
        second = self.voted(question, town.street_cell, 0, 2, 1)
        publish_poll(poll=first)
        assert client.get(self.where(question)).status_code == 404
        assert self.where(question) not in page(client, question).content.decode()
        publish_poll(poll=second)
        assert self.where(question) in page(client, question).content.decode()
        answer = client.get(self.where(question), follow=True)
        assert answer.redirect_chain == [(reverse("question-result", args=[question.pk]), 302)]
        result = answer.context["result"]
        assert result["totals"] == [("Yes", 2), ("No", 3), ("Abstentions", 1)]
        assert (result["cast"], result["invalid"]) == (6, 0)
        shown = answer.content.decode()
        assert result["why"] in shown
        assert reverse("admin:elections_question_change", args=[question.pk]) in shown

    def test_who_is_elected(self, client, town, secretary, people):
        question = making.election(town.district, ["Anna", "Berta", "Clara"], seats=1)
        for unit, votes in ((town.factory_cell, (2, 1, 0)), (town.street_cell, (0, 3, 0))):
            publish_poll(poll=self.voted(question, unit, *votes))
        answer = client.get(self.where(question), follow=True)
        assert answer.context["result"]["elected"] == ["Berta"]
        assert "<li>Berta</li>" in answer.content.decode()


# Queries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_one_row_as_for_three(client, town, secretary, rows):
    factories.member(cell=town.street_cell)
    for _one in range(rows):
        question = making.motion(town.district)
        making.opened(question, town.street_cell, channels="paper")
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("admin:elections_question_changelist"))
    assert len(asked) == 8, "\n".join(query["sql"] for query in asked)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_as_many_queries_for_one_row_as_for_three(client, town, secretary, rows):
    question = making.election(
        town.district, [factories.member(cell=town.street_cell) for _ in range(3)]
    )
    for _one in range(rows):
        cell = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk))
        factories.member(cell=cell)
        making.opened(question, cell, channels="paper")
        making.put(
            question,
            factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk)),
            channels="paper",
        )
    page(client, question)
    with CaptureQueriesContext(connection) as asked:
        page(client, question)
    assert len(asked) == 23, "\n".join(query["sql"] for query in asked)
