"""What is left of a span of time beside those that stand."""

from datetime import date

import pytest

from members.spans import Membership, Span, settled, united


def spans(*texts: str) -> list[Span]:
    """'2020 2022' is a span, '2020' one without an end."""
    ends = [[date(int(year), 1, 1) for year in text.split()] for text in texts]
    return [Span(*end) for end in ends]


@pytest.mark.parametrize(
    ("span", "taken", "free"),
    [
        ("2020 2024", [], ["2020 2024"]),
        ("2020 2024", ["2024"], ["2020 2024"]),
        ("2020 2024", ["2018 2020"], ["2020 2024"]),
        ("2020 2024", ["2021 2022"], ["2020 2021", "2022 2024"]),
        ("2020 2024", ["2019 2022"], ["2022 2024"]),
        ("2020 2024", ["2022"], ["2020 2022"]),
        ("2020 2024", ["2020 2024"], []),
        ("2020 2024", ["2019"], []),
        ("2020", ["2021 2022"], ["2020 2021", "2022"]),
        ("2020", ["2019"], []),
        ("2020", ["2021"], ["2020 2021"]),
        ("2020", ["2021 2022", "2023 2024"], ["2020 2021", "2022 2023", "2024"]),
    ],
)
def test_what_is_left_free_of_a_span(span, taken, free):
    assert spans(span)[0].without(spans(*taken)) == spans(*free)


def test_what_stands_first_keeps_its_days():
    assert settled([spans("2020 2022"), spans("2021"), spans("2019")]) == [
        spans("2020 2022"),
        spans("2022"),
        spans("2019 2020"),
    ]


def test_memberships_that_share_a_day_are_one_and_the_last_says_why():
    one, two, three, four = spans("2010 2014", "2012 2016", "2016 2018", "2017")
    told = [Membership(three, "died"), Membership(one, "excluded"), Membership(two, "resigned")]
    assert united([*told, Membership(four)]) == [
        Membership(*spans("2010 2016"), "resigned"),
        Membership(*spans("2016")),
    ]
