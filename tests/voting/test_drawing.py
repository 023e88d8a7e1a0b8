"""The drawing of a count by stages as plain geometry."""

from fractions import Fraction
from itertools import pairwise

import pytest

from elections.result_charts import HEIGHT, WIDTH, drawing

LETTER = 13  # the height of a number, as the stylesheet sets it


def drawn(votes, elected=(), quota=None):
    courses = {one: [Fraction(vote) for vote in course] for one, course in votes.items()}
    return drawing(courses, elected=elected, quota=quota)


def points(course):
    """The corners of a line, written as 'Mx y Lx y Lx y'."""
    return [tuple(map(int, one.split())) for one in course.path.removeprefix("M").split(" L")]


def test_one_candidate_on_a_scale_from_zero():
    chart = drawn({1: [0, 4]}, elected=[1], quota=Fraction(2))
    (course,) = chart.courses
    (left, bottom), (right, top) = points(course)
    assert (left, right) == (chart.left, chart.right)
    assert bottom > chart.quota > top
    assert chart.quota == pytest.approx((bottom + top) / 2, abs=1)
    assert (course.elected, course.label.text) == (True, "1")
    assert (chart.grid[0].text, chart.grid[0].y) == ("0", bottom + 4)


def test_without_a_quota_there_is_no_line():
    assert drawn({1: [1, 2]}).quota is None


def test_a_quota_above_all_votes_is_on_the_scale():
    chart = drawn({1: [1, 1], 2: [2, 0]}, quota=Fraction(50))
    assert 0 < chart.quota < min(y for course in chart.courses for _x, y in points(course))


@pytest.mark.parametrize("votes", [0, 7, 1000])
@pytest.mark.parametrize("candidates", [2, 10, 22])
def test_the_numbers_of_equals_stand_apart(votes, candidates):
    chart = drawn({one: [votes, votes] for one in range(1, candidates + 1)})
    assert len({course.path for course in chart.courses}) == 1
    heights = sorted(course.label.y for course in chart.courses)
    assert all(below - above >= LETTER - 1 for above, below in pairwise(heights))
    assert inside(chart)


def inside(chart):
    """Whether every line and the whole height of every number lies within the drawing."""
    lines = all(
        chart.left <= x <= chart.right <= WIDTH and 0 <= y <= HEIGHT
        for course in chart.courses
        for x, y in points(course)
    )
    words = [course.label for course in chart.courses] + [*chart.grid, *chart.stages]
    return lines and all(LETTER <= word.y <= HEIGHT for word in words)


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(lambda one: 500, id="all at the top"),
        pytest.param(lambda one: 0, id="all at the bottom"),
        pytest.param(lambda one: 500 - one, id="close together"),
        pytest.param(lambda one: 500 * (one % 2), id="half above, half below"),
    ],
)
def test_sixty_candidates_stay_inside_in_the_order_of_their_votes(ends):
    chart = drawn({one: [one, ends(one)] for one in range(1, 61)})
    assert inside(chart)
    last = sorted(chart.courses, key=lambda course: course.label.y)
    heights = [points(course)[-1][1] for course in last]
    assert heights == sorted(heights)
    assert len({course.label.y for course in last}) == 60


@pytest.mark.parametrize(("stages", "numbers"), [(2, 2), (12, 12), (13, 7), (100, 12)])
def test_many_stages_are_numbered_now_and_then(stages, numbers):
    chart = drawn({1: [1] * stages})
    assert len(chart.stages) == numbers
    assert chart.stages[0].text == "1"
    places = [label.x for label in chart.stages]
    assert all(after - before >= 30 for before, after in pairwise(places))
    assert places == [points(chart.courses[0])[int(label.text) - 1][0] for label in chart.stages]
