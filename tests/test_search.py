"""The one search: what it finds and for whom, where it leads; no name stands in an address."""

import re
from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from districts import search
from districts.kinds import Kind
from districts.models import Unit
from districts.paging import BoundedPaginator
from districts.roles import AUDITOR, grant_role
from districts.spelling import loose
from members.membership import end_membership
from tests import factories

pytestmark = pytest.mark.django_db


def find(client, text):
    """The answer to a search: a redirection to what was found."""
    return client.post(reverse("find"), {"q": text})


def shown(client, text):
    """What the page of results shows, in words."""
    answer = client.get(find(client, text)["Location"])
    assert answer.status_code == 200, answer["Location"]
    return answer.content.decode().split('<div class="k-panels">')[1]


def address_of(row):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def led_to(client, text):
    """Where a search ends that leads to a row at once."""
    answer = client.post(reverse("find"), {"q": text}, follow=True)
    return answer.redirect_chain[-1][0]


# What is found --------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["muller", "MÜLL", "mueller", "jurgen mul", " ürg "])
def test_a_member_who_alone_fits_is_gone_to_at_once(client, town, secretary, text):
    found = factories.member(cell=town.street_cell, family_name="Müller", given_name="Jürgen")
    factories.member(cell=town.street_cell, family_name="Schmidt")
    assert led_to(client, text) == address_of(found)


def test_people_units_and_workplaces_are_shown_together(client, town, secretary):
    factories.member(cell=town.street_cell, family_name="Kupfer", given_name="Eva")
    factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk), name="Kupfergasse")
    factories.workplace(cell=town.factory_cell, name="Kupferhütte", branch="metal")
    content = shown(client, "kupfer")
    for told in ("Kupfer, Eva", "Kupfergasse", "Kupferhütte", "metal", "street cell"):
        assert told in content
    assert content.index("People") < content.index("Units") < content.index("Workplaces")


def test_what_tells_namesakes_apart_stands_beside_them(client, town, secretary):
    here = factories.member(cell=town.street_cell, family_name="Novak", born="1970-05-01")
    gone = factories.member(cell=town.street_cell, family_name="Novak")
    end_membership(member=gone, on=factories.JOINED.replace(year=2023), reason="resigned")
    content = shown(client, "novak")
    assert f"number {here.pk} · born 1970 · {town.street_cell}" in content
    assert f"number {gone.pk} · left on 2023-01-01" in content
    assert "1970-05" not in content


def test_a_number_or_a_code_leads_there_at_once(client, town, secretary):
    person = factories.member(cell=town.street_cell)
    works = factories.workplace(cell=town.factory_cell, code="W-7")
    assert find(client, str(person.pk))["Location"] == address_of(person)
    assert find(client, town.street_cell.code)["Location"] == address_of(town.street_cell)
    assert find(client, "w-7")["Location"] == address_of(works)


def test_a_number_that_is_a_code_as_well_is_asked_back(client, town, secretary):
    person = factories.member(cell=town.street_cell, family_name="Novak")
    district = Unit.objects.get(pk=town.district.pk)
    factories.unit(Kind.STREET_CELL, district, code=str(person.pk), name="Harbour")
    location = find(client, str(person.pk))["Location"]
    assert location.startswith(reverse("find"))
    content = client.get(location).content.decode()
    assert "Novak" in content
    assert "Harbour" in content


@pytest.mark.parametrize(
    "text",
    ["xyzzy", "%", "_", "'", "\\", "(", "[a", "*", "9" * 40, "½", "²", "\x00", "☭?", "a" * 500],
)
def test_a_search_for_nothing_that_is_there_finds_nothing(client, town, secretary, text):
    factories.member(cell=town.street_cell, family_name="Smith")
    answer = client.post(reverse("find"), {"q": text}, follow=True)
    assert answer.status_code == 200
    assert "Smith" not in answer.content.decode()


def test_nothing_found_is_told_with_what_was_typed(client, town, secretary):
    content = shown(client, "<b>xyzzy</b>")
    assert "Nothing in your part of the register fits “&lt;b&gt;xyzzy&lt;/b&gt;”" in content


def test_an_empty_search_leads_to_the_empty_page(client, town, secretary):
    assert find(client, "  \x00 ")["Location"] == reverse("find")
    assert find(client, "")["Location"] == reverse("find")
    assert 'name="q"' in client.get(reverse("find")).content.decode()
    assert client.post(reverse("find"), {}).status_code == 302


# For whom -------------------------------------------------------------------------------------


def test_nothing_outside_the_ground_is_found_by_name_number_or_code(client, town, secretary):
    other = factories.town()
    stranger = factories.member(cell=other.street_cell, family_name="Stranger")
    works = factories.workplace(
        cell=other.factory_cell, locality=factories.locality(unit=other.district)
    )
    for text in (
        "stranger",
        other.street_cell.code,
        other.street_cell.name,
        town.area.code,
        works.code,
        works.name,
    ):
        content = shown(client, text)
        assert "Nothing in your part of the register fits" in content, text
        assert "/change/" not in content, text
    answer = client.post(reverse("find"), {"q": str(stranger.pk)}, follow=True)
    assert answer.status_code == 200
    assert "Stranger" not in answer.content.decode()


def test_the_auditor_finds_the_same(client, town):
    auditor = factories.account()
    grant_role(user=auditor, role=AUDITOR, unit=town.district)
    client.force_login(auditor)
    person = factories.member(cell=town.street_cell, family_name="Novak")
    assert led_to(client, "nova") == address_of(person)


def test_who_holds_no_role_may_not_search(client):
    client.force_login(factories.account(is_staff=True))
    assert find(client, "a").status_code == 403
    assert client.get(reverse("find")).status_code == 403
    assert 'name="q"' not in client.get(reverse("admin:index")).content.decode()


def test_a_role_that_ended_takes_what_was_found_with_it(client, town, secretary):
    factories.member(cell=town.street_cell, family_name="Novak")
    factories.member(cell=town.street_cell, family_name="Novakova")
    location = find(client, "novak")["Location"]
    secretary.held_roles.update(since=factories.JOINED, until=date(2022, 1, 1))
    assert client.get(location).status_code == 403


def test_a_search_is_somebody_s_own(client, town, secretary):
    factories.member(cell=town.street_cell, family_name="Novak")
    factories.member(cell=town.street_cell, family_name="Novakova")
    location = find(client, "novak")["Location"]
    other = Client()
    other.force_login(secretary)  # even with the same account, in another session
    content = other.get(location).content.decode()
    assert "That search is no longer kept" in content
    assert "Novak" not in content


# Where the name stands ------------------------------------------------------------------------


def test_no_name_stands_in_any_address_or_header(client, town, secretary):
    for given in ("Karl", "Rosa"):
        factories.member(cell=town.street_cell, family_name="Geheim", given_name=given)
    answer = client.post(reverse("find"), {"q": "geheim"}, follow=True)
    (location, _status), *rest = answer.redirect_chain
    assert not rest
    assert "geheim" not in location.lower()
    addresses = re.findall(r'(?:href|action)="([^"]*)"', answer.content.decode())
    assert addresses
    assert not [address for address in addresses if "geheim" in address.lower()]
    assert "geheim" not in str(answer.headers).lower()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("route", ["admin:index", "find", "admin:members_member_changelist"])
def test_the_box_sends_by_post_with_a_token(client, town, secretary, route):
    content = client.get(reverse(route)).content.decode()
    forms = re.findall(
        r'<form action="/admin/find/" method="(\w+)"[^>]*>\s*(<input[^>]*>)', content
    )
    assert [method for method, _field in forms] == ["post"]
    assert "csrfmiddlewaretoken" in forms[0][1]


def test_without_the_token_nothing_is_searched(town, secretary):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(secretary)
    assert strict.post(reverse("find"), {"q": "a"}).status_code == 403


def test_a_query_in_the_address_is_not_looked_at(client, town, secretary):
    factories.member(cell=town.street_cell, family_name="Novak")
    answer = client.get(reverse("find"), {"q": "novak"})
    assert answer.status_code == 200
    assert "Novak" not in answer.content.decode()


def test_results_can_be_loaded_again_and_go_with_the_session(client, town, secretary):
    for _twice in range(2):
        factories.member(cell=town.street_cell, family_name="Novak")
    location = find(client, "novak")["Location"]
    for _again in range(2):
        assert "Novak" in client.get(location).content.decode()
    assert Session.objects.count() == 1
    client.post(reverse("logout"))
    assert Session.objects.count() == 0


def test_a_session_keeps_the_last_searches_only(client, town, secretary):
    first = find(client, "xyzzy 0")["Location"]
    for number in range(1, 20):
        find(client, f"xyzzy {number}")
    assert "fits “xyzzy 0”" in client.get(first).content.decode()
    find(client, "one more")
    assert "no longer kept" in client.get(first).content.decode()
    assert len(client.session["searches"]) == 20


# Many -----------------------------------------------------------------------------------------


def test_of_many_some_are_shown_and_all_on_a_page_of_their_own(
    client, town, secretary, monkeypatch
):
    monkeypatch.setattr(search, "FEW", 2)
    monkeypatch.setattr(search, "PAGE", 2)
    for given in ("A", "B", "C"):
        factories.member(cell=town.street_cell, family_name="Novak", given_name=given)
    location = find(client, "novak")["Location"]
    content = client.get(location).content.decode()
    assert "Novak, B" in content
    assert "Novak, C" not in content
    assert "?only=people" in content
    first = client.get(location, {"only": "people"}).content.decode()
    second = client.get(location, {"only": "people", "p": 2}).content.decode()
    assert "Novak, A" in first
    assert "Novak, C" in second
    assert "Novak, A" not in second
    for odd in ({"only": "nobody"}, {"only": "people", "p": "x"}, {"only": "units"}):
        assert client.get(location, odd).status_code == 200


def test_a_very_long_list_says_that_it_is_cut(client, town, secretary, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "most", 1)
    for _one in range(2):
        factories.member(cell=town.street_cell, family_name="Novak")
    location = find(client, "novak")["Location"]
    assert "more than can be shown" in client.get(location, {"only": "people"}).content.decode()


@pytest.mark.parametrize("rows", [2, 4])
def test_a_search_takes_as_many_queries_for_a_few_rows_as_for_more(client, town, secretary, rows):
    locality = factories.locality(unit=town.district)
    district = Unit.objects.get(pk=town.district.pk)
    for number in range(rows):
        factories.member(cell=town.street_cell, family_name="Kupfer")
        factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=district.pk), name=f"Kupfer {number}")
        factories.workplace(locality=locality, name=f"Kupfer {number}")
    location = find(client, "kupfer")["Location"]
    with CaptureQueriesContext(connection) as asked:
        client.get(location)
    assert len(asked) == 7, "\n".join(query["sql"] for query in asked)


# Spelling -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "name", "fits"),
    [
        ("muller", "Müller", True),
        ("mueller", "Müller", True),
        ("Müller", "Muller", True),
        ("müller", "MÜLLER", True),
        ("strasse", "Straße der Einheit", True),
        ("soderstrom", "Söderström", True),
        ("lodz", "Łódź", True),
        ("dvorak", "Dvořák", True),
        ("завод", "Завод Красный", True),
        ("a.b", "axb", False),
        ("a.b", "A.B", True),
        ("c++", "C++ Works", True),
        ("miller", "Müller", False),
    ],
)
def test_units_and_workplaces_are_found_however_they_are_accented(
    client, town, secretary, typed, name, fits
):
    """On the database in use, and by Python's own understanding of the pattern."""
    assert bool(re.search(loose(typed), name, re.IGNORECASE)) is fits
    unit = factories.unit(Kind.STREET_CELL, Unit.objects.get(pk=town.district.pk), name=name)
    found = search.named_like(Unit.objects.all(), typed, "name")
    assert (unit in found) is fits


def test_every_word_must_fit(town):
    assert not search.named_like(Unit.objects.all(), f"{town.district.code} xyzzy", "name")
    assert search.named_like(Unit.objects.all(), f"{town.district.code} the", "name")
