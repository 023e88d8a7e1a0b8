"""The one exact test behind every composition, held against trying all choices."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elections.counting.composition import (
    doomed,
    feasible,
    guarded,
    impossible,
    require_lawful,
    why_impossible,
)
from elections.counting.contest import Contest, Group, NoLawfulResult

CANDIDATES = range(1, 9)
members = st.frozensets(st.sampled_from(CANDIDATES))
bounds = st.tuples(st.integers(0, 5), st.none() | st.integers(0, 5))
groups = st.lists(st.tuples(members, bounds), max_size=4).map(
    lambda drawn: tuple(
        Group(name=f"G{place}", members=who, at_least=low, at_most=high)
        for place, (who, (low, high)) in enumerate(drawn)
    )
)


def keeps(groups: tuple[Group, ...], elected: set[int]) -> bool:
    counts = [(group, len(group.members & elected)) for group in groups]
    return all(
        group.at_least <= count and (group.at_most is None or count <= group.at_most)
        for group, count in counts
    )


def lawful_choices(groups, chosen, available, seats) -> list[set[int]]:
    """All ways to complete `chosen`, by trying each."""
    rest = sorted(set(available) - set(chosen))
    left = seats - len(chosen)
    if left < 0:
        return []
    tries = [{*chosen, *more} for more in combinations(rest, left)]
    return [elected for elected in tries if keeps(groups, elected)]


@given(groups, members, members, st.integers(0, 6))
def test_feasible_says_what_trying_all_choices_says(groups, chosen, available, seats):
    expected = bool(lawful_choices(groups, chosen, available, seats))
    assert feasible(groups, chosen, available, seats) is expected


@given(groups, members, members, st.integers(0, 6))
def test_guarded_are_in_every_lawful_choice_and_doomed_in_none(groups, chosen, available, seats):
    available = available - chosen
    choices = lawful_choices(groups, chosen, available, seats)
    if not choices or len(chosen) == seats:
        return
    dead = {demand.candidate for demand in doomed(groups, chosen, available, seats)}
    assert dead == set(available).difference(*choices)
    if len(chosen) + len(available) > seats:
        held = {demand.candidate for demand in guarded(groups, chosen, available, seats)}
        assert held == set(available).intersection(*choices)


@given(members, members, members, st.integers(1, 5), st.integers(1, 6))
def test_one_group_with_a_lower_bound_is_the_rule_of_hill_and_otten(
    group, chosen, available, at_least, seats
):
    one = (Group("F", group, at_least=at_least),)
    available = available - chosen
    if not feasible(one, chosen, available, seats) or len(chosen) == seats:
        return
    elected, elected_in = len(chosen), len(chosen & group)
    continuing_in = available & group
    held = {demand.candidate for demand in guarded(one, chosen, available, seats)}
    dead = {demand.candidate for demand in doomed(one, chosen, available, seats)}
    assert held == (continuing_in if elected_in + len(continuing_in) == at_least else set())
    assert dead == (available - group if seats - elected == at_least - elected_in else set())


@given(groups, members, st.integers(1, 6))
def test_impossible_names_groups_that_cannot_be_kept_and_none_to_spare(groups, withdrawn, seats):
    contest = Contest("", tuple("abcdefgh"), seats, (), withdrawn=withdrawn, groups=groups)
    places = min(seats, len(contest.standing))

    def choices(names) -> list[set[int]]:
        named = tuple(group for group in groups if group.name in names)
        return lawful_choices(named, (), contest.standing, places)

    names = impossible(contest)
    assert bool(names) is not bool(choices([group.name for group in groups]))
    if names:
        assert not choices(names)
        alone = [name for name in names if not choices([name])]
        assert alone == list(names) or not alone
        if not alone:
            assert all(choices(set(names) - {name}) for name in names)


def test_a_refusal_names_the_groups_their_bounds_and_the_article():
    women = Group("Women", frozenset({1, 2}), at_least=2)
    factory = Group("Factory", frozenset({3, 4, 5}), at_least=2)
    contest = Contest("", tuple("abcde"), 3, (), groups=(women, factory))
    assert impossible(contest) == ("Women", "Factory")
    with pytest.raises(NoLawfulResult) as refusal:
        require_lawful(contest)
    assert refusal.value.names == ("Women", "Factory")
    assert str(refusal.value) == (
        "No choice of 3 from the 5 candidates who stand keeps the composition (A13): Women must"
        " have at least 2, and 2 stand; Factory must have at least 2, and 3 stand."
    )


def test_one_group_that_cannot_be_kept_is_named_alone():
    women = Group("Women", frozenset({1}), at_least=2)
    factory = Group("Factory", frozenset({3, 4, 5}), at_least=2)
    contest = Contest("", tuple("abcde"), 3, (), groups=(factory, women))
    assert impossible(contest) == ("Women",)
    assert "Factory" not in why_impossible(contest, ("Women",))


@pytest.mark.parametrize(
    ("group", "words"),
    [
        (Group("F", frozenset({1, 2}), at_least=2), "F must have at least 2"),
        (Group("F", frozenset({1, 2, 3}), at_most=0), "F may have at most 0"),
        (Group("F", frozenset({1, 2}), at_least=2, at_most=2), "F must have exactly 2"),
        (
            Group("F", frozenset({1, 2}), at_least=2, at_most=3),
            "F must have at least 2 and at most",
        ),
    ],
)
def test_a_reason_tells_the_bounds_and_the_numbers(group, words):
    demands = guarded((group,), (), range(1, 6), 2) or doomed((group,), (), range(1, 6), 2)
    assert words in demands[0].reason
    assert "with 2 of 2 seats left" in demands[0].reason
    assert "has 0 elected and" in demands[0].reason


def test_a_reason_names_two_groups_where_neither_alone_decides():
    women = Group("Women", frozenset({1, 2}), at_least=1)
    factory = Group("Factory", frozenset({1, 3}), at_least=1)
    (demand,) = doomed((women, factory), (), (1, 4), 1)
    assert (demand.candidate, demand.groups) == (4, ("Women",))
    (demand,) = guarded((women, factory), (), (1, 2, 3), 1)
    assert (demand.candidate, demand.groups) == (1, ("Women", "Factory"))


def test_many_groups_side_by_side_are_quick_to_test():
    many = tuple(
        Group(f"G{place}", frozenset(range(place * 5, place * 5 + 5)), at_least=2, at_most=4)
        for place in range(12)
    )
    assert feasible(many, (), range(60), 24)
    assert feasible(many, (), range(60), 48)
    assert not feasible(many, (), range(60), 23)
    assert not feasible(many, (), range(60), 49)
