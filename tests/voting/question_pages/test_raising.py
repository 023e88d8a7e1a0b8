"""Raising a question by a form, its composition, and changing it."""

from fractions import Fraction

import pytest
from django.urls import reverse

from elections.models import Choice, Composition, Question
from tests import factories
from tests.admin_acts.performing import address, done, refused
from tests.test_admin import page
from tests.voting import making
from tests.voting.office import TODAY, errors, next_steps, sent

pytestmark = pytest.mark.django_db


def motion_form(unit, **given):
    form = {"unit": unit.code, "asked": "A paper?", "quorum": "0", "on": TODAY().isoformat()}
    return {**form, "majority": "simple", "base": "voting", "answers": "", **given}


def election_form(unit, candidates, **given):
    form = {"unit": unit.code, "asked": "The bureau", "quorum": "0", "on": TODAY().isoformat()}
    lines = "\n".join(map(str, candidates))
    return {**form, "seats": "3", "method": "block", "candidates": lines, **given}


# Raising ----------------------------------------------------------------------------------------


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


# The composition --------------------------------------------------------------------------------


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


# Changing ---------------------------------------------------------------------------------------


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
