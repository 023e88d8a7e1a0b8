"""In an emergency members stand under their numbers, but for whoever holds a role there (A14)."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from districts.roles import SECRETARY, grant_role, revoke_role
from districts.units import found_unit
from districts.veil import looking
from elections.emergency.appointing import confirm_committee
from elections.emergency.declaring import end_emergency
from elections.nominating.nominees import nominate
from members.models import Member
from members.registrations import change_cell
from tests import factories
from tests.emergency.making import TODAY, appointed, people
from tests.nominations.making import called

pytestmark = pytest.mark.django_db

# The year alone stands in many a number.
BORN = ("1984-05-24", "May 24, 1984")
TOLD = ("Zetterling", *BORN, "mai@example.org", "0301234567", "Muster Lane 7")


SEES = ["there", "below"]
VEILED = ["above", "administrator", "everywhere"]
WHO = [*((name, True) for name in SEES), *((name, False) for name in VEILED)]


def page(scene, name, address, **data):
    scene.client.force_login(scene.accounts[name])
    answer = scene.client.get(address, data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def of(row):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


def told_in(text, sees):
    """The page names the member, or no part of what is held on him or her."""
    if sees:
        assert "Zetterling" in text
    else:
        assert not [part for part in TOLD if part in text]


@pytest.mark.parametrize(("who", "sees"), WHO)
def test_the_lists_of_members_and_registrations(scene, who, sees):
    for name in ("admin:members_member_changelist", "admin:members_registration_changelist"):
        text = page(scene, who, reverse(name))
        told_in(text, sees)
        assert str(scene.member.pk) in text
        if who in ("above", "administrator", "everywhere"):
            assert "Nilsson" in text  # the other area is in no emergency


@pytest.mark.parametrize(("who", "sees"), WHO)
def test_the_member_s_own_page(scene, who, sees):
    text = page(scene, who, of(scene.member))
    told_in(text, sees)
    assert ("mai@example.org" in text) is sees
    assert ("Muster Lane 7" in text) is sees


@pytest.mark.parametrize("who", VEILED)
def test_a_veiled_name_is_not_overwritten_either(scene, who):
    scene.client.force_login(scene.accounts[who])
    scene.client.post(of(scene.member), {"family_name": "Other", "given_name": "", "email": ""})
    scene.member.refresh_from_db()
    assert scene.member.family_name == "Zetterling"


@pytest.mark.parametrize(("who", "sees"), WHO)
def test_the_page_of_a_unit_and_that_of_a_bureau(scene, who, sees):
    told_in(page(scene, who, of(scene.town.factory_cell)), sees)
    two = people(scene.town)[1:]
    committee = appointed(scene.town, [scene.member, *two])
    if who != "below":
        told_in(page(scene, who, of(committee)), sees)
        told_in(page(scene, who, of(scene.town.area)), sees)


@pytest.mark.parametrize(("who", "sees"), WHO)
def test_the_search_finds_nobody_by_a_veiled_name(scene, who, sees):
    scene.client.force_login(scene.accounts[who])
    factories.member(cell=scene.town.factory_cell, family_name="Zetterling")  # so a list is shown
    answer = scene.client.post(reverse("find"), {"q": "Zetterling"}, follow=True)
    assert (f'"{of(scene.member)}"' in answer.content.decode()) is sees
    listed = reverse("admin:members_member_changelist")
    assert (of(scene.member) in page(scene, who, listed, q="Zetterling")) is sees
    unit = scene.town.factory_cell.code
    told_in(page(scene, who, listed, q=unit), sees)
    assert of(scene.member) in page(scene, who, listed, q=unit)
    answer = scene.client.post(reverse("find"), {"q": str(scene.member.pk)})
    assert answer["Location"] == of(scene.member)


@pytest.mark.parametrize(("who", "sees"), WHO)
def test_suggestions_name_nobody(scene, who, sees):
    address = reverse("admin:districts_suggest", args=["sitter"])
    scene.client.force_login(scene.accounts[who])
    answer = scene.client.get(address, {"q": "zetter"}).content.decode()
    assert ("Zetterling" in answer) is sees


@pytest.mark.parametrize("who", VEILED)
def test_names_come_back_with_the_end_of_the_emergency(scene, who):
    end_emergency(unit=scene.town.area, on=TODAY)
    told_in(page(scene, who, of(scene.member)), True)


def test_with_the_role_there_the_names_go(scene):
    account = scene.accounts["above"]
    grant_role(user=account, role=SECRETARY, unit=scene.town.district)
    told_in(page(scene, "above", of(scene.member)), True)
    revoke_role(user=account, role=SECRETARY, unit=scene.town.district)
    told_in(page(scene, "above", of(scene.member)), False)


def test_who_moves_out_of_the_unit_is_named_again(scene):
    change_cell(member=scene.member, to=scene.cell, on=TODAY)
    told_in(page(scene, "above", of(scene.member)), True)


def test_everybody_sees_his_or_her_own_name(scene):
    account = factories.account(member=scene.member)
    request = RequestFactory().get("/")
    request.user = account
    with looking(request):
        assert scene.member.full_name == "Mai Zetterling"
        assert Member.objects.named("zetterling").get() == scene.member
    request = RequestFactory().get("/")
    request.user = factories.account()
    with looking(request):
        assert scene.member.full_name == str(scene.member) == str(scene.member.pk)
        assert not Member.objects.named("zetterling").exists()


def test_an_emergency_costs_no_query_for_each_name(scene):
    """The list of members asks for the veil and for those on the page: two queries more."""
    address = reverse("admin:members_member_changelist")
    counted = []
    for _more in range(2):
        people(scene.town, 3, 0)
        page(scene, "above", address)
        with CaptureQueriesContext(connection) as asked:
            scene.client.get(address)
        counted.append(len(asked))
    confirmed = appointed(scene.town, people(scene.town))
    confirm_committee(bureau=confirmed, on=TODAY)
    end_emergency(unit=scene.town.area, on=TODAY)
    with CaptureQueriesContext(connection) as asked:
        scene.client.get(address)
    assert counted == [len(asked) + 2] * 2


@pytest.mark.parametrize(("who", "sees"), [("there", True), ("above", False)])
def test_the_order_of_a_list_tells_no_name(scene, who, sees):
    last = factories.member(cell=scene.town.factory_cell, family_name="Aalto")
    in_order = [last.pk, scene.member.pk] if sees else [scene.member.pk, last.pk]
    scene.client.force_login(scene.accounts[who])
    for asked in ({}, {} if sees else {"o": "1"}):
        answer = scene.client.get(reverse("admin:members_member_changelist"), asked)
        listed = [one.pk for one in answer.context_data["cl"].result_list]
        assert [one for one in listed if one in in_order] == in_order
    text = page(scene, who, of(scene.town.factory_cell)).partition('id="people-title"')[2]
    first, second = (text.index(f"/member/{number}/change/") for number in in_order)
    assert first < second


def test_a_unit_founded_later_below_is_covered(scene):
    scene.town.district.refresh_from_db()
    cell = found_unit(
        kind="street_cell", code="NEW", name="New", founded=TODAY, parent=scene.town.district
    )
    change_cell(member=scene.member, to=cell, on=TODAY)
    told_in(page(scene, "above", of(scene.member)), False)


def test_a_nomination_stands_under_the_number_on_the_members_page(scene):
    other, cell = factories.member(cell=scene.town.factory_cell), scene.town.factory_cell
    question = called(cell, fills="")
    said = "From the mill I come."
    nominate(question=question, member=scene.member, by=scene.member, statement=said)
    nominate(question=question, member=other, by=other, statement="So do I.")
    scene.client.force_login(factories.account(member=other))
    page = scene.client.get(reverse("nominations", args=[question.pk])).content.decode()
    told_in(page, False)
    assert said not in page
