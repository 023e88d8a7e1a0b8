"""Results as pages and files: who sees them and when, and that they say what was counted."""

import io
import zipfile
from fractions import Fraction
from itertools import pairwise

import pytest
from django.urls import reverse

from districts.models import Unit
from districts.roles import AUDITOR, TELLER, grant_role
from elections.models import Count, Poll
from elections.papers import enter_papers
from elections.polls import annul_poll, close_poll, count_poll, publish_poll
from elections.published import differences, files_of
from elections.questions import set_composition
from elections.result_charts import HEIGHT, WIDTH, drawing
from elections.result_shown import _action, short
from elections.results import published
from elections.voting import cast_vote, check_off
from tests import factories
from tests.voting import making

pytestmark = pytest.mark.django_db


def result_of(poll):
    return reverse("result", args=[poll.code])


def counted(question, unit, votes):
    """A poll in which new members of the unit said `votes`, opened and counted."""
    members = [factories.member(cell=unit) for _vote in votes]
    poll = making.opened(question, unit, channels="online")
    for member, choices in zip(members, votes, strict=True):
        cast_vote(code=poll.code, member=member.pk, choices=choices)
    poll = close_poll(poll=poll)
    making.open_box_of(poll)
    return count_poll(poll=poll)


def held(question, unit, votes):
    """The same, published."""
    return publish_poll(poll=counted(question, unit, votes))


@pytest.fixture
def town(client):
    """A town whose administrator is logged in."""
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    return factories.town()


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_a_motion(client, town):
    poll = held(making.motion(town.district), town.factory_cell, [[1], [1], [2], [3]])
    page = text_of(client.get(result_of(poll)))
    assert "The motion is carried" in page
    assert "Yes 2, No 1, Abstentions 1" in page
    assert "4 of 4 have voted (100 %)" in page


def test_a_motion_without_its_quorum(client, town):
    for _one in range(4):
        factories.member(cell=town.factory_cell)
    question = making.motion(town.district, quorum=Fraction(1, 2))
    poll = held(question, town.factory_cell, [[1]])
    page = text_of(client.get(result_of(poll)))
    assert "Needed for the quorum" in page
    assert "not reached" in page


def test_an_election_without_its_quorum_elects_nobody(client, town):
    for _one in range(4):
        factories.member(cell=town.factory_cell)
    question = making.election(town.district, ["Ada", "Ben"], seats=1, quorum=Fraction(1, 2))
    page = text_of(client.get(result_of(held(question, town.factory_cell, [[1]]))))
    assert "Nobody is elected: the quorum was not reached." in page
    assert "1 took part, 3 were needed." in page
    assert "Elected to" not in page


def test_plurality_with_a_composition_says_whom_it_moved(client, town):
    question = making.election(town.district, ["Ada", "Ben", "Cleo"], seats=2)
    set_composition(
        question=question, name="Factory", choices=[question.choices.last()], at_least=1
    )
    poll = held(question, town.factory_cell, [[1, 2], [1, 2], [1, 3]])
    answer = client.get(result_of(poll))
    assert answer.context["result"]["elected"] == ["Ada", "Cleo"]
    page = text_of(answer)
    assert "▲ Cleo</strong> came in by it." in page
    assert "▼ Ben</strong> stood back for it." in page
    assert "Without it these would have been elected: Ada, Ben." in page


@pytest.mark.parametrize("method", ["scottish-stv", "meek-stv"])
def test_a_ranking_shows_every_stage(client, town, method):
    names = ["Ada", "Ben", "Cleo", "Dora"]
    question = making.election(town.district, names, seats=2, method=method)
    votes = [[1, 2]] * 5 + [[3, 4]] * 3 + [[4, 2]] * 2 + [[2]]
    poll = held(question, town.factory_cell, votes)
    report = Count.objects.get().result["report"]
    answer = client.get(result_of(poll))
    shown = answer.context["result"]
    assert len(shown["headings"]) == len(report["stages"]) > 1
    assert {row.name for row in shown["rows"] if row.elected} == set(shown["elected"])
    for row in shown["rows"]:
        for (votes_shown, _decided), stage in zip(row.cells, report["stages"], strict=True):
            assert votes_shown == short(stage["votes"][row.number - 1])
    page = text_of(answer)
    assert page.count('class="course') == len(names)
    assert "✓ elected" in page
    assert not {"surplus", "exclude"} & {heading.split()[0] for heading in shown["headings"]}


def test_stages_are_named_in_words_and_only_a_ranking_exhausts_votes(client, town):
    names = {1: "Ada", 2: "Ben", 3: "Cleo"}
    assert _action("surplus", names) == "Surplus"
    assert _action("surplus 2", names) == "Surplus of Ben"
    assert _action("exclude 1, 3", names) == "Exclusion of Ada, Cleo"
    for method, exhausted in (("block", False), ("approval", False), ("meek-stv", True)):
        question = making.election(town.district, ["Ada", "Ben"], seats=1, method=method)
        page = text_of(client.get(result_of(held(question, town.factory_cell, [[1], [1]]))))
        assert ("Exhausted" in page) is exhausted


def test_a_lot_is_told(client, town):
    question = making.election(town.district, ["Ada", "Ben"], seats=1)
    poll = held(question, town.factory_cell, [[1], [2]])
    page = text_of(client.get(result_of(poll)))
    assert "stood equal" in page
    assert "drawn from the published seed" in page


def test_no_lawful_result_is_said_by_name(client, town):
    question = making.election(town.district, ["Ada", "Ben", "Cleo"], seats=2)
    group = set_composition(
        question=question, name="Factory", choices=question.choices.all()[:2], at_least=2
    )
    member = factories.member(cell=town.factory_cell)
    poll = making.opened(question, town.factory_cell, channels="online")
    cast_vote(code=poll.code, member=member.pk, choices=[1])
    poll = close_poll(poll=poll)
    making.open_box_of(poll)
    group.choices.clear()
    poll = publish_poll(poll=count_poll(poll=poll))
    page = text_of(client.get(result_of(poll)))
    assert "There is no lawful result." in page
    assert "Factory" in page


# Who sees it, and when ----------------------------------------------------------------------------


def test_before_the_publication_it_is_shown_to_those_who_hold_the_poll_alone(client, town):
    poll = counted(making.motion(town.district), town.factory_cell, [[1], [1]])
    member = factories.account(member=poll.roll.first().member)
    teller, auditor = factories.account(), factories.account()
    grant_role(user=teller, role=TELLER, unit=town.district)
    grant_role(user=auditor, role=AUDITOR, unit=town.district)
    for account, status in ((member, 404), (teller, 200), (auditor, 200)):
        client.force_login(account)
        answer = client.get(result_of(poll))
        assert answer.status_code == status
        if status == 200:
            assert "not published yet" in text_of(answer)
            assert client.get(reverse("poll-files", args=[poll.code])).status_code == 404
    publish_poll(poll=poll)
    client.force_login(member)
    assert client.get(result_of(poll)).status_code == 200
    client.force_login(factories.account(member=factories.member(cell=town.street_cell)))
    for name, *more in (("result",), ("poll-files",), ("poll-file", "poll.json")):
        assert client.get(reverse(name, args=[poll.code, *more])).status_code == 404


@pytest.mark.parametrize("state", ["open", "closed", "annulled"])
def test_there_is_none_before_the_count_or_after_an_annulment(client, town, state):
    factories.member(cell=town.factory_cell)
    poll = making.opened(making.motion(town.district), town.factory_cell)
    if state != "open":
        poll = close_poll(poll=poll) if state == "closed" else annul_poll(poll=poll)
    assert client.get(result_of(poll)).status_code == 404
    assert client.get(reverse("poll-files", args=[poll.code])).status_code == 404


def test_other_methods_are_refused(client, town):
    poll = held(making.motion(town.district), town.factory_cell, [[1]])
    for address in (result_of(poll), reverse("poll-files", args=[poll.code])):
        assert client.post(address).status_code == 405


@pytest.mark.parametrize("votes", [1, 3])
def test_as_many_queries_for_one_ballot_as_for_three(
    client, town, votes, django_assert_num_queries
):
    poll = held(making.motion(town.district), town.factory_cell, [[1]] * votes)
    with django_assert_num_queries(14):
        client.get(result_of(poll))
    with django_assert_num_queries(7):  # its files are known from now on
        client.get(result_of(poll))


# Files --------------------------------------------------------------------------------------------


def files_in(answer) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_files_hold_and_with_one_byte_changed_they_do_not(client, town):
    names = ["Ada", "Ben", "Cleo"]
    question = making.election(town.district, names, seats=2, method="scottish-stv")
    poll = held(question, town.factory_cell, [[1, 2], [2], [3, 1]])
    address = reverse("poll-files", args=[poll.code])
    answer = client.get(address)
    files = files_in(answer)
    assert differences(files) == []
    assert answer.content == client.get(address).content
    assert answer["Content-Type"] == "application/zip"
    for name, content in files.items():
        one = client.get(reverse("poll-file", args=[poll.code, name]))
        assert one.content == content
        assert f'filename="{name}"' in one["Content-Disposition"]
        assert name in text_of(client.get(result_of(poll)))
        changed = content[:-1] + bytes([content[-1] ^ 1])
        assert differences(files | {name: changed}) != []
    assert client.get(reverse("poll-file", args=[poll.code, "secrets.txt"])).status_code == 404


def test_papers_entered_as_totals_are_in_the_files(client, town):
    members = [factories.member(cell=town.factory_cell) for _ in range(2)]
    poll = making.opened(making.motion(town.district), town.factory_cell, channels="paper")
    for member in members:
        check_off(poll=poll, member=member, by=None)
    poll = close_poll(poll=poll)
    for _one in range(2):
        enter_papers(
            poll=poll, by=factories.account(), totals={1: 1, 2: 0, 3: 0}, papers=1, invalid=1
        )
    poll = publish_poll(poll=count_poll(poll=poll))
    files = files_in(client.get(reverse("poll-files", args=[poll.code])))
    assert differences(files) == []
    assert "totals.csv" in files
    assert "1 of them invalid" in text_of(client.get(result_of(poll)))


def test_a_renaming_of_the_unit_changes_no_file(client, town):
    poll = held(making.motion(town.district), town.factory_cell, [[1]])
    before = files_of(published(poll))
    Unit.objects.filter(pk=poll.unit_id).update(name="Another name")
    assert files_of(published(Poll.objects.get(pk=poll.pk))) == before
    assert town.factory_cell.name.encode() in before["poll.json"]


# The whole question -------------------------------------------------------------------------------


def test_the_result_over_all_polls_once_the_last_is_published(client, town):
    question = making.motion(town.district)
    first = held(question, town.factory_cell, [[1], [1]])
    second = counted(question, town.street_cell, [[2]])
    address = reverse("question-result", args=[question.pk])
    page = text_of(client.get(address))
    assert "One poll on it is not published yet." in page
    assert result_of(first) in page
    assert "Yes" not in page
    publish_poll(poll=second)
    page = text_of(client.get(address))
    assert "Yes 2, No 1, Abstentions 0" in page
    assert result_of(first) in page
    client.force_login(factories.account(member=first.roll.first().member))
    page = text_of(client.get(address))
    assert result_of(first) in page
    assert result_of(second) not in page
    client.force_login(factories.account(member=factories.member(cell=town.factory_cell)))
    assert client.get(address).status_code == 404


# The drawing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "votes",
    [
        {1: [5, 5]},
        {1: [0, 0], 2: [0, 0]},
        {number: [10, 10, 10] for number in range(1, 61)},
        {1: [100, 1, 0], 2: [1, 100, 100]},
    ],
)
def test_the_drawing_stays_within_its_frame(votes):
    courses = {one: [Fraction(vote) for vote in course] for one, course in votes.items()}
    drawn = drawing(courses, elected=[1], quota=Fraction(7))
    for course in drawn.courses:
        points = course.path.removeprefix("M").replace("L", " ").split()
        assert all(0 <= int(x) <= WIDTH for x in points[::2])
        assert all(0 <= int(y) <= HEIGHT for y in points[1::2])
        assert 0 <= course.label.y <= HEIGHT
    assert 0 <= drawn.quota <= HEIGHT
    assert [course.elected for course in drawn.courses].count(True) == 1
    if len(votes) <= 20:
        heights = sorted(course.label.y for course in drawn.courses)
        assert all(b - a >= 12 for a, b in pairwise(heights))


def test_votes_without_decimals_that_say_nothing():
    assert [short(one) for one in ("12.00000", "12.50000", "0.00000", "7")] == [
        "12",
        "12.5",
        "0",
        "7",
    ]
