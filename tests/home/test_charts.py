"""The charts of the membership."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from tests import factories
from tests.home.looking import home, panel

pytestmark = pytest.mark.django_db


def test_the_charts_show_the_membership_of_the_ground_alone(client, town, secretary):
    factories.member(cell=factories.town().street_cell)
    for _one in range(2):
        factories.member(cell=town.street_cell)
    joins = timezone.localdate() - timedelta(days=40)
    factories.member(cell=town.factory_cell, joined=joins)
    shown = panel(client, "charts")
    assert shown["first"][1] == 2
    assert shown["last"] == 3
    assert shown["kinds"] == [("Factory cell", 1), ("Street cell", 2)]
    assert shown["rows"][0] == (timezone.localdate(), [3, 1, 2])
    assert len(shown["rows"]) == 25


def test_each_chart_is_a_picture_with_a_name_a_description_and_a_table(client, town, secretary):
    factories.member(cell=town.street_cell)
    content = home(client)
    pictures = re.findall(r"<svg.*?</svg>", content, re.DOTALL)
    assert len(pictures) == 2
    for picture in pictures:
        drawing = ElementTree.fromstring(picture)
        assert drawing.get("role") == "img"
        named = [found.get("id") for found in drawing if found.tag in ("title", "desc")]
        assert drawing.get("aria-labelledby").split() == named
        assert all(found.text.strip() for found in drawing if found.tag in ("title", "desc"))
    assert "From 1 on " in content
    assert "The numbers as a table" in content
    assert content.count('<th scope="row">20') == 25


def test_no_style_and_no_script_stands_in_the_page_s_own_parts(client, town, secretary):
    factories.member(cell=town.street_cell)
    own = home(client).split('<div class="k-office">')[1].split('<script src="/static/unfold')[0]
    assert " style=" not in own
    assert "<script" not in own
    assert not re.search(r"\son\w+=", own)


def test_the_drawing_is_the_same_in_a_language_with_decimal_commas(client, town, secretary):
    factories.member(cell=town.street_cell)
    paths = re.compile(r' d="([^"]*)"')
    english = paths.findall(home(client))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    assert paths.findall(home(client)) == english
    assert english


def test_a_scale_that_does_not_begin_at_zero_says_so(client, town, secretary, monkeypatch):
    factories.member(cell=town.street_cell)
    assert "not at zero" not in home(client)
    counted = {"street_cell": [900] * 24 + [905]}
    monkeypatch.setattr("members.panels.home_counts", lambda _ground, _days: counted)
    assert "The scale begins at 850, not at zero." in home(client)
