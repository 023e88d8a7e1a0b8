"""What somebody may not do by files who may change a part of the register."""

from datetime import date, timedelta

import pytest

from districts.kinds import Kind
from districts.models import Locality, Unit, Workplace
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.models import Member, Registration
from members.registrations import register_member
from tests import factories
from tests.transfer.parts import (
    FOREIGN,
    OWN,
    SINCE,
    bring,
    home,
    person,
    refused,
    row_of,
    unit,
    write,
)

pytestmark = pytest.mark.django_db


def test_a_foreign_member_is_not_pulled_into_his_cell(part, tmp_path):
    write(tmp_path, "registrations", home(FOREIGN, "M-F", since="2024-01-01"))
    assert refused(tmp_path, part) == [
        "registrations.csv:2 member: is unknown in the table members",
    ]


def test_nor_with_the_member_s_own_row_beside_it(part, tmp_path):
    write(tmp_path, "members", row_of(Member, number=FOREIGN))
    write(tmp_path, "registrations", home(FOREIGN, "M-F", since="2024-01-01"))
    assert refused(tmp_path, part) == [
        "members.csv:2 number: is taken",
        "registrations.csv:2 member: is unknown in the table members",
    ]


@pytest.mark.parametrize("since", [SINCE, "2020-01-01", "2022-01-01"])
@pytest.mark.parametrize("until", ["", "2023-01-01"])
def test_a_foreign_registration_is_neither_changed_nor_ended_nor_found_out(
    part, tmp_path, since, until
):
    """The same words for a member elsewhere and for one who does not exist, whatever is guessed."""
    told = []
    for number in (FOREIGN, 999):
        for code in ("M-F", "T-F", "NONE"):
            row = home(number, code, since=since, until=until)
            write(tmp_path, "registrations", row)
            told.append([line for line in refused(tmp_path, part) if " unit:" not in line])
    assert told == [["registrations.csv:2 member: is unknown in the table members"]] * 6


def test_a_foreign_unit_is_unknown_whatever_its_kind(part, tmp_path):
    told = set()
    for code in ("T-F", "T", "T-S", part.town.code, "NONE"):
        write(tmp_path, "registrations", home(OWN, code, since="2020-01-01", until="2020-02-01"))
        told |= set(refused(tmp_path, part))
        write(tmp_path, "registrations")
        write(tmp_path, "localities", {"code": "N", "postcode": "1", "name": "N", "unit": code})
        told |= set(refused(tmp_path, part))
        (tmp_path / "localities.csv").unlink()
    assert told == {
        "registrations.csv:2 unit: is unknown in the table units",
        "localities.csv:2 unit: is unknown in the table units",
    }


def test_the_work_of_a_foreign_member_cannot_be_guessed(part, tmp_path):
    told = []
    for number in (FOREIGN, 999):
        for workplace in ("T-W", "M-W"):
            for since in (SINCE, "2020-01-01"):
                row = {"member": number, "workplace": workplace, "since": since, "standing": "main"}
                write(tmp_path, "employments", row)
                told.append(refused(tmp_path, part))
    assert told == [["employments.csv:2 member: is unknown in the table members"]] * 8


def test_a_number_that_is_taken_says_no_more_than_that(part, tmp_path):
    exact = row_of(Member, number=FOREIGN)
    for row in (exact, exact | {"family_name": "Guessed"}):
        write(tmp_path, "members", row)
        assert refused(tmp_path, part) == ["members.csv:2 number: is taken"]


def test_a_code_of_a_foreign_unit_is_taken(part, tmp_path):
    for row in (row_of(Unit, code="T-F"), unit("T-F", "factory_cell", "M")):
        write(tmp_path, "units", row)
        assert refused(tmp_path, part) == ["units.csv:2 code: is taken"]


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"parent": "M-F"}, "parent"),
        ({"parent": ""}, "parent"),
        ({"kind": "local_group"}, "kind"),
        ({"dissolved": "2024-01-01"}, "dissolved"),
        ({"founded": "2019-01-01"}, "founded"),
    ],
)
def test_his_own_top_unit_is_for_those_above(part, tmp_path, fields, column):
    write(tmp_path, "units", row_of(Unit, code="M") | fields)
    told = refused(tmp_path, part)
    assert f"units.csv:2 {column}: is for whoever keeps the register of the unit above" in told


def test_the_unit_above_stays_as_it_is(part, tmp_path):
    write(tmp_path, "units", row_of(Unit, code=part.area.code) | {"name": "Mine"})
    (told,) = refused(tmp_path, part)
    assert "units.csv:2 code: lies outside of the part" in told
    assert "Mine" not in told


def test_a_unit_cannot_be_moved_out_of_the_part(part, tmp_path):
    for parent in ("T", part.area.code, "NONE"):
        write(tmp_path, "units", row_of(Unit, code="M-F") | {"parent": parent})
        assert refused(tmp_path, part) == [
            "units.csv:2 parent: is unknown in the table units",
        ]


@pytest.mark.parametrize("kind", ["town", "local_group"])
def test_no_root_is_planted(part, tmp_path, kind):
    write(tmp_path, "units", unit("ROOT", kind, ""))
    assert "lies outside of the part" in refused(tmp_path, part)[0]


def test_a_local_group_of_his_own_is_not_hung_elsewhere(tmp_path, part):
    group = factories.unit(Kind.LOCAL_GROUP, code="LG")
    grant_role(user=part.account, role=SECRETARY, unit=group)
    grant_role(user=part.account, role=SECRETARY, unit=Unit.objects.get(pk=part.area.pk))
    write(tmp_path, "units", row_of(Unit, code="LG") | {"parent": part.area.code})
    assert "is for whoever keeps" in refused(tmp_path, part)[0]


def test_a_new_member_must_belong_to_the_part(part, tmp_path):
    write(tmp_path, "members", person(3000, locality="T-L"))
    assert "members.csv:2 number: lies outside of the part" in refused(tmp_path, part)[0]
    write(tmp_path, "members", person(3000, locality="M-L"))
    assert bring(tmp_path, part)[0].problems == []


def test_places_elsewhere_are_named_and_left_alone(part, tmp_path):
    write(tmp_path, "localities", row_of(Locality, code="T-L") | {"unit": "M"})
    assert refused(tmp_path, part) == ["localities.csv:2 code: is taken"]
    write(tmp_path, "localities")
    write(tmp_path, "workplaces", row_of(Workplace, code="T-W") | {"cell": "M-F"})
    assert refused(tmp_path, part) == ["workplaces.csv:2 code: is taken"]
    write(tmp_path, "workplaces", {"code": "N", "name": "N", "locality": "T-L"})
    assert "lies outside of the part" in refused(tmp_path, part)[0]
    write(
        tmp_path,
        "workplaces",
        {"code": "N", "name": "N", "locality": "M-L", "cell": "M-F", "coverage": "own"},
    )
    assert bring(tmp_path, part)[0].problems == []


def test_a_locality_is_not_given_away(part, tmp_path):
    for code in ("", "T"):
        write(tmp_path, "localities", row_of(Locality, code="M-L") | {"unit": code})
        refused(tmp_path, part)


def test_the_membership_of_somebody_whose_home_is_elsewhere_is_not_ended(part, tmp_path):
    register_member(
        member=part.foreign, unit=part.mine["street"], since=date(2024, 1, 1), kind="residence"
    )
    row = row_of(Member, number=FOREIGN)
    write(tmp_path, "members", row | {"phone": "030 1"})
    assert bring(tmp_path, part)[0].problems == []
    row |= {"phone": "030 1", "left": "2024-06-01", "left_reason": "excluded"}
    write(tmp_path, "members", row)
    told = refused(tmp_path, part)
    assert "members.csv:2 left: is for whoever keeps the register of the home cell" in told
    write(tmp_path, "members", row_of(Member, number=OWN) | {"left": "2024-06-01"})
    (tmp_path / "registrations.csv").unlink(missing_ok=True)
    write(
        tmp_path,
        "members",
        row_of(Member, number=OWN) | {"left": "2024-06-01", "left_reason": "resigned"},
    )
    assert bring(tmp_path, part)[0].problems == []


def test_the_home_of_a_resident_is_not_taken_over(part, tmp_path):
    register_member(
        member=part.foreign, unit=part.mine["street"], since=date(2024, 1, 1), kind="residence"
    )
    write(tmp_path, "registrations", home(FOREIGN, "T-F", until="2024-06-01"))
    assert refused(tmp_path, part)
    write(tmp_path, "registrations", home(FOREIGN, "M-F"))
    assert refused(tmp_path, part) == ["registrations.csv:2 member/kind/since: is taken"]
    write(tmp_path, "registrations", home(FOREIGN, "M-F", since="2024-06-01"))
    assert "overlaps" in refused(tmp_path, part)[0]


def test_without_a_role_nothing_comes_in(part, tmp_path):
    for role in (None, AUDITOR):
        part.account = factories.account()
        if role:
            grant_role(user=part.account, role=role, unit=part.mine["district"])
        write(tmp_path, "members", person(OWN, given_name="Erika"))
        assert refused(tmp_path, part) == ["members.csv:2 number: is taken"]


def test_a_role_that_ended_yesterday_lets_nothing_in(part, tmp_path):
    held = part.account.held_roles.get()
    held.since = date(2024, 1, 1)
    held.until = date.today() - timedelta(days=1)
    held.save()
    write(tmp_path, "members", person(OWN, given_name="Erika"))
    assert refused(tmp_path, part) == ["members.csv:2 number: is taken"]


def test_what_is_refused_does_not_hide_the_other_problems(part, tmp_path):
    write(tmp_path, "members", person(FOREIGN), person(OWN, born="1900-02-30"))
    told = refused(tmp_path, part)
    assert [line.split()[1] for line in told] == ["number:", "born:"]


def test_whoever_holds_everything_is_not_confined(part, tmp_path):
    part.account = factories.account(is_superuser=True, is_staff=True)
    write(tmp_path, "units", unit("ROOT", "town", ""))
    write(tmp_path, "registrations", home(FOREIGN, "T-S"))
    assert bring(tmp_path, part)[0].problems == []
    assert Registration.objects.get(member=FOREIGN).unit.code == "T-S"
