"""The acts on units."""

import pytest
from django.urls import reverse

from districts.kinds import Kind
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from tests import factories
from tests.admin_acts.performing import ON, address, done, history, homes, perform, refused

pytestmark = pytest.mark.django_db


def test_found_a_cell_below_the_district(client, town, secretary):
    given = {"kind": Kind.STREET_CELL, "code": "NEW", "title_of_unit": "New cell"}
    answer = perform(client, town.district, "found", **given)
    new = Unit.objects.get(code="NEW")
    assert (new.parent, new.founded, new.name) == (town.district, ON, "New cell")
    assert done(answer) == reverse("admin:districts_unit_change", args=[new.pk])
    said = "New cell (NEW) was founded on 2024-03-01. Reason: Because."
    assert history(new) == [said]


def test_founding_offers_the_kinds_that_may_stand_there(client, town, secretary):
    form = client.get(address(town.district, "found")).context_data["act"]
    kinds = {kind for kind, _label in form.fields["kind"].choices}
    assert kinds == {Kind.FACTORY_CELL, Kind.STREET_CELL, Kind.JOINT_CELL}


def test_a_code_in_use_is_refused_and_what_was_typed_is_kept(client, town, secretary):
    given = {"kind": Kind.STREET_CELL, "code": town.street_cell.code, "title_of_unit": "Twice"}
    answer = perform(client, town.district, "found", **given)
    assert len(refused(answer)) == 1
    content = answer.content.decode()
    assert "This was not done:" in content
    assert 'value="Twice"' in content
    assert "Because." in content


def test_founding_below_a_cell_is_refused_with_its_article(client, town, secretary):
    given = {"kind": Kind.STREET_CELL, "code": "NEW", "title_of_unit": "New"}
    (blocker,) = refused(perform(client, town.street_cell, "found", **given))
    assert blocker.startswith("A9: ")


def test_a_town_is_founded_by_the_administrator(client):
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    given = {"kind": Kind.TOWN, "code": "T", "title_of_unit": "Town"}
    done(perform(client, Unit, "found-root", **given))
    assert Unit.objects.get(code="T").parent is None


def test_rename(client, town, secretary):
    done(perform(client, town.street_cell, "rename", title_of_unit="Other"))
    assert Unit.objects.get(pk=town.street_cell.pk).name == "Other"
    (said,) = history(town.street_cell)
    assert "is called “Other”, as decided on 2024-03-01." in said


def test_move_between_one_s_own_districts(client, town):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.area)
    client.force_login(account)
    sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    done(perform(client, town.street_cell, "move", to=sister.code))
    assert Unit.objects.get(pk=town.street_cell.pk).parent == sister
    assert len(history(town.street_cell)) == 1


def test_a_move_to_the_wrong_place_is_refused_with_its_article(client, town):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.town)
    client.force_login(account)
    (blocker,) = refused(perform(client, town.street_cell, "move", to=town.area.code))
    assert blocker.startswith("A9: ")


def test_dissolve(client, town, secretary):
    done(perform(client, town.street_cell, "dissolve"))
    assert Unit.objects.get(pk=town.street_cell.pk).dissolved == ON


def test_dissolving_a_cell_with_members_is_foreseen_and_refused_with_its_article(
    client, town, secretary, person
):
    page = client.get(address(town.factory_cell, "dissolve")).content.decode()
    assert "As things stand today, this will be refused:" in page
    (blocker,) = refused(perform(client, town.factory_cell, "dissolve"))
    assert blocker.startswith("A1: ")
    assert Unit.objects.get(pk=town.factory_cell.pk).dissolved is None
    assert history(town.factory_cell) == []


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("dissolve", {}),
        ("move", {"to": "district"}),
    ],
)
def test_what_the_unit_above_decides_is_not_done_from_below(client, town, act, given):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    given = {name: getattr(town, unit).code for name, unit in given.items()}
    for blocker in refused(perform(client, town.district, act, **given)):
        assert blocker.startswith("A9: This is for whoever keeps the register of the unit above")
    assert Unit.objects.get(pk=town.district.pk).dissolved is None


def test_merge_moves_everybody_and_keeps_it_in_their_history(client, town, secretary, person):
    into = factories.unit(Kind.FACTORY_CELL, Unit.objects.get(pk=town.district.pk))
    works = factories.workplace(cell=town.factory_cell)
    answer = perform(client, town.factory_cell, "merge", into=into.code)
    assert done(answer) == reverse("admin:districts_unit_change", args=[into.pk])
    works.refresh_from_db()
    assert works.cell == into
    assert homes(person)[-1] == (into, ON, None)
    assert history(person) == history(into) == history(town.factory_cell)
    assert "was merged into" in history(person)[0]


def test_merging_into_a_cell_of_another_district_is_not_offered(client, town, secretary):
    foreign = factories.town().factory_cell
    answer = perform(client, town.factory_cell, "merge", into=foreign.code)
    assert "Nothing that you may choose here" in answer.content.decode()


def test_split_moves_those_who_were_chosen(client, town, secretary, person):
    stays = factories.member(cell=town.factory_cell)
    given = {"code": "NEW", "title_of_unit": "Second", "members": [person.pk]}
    answer = perform(client, town.factory_cell, "split", **given)
    new = Unit.objects.get(code="NEW")
    assert done(answer) == reverse("admin:districts_unit_change", args=[new.pk])
    assert homes(person)[-1][0] == new
    assert homes(stays)[-1][0] == town.factory_cell
    assert len(history(person)) == 1
    assert history(stays) == []


def test_nobody_from_elsewhere_can_be_chosen_for_a_split(client, town, secretary, person):
    guest = factories.member(cell=town.street_cell)
    given = {"code": "NEW", "title_of_unit": "Second", "members": [guest.pk]}
    answer = perform(client, town.factory_cell, "split", **given)
    assert answer.context_data["act"].errors["members"]
    assert not Unit.objects.filter(code="NEW").exists()
