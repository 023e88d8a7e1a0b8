"""From the election to the constitution: the majority, those who decline, by-elections."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.utils import timezone

from audit.ground import EVERYWHERE
from audit.rulebook import findings, rule_named
from districts.kinds import FACTORY_CELLS
from elections.bureaus.electing import (
    constitute_elected,
    election_blockers,
    factory_seats,
    outcome_blockers,
    outcome_of,
    settle_composition,
    taking,
)
from elections.bureaus.sitting import (
    CannotChangeSeat,
    CannotConstitute,
    end_bureau,
    leave_seat,
    sitting_bureau,
    take_seat,
)
from elections.bureaus.succession import declining, next_for
from elections.polls import (
    CannotAnnulPoll,
    CannotOpenPoll,
    annul_poll,
    close_poll,
    count_poll,
    open_poll,
    publish_poll,
)
from elections.questions import Candidate, raise_question
from elections.terms import standing_in_words
from elections.voting import cast_vote
from members.models import Registration
from members.registrations import change_cell
from tests import factories
from tests.bureaus import making
from tests.voting import making as votes

TODAY = timezone.localdate()
TOMORROW = TODAY + timedelta(days=1)


def election(district, candidates=None, *, seats=5, fills="bureau", method="block", **fields):
    question = raise_question(
        unit=district.unit,
        kind="election",
        method=method,
        title="Election of the bureau",
        on=TODAY,
        fills=fills,
        seats=seats,
        choices=[Candidate(one.full_name, one) for one in candidates or district.all],
        **fields,
    )
    settle_composition(question=question, on=TODAY)
    return question


def held(question, ballots, unit=None, assembly="general"):
    """The election as a general meeting held it, online, published; one voter for each ballot."""
    poll = votes.put(
        question,
        unit or question.unit,
        assembly=assembly,
        channels="online",
        tellers=votes.tellers(question.unit),
    )
    poll = open_poll(poll=poll)
    voters = poll.roll.order_by("member").values_list("member", flat=True)
    for member, named in zip(voters, ballots, strict=False):
        cast_vote(code=poll.code, member=member, choices=named)
    poll = close_poll(poll=poll)
    votes.open_box_of(poll)
    return publish_poll(poll=count_poll(poll=poll))


# The lower the number the more votes, from eight to two; 5 to 8 are workers.
STREET_FIRST = [*[[1, 2, 3, 4, 5]] * 4, [1, 2, 3, 4, 6], [1, 2, 3, 6], [1, 2, 6, 7], [1, 7]]


def workers_among(members) -> int:
    homes = Registration.objects.filter(member__in=members, until=None)
    return homes.filter(unit__kind__in=FACTORY_CELLS).count()


def test_the_count_seats_three_of_five_from_the_factory_and_all_are_constituted(district):
    question = election(district)
    group = question.compositions.get()
    assert (group.at_least, group.choices.count()) == (3, 4)
    held(question, STREET_FIRST)
    elected = outcome_of(question).elected
    assert elected == [*district.street[:2], *district.factory[:3]]
    bureau = constitute_elected(
        question=question, on=TODAY, portfolios={elected[0].pk: "chair", elected[1].pk: "treasurer"}
    )
    assert sitting_bureau(district.unit) == bureau
    assert bureau.mandate == "general"
    assert dict(bureau.seats.values_list("member", "portfolio"))[elected[0].pk] == "chair"
    assert workers_among([seat.member_id for seat in bureau.seats.all()]) == 3
    with pytest.raises(CannotConstitute, match="taken already"):
        constitute_elected(question=question, on=TODAY)


def test_votes_by_which_a_bureau_sits_are_not_annulled_before_it_ends(district):
    question = election(district)
    poll = held(question, STREET_FIRST)
    bureau = constitute_elected(question=question, on=TODAY)
    with pytest.raises(CannotAnnulPoll, match="sits by this election: end it first"):
        annul_poll(poll=poll)
    with pytest.raises(CannotChangeSeat, match=f"from {TOMORROW} on"):
        end_bureau(bureau=bureau, on=TODAY, ending="recalled")
    long_ago(bureau)
    end_bureau(bureau=bureau, on=TODAY, ending="recalled")
    assert annul_poll(poll=poll).state == "annulled"


def test_in_the_place_of_who_declines_comes_the_next_with_whom_the_majority_is_kept(district):
    question = election(district)
    held(question, STREET_FIRST)
    worker, neighbour = district.factory[0], district.street[0]
    assert taking(question, on=TODAY, declined=[neighbour]) == [
        district.street[1],
        *district.factory[:3],
        district.street[2],
    ]
    assert taking(question, on=TODAY, declined=[worker]) == [
        *district.street[:2],
        *district.factory[1:3],
        district.factory[3],
    ]
    bureau = constitute_elected(question=question, on=TODAY, declined=[worker])
    assert workers_among([seat.member_id for seat in bureau.seats.all()]) == 3


@pytest.mark.parametrize("method", ["approval", "scottish-stv", "meek-stv"])
def test_each_method_leads_to_a_lawful_bureau(district, method):
    question = election(district, method=method)
    held(question, [[1, 2, 3, 4, 5, 6], [2, 1, 3, 4, 6, 5], [3, 4, 1, 2, 7], [5, 6, 7]])
    bureau = constitute_elected(question=question, on=TODAY)
    assert bureau.seats.count() == 5
    assert workers_among([seat.member_id for seat in bureau.seats.all()]) >= 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seats": 6}, "at most 5"),
        ({"assembly": "cell"}, "A11"),
        ({"stranger": True}, "A11: .* is not at home"),
        ({"nameless": True}, "without a member's number"),
        ({"unsettled": True}, "A13: At least 3 of those elected are of factory cells"),
        ({"few": True}, "No choice of 5 among these candidates keeps the composition"),
    ],
)
def test_what_is_unlawful_is_said_before_it_opens(district, change, told):
    candidates = list(district.all)
    if change.get("stranger"):
        candidates.append(factories.member(cell=factories.town().factory_cell))
    if change.get("few"):
        candidates = [*district.street, *district.factory[:2]]
    question = election(district, candidates, seats=change.get("seats", 5))
    if change.get("nameless"):
        question.choices.filter(number=1).update(member=None)
    if change.get("unsettled"):
        question.compositions.all().delete()
    unit = district.town.street_cell if change.get("assembly") else district.unit
    poll = votes.put(question, unit, assembly=change.get("assembly", "general"), channels="paper")
    with pytest.raises(CannotOpenPoll, match=told):
        open_poll(poll=poll)


@pytest.mark.parametrize(
    ("standing", "seats", "told"),
    [
        (1, 7, "1 stands for 7 seats"),
        (2, 1, "2 stand for 1 seat"),
        (1, 1, "1 stands for 1 seat"),
        (0, 3, "0 stand for 3 seats"),
    ],
)
def test_those_who_stand_and_the_seats_are_each_told_in_their_number(standing, seats, told):
    assert standing_in_words(standing, seats) == told


def test_who_has_moved_since_is_settled_again(district):
    question = election(district)
    change_cell(member=district.factory[0], to=district.town.street_cell, on=TODAY)
    assert "A13" in {one.article for one in election_blockers(question, ["general"], TODAY)}
    settle_composition(question=question, on=TODAY)
    assert not list(election_blockers(question, ["general"], TODAY))


def test_nothing_is_constituted_before_the_result_or_without_the_quorum(district):
    question = election(district, quorum=Fraction(3, 4))
    assert "not published yet" in str(outcome_blockers(question)[0])
    held(question, STREET_FIRST[:3])
    with pytest.raises(CannotConstitute, match="quorum was not reached"):
        constitute_elected(question=question, on=TODAY)
    other = votes.election(district.unit, ["Ada"], seats=1)
    assert "lead no unit" in str(outcome_blockers(other)[0])


def test_who_declined_at_the_constitution_is_not_next_in_turn(district):
    question = election(district)
    held(question, STREET_FIRST)
    neighbour = district.street[1]
    bureau = constitute_elected(question=question, on=TODAY, declined=[neighbour])
    assert declining(bureau) == [neighbour]
    following = [one.member for one in next_for(bureau, TODAY, leaving=district.street[0].pk)]
    assert neighbour not in following
    assert district.street[3] in following


def breaches(unit) -> set[str]:
    among = [rule_named("factory-majority"), rule_named("bureau-size")]
    return {one.rule for one in findings(EVERYWHERE, TODAY, among=among) if one.unit == unit.code}


def constituted_long_ago(district):
    """The bureau as elected, a month ago by its days."""
    question = election(district)
    held(question, STREET_FIRST)
    long_ago(constitute_elected(question=question, on=TODAY))
    return sitting_bureau(district.unit)


def long_ago(bureau):
    """Put it a month back, with its seats."""
    day = TODAY - timedelta(days=30)
    type(bureau).objects.filter(pk=bureau.pk).update(since=day)
    bureau.seats.update(since=day)


def test_a_by_election_counts_those_who_sit_and_ends_the_finding(district):
    bureau = constituted_long_ago(district)
    mover = bureau.seats.get(member=district.factory[0])
    change_cell(member=mover.member, to=district.town.street_cell, on=TODAY)
    assert breaches(district.unit) == {"factory-majority"}
    leave_seat(seat=mover, on=TODAY, ending="resigned")
    # Two of four are of the factory: the fifth must be.
    question = election(
        district, [district.street[2], district.factory[3]], seats=1, fills="free-seats"
    )
    assert factory_seats(question, TODAY) == 1
    held(question, [[1]] * 5 + [[2]])
    assert outcome_of(question).elected == [district.factory[3]]
    constitute_elected(question=question, on=TODAY)
    assert breaches(district.unit) == set()
    assert bureau.seats.get(member=district.factory[3]).question == question
    with pytest.raises(CannotConstitute, match="taken already"):
        constitute_elected(question=question, on=TODAY)


def test_a_by_election_asks_for_free_seats_and_a_sitting_bureau(district):
    question = election(district, district.factory[3:], seats=1, fills="free-seats")
    told = {str(one) for one in election_blockers(question, ["general"], TODAY)}
    assert any("No bureau sits" in one for one in told)
    making.bureau(district.unit, [*district.factory[:3], *district.street[:2]], on=making.ON)
    told = {str(one) for one in election_blockers(question, ["general"], TODAY)}
    assert any("0 seats are free, not 1." in one for one in told)


def test_who_sits_already_stands_in_no_by_election(district):
    making.bureau(district.unit, [*district.factory[:3], district.street[0]], on=making.ON, size=5)
    sitter = district.factory[0]
    question = election(district, [sitter, district.factory[3]], seats=1, fills="free-seats")
    told = [str(one) for one in election_blockers(question, ["general"], TODAY)]
    assert told == [f"{sitter} sits on the bureau already."]
    poll = votes.put(question, district.unit, assembly="general", channels="paper")
    with pytest.raises(CannotOpenPoll, match="sits on the bureau already"):
        open_poll(poll=poll)
    whole = election(district, [sitter, *district.all[:4]])  # of the next bureau he or she can be
    assert not list(election_blockers(whole, ["general"], TODAY))


def test_the_next_in_turn_are_told_with_what_keeps_each_from_the_seat(district):
    bureau = constituted_long_ago(district)
    worker = bureau.seats.get(member=district.factory[2])
    leave_seat(seat=worker, on=TODAY, ending="resigned")
    following = next_for(bureau, TODAY)
    assert [one.member for one in following] == [*district.street[2:], district.factory[3]]
    assert [bool(one.blockers) for one in following] == [True, True, False]
    assert "A13" in following[0].blockers[0]
    take_seat(bureau=bureau, member=following[2].member, on=TODAY)
    assert breaches(district.unit) == set()
