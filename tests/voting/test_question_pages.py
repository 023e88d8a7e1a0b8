"""Questions as pages: raising, changing, composing, putting them to units, and the list."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from districts.kinds import Kind
from districts.models import HeldRole, Unit
from districts.roles import AUDITOR, SECRETARY, TELLER, grant_role
from elections.models import Choice, Composition, Poll, PollTeller, Question
from elections.panels import _of_unit
from elections.papers import enter_papers
from elections.polls import annul_poll, close_poll, count_poll, open_poll, publish_poll
from elections.voting import check_off
from tests import factories
from tests.admin_acts.performing import address, done, refused
from tests.test_admin import listed, page
from tests.voting import making

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def secretary(town, client):
    return log_in(client, town.district)


def log_in(client, unit, role=SECRETARY):
    account = factories.account()
    grant_role(user=account, role=role, unit=Unit.objects.get(pk=unit.pk))
    client.force_login(account)
    return account


def sent(client, row, act, **given):
    """The answer to a form that was filled in, and confirmed where it asked back."""
    filled = {"reason": "", **given}
    answer = client.post(address(row, act), filled)
    preview = (answer.context_data or {}).get("preview") if answer.status_code == 200 else None
    return client.post(address(row, act), {**filled, "seen": preview.seen}) if preview else answer


def motion_form(unit, **given):
    form = {"unit": unit.code, "asked": "A paper?", "quorum": "0", "on": TODAY().isoformat()}
    return {**form, "majority": "simple", "base": "voting", "answers": "", **given}


def election_form(unit, candidates, **given):
    form = {"unit": unit.code, "asked": "The bureau", "quorum": "0", "on": TODAY().isoformat()}
    lines = "\n".join(map(str, candidates))
    return {**form, "seats": "3", "method": "block", "candidates": lines, **given}


def errors(answer, field):
    assert answer.status_code == 200
    return list(answer.context_data["act"].errors.get(field, []))


def section(answer, name):
    (found,) = [one for one in answer.context_data["sections"] if name in one["template"]]
    return found


def next_steps(client, question):
    return [str(step.button) for step in section(page(client, question), "standing")["steps"]]


# Raising ------------------------------------------------------------------------------------------


class TestRaising:
    def test_a_motion_and_what_comes_next(self, client, town, secretary):
        given = motion_form(town.district, text="In full.", quorum="1/2", majority="two-thirds")
        location = done(sent(client, Question, "raise-motion", **given))
        question = Question.objects.get()
        assert location == reverse("admin:elections_question_change", args=[question.pk])
        assert (question.title, question.text, question.method) == (
            "A paper?",
            "In full.",
            "yes-no",
        )
        assert (str(question.quorum), question.majority) == ("1/2", "two-thirds")
        assert [str(one) for one in question.choices.all()] == ["Yes", "No", "Abstain"]
        assert next_steps(client, question) == ["Put the question"]

    def test_a_motion_with_answers_of_its_own(self, client, town, secretary):
        given = motion_form(town.district, answers="Monday\n\n Friday \n")
        done(sent(client, Question, "raise-motion", **given))
        question = Question.objects.get()
        assert question.method == "options"
        assert [str(one) for one in question.choices.all()] == ["Monday", "Friday"]

    def test_the_own_unit_is_proposed(self, client, town, secretary):
        form = client.get(address(Question, "raise-motion")).context_data["act"]
        assert town.district.code in form["unit"].value()
        asked = client.get(address(Question, "raise-motion"), {"unit": town.street_cell.code})
        assert asked.context_data["act"]["unit"].value() == town.street_cell.code

    def test_not_for_a_unit_of_others(self, client, town, secretary):
        given = motion_form(factories.town().district)
        assert errors(sent(client, Question, "raise-motion", **given), "unit")
        assert not Question.objects.exists()

    def test_candidates_by_number_by_name_and_by_name_alone(self, client, town, secretary):
        by_number = factories.member(cell=town.factory_cell, given_name="Anna", family_name="Weber")
        by_name = factories.member(
            cell=town.factory_cell, given_name="Jürgen", family_name="Müller"
        )
        given = election_form(town.district, [by_number.pk, "muller jurgen", "Nobody We Know"])
        answer = client.post(address(Question, "raise-election"), {"reason": "", **given})
        assert answer.context_data["preview"].foretold == [
            f"1: Anna Weber ({by_number.pk})",
            f"2: Jürgen Müller ({by_name.pk})",
            "3: Nobody We Know, a name alone: no member is called so",
        ]
        assert not Question.objects.exists()
        done(sent(client, Question, "raise-election", **given))
        stood = Choice.objects.values_list("label", "member")
        known = [("Anna Weber", by_number.pk), ("Jürgen Müller", by_name.pk)]
        assert list(stood) == [*known, ("Nobody We Know", None)]

    def test_a_name_of_several_is_asked_back_and_a_strange_number_refused(
        self, client, town, secretary
    ):
        twins = [factories.member(cell=town.street_cell, family_name="Weber") for _ in range(2)]
        stranger = factories.member(cell=factories.town().street_cell, family_name="Strange")
        given = election_form(town.district, ["Weber", stranger.pk, "Strange"])
        told = errors(sent(client, Question, "raise-election", **given), "candidates")
        assert told == [
            f"“Weber” is the name of several: please give the number, {twins[0].pk} or "
            f"{twins[1].pk}.",
            f"“{stranger.pk}”: you keep no member with this number.",
        ]
        assert not Question.objects.exists()

    def test_a_name_outside_the_own_part_links_nobody(self, client, town, secretary):
        factories.member(cell=factories.town().street_cell, family_name="Strange")
        given = election_form(town.district, ["Strange"])
        done(sent(client, Question, "raise-election", **given))
        assert Choice.objects.get().member is None

    def test_nobody_stands_twice(self, client, town, secretary):
        one = factories.member(cell=town.street_cell, family_name="Weber")
        given = election_form(town.district, [one.pk, "Weber"])
        answer = client.post(address(Question, "raise-election"), {"reason": "", **given})
        assert refused(answer) == ["Nobody stands twice."]


# The composition ----------------------------------------------------------------------------------


class TestComposition:
    @pytest.fixture
    def question(self, town):
        members = [
            factories.member(cell=town.factory_cell, family_name="Factory"),
            factories.member(cell=town.street_cell, family_name="Street"),
        ]
        return making.election(town.district, [*members, "Alone", "Other"], seats=3)

    def test_factory_members_and_more_than_half_are_proposed(
        self, client, town, secretary, question
    ):
        assert next_steps(client, question) == ["Set the composition", "Put the question"]
        form = client.get(address(question, "set-composition")).context_data["act"]
        assert form["at_least"].value() == 2
        assert [str(one) for one in form.fields["members"].initial] == ["Factory"]
        labels = [label for _key, label in form.fields["members"].choices]
        assert labels == [
            f"Factory - {town.factory_cell}",
            f"Street - {town.street_cell}",
            "Alone",
            "Other",
        ]

    def test_it_is_set_and_shown(self, client, secretary, question):
        first, second, *_others = question.choices.all()
        given = {"group": "Factory", "at_least": "2", "members": [first.pk, second.pk]}
        done(sent(client, question, "set-composition", **given))
        group = Composition.objects.get()
        assert (group.at_least, group.at_most) == (2, None)
        assert list(group.choices.all()) == [first, second]
        assert "Factory: at least 2 of those elected" in page(client, question).content.decode()
        assert next_steps(client, question) == ["Put the question"]

    def test_less_than_half_in_a_district_bureau_is_asked_back(self, client, secretary, question):
        given = {"group": "Factory", "at_least": "1", "members": [question.choices.first().pk]}
        answer = client.post(address(question, "set-composition"), {"reason": "", **given})
        (warning,) = answer.context_data["preview"].unusual
        assert warning.startswith("A13: ")
        assert not Composition.objects.exists()

    def test_a_cell_s_bureau_is_bound_by_nothing(self, client, town, secretary):
        question = making.election(town.street_cell, ["A", "B", "C"])
        form = client.get(address(question, "set-composition")).context_data["act"]
        assert form["at_least"].value() == 0
        assert next_steps(client, question) == ["Put the question"]


# Changing -----------------------------------------------------------------------------------------


class TestChanging:
    def test_the_terms_of_a_motion(self, client, town, secretary):
        question = making.motion(town.district)
        form = client.get(address(question, "change-motion")).context_data["act"]
        assert form["asked"].value() == question.title
        given = {"asked": "Another?", "text": "", "quorum": "1/3", "majority": "absolute"}
        done(sent(client, question, "change-motion", **given, base="roll"))
        question.refresh_from_db()
        assert (question.title, str(question.quorum)) == ("Another?", "1/3")
        assert (question.majority, question.base) == ("absolute", "roll")

    def test_a_quorum_that_is_not_offered_stays(self, client, town, secretary):
        question = making.motion(town.district, quorum=Fraction(2, 5))
        form = client.get(address(question, "change-motion")).context_data["act"]
        assert ("2/5", "2/5 of the roll") in form.fields["quorum"].choices

    def test_the_terms_of_an_election(self, client, town, secretary):
        question = making.election(town.district, ["A", "B", "C", "D"])
        given = {"asked": "E", "text": "", "quorum": "0", "seats": "2", "method": "scottish-stv"}
        done(sent(client, question, "change-election", **given))
        question.refresh_from_db()
        assert (question.seats, question.method) == (2, "scottish-stv")

    def test_candidates_are_numbered_anew(self, client, town, secretary):
        one = factories.member(cell=town.street_cell, family_name="Weber")
        question = making.election(town.district, [one, "B"])
        form = client.get(address(question, "change-candidates")).context_data["act"]
        assert form["candidates"].value() == f"Weber ({one.pk})\nB"
        done(sent(client, question, "change-candidates", candidates=f"B\nC\nWeber ({one.pk})"))
        stood = question.choices.values_list("number", "label", "member")
        assert list(stood) == [(1, "B", None), (2, "C", None), (3, "Weber", one.pk)]

    def test_answers_of_its_own_and_back(self, client, town, secretary):
        question = making.motion(town.district)
        done(sent(client, question, "change-answers", answers="Red\nGreen"))
        question.refresh_from_db()
        assert question.method == "options"
        done(sent(client, question, "change-answers", answers=""))
        question.refresh_from_db()
        assert (question.method, question.choices.count()) == ("yes-no", 3)

    def test_who_is_withdrawn_keeps_the_number(self, client, town, secretary):
        question = making.election(town.district, ["A", "B"])
        done(sent(client, question, "withdraw-candidate", who=question.choices.first().pk))
        assert list(question.choices.values_list("number", "withdrawn")) == [(1, True), (2, False)]
        assert "(withdrawn)" in page(client, question).content.decode()

    def test_nothing_is_changed_once_a_poll_is_open(self, client, town, secretary):
        factories.member(cell=town.street_cell)
        question = making.motion(town.district)
        making.opened(question, town.street_cell, channels="paper")
        offered = [link.title for link in page(client, question).context_data["acts"]]
        assert "Change text and terms" not in offered
        given = {"asked": "Another?", "quorum": "0", "majority": "simple", "base": "voting"}
        (told,) = refused(sent(client, question, "change-motion", **given))
        assert told.startswith("A poll on this question has been opened")


# Putting ------------------------------------------------------------------------------------------


class TestPutting:
    def test_to_all_cells_in_one_act(self, client, town, secretary):
        question = making.motion(town.district)
        tellers = making.tellers(town.district)
        form = client.get(address(question, "put-question")).context_data["act"]
        assert form["whom"].value() == "cells"
        assert form["tellers"].value() == [str(one.pk) for one in tellers]
        given = {"whom": "cells", "channels": "both", "tellers": form["tellers"].value()}
        done(sent(client, question, "put-question", **given))
        polls = Poll.objects.order_by("pk")
        assert [poll.unit for poll in polls] == [town.factory_cell, town.street_cell]
        assert {(poll.state, poll.assembly, poll.channels) for poll in polls} == {
            ("drafted", "cell", "both")
        }
        assert PollTeller.objects.count() == 6
        assert next_steps(client, question) == ["Open all drafted polls"]

    def test_a_new_cell_is_asked_afterwards_and_those_asked_are_left_out(
        self, client, town, secretary
    ):
        question = making.motion(town.district)
        making.put(question, town.street_cell, channels="paper")
        choices = client.get(address(question, "put-question")).context_data["act"]["whom"]
        assert "the one cell of" in str(choices)
        done(sent(client, question, "put-question", whom="cells", channels="paper"))
        units = [poll.unit for poll in Poll.objects.order_by("pk")]
        assert units == [town.street_cell, town.factory_cell]

    @pytest.mark.parametrize("whom", ["general", "delegates"])
    def test_to_a_meeting_of_the_unit(self, client, town, secretary, whom):
        question = making.election(town.district, ["A", "B", "C"])
        form = client.get(address(question, "put-question")).context_data["act"]
        assert form["whom"].value() == "general"
        done(sent(client, question, "put-question", whom=whom, channels="paper"))
        poll = Poll.objects.get()
        assert (poll.unit, poll.assembly, poll.tellers.count()) == (town.district, whom, 0)

    def test_to_one_cell(self, client, town, secretary):
        question = making.motion(town.district)
        nowhere = sent(client, question, "put-question", whom="one", one="", channels="paper")
        assert errors(nowhere, "one") == ["Which unit?"]
        code = town.factory_cell.code
        done(sent(client, question, "put-question", whom="one", one=code, channels="paper"))
        poll = Poll.objects.get()
        assert (poll.unit, poll.assembly) == (town.factory_cell, "cell")

    def test_a_unit_that_is_named_beside_all_cells_is_asked_back(self, client, town, secretary):
        question = making.motion(town.district)
        given = {"whom": "cells", "one": town.factory_cell.code, "channels": "paper"}
        (told,) = errors(sent(client, question, "put-question", **given), "one")
        assert "leave it empty" in told
        assert not question.polls.exists()

    def test_a_cell_asks_its_own_members(self, client, town, secretary):
        question = making.motion(town.street_cell)
        form = client.get(address(question, "put-question")).context_data["act"]
        assert "one" not in form.fields
        done(sent(client, question, "put-question", whom="cell", channels="paper"))
        assert Poll.objects.get().unit == town.street_cell

    def test_three_tellers_and_a_moment_to_come(self, client, town, secretary):
        question = making.motion(town.district)
        tellers = [str(one.pk) for one in making.tellers(town.district)]
        given = {"whom": "cells", "channels": "online", "tellers": tellers[:2]}
        past = timezone.localtime() - timedelta(hours=1)
        answer = sent(
            client, question, "put-question", **given, closes_at=past.strftime("%Y-%m-%dT%H:%M")
        )
        assert errors(answer, "tellers") == ["Please choose three tellers: 2 are chosen."]
        assert errors(answer, "closes_at") == ["This moment has passed."]
        assert not Poll.objects.exists()

    def test_a_teller_of_elsewhere_is_not_to_be_chosen(self, client, town, secretary):
        question = making.motion(town.district)
        strangers = [str(one.pk) for one in making.tellers(factories.town().town)]
        given = {"whom": "cells", "channels": "online", "tellers": strangers}
        assert errors(sent(client, question, "put-question", **given), "tellers")
        assert not Poll.objects.exists()

    def test_where_tellers_are_missing_it_says_how_to_get_them(self, client, town, secretary):
        question = making.motion(town.district)
        told = client.get(address(question, "put-question")).content.decode()
        assert "Only 0 hold the role here." in told
        assert (
            f"{reverse('admin:districts_heldrole_list_act', args=['give-role'])}?role=teller"
            in told
        )

    def test_a_teller_without_a_key_is_marked(self, client, town, secretary):
        question = making.motion(town.district)
        keyless = factories.account()
        grant_role(user=keyless, role=TELLER, unit=Unit.objects.get(pk=town.district.pk))
        form = client.get(address(question, "put-question")).context_data["act"]
        assert form.fields["tellers"].choices == [(str(keyless.pk), f"{keyless} - no key yet")]

    def test_the_last_tellers_are_proposed(self, client, town, secretary):
        known = making.tellers(town.district)
        making.put(making.motion(town.district), town.street_cell, tellers=known)
        making.teller(town.district)
        question = making.motion(town.district, title="The second")
        form = client.get(address(question, "put-question")).context_data["act"]
        assert sorted(form["tellers"].value()) == sorted(str(one.pk) for one in known)

    def test_tellers_and_times_of_all_drafted_polls_at_once(self, client, town, secretary):
        question = making.motion(town.district)
        first, second = making.tellers(town.district), making.tellers(town.district)
        for unit in (town.street_cell, town.factory_cell):
            making.put(question, unit, tellers=first)
        form = client.get(address(question, "arrange-all")).context_data["act"]
        assert sorted(form["tellers"].value()) == sorted(str(one.pk) for one in first)
        chosen = [first[0], *second[:2]]
        given = {"channels": "online", "tellers": [one.pk for one in chosen]}
        done(sent(client, question, "arrange-all", **given))
        for poll in Poll.objects.all():
            assert {teller.account for teller in poll.tellers.all()} == set(chosen)
            assert poll.channels == "online"

    def test_an_open_poll_is_not_arranged_anew(self, client, town, secretary):
        factories.member(cell=town.street_cell)
        poll = making.opened(making.motion(town.district), town.street_cell, channels="paper")
        told = refused(sent(client, poll, "arrange-poll", channels="paper"))
        assert told == [
            f"{town.street_cell}: the poll has been opened, and is held as it was begun."
        ]


# The list and the page ----------------------------------------------------------------------------


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


# Queries ------------------------------------------------------------------------------------------


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


# The unit's page and the first page ---------------------------------------------------------------


def votes_of(client, unit):
    return section(page(client, Unit.objects.get(pk=unit.pk)), "unit_votes")


def test_a_unit_s_page_shows_its_votes_and_what_it_asks(client, town, secretary):
    factories.member(cell=town.street_cell)
    question = making.motion(town.district)
    poll = making.opened(question, town.street_cell, channels="paper")
    of_cell, of_district = votes_of(client, town.street_cell), votes_of(client, town.district)
    assert [row.poll for row in of_cell["rows"]] == [poll]
    assert of_cell["questions"] == []
    assert of_district["rows"] == []
    assert of_district["questions"] == [question]
    first = of_district["acts"][0][2]
    assert client.get(first).context_data["act"]["unit"].value() == town.district.code


@pytest.mark.parametrize("rows", [1, 3])
def test_a_unit_s_votes_take_as_many_queries_for_one_row_as_for_three(
    client, town, secretary, rows
):
    factories.member(cell=town.street_cell)
    for _one in range(rows):
        making.opened(making.motion(town.district), town.street_cell, channels="paper")
        closed = making.opened(making.motion(town.street_cell), town.street_cell, channels="paper")
        close_poll(poll=closed)
    request = client.get(reverse("admin:index")).wsgi_request
    unit = Unit.objects.get(pk=town.street_cell.pk)
    _of_unit(request, unit)
    with CaptureQueriesContext(connection) as asked:
        _of_unit(request, unit)
    assert len(asked) == 5, "\n".join(query["sql"] for query in asked)


def test_the_role_of_a_teller_opens_no_office(client, town):
    account = factories.account(member=factories.member(cell=town.street_cell))
    grant_role(user=account, role=TELLER, unit=Unit.objects.get(pk=town.district.pk))
    client.force_login(account)
    account.refresh_from_db()
    assert not account.is_staff
    question = making.motion(town.district)
    for name in ("admin:index", "admin:elections_question_changelist"):
        assert client.get(reverse(name)).status_code == 302
    assert page(client, question).status_code == 302


class TestTheRoleOfATeller:
    def test_a_secretary_gives_it_in_the_own_unit(self, client, town, secretary):
        account = factories.account(member=factories.member(cell=town.street_cell))
        given = {"role": "teller", "unit": town.district.code, "account": account.username}
        form = client.get(address(HeldRole, "give-role"))
        assert "A teller sees the rolls of votes alone" in form.content.decode()
        done(sent(client, HeldRole, "give-role", **given, on=TODAY().isoformat()))
        held = HeldRole.objects.get(account=account)
        assert (held.role, held.unit, held.given_by) == ("teller", town.district, secretary)

    def test_not_to_himself_or_herself(self, client, town):
        member = factories.member(cell=town.street_cell)
        own = factories.account(member=member)
        grant_role(user=own, role=SECRETARY, unit=Unit.objects.get(pk=town.district.pk))
        client.force_login(own)
        given = {"role": "teller", "unit": town.district.code, "account": own.username}
        answer = sent(client, HeldRole, "give-role", **given, on=TODAY().isoformat())
        assert refused(answer) == ["Nobody changes a role of his or her own."]

    def test_not_in_the_unit_of_others(self, client, town, secretary):
        account = factories.account(member=factories.member(cell=town.street_cell))
        given = {"role": "teller", "unit": town.area.code, "account": account.username}
        answer = sent(client, HeldRole, "give-role", **given, on=TODAY().isoformat())
        assert errors(answer, "unit")
