"""Apportionment by hand: each method, the minimum, ties, what is refused, what is on the record."""

from fractions import Fraction
from hashlib import sha256

import pytest

from elections.counting.apportionment import METHODS, CannotApportion, Share, apportion
from elections.counting.apportionment import Apportionment as Result

GIVES_FIRST = ("huntington-hill", "adams")


def units(**members: int) -> list[Share]:
    return [Share(name, count) for name, count in members.items()]


def row(result: Result, name: str):
    return next(unit for unit in result.units if unit.name == name)


# Balinski and Young, The Quota Method of Apportionment, American Mathematical Monthly 82 (1975),
# their example with five states and 26 seats. Adams, d'Hondt and the others all differ in it.
STATES = units(A=9061, B=7179, C=5259, D=3319, E=1182)


@pytest.mark.parametrize(
    ("method", "seats"),
    [
        ("largest-remainder-hare", [9, 7, 5, 4, 1]),
        ("largest-remainder-droop", [9, 7, 6, 3, 1]),
        ("sainte-lague", [9, 8, 5, 3, 1]),
        ("dhondt", [10, 7, 5, 3, 1]),
        ("huntington-hill", [9, 7, 6, 3, 1]),
        ("adams", [9, 7, 5, 3, 2]),
    ],
)
def test_each_method_has_its_own_result(method, seats):
    result = apportion(STATES, 26, method)
    assert list(result.seats.values()) == seats
    assert (result.ties, result.unassigned) == ((), 0)


def test_every_method_names_its_source():
    for method in METHODS.values():
        assert any(str(year) in method.source for year in (1859, 1881, 1882, 1910, 1928, 1982))


# The minimum


def test_with_divisors_the_minimum_comes_first_and_the_quotients_go_on():
    """By d'Hondt 90, 45, 30, 22.5 come first; with two seats for B given, 90, 45, 30 are left."""
    few = units(A=90, B=10)
    assert apportion(few, 5, "dhondt").seats == {"A": 5, "B": 0}
    result = apportion(few, 5, "dhondt", minimum=2)
    assert result.seats == {"A": 3, "B": 2}
    assert (row(result, "A").by_minimum, row(result, "B").by_minimum) == (False, True)
    assert row(result, "A").last.value == 30
    assert row(result, "B").last is None


def test_with_remainders_who_is_below_the_minimum_leaves_the_rest_to_the_others():
    """B and C have shares of 0.9 and 0.6; among the others 8 seats go by a quota of 85/8."""
    result = apportion(units(A=50, D=35, B=9, C=6), 10, "largest-remainder-hare", minimum=1)
    assert result.seats == {"A": 5, "D": 3, "B": 1, "C": 1}
    assert result.quota == Fraction(85, 8)
    assert row(result, "D").quotas == Fraction(35 * 8, 85)
    assert row(result, "D").remainder == Fraction(35 * 8, 85) - 3
    assert row(result, "B").quotas is None
    assert row(result, "B").by_minimum


def test_the_minimum_of_one_can_bring_the_next_below_it():
    """Of 20 seats B has a share of 2.1, until C takes two of them by the minimum: then 1.98."""
    given = units(A=1768, B=212, C=20)
    assert row(apportion(given, 20, "largest-remainder-hare"), "B").quotas == Fraction(212, 100)
    result = apportion(given, 20, "largest-remainder-hare", minimum=2)
    assert result.seats == {"A": 16, "B": 2, "C": 2}
    assert row(result, "B").by_minimum
    assert result.quota == Fraction(1768, 16)


def test_a_share_of_exactly_the_minimum_stays_in():
    result = apportion(units(A=30, B=10), 4, "largest-remainder-hare", minimum=1)
    assert result.seats == {"A": 3, "B": 1}
    assert not row(result, "B").by_minimum


@pytest.mark.parametrize("method", METHODS)
def test_a_minimum_can_take_all_seats(method):
    result = apportion(units(A=500, B=500), 4, method, minimum=2)
    assert result.seats == {"A": 2, "B": 2}


@pytest.mark.parametrize("method", METHODS)
def test_a_unit_without_members_gets_nothing_whatever_the_minimum(method):
    result = apportion(units(A=60, B=0, C=40), 5, method, minimum=1)
    assert result.seats == {"A": 3, "B": 0, "C": 2}
    assert not row(result, "B").by_minimum


@pytest.mark.parametrize("method", GIVES_FIRST)
def test_the_seat_that_everybody_has_anyway_is_not_by_the_minimum(method):
    result = apportion(units(A=95, B=5), 4, method, minimum=1)
    assert result.seats == {"A": 3, "B": 1}
    assert not row(result, "B").by_minimum
    assert row(apportion(units(A=95, B=5), 6, method, minimum=2), "B").by_minimum


# Ties


@pytest.mark.parametrize("method", METHODS)
def test_without_a_seed_a_tie_stays_open_and_its_seats_are_not_assigned(method):
    result = apportion(units(A=70, B=70, C=70), 4, method)
    assert result.seats == {"A": 1, "B": 1, "C": 1}
    assert result.unassigned == 1
    (tie,) = result.ties
    assert (tie.units, tie.seats, tie.chosen) == (("A", "B", "C"), 1, ())
    assert tie.is_open
    assert apportion(units(A=70, B=70, C=70), 4, method, seed="") == result


@pytest.mark.parametrize("method", METHODS)
def test_the_lot_can_be_drawn_again_by_hand(method):
    result = apportion(units(A=70, B=70, C=70), 5, method, seed="4711")
    drawn = sorted("ABC", key=lambda n: sha256(f"4711|{method}, 5 seats|{n}".encode()).hexdigest())
    (tie,) = result.ties
    assert tie.occasion == f"{method}, 5 seats"
    assert tie.chosen == tuple(drawn[:2])
    assert result.seats == {name: 2 if name in drawn[:2] else 1 for name in "ABC"}
    assert result.unassigned == 0


@pytest.mark.parametrize(
    ("method", "at", "exact", "decimal"),
    [
        ("largest-remainder-hare", Fraction(1, 3), "1/3", "0.33333"),
        ("sainte-lague", Fraction(70, 3), "70/3", "23.33333"),
        ("dhondt", Fraction(35), "35", "35.00000"),
        ("huntington-hill", Fraction(2450), "sqrt(2450)", "49.49747"),
        ("adams", Fraction(70), "70", "70.00000"),
    ],
)
def test_a_tie_tells_what_they_are_equal_in(method, at, exact, decimal):
    (tie,) = apportion(units(A=70, B=70, C=70), 4, method).ties
    assert (tie.at.value, tie.at.exact, tie.at.decimal) == (at, exact, decimal)


def test_who_is_equal_and_gets_a_seat_all_the_same_is_no_tie():
    result = apportion(units(A=70, B=70, C=10), 2, "sainte-lague")
    assert result.ties == ()


def test_equal_quotients_of_units_of_unequal_size_are_a_tie():
    """60/3 and 20/1: one of the two has the fourth seat, and nothing but the lot says which."""
    result = apportion(units(A=60, B=20), 3, "dhondt")
    (tie,) = result.ties
    assert (tie.units, tie.at.value) == (("A", "B"), 20)
    assert result.seats == {"A": 2, "B": 0}


def test_a_tie_between_others_leaves_sure_seats_alone():
    result = apportion(units(A=45, B=10, C=10, D=10), 5, "largest-remainder-hare")
    assert result.seats == {"A": 3, "B": 0, "C": 0, "D": 0}
    (tie,) = result.ties
    assert (tie.units, tie.seats, tie.at.value) == (("B", "C", "D"), 2, Fraction(2, 3))


# The record


def test_the_divisor_gives_the_seats_back_by_rounding():
    """Sainte-Laguë rounds at the half, d'Hondt down, Adams up."""
    for method, rounded in (
        ("sainte-lague", lambda quotient: int(quotient + Fraction(1, 2))),
        ("dhondt", int),
        ("adams", lambda quotient: -int(-quotient // 1)),
    ):
        result = apportion(STATES, 26, method)
        least, greatest = result.divisor
        between = (least.value + greatest.value) / 2
        assert least.value < between < greatest.value
        assert [rounded(state.members / between) for state in STATES] == list(result.seats.values())


def test_no_divisor_is_too_great_where_all_seats_are_given_first():
    result = apportion(units(A=5, B=7), 2, "adams")
    assert result.divisor[0].value == 7
    assert result.divisor[1] is None


def test_a_tie_leaves_one_divisor():
    for seed in (None, "s"):
        least, greatest = apportion(units(A=70, B=70), 3, "dhondt", seed=seed).divisor
        assert least == greatest


def test_the_record_as_json():
    told = apportion(units(A=3, B=2, C=2), 3, "dhondt", seed=None).as_json()
    assert told == {
        "method": "dhondt",
        "seats": 3,
        "minimum": 0,
        "seed": None,
        "members": 7,
        "quota": None,
        "divisor": {
            "from": {"exact": "3/2", "decimal": "1.50000"},
            "to": {"exact": "2", "decimal": "2.00000"},
        },
        "units": [
            {
                "unit": name,
                "members": members,
                "seats": 1,
                "fair_share": {"exact": exact, "decimal": decimal},
                "by_minimum": False,
                "last_quotient": {"exact": f"{members}", "decimal": f"{members}.00000"},
                "next_quotient": following,
            }
            for name, members, exact, decimal, following in (
                ("A", 3, "9/7", "1.28571", {"exact": "3/2", "decimal": "1.50000"}),
                ("B", 2, "6/7", "0.85714", {"exact": "1", "decimal": "1.00000"}),
                ("C", 2, "6/7", "0.85714", {"exact": "1", "decimal": "1.00000"}),
            )
        ],
        "unassigned": 0,
        "ties": [],
    }


def test_the_record_of_an_open_tie_and_of_remainders_as_json():
    told = apportion(units(A=3, B=3), 3, "largest-remainder-hare").as_json()
    assert (told["quota"], told["unassigned"]) == ({"exact": "2", "decimal": "2.00000"}, 1)
    assert told["units"][0]["quotas"] == {"exact": "3/2", "decimal": "1.50000"}
    assert told["units"][0]["remainder"] == {"exact": "1/2", "decimal": "0.50000"}
    assert told["ties"] == [
        {
            "units": ["A", "B"],
            "seats": 1,
            "at": {"exact": "1/2", "decimal": "0.50000"},
            "means": "open",
            "chosen": [],
            "occasion": "largest-remainder-hare, 3 seats",
        }
    ]


# Large numbers


@pytest.mark.parametrize("method", METHODS)
def test_one_member_among_very_many_decides(method):
    """With floats these units would be equal: they have 16 digits, and these numbers have 31."""
    many = 10**30
    assert apportion(units(A=many, B=many + 1, C=many), 4, method).seats == {"A": 1, "B": 2, "C": 1}
    assert apportion(units(A=many, B=many, C=many), 4, method).unassigned == 1


@pytest.mark.parametrize("method", METHODS)
def test_very_many_seats_take_no_longer(method):
    seats = 10**15
    result = apportion(units(A=7 * 10**30, B=2 * 10**30, C=10**30), seats, method)
    assert result.seats == {"A": 7 * seats // 10, "B": 2 * seats // 10, "C": seats // 10}


# What is refused


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("given", "seats", "minimum", "says"),
    [
        (units(A=5, B=-1), 3, 0, "The unit B has -1 members (A12)."),
        (units(A=0, B=0), 3, 0, "No unit has members: there is no proportion to keep (A12)."),
        ([], 3, 0, "No unit has members"),
        (units(A=5), 0, 0, "There must be at least one seat, not 0 (A12)."),
        (units(A=5), -2, 0, "at least one seat, not -2"),
        (units(A=5), 3, -1, "The minimum must not be below nought, and is -1."),
        (
            units(A=5, B=5, C=0),
            3,
            2,
            "3 seats are too few for 2 units with members to have at least 2 each: that takes 4"
            " (A12).",
        ),
        ([Share("A", 5), Share("B", 1), Share("A", 5)], 3, 0, "The unit A is named twice."),
    ],
)
def test_what_has_no_apportionment_is_refused(method, given, seats, minimum, says):
    with pytest.raises(CannotApportion) as refusal:
        apportion(given, seats, method, minimum)
    assert says in str(refusal.value)


def test_an_unknown_method_is_refused_with_those_there_are():
    with pytest.raises(CannotApportion, match="There is no method dean; there are largest-rem"):
        apportion(units(A=5), 3, "dean")


@pytest.mark.parametrize("method", METHODS)
def test_methods_that_give_everybody_a_seat_need_enough_of_them(method):
    given = units(A=900, B=60, C=40, D=0)
    if method not in GIVES_FIRST:
        assert sum(apportion(given, 2, method).seats.values()) == 2
        return
    with pytest.raises(CannotApportion) as refusal:
        apportion(given, 2, method)
    assert str(refusal.value) == (
        f"{method} gives each unit with members a seat: 2 seats are too few for 3 such units (A12)."
    )
    assert apportion(given, 3, method).seats == {"A": 1, "B": 1, "C": 1, "D": 0}


def test_droops_quota_is_a_whole_number_and_can_be_too_coarse():
    """Its quota for 19 seats and 20 members is 2: 10 seats go by it, and 2 units cannot take 9."""
    with pytest.raises(CannotApportion) as refusal:
        apportion(units(A=12, B=8), 19, "largest-remainder-droop")
    assert str(refusal.value) == (
        "The quota of 2 whole members is too coarse for 19 seats: it leaves 9 seats for 2"
        " remainders. Another method keeps the proportion (A12)."
    )
    with pytest.raises(CannotApportion, match="by it no unit has the minimum of 5"):
        apportion(units(A=6, B=6), 11, "largest-remainder-droop", minimum=5)


def test_droops_quota_never_gives_more_seats_than_there_are():
    for members in range(1, 60):
        for seats in range(1, 25):
            quota = members // (seats + 1) + 1
            assert members // quota <= seats
