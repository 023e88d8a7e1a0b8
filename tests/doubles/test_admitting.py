"""An admission that tells of a double."""

import pytest
from django.urls import reverse

from members.models import Member
from tests import factories
from tests.admin_acts.performing import done, perform, refused
from tests.doubles.making import person


def admitting(town, **given):
    fields = {"family_name": "Novak", "given_name": "Eva", "born": "1990-05-01"}
    return fields | {"cell": town.street_cell.code, "reason": ""} | given


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "has the same name and was born on the same day"),
        ({"family_name": "Nowak"}, "has a similar name and was born on the same day"),
        ({"born": ""}, "has the same name; a date of birth is missing"),
        (
            {"family_name": "X", "given_name": "Y", "born": "", "email": "EVA@x.org"},
            "has the same e-mail",
        ),
        ({"family_name": "X", "given_name": "Y"}, ""),
        ({"born": "1991-05-01"}, ""),
    ],
)
def test_an_admission_tells_of_a_double_and_asks_why(client, town, secretary, given, told):
    double = person(town.factory_cell, email="eva@x.org")
    answer = perform(client, Member, "admit", **admitting(town, on="2026-01-01", **given))
    if not told:
        done(answer)
        return
    assert f"Eva Novak ({double.pk}) {told}." in answer.content.decode()
    assert "Please say why" in answer.content.decode()
    assert Member.objects.count() == 1
    done(perform(client, Member, "admit", **admitting(town, **given, reason="Her daughter.")))
    assert Member.objects.count() == 2


def test_a_double_outside_the_ground_is_not_told_of(client, town, secretary):
    person(factories.town().street_cell, email="eva@x.org")
    given = admitting(town, on="2026-01-01", email="eva@x.org")
    form = client.post(reverse("admin:members_member_list_act", args=["admit"]), given)
    assert form.context_data["preview"].unusual == []
    assert "has the same" not in form.content.decode()


def test_the_look_at_an_admission_burns_no_number_and_says_what_it_will_do(client, town, secretary):
    last = person(town.factory_cell).pk
    given = admitting(town, family_name="Svoboda", given_name="Jan", on="2026-01-01")
    address = reverse("admin:members_member_list_act", args=["admit"])
    for _look in "123":
        page = client.post(address, given).content.decode()
        said = f"Jan Svoboda is admitted to {town.street_cell} on 2026-01-01, under the next number"
        assert said in page
    done(perform(client, Member, "admit", **given))
    assert Member.objects.get(family_name="Svoboda").pk == last + 1


def test_an_admission_that_will_be_refused_says_so_at_the_first_look(client, town, secretary):
    given = admitting(town, on="2019-01-01", reason="Because.")  # before the cell was founded
    for row, address in (
        (Member, reverse("admin:members_member_list_act", args=["admit"])),
        (
            town.street_cell,
            reverse("admin:districts_unit_act", args=[town.street_cell.pk, "admit"]),
        ),
    ):
        (blocker,) = refused(client.post(address, given))
        assert blocker.startswith("A1: "), row
