"""Calling, nominating, answering and closing: what each does, and all that is refused."""

from datetime import timedelta

import pytest

from audit.models import Entry
from elections.bureaus.electing import election_blockers
from elections.models import Nomination
from elections.nominating.calls import CannotCall, call_for_nominations
from elections.nominating.closing import close_nominations
from elections.nominating.nominees import (
    CannotNominate,
    answer_nomination,
    find_nominee,
    nominate,
)
from elections.nominating.outlook import outlook
from elections.poll_blockers import question_blockers
from elections.questions import Candidate, set_choices
from elections.withdrawing import withdraw_question
from members.merging import CannotMerge, merge_members
from members.registrations import change_cell
from tests import factories
from tests.bureaus import making as bureaus
from tests.nominations.making import TODAY, WEEK, called, over, with_people
from tests.voting import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return with_people()


@pytest.fixture
def question(people):
    return called(people.unit)


def refusal(function, **given):
    """What a nomination was refused with, each with its article."""
    with pytest.raises(CannotNominate) as caught:
        function(**given)
    return [str(one) for one in caught.value.blockers]


def stands(question, *members, said=""):
    for member in members:
        nominate(question=question, member=member, by=member, statement=said)


# Calling -----------------------------------------------------------------------------------------


def test_no_poll_opens_before_the_nominations_are_closed(people, question):
    told = f"Nominations are called for until {(TODAY + WEEK).isoformat()}: close them first."
    assert told in [one.reason for one in question_blockers(question)]
    close_nominations(question=question, on=TODAY)
    reasons = [one.reason for one in question_blockers(question)]
    assert told not in reasons
    assert "Nobody stands as a candidate." in reasons


def test_the_last_day_is_moved_and_who_was_nominated_stays_so(people, question):
    stands(question, people.factory[0])
    later = TODAY + 2 * WEEK
    call_for_nominations(question=question, until=later, on=TODAY)
    assert question.nominations.count() == 1
    with pytest.raises(CannotCall, match="has passed"):
        call_for_nominations(question=question, until=TODAY - timedelta(days=1), on=TODAY)


def test_nominations_are_called_for_in_elections_that_have_not_begun(people):
    with pytest.raises(CannotCall, match="elects nobody"):
        call_for_nominations(question=making.motion(people.unit), until=TODAY, on=TODAY)
    begun = making.election(people.unit, people.factory)
    making.opened(begun, people.unit, channels="paper")
    with pytest.raises(CannotCall, match="has been opened"):
        call_for_nominations(question=begun, until=TODAY, on=TODAY)


# Nominating --------------------------------------------------------------------------------------


def test_a_member_nominates_another_who_accepts_with_a_statement(people, question):
    made = nominate(question=question, member=people.street[0], by=people.factory[0])
    assert (made.state, made.by) == ("waiting", people.factory[0])
    answer_nomination(nomination=made, answer="accepted", statement=" For more print.\r\n\r\n ")
    made.refresh_from_db()
    assert (made.state, made.answered_on, made.statement) == ("accepted", TODAY, "For more print.")
    answer_nomination(nomination=made, answer="declined", statement="Kept?")
    made.refresh_from_db()
    assert (made.state, made.statement) == ("declined", "")
    acts = set(Entry.objects.filter(table="nominations").values_list("act", flat=True))
    assert acts == {"nominate", "answer-nomination"}


def test_who_nominates_himself_or_herself_accepts_by_it(people, question):
    one = people.street[0]
    made = nominate(question=question, member=one, by=one, statement="I would.")
    assert (made.state, made.statement) == ("accepted", "I would.")


def test_the_same_member_is_nominated_once(people, question):
    nominate(question=question, member=people.street[0], by=people.factory[0])
    again = refusal(nominate, question=question, member=people.street[0], by=people.factory[1])
    assert again == ["This member is nominated already."]


def test_a_member_nominates_as_many_others_as_there_are_seats(people, question):
    by = people.factory[0]
    for member in people.street:
        nominate(question=question, member=member, by=by)
    told = refusal(nominate, question=question, member=people.factory[1], by=by)
    assert told == ["You have nominated 3 others already, as many as there are seats."]
    stands(question, by)


def test_who_is_of_another_unit_neither_nominates_nor_stands(people, question):
    stranger = factories.member(cell=factories.town().factory_cell)
    told = refusal(nominate, question=question, member=people.factory[0], by=stranger)
    assert told == [f"A10: Only members of the cells of {people.unit} nominate."]
    told = refusal(nominate, question=question, member=stranger, by=people.factory[0])
    assert told == [f"A11: {stranger} is not at home in {people.unit} or below it."]


def test_who_sits_on_another_cell_s_bureau_does_not_stand_in_a_second_cell(people):
    one = people.factory[0]
    bureaus.bureau(people.town.factory_cell, people.factory, on=TODAY - WEEK)
    change_cell(member=one, to=people.town.street_cell, on=TODAY)
    question = called(people.town.street_cell)
    told = refusal(nominate, question=question, member=one, by=people.street[0])
    assert told == [f"A8: {one} sits on the bureau of {people.town.factory_cell} already."]


def test_who_sits_already_stands_for_no_free_seat(people):
    bureaus.bureau(people.unit, [*people.factory, *people.street[:2]], on=TODAY - WEEK)
    question = called(people.unit, seats=1, fills="free-seats")
    one = people.factory[0]
    told = refusal(nominate, question=question, member=one, by=one)
    assert told == [f"{one} sits on the bureau already."]


def test_in_other_elections_stands_who_is_registered_in_a_cell_of_the_unit(people):
    question = called(people.unit, fills="")
    stranger = factories.member(cell=factories.town().factory_cell)
    told = refusal(nominate, question=question, member=stranger, by=people.factory[0])
    assert told == [f"{stranger} is registered in no cell of {people.unit}."]
    stands(question, people.street[0])


@pytest.mark.parametrize("said", ["x" * 1_001, "y" * 5_000])
def test_a_statement_has_at_most_a_thousand_characters(people, question, said):
    one = people.factory[0]
    told = refusal(nominate, question=question, member=one, by=one, statement=said)
    length = len(said)
    assert told == [f"A statement has at most 1000 characters; this one has {length}."]
    stands(question, one, said="x" * 1_000)


def test_after_the_last_day_only_the_office_enters_what_came_on_paper(people, question):
    one, other = people.factory[:2]
    waiting = nominate(question=question, member=other, by=one)
    over(question)
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    told = [f"{yesterday} was the last day for nominations."]
    assert refusal(nominate, question=question, member=one, by=one) == told
    assert refusal(answer_nomination, nomination=waiting, answer="accepted") == told
    nominate(question=question, member=one, answer="accepted", statement="In writing.")
    answer_nomination(nomination=waiting, answer="accepted", in_office=True)
    close_nominations(question=question, on=TODAY)
    closed = [f"Nominations were closed on {TODAY.isoformat()}."]
    assert refusal(nominate, question=question, member=people.street[0]) == closed


# Finding whom somebody means ---------------------------------------------------------------------


def test_a_member_is_found_by_the_number_or_the_whole_name_within_the_unit(people, question):
    ada = factories.member(cell=people.town.street_cell, given_name="Ada", family_name="Müller")
    for text in (str(ada.pk), "Ada Müller", "muller ada", f"Ada ({ada.pk})"):
        assert find_nominee(question, text, TODAY) == ada
    twin = factories.member(cell=factories.town().street_cell, given_name="Eve", family_name="Far")
    unknown = f"No member of {people.unit} has this number, or is called so by the whole name."
    for text in ("Ada", "Müller", "", "999999", str(twin.pk), "Eve Far"):
        with pytest.raises(CannotNominate, match="by the whole name") as caught:
            find_nominee(question, text, TODAY)
        assert str(caught.value) == unknown
    factories.member(cell=people.town.factory_cell, given_name="Ada", family_name="Müller")
    with pytest.raises(CannotNominate, match="Several members are called so"):
        find_nominee(question, "Ada Müller", TODAY)


# Closing -----------------------------------------------------------------------------------------


def test_those_who_accepted_stand_and_the_composition_is_settled(people, question):
    set_choices(question=question, choices=[Candidate("Ada Old", people.street[2])])
    stands(question, people.street[0], *people.factory, said="Print more.")
    nominate(question=question, member=people.street[1], by=people.factory[0])  # says nothing
    close_nominations(question=question, on=TODAY)
    choices = list(question.choices.order_by("number"))
    assert choices[0].label == "Ada Old"
    assert {one.member for one in choices[1:]} == {people.street[0], *people.factory}
    assert {one.statement for one in choices[1:]} == {"Print more."}
    group = question.compositions.get()
    assert (group.at_least, group.choices.count()) == (2, 3)
    assert not list(election_blockers(question, [], TODAY))


def test_whom_the_office_has_named_stands_unless_he_or_she_declines(people, question):
    silent, willing, unwilling = people.street
    set_choices(question=question, choices=[Candidate(str(one), one) for one in people.street])
    for member in people.street:
        nominate(question=question, member=member, by=people.factory[0])
    answers = question.nominations
    answer_nomination(nomination=answers.get(member=willing), answer="accepted", statement="Yes.")
    answer_nomination(nomination=answers.get(member=unwilling), answer="declined")
    told = [str(one) for one in outlook(question, TODAY, called=True)]
    assert "Standing so far: 2, for 3 seats; 1 more must accept." in told
    close_nominations(question=question, on=TODAY)
    standing = dict(question.choices.values_list("member", "statement"))
    assert standing == {silent.pk: "", willing.pk: "Yes."}


def test_who_moved_away_meanwhile_is_left_out_and_who_steps_back_after_a_second_call(
    people, question
):
    mover, other = people.factory[:2]
    stands(question, mover, other)
    change_cell(member=mover, to=factories.town().factory_cell, on=TODAY)
    close_nominations(question=question, on=TODAY)
    assert [one.member for one in question.choices.all()] == [other]
    call_for_nominations(question=question, until=TODAY, on=TODAY)
    answer_nomination(nomination=question.nominations.get(member=other), answer="declined")
    stands(question, people.street[0])
    close_nominations(question=question, on=TODAY)
    assert [one.member for one in question.choices.all()] == [people.street[0]]


def test_a_statement_stays_with_a_candidate_when_the_list_is_changed_by_hand(people, question):
    one = people.factory[0]
    stands(question, one, said="Print more.")
    close_nominations(question=question, on=TODAY)
    set_choices(
        question=question,
        choices=[Candidate("New", people.street[0]), Candidate(one.full_name, one)],
    )
    assert question.choices.get(number=2).statement == "Print more."


def test_a_withdrawn_election_keeps_its_nominations_and_takes_none(people, question):
    stands(question, people.factory[0], said="Print more.")
    withdraw_question(question=question, on=TODAY, because="Called off.")
    question.refresh_from_db()
    assert Nomination.objects.get().statement == "Print more."
    (told,) = refusal(nominate, question=question, member=people.street[0])[:1]
    assert "was withdrawn" in told
    with pytest.raises(CannotCall, match="was withdrawn"):
        close_nominations(question=question, on=TODAY)


# Merging -----------------------------------------------------------------------------------------


def test_nominations_go_to_the_kept_number_unless_both_are_nominated(people, question):
    keep, gone = people.street[:2]
    nominate(question=question, member=gone, by=people.factory[0])
    nominate(question=question, member=people.factory[1], by=gone)
    second = called(people.unit)
    stands(second, keep)
    nominate(question=second, member=gone, by=people.factory[0])
    with pytest.raises(CannotMerge, match="Both numbers are nominated"):
        merge_members(keep=keep, gone=gone, on=TODAY)
    second.nominations.filter(member=gone).delete()
    merge_members(keep=keep, gone=gone, on=TODAY)
    made = question.nominations.order_by("pk")
    assert [(one.member_id, one.by_id) for one in made] == [
        (keep.pk, people.factory[0].pk),
        (people.factory[1].pk, keep.pk),
    ]
