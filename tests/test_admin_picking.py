"""Picking a row by typing: what is understood, what is asked back, and what is suggested."""

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.urls import reverse

from districts import picking
from districts.kinds import Kind
from districts.models import Unit
from districts.picking import CELL, LEADER, LOCALITY, UNIT, PickField, choice_named
from districts.roles import AUDITOR, SECRETARY, grant_role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(town):
    """A request of the district's secretary."""
    request = RequestFactory().get("/")
    request.user = factories.account()
    grant_role(user=request.user, role=SECRETARY, unit=town.district)
    return request


def field(choice, request, **kwargs):
    made = PickField(choice, **kwargs)
    made.ask(request)
    return made


def cell(town, **fields):
    return factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk), **fields)


@pytest.mark.parametrize(
    "text",
    ["W-17", "Harbour (W-17)", "harbour", "  Harbour  ", "W-17\0", "whatever stands here (W-17)"],
)
def test_a_code_a_label_and_a_whole_name_are_understood(town, asked, text):
    harbour = cell(town, code="W-17", name="Harbour")
    cell(town, code="W-18", name="Harbour Street")
    assert field(CELL, asked).clean(text) == harbour


def test_a_part_of_a_name_is_asked_back_about_even_if_only_one_fits(town, asked):
    cell(town, code="W-17", name="Harbour")
    with pytest.raises(ValidationError, match=r"Which one\? .* Harbour \(W-17\)\."):
        field(CELL, asked).clean("harb")


def test_of_two_with_the_same_name_neither_is_taken(town, asked):
    for code in ("W-17", "W-18"):
        cell(town, code=code, name="Harbour")
    with pytest.raises(ValidationError, match=r"Harbour \(W-17\); Harbour \(W-18\)"):
        field(CELL, asked).clean("Harbour")


def test_only_the_first_of_many_are_asked_back_about(town, asked):
    for number in range(9):
        cell(town, code=f"W-{number}", name="Harbour")
    with pytest.raises(ValidationError, match="and others"):
        field(CELL, asked).clean("Harbour")


@pytest.mark.parametrize("unit", ["district", "area"])
def test_only_units_of_the_kind_and_of_the_ground_can_be_picked(town, asked, unit):
    code = getattr(town, unit).code
    with pytest.raises(ValidationError, match="Nothing that you may choose here"):
        field(CELL, asked).clean(code)


def test_the_unit_above_and_a_dissolved_one_are_out_of_reach(town, asked):
    old = cell(town, code="OLD")
    Unit.objects.filter(pk=old.pk).update(dissolved=factories.JOINED)
    for unit in (town.area, old, factories.town().street_cell):
        with pytest.raises(ValidationError):
            field(UNIT, asked).clean(unit.code)
    assert field(LEADER, asked).clean(town.district.code) == town.district


def test_who_may_only_look_can_pick_nothing(town):
    request = RequestFactory().get("/")
    request.user = factories.account()
    grant_role(user=request.user, role=AUDITOR, unit=town.district)
    factories.locality()
    for choice in (UNIT, CELL, LOCALITY):
        assert list(choice.rows(request)) == []


def test_an_empty_field_is_nothing_or_a_mistake(asked):
    assert field(CELL, asked, required=False).clean(" ") is None
    with pytest.raises(ValidationError, match="required"):
        field(CELL, asked).clean("")


def test_a_short_list_stands_in_the_page_and_a_long_one_is_fetched(town, asked, monkeypatch):
    short = field(CELL, asked).widget.render("to", None, {"id": "id_to"})
    assert f'<option value="{town.street_cell}">' in short
    assert "data-suggestions" not in short
    monkeypatch.setattr(picking, "SHORT", 1)
    long = field(CELL, asked).widget.render("to", None, {"id": "id_to"})
    assert "<option" not in long
    assert f'data-suggestions="{reverse("admin:districts_suggest", args=["cell"])}"' in long


def test_what_was_typed_comes_back_escaped(asked):
    shown = field(CELL, asked).widget.render("to", '"><script>', {"id": "id_to"})
    assert "<script>" not in shown


def test_a_stored_row_is_shown_by_its_label(town, asked):
    picked = field(CELL, asked)
    label = str(town.street_cell)
    assert picked.prepare_value(town.street_cell.pk) == label
    assert picked.prepare_value(town.street_cell) == label
    assert not picked.has_changed(town.street_cell.pk, label)
    assert picked.has_changed(town.street_cell.pk, str(town.factory_cell))
    place = factories.locality(code="L-9", postcode="10115", name="Mitte")
    assert LOCALITY.label(place) == "10115 Mitte (L-9)"


# Suggestions ----------------------------------------------------------------------------------


def suggest(client, name, text):
    return client.get(reverse("admin:districts_suggest", args=[name]), {"q": text})


def test_suggestions_keep_to_the_ground(client, town, asked):
    client.force_login(asked.user)
    cell(town, code="W-17", name="Harbour east")
    foreign = factories.town()
    cell(foreign, code="X-17", name="Harbour west")
    assert suggest(client, "cell", "east harb").json() == {"rows": ["Harbour east (W-17)"]}
    assert suggest(client, "cell", "harbour \0 ()").json() == {"rows": ["Harbour east (W-17)"]}
    assert suggest(client, "no-such", "x").status_code == 404


def test_suggestions_are_few(client, town, asked):
    client.force_login(asked.user)
    for number in range(25):
        cell(town, code=f"W-{number}", name="Harbour")
    assert len(suggest(client, "cell", "harbour").json()["rows"]) == picking.SUGGESTED


def test_members_are_suggested_within_the_ground_only(client, town, asked):
    client.force_login(asked.user)
    mine = factories.member(cell=town.street_cell, family_name="Müller")
    factories.member(cell=factories.town().street_cell, family_name="Müller")
    assert suggest(client, "member", "muller").json() == {"rows": [str(mine)]}
    assert choice_named("member").named(asked, str(mine)) == mine
