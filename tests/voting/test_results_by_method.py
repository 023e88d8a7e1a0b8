"""The result's page for each method: what was counted, whom the composition moved, the lots."""

import io
import zipfile
from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.urls import reverse
from django.utils import timezone

from districts.roles import SECRETARY, grant_role
from elections.models import Count
from elections.published import differences
from elections.questions import Candidate, raise_question, set_composition
from tests import factories
from tests.voting import making
from tests.voting.test_result_pages import files_in, held, result_of, text_of

pytestmark = pytest.mark.django_db

FOUR = ["Ada", "Ben", "Cleo", "Dora"]


@pytest.fixture(autouse=True)
def secretary(client, town):
    """The secretary of the district, who is logged in."""
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    return account


def test_one_of_several_options_in_the_order_of_the_question(client, town):
    question = raise_question(
        unit=town.district,
        kind="motion",
        method="options",
        title="Where do we meet?",
        on=timezone.localdate(),
        choices=[Candidate(name) for name in ("The works", "The library", "At home")],
    )
    poll = held(question, town.factory_cell, [[2], [2], [2], [1]])
    answer = client.get(result_of(poll))
    assert answer.context["result"]["totals"] == [
        ("The works", 1),
        ("The library", 3),
        ("At home", 0),
        ("Abstentions", 0),
    ]
    assert answer.context["result"]["why"] in text_of(answer)


def test_approval(client, town):
    question = making.election(town.district, FOUR, seats=2, method="approval")
    poll = held(question, town.factory_cell, [[1, 2, 3], [2, 3], [3], []])
    answer = client.get(result_of(poll))
    shown = answer.context["result"]
    assert shown["elected"] == ["Cleo", "Ben"]
    assert [(row.name, row.cells[0][0]) for row in shown["rows"]] == [
        ("Cleo", "3"),
        ("Ben", "2"),
        ("Ada", "1"),
        ("Dora", "0"),
    ]
    assert "Valid ballots: 3. Blank ones besides: 1." in text_of(answer)
    assert "Cleo 3, Ben 2, Ada 1, Dora 0" in text_of(answer)


@pytest.fixture
def ranked(town):
    """Two seats by ranking, the second of which the composition takes from Ben for Dora."""
    question = making.election(town.district, FOUR, seats=2, method="scottish-stv")
    (*_rest, dora) = question.choices.all()
    set_composition(question=question, name="Factory", choices=[dora], at_least=1)
    votes = [[1, 2]] * 5 + [[2, 1]] * 3 + [[3]] * 2 + [[4]]
    return held(question, town.factory_cell, votes)


def test_a_ranking_whose_composition_guards_one_and_dooms_another(client, ranked):
    answer = client.get(result_of(ranked))
    shown = answer.context["result"]
    assert set(shown["elected"]) == {"Ada", "Dora"}
    assert set(shown["without"]) == {"Ada", "Ben"}
    assert [one.name for one in shown["guarded"]] == ["Dora"]
    assert {one.name for one in shown["doomed"]} == {"Ben", "Cleo"}
    page = text_of(answer)
    assert "▲ Dora" in page
    assert "▼ Ben" in page
    for one in (*shown["guarded"], *shown["doomed"]):
        assert one.reason
        assert one.reason in page
    assert "Without it these would have been elected: Ada, Ben." in page
    assert "Quota: 4." in page


def test_a_composition_that_changes_nothing_is_said_so(client, town):
    question = making.election(town.district, FOUR, seats=2, method="scottish-stv")
    ada = question.choices.first()
    set_composition(question=question, name="Factory", choices=[ada], at_least=1)
    poll = held(question, town.factory_cell, [[1]] * 4 + [[2]] * 4 + [[3]])
    answer = client.get(result_of(poll))
    shown = answer.context["result"]
    assert set(shown["elected"]) == set(shown["without"]) == {"Ada", "Ben"}
    assert shown["differs"] is False
    assert "Without it these would have been elected" not in text_of(answer)


def test_a_lot_between_stages_names_who_stood_equal_and_on_whom_it_fell(client, town):
    question = making.election(
        town.district, ["Ada", "Ben", "Cleo"], seats=1, method="scottish-stv"
    )
    poll = held(question, town.factory_cell, [[1]] * 3 + [[2, 1]] * 2 + [[3, 1]] * 2)
    (tie,) = Count.objects.get().result["report"]["ties"]
    assert (tie["action"], tie["means"], tie["candidates"]) == ("exclude", "lot", [2, 3])
    answer = client.get(result_of(poll))
    (shown,) = answer.context["result"]["ties"]
    fell = {2: "Ben", 3: "Cleo"}[tie["chosen"][0]]
    assert (shown["candidates"], shown["chosen"]) == (["Ben", "Cleo"], [fell])
    assert f"The lot fell on {fell}, drawn from the published seed." in text_of(answer)
    assert f"Exclusion of {fell}" in text_of(answer)


# Files and queries --------------------------------------------------------------------------------


def test_the_zip_has_the_same_bytes_on_another_day(client, secretary, ranked):
    address = reverse("poll-files", args=[ranked.code])
    first = client.get(address)
    assert differences(files_in(first)) == []
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        days = {datetime(*one.date_time) for one in archive.infolist()}
    assert days == {datetime(1980, 1, 1)}
    later = timezone.now() + timedelta(days=400)
    with mock.patch.object(timezone, "now", return_value=later):
        client.force_login(secretary)  # the session of then is over
        again = client.get(address)
        assert (again.status_code, again.content) == (200, first.content)


@pytest.mark.parametrize("ballots", [3, 30])
def test_as_many_queries_for_three_ballots_as_for_thirty(
    client, town, ballots, django_assert_num_queries
):
    question = making.election(town.district, FOUR, seats=2, method="scottish-stv")
    poll = held(question, town.factory_cell, [[1, 2], [2, 3], [4]] * (ballots // 3))
    for name, number in (("board", 7), ("result", 14)):
        with django_assert_num_queries(number):
            assert client.get(reverse(name, args=[poll.code])).status_code == 200
