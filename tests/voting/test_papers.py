"""Papers: two people enter the same ones without seeing each other's, and settle what differs."""

from decimal import Decimal

import pytest
from django.urls import reverse

from elections.door_forms import paper, written
from elections.models import PaperCount, Poll
from elections.papers import (
    CannotEnter,
    agreed,
    agreement_blockers,
    checked_off_at_the_door,
    differences,
    enter_papers,
)
from elections.polls import close_poll, count_poll
from elections.voting import check_off
from tests import factories
from tests.voting import making

pytestmark = pytest.mark.django_db

NAMES = ("Novak", "Khan", "Silva")


def voted(question, unit, voters=4):
    """A poll on paper in which so many were checked off, closed."""
    people = [factories.member(cell=unit) for _ in range(voters)]
    poll = making.opened(question, unit, channels="paper")
    door = factories.account()
    for member in people:
        check_off(poll=poll, member=member, by=door)
    return close_poll(poll=poll)


@pytest.fixture
def motion(town):
    return voted(making.motion(town.district), town.factory_cell)


@pytest.fixture
def ranking(town):
    question = making.election(town.factory_cell, NAMES, seats=1, method="scottish-stv")
    return voted(question, town.factory_cell)


@pytest.fixture
def two(town):
    return making.teller(town.district), making.teller(town.district)


def enter(poll, by, **told):
    told = {"totals": {1: 2, 2: 1, 3: 0}, "papers": 4, "blank": 1, **told}
    return enter_papers(poll=poll, by=by, **told)


# The acts -----------------------------------------------------------------------------------------


def test_two_entries_alike_agree_and_the_poll_is_counted(motion, two):
    assert checked_off_at_the_door(motion) == 4
    enter(motion, two[0])
    assert agreed(motion) is None
    assert "1 of two people" in str(agreement_blockers(motion)[0])
    enter(motion, two[1])
    assert agreement_blockers(motion) == []
    assert count_poll(poll=motion).state == "counted"


def test_one_person_who_enters_twice_is_one_person(motion, two):
    enter(motion, two[0])
    enter(motion, two[0])
    assert PaperCount.objects.count() == 1
    assert "1 of two people" in str(agreement_blockers(motion)[0])


def test_entries_that_differ_are_told_apart_and_hold_the_count(motion, two):
    first = enter(motion, two[0])
    second = enter(motion, two[1], totals={1: 1, 2: 2, 3: 0}, papers=3, invalid=1, blank=0)
    found = differences(first, second, {1: "Yes", 2: "No", 3: "Abstain"})
    assert [(one.about, one.first, one.second) for one in found] == [
        ("valid papers", "4", "3"),
        ("blank papers", "1", "0"),
        ("invalid papers", "0", "1"),
        ("Yes", "2", "1"),
        ("No", "1", "2"),
    ]
    assert "differ" in str(agreement_blockers(motion)[0])


def test_the_order_of_papers_says_nothing_and_that_on_a_ranking_does(ranking, two):
    first = enter_papers(poll=ranking, by=two[0], ballots=[[1, 2], [3], [], [2, 1]])
    second = enter_papers(poll=ranking, by=two[1], ballots=[[], [3], [2, 1], [1, 2]])
    assert agreed(ranking) is not None
    assert differences(first, second, {}) == []
    other = enter_papers(poll=ranking, by=two[1], ballots=[[], [3], [2, 1], [2, 1]])
    found = differences(first, other, dict(enumerate(NAMES, start=1)))
    assert [(one.about, one.first, one.second) for one in found] == [
        ("Novak, Khan", "1", "0"),
        ("Khan, Novak", "1", "2"),
    ]


def test_totals_and_single_papers_differ_in_the_way_of_entering(motion, two):
    first = enter(motion, two[0])
    second = enter_papers(poll=motion, by=two[1], ballots=[[1], [1], [2], []])
    assert [one.about for one in differences(first, second, {})] == ["way of entering"]
    assert agreed(motion) is None


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"papers": 3}, "4 members were checked off"),
        ({"papers": 5}, "4 members were checked off"),
        ({"invalid": 1}, "4 members were checked off"),
        ({"totals": {1: 5, 2: 0}, "blank": 0}, "5 votes on 4 papers"),
        ({"totals": {1: 1}, "blank": 1}, "1 votes do not come from 3 papers"),
        ({"totals": {1: 2, 9: 1}}, "votes for 9, which does not stand"),
        ({"blank": 0}, "3 votes do not come from 4 papers"),
    ],
)
def test_totals_that_do_not_fit_are_refused(motion, two, told, reason):
    with pytest.raises(CannotEnter, match=reason):
        enter(motion, two[0], **told)
    assert not PaperCount.objects.exists()


@pytest.mark.parametrize(
    ("ballots", "reason"),
    [
        ([[1], [2], [3]], "4 members were checked off"),
        ([[1], [1, 1], [2], []], "Paper 2 names somebody twice"),
        ([[1], [2], [3], [4]], "Paper 4 names 4, which does not stand"),
    ],
)
def test_papers_that_do_not_fit_are_refused_by_their_place(ranking, two, ballots, reason):
    with pytest.raises(CannotEnter, match=reason):
        enter_papers(poll=ranking, by=two[0], ballots=ballots)


def test_a_ranking_takes_no_totals_and_an_open_poll_no_papers(ranking, two):
    with pytest.raises(CannotEnter, match="enter each of them"):
        enter(ranking, two[0], blank=0, totals={1: 4})
    Poll.objects.update(state="open")
    with pytest.raises(CannotEnter, match="between the close"):
        enter_papers(poll=ranking, by=two[0], ballots=[[1]] * 4)


# What is typed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "named"),
    [("3 1 2", [3, 1, 2]), ("3,1, 2", [3, 1, 2]), ("-", []), (" - ", []), ("12", [12])],
)
def test_a_line_is_read(line, named):
    assert paper(line) == named
    assert paper(written([named])) == named


@pytest.mark.parametrize("line", ["", "  ", "x", "1 x", "- 1", "²", "1.5", "+1", "٣", "1" * 6])
def test_a_line_that_cannot_be_read_says_why(line):
    with pytest.raises(ValueError, match=r"empty|no number"):
        paper(line)


# The page -----------------------------------------------------------------------------------------


def address(poll):
    return reverse("papers", args=[poll.code])


TOTALS = {"choice_1": "2", "choice_2": "1", "choice_3": "", "papers": "4", "blank": "1"}


def test_the_first_sees_nothing_of_the_other_until_the_own_entry_is_made(client, motion, two):
    client.force_login(two[0])
    assert "4 members were checked off" in client.get(address(motion)).content.decode()
    client.post(address(motion), {**TOTALS, "choice_1": "1", "choice_2": "2"})
    client.force_login(two[1])
    page = client.get(address(motion))
    assert page.context["compared"] == []
    assert two[0].username not in page.content.decode()
    assert "value=" not in page.content.decode().split("<fieldset>", 1)[1]
    client.post(address(motion), TOTALS)
    page = client.get(address(motion))
    (((name, found)),) = page.context["compared"]
    assert name == two[0].username
    assert [(one.about, one.first, one.second) for one in found] == [
        ("Yes", "2", "1"),
        ("No", "1", "2"),
    ]
    assert 'value="2"' in page.content.decode()  # one's own entry, to be mended


def test_the_two_agree_in_the_end_and_the_page_says_what_is_next(client, motion, two):
    for teller, totals in ((two[0], {**TOTALS, "choice_1": "1"}), (two[0], TOTALS)):
        client.force_login(teller)
        client.post(address(motion), totals)
    assert "second person" in client.get(address(motion)).content.decode()
    client.force_login(two[1])
    client.post(address(motion), TOTALS)
    page = client.get(address(motion)).content.decode()
    assert "entered the papers alike" in page
    assert "The secretary counts it next" in page
    assert "<fieldset>" not in page
    assert "<fieldset>" in client.get(address(motion), {"again": ""}).content.decode()


def test_bad_input_keeps_what_was_typed(client, motion, two):
    client.force_login(two[0])
    page = client.post(address(motion), {**TOTALS, "papers": "x", "blank": "-1"}).content.decode()
    assert 'value="x"' in page
    assert 'value="-1"' in page
    assert 'role="alert"' in page
    page = client.post(address(motion), {**TOTALS, "papers": "3"}).content.decode()
    assert "A5: 3 papers are 3 valid and 0 invalid ones, but 4 members" in page
    assert 'value="3"' in page
    assert not PaperCount.objects.exists()


def test_of_very_many_lines_that_cannot_be_read_the_first_are_named(client, ranking, two):
    client.force_login(two[0])
    page = client.post(address(ranking), {"ballots": "q\n" * 5_000}).content.decode()
    assert "Line 20: " in page
    assert "Line 21: " not in page
    assert "4980 more lines cannot be read." in page
    assert not PaperCount.objects.exists()


def test_a_ranking_is_entered_paper_by_paper_and_errors_name_the_line(client, ranking, two):
    client.force_login(two[0])
    page = client.get(address(ranking), {"way": "totals"}).content.decode()
    assert "<textarea" in page
    assert "<fieldset>" not in page
    page = client.post(address(ranking), {"ballots": "3 1 2\n\n1 q\n-\n"}).content.decode()
    assert "Line 2: it is empty" in page
    assert "Line 3: &#x27;q&#x27; is no number" in page
    assert "3 1 2\n\n1 q" in page.replace("\r", "")
    page = client.post(address(ranking), {"ballots": "3 1 2\n1 1\n9\n-"}).content.decode()
    assert "Paper 2 names somebody twice" in page
    assert "Paper 3 names 9" in page
    client.post(address(ranking), {"ballots": "3 1 2\r\n1\r\n-\r\n\r\n", "invalid": "1"})
    entry = PaperCount.objects.get()
    assert (entry.ballots, entry.papers, entry.blank, entry.invalid) == (
        [[3, 1, 2], [1], []],
        3,
        1,
        1,
    )
    again = client.get(address(ranking), {"again": ""}).content.decode()
    assert "3 1 2\n1\n-" in again


def test_a_motion_can_be_entered_paper_by_paper_as_well(client, motion, two):
    client.force_login(two[0])
    client.post(f"{address(motion)}?way=each", {"ballots": "1\n1\n2\n-"})
    assert PaperCount.objects.get().ballots == [[1], [1], [2], []]
    assert client.get(address(motion), {"again": ""}).context["one_by_one"]


def test_where_nobody_was_checked_off_nothing_is_entered(client, town, two):
    poll = voted(making.motion(town.district), town.factory_cell, voters=1)
    poll.check_offs.all().delete()
    client.force_login(two[0])
    page = client.get(address(poll)).content.decode()
    assert "no papers to enter" in page
    assert "<fieldset>" not in page


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"state": "open"}, "between the close"),
        ({"state": "counted"}, "between the close"),
        ({"channels": "online"}, "no papers"),
    ],
)
def test_where_no_papers_are_due_the_page_says_so_and_takes_none(
    client, motion, two, change, shown
):
    if "channels" in change:
        change["public_key"] = b"k" * 32
    Poll.objects.update(**change)
    client.force_login(two[0])
    assert shown in client.get(address(motion)).content.decode()
    client.post(address(motion), TOTALS)
    assert not PaperCount.objects.exists()


@pytest.mark.parametrize("number", ["1e3", "1.0", str(Decimal(10) ** 30), "NaN", "\0"])
def test_no_odd_number_is_an_error_of_the_program(client, motion, two, number):
    client.force_login(two[0])
    answer = client.post(address(motion), {**TOTALS, "papers": number})
    assert answer.status_code == 200
    assert not PaperCount.objects.exists()
