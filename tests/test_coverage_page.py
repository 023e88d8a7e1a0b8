"""The page of the coverage and its map."""

from datetime import date
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cells import coverage_admin
from cells.map import HEIGHT, WIDTH, Spot, draw
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from tests import factories
from tests.test_coverage import Place

PAGE = "/admin/coverage/"
DAY = date(2024, 1, 1)


@pytest.fixture
def place(db):
    return Place()


def log_in(client, role, unit):
    account = factories.account()
    grant_role(user=account, role=role, unit=Unit.objects.get(pk=unit.pk))
    client.force_login(account)
    return account


@pytest.fixture
def secretary(place, client):
    return log_in(client, SECRETARY, place.town.district)


def look(client, **query):
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    return answer


def offers(answer):
    return [
        (one.subject.text, one.to.text if one.to else "", one.act.url if one.act else "")
        for one in answer.context_data["offers"]
    ]


def listed(answer):
    return [row.workplace.text for row in answer.context_data["rows"]]


def drawing(answer):
    """The map as a tree, without the names of its kind."""
    text = answer.content.decode()
    start = text.index('<svg class="k-map"')
    return ElementTree.fromstring(text[start : text.index("</svg>", start) + len("</svg>")])


def act(table, row, name):
    return reverse(f"admin:districts_{table}_act", args=[row.pk, name])


def test_each_proposal_has_a_button(client, place, secretary):
    place.workers(place.factory, 3)
    forming, alone = place.works(50.1), place.works(50.3)
    place.workers(forming, 3)
    shrunk, works = place.cell(50.4)
    place.workers(works, 1)
    nearest = place.town.factory_cell
    assert offers(look(client)) == [
        (str(forming), "", act("workplace", forming, "form-cell")),
        (str(shrunk), str(nearest), act("unit", shrunk, "attach-cell")),
        (str(alone), str(shrunk), act("workplace", alone, "attach-workplace")),
    ]


def test_an_auditor_sees_them_without_buttons(client, place):
    place.works(50.1)
    log_in(client, AUDITOR, place.town.district)
    assert [url for _subject, _to, url in offers(look(client))] == [""]


def test_what_leads_out_of_the_part_is_neither_named_nor_offered(client, place):
    sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=place.town.area.pk))
    works = place.works(50.1, locality=factories.locality(unit=sister))
    abroad = place.works(
        50.1, locality=works.locality, cell=place.town.factory_cell, coverage="attached"
    )
    log_in(client, SECRETARY, sister)
    answer = look(client)
    assert offers(answer) == [(str(works), "a cell outside of your part", "")]
    assert listed(answer) == [str(works), str(abroad)]
    assert answer.context_data["rows"][1].km is None
    assert place.town.factory_cell.code not in answer.content.decode()
    assert len(drawing(answer).findall(".//rect")) == 0


def test_of_many_proposals_the_first_are_shown(client, place, secretary, monkeypatch):
    monkeypatch.setattr(coverage_admin, "MOST_PROPOSALS", 1)
    for _one in range(2):
        place.works(50.1)
    answer = look(client)
    assert len(offers(answer)) == 1
    assert "There are 2 proposals" in answer.content.decode()


def test_it_is_narrowed_to_a_unit_and_a_state(client, place):
    other = Place(factories.town())
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    attached = place.works(50.1, cell=place.town.factory_cell, coverage="attached")
    alone = place.works(50.2)
    everything = {str(one) for one in (place.factory, attached, alone, other.factory)}
    assert set(listed(look(client))) == everything
    unit = place.town.district.pk
    assert set(listed(look(client, unit=unit))) == everything - {str(other.factory)}
    assert listed(look(client, unit=unit, state="attached")) == [str(attached)]
    assert listed(look(client, unit=unit, state="none")) == [str(alone)]
    answer = look(client, unit=unit, state="none")
    assert [number for _label, number, _url in answer.context_data["numbers"]] == [1, 1, 1]
    assert client.get(PAGE, {"unit": 10**9}).status_code == 404


def test_a_unit_of_others_is_not_there(client, place, secretary):
    assert client.get(PAGE, {"unit": place.town.area.pk}).status_code == 404


def test_there_are_pages_of_fifty(client, place, secretary):
    for _one in range(50):
        place.works(50.1, cell=place.town.factory_cell, coverage="attached")
    assert len(listed(look(client))) == 50
    assert len(listed(look(client, p=2))) == 1


def test_an_empty_part_says_so(client, db):
    town = factories.town()
    log_in(client, SECRETARY, town.district)
    page = look(client).content.decode()
    assert "No workplace is entered yet." in page
    assert 'class="k-map"' not in page


def test_where_nothing_can_be_proposed_it_says_what_is_missing(client, place, secretary):
    place.workers(place.factory, 3)
    assert "every workplace has the cell" in look(client).content.decode()
    place.works(locality=factories.locality(unit=place.town.district))
    page = look(client).content.decode()
    assert "Enter the positions first." in page
    assert "every workplace has the cell" not in page


def test_every_mark_of_the_map_is_a_link_with_its_words(client, place, secretary):
    attached = place.works(50.1, cell=place.town.factory_cell, coverage="attached")
    alone = place.works(50.2)
    nowhere = place.works(locality=factories.locality(unit=place.town.district))
    answer = look(client)
    svg = drawing(answer)
    marks = {link.get("href"): link for link in svg.findall("a")}
    for works, kind in ((place.factory, "own"), (attached, "attached"), (alone, "none")):
        link = marks[reverse("admin:districts_workplace_change", args=[works.pk])]
        assert link.find("circle").get("class") == f"k-map-{kind}"
        assert str(works) in link.get("aria-label") == link.find("title").text
    cell = marks[reverse("admin:districts_unit_change", args=[place.town.factory_cell.pk])]
    assert cell.find("title").text == f"Cell: {place.town.factory_cell}"
    assert len(marks) == 4 == len(svg.findall(".//circle")) + len(svg.findall(".//rect"))
    assert len([one for one in svg.findall("path") if one.get("class") == "k-map-line"]) == 1
    assert answer.context_data["unplaced"] == 1
    assert str(nowhere) in listed(answer)


def test_too_many_for_a_map_are_listed_alone(client, place, secretary, monkeypatch):
    monkeypatch.setattr(coverage_admin, "MOST_ON_MAP", 1)
    place.works(50.1)
    page = look(client).content.decode()
    assert "too many for a map" in page
    assert 'class="k-map"' not in page


def test_it_takes_as_many_queries_for_one_as_for_three(client, place, secretary):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            look(client)
        return len(captured)

    place.works(50.1)
    look(client)
    first = asked()
    for number in range(3):
        _cell, works = place.cell(51 + number)
        place.workers(works, number)
        place.workers(place.works(52 + number), 3)
    assert asked() == first


# On the page of a unit ----------------------------------------------------------------------------


def section(client, unit):
    answer = client.get(reverse("admin:districts_unit_change", args=[unit.pk]))
    found = [one for one in answer.context_data["sections"] if "coverage" in one["template"]]
    return found[0] if found else None


def test_a_district_says_how_its_workplaces_are_covered(client, place, secretary):
    place.works(50.1)
    shown = section(client, place.town.district)
    assert [number for _label, number, _url in shown["numbers"]] == [1, 0, 1]
    assert shown["proposed"] == 1
    assert shown["address"] == f"{PAGE}?unit={place.town.district.pk}"
    assert section(client, place.town.factory_cell) is None


def test_a_district_without_workplaces_says_nothing(client, db):
    town = factories.town()
    log_in(client, SECRETARY, town.district)
    assert section(client, town.district) is None


# The map by itself --------------------------------------------------------------------------------


def spots(*positions):
    return [Spot(position, "own", f"{position}", "/") for position in positions]


def test_north_is_up_and_east_is_right():
    drawn = draw([], spots((50.0, 10.0), (51.0, 10.0), (50.0, 11.0)), [])
    south, north, east = drawn.workplaces
    assert north.y < south.y
    assert north.x == south.x
    assert east.x > south.x
    assert all(0 < mark.x < WIDTH and 0 < mark.y < HEIGHT for mark in drawn.workplaces)


def test_a_kilometre_is_as_long_in_every_direction():
    drawn = draw([], spots((60.0, 10.0), (60.1, 10.0), (60.0, 10.2)), [])
    south, north, east = drawn.workplaces
    assert south.y - north.y == pytest.approx(east.x - south.x, rel=0.01)
    km = (drawn.bar.right - drawn.bar.left) / float(drawn.bar.km)
    assert south.y - north.y == pytest.approx(11.1195 * km, rel=0.03)


def test_over_the_date_line_neighbours_stay_neighbours():
    drawn = draw([], spots((0.0, 179.9), (0.0, -179.9)), [])
    west, east = drawn.workplaces
    assert west.x < east.x
    assert float(drawn.bar.km) <= 5


def test_what_lies_in_one_place_is_in_the_middle():
    drawn = draw(spots((50.0, 10.0)), spots((50.0, 10.0)), [])
    assert [(mark.x, mark.y) for mark in (*drawn.cells, *drawn.workplaces)] == [
        (WIDTH // 2, HEIGHT // 2)
    ] * 2
    assert draw([], [], []) is None
