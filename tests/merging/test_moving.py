"""What moves to the number that is kept, and what stands there."""

from districts.kinds import Kind
from districts.models import Unit
from members.employments import end_employment, start_employment
from members.membership import end_membership, readmit_member
from members.merging import merge_members
from members.models import EarlierMembership, FormerNumber, Member
from members.registrations import register_member
from tests import factories
from tests.merging.making import ON, breaches, day, homes


def test_the_home_that_began_last_stays_and_the_other_ends_on_that_day(town, pair):
    keep, gone = pair
    number = gone.pk
    merged = merge_members(keep=keep, gone=gone, on=ON)
    assert merged == keep
    assert homes(keep) == [
        (town.factory_cell, factories.JOINED, day("2023-01-01")),
        (town.street_cell, day("2023-01-01"), None),
    ]
    assert not Member.objects.filter(pk=number).exists()
    assert FormerNumber.objects.get().number == number
    assert (merged.joined, merged.left) == (factories.JOINED, None)


def test_the_other_home_can_be_chosen(town, pair):
    keep, gone = pair
    merge_members(keep=keep, gone=gone, on=ON, home=keep.registrations.get())
    assert homes(keep) == [(town.factory_cell, factories.JOINED, None)]


def test_a_chosen_home_that_began_first_takes_the_place_of_the_later_one(town):
    keep = factories.member(cell=town.factory_cell, joined=day("2023-01-01"))
    gone = factories.member(cell=town.street_cell)
    merge_members(keep=keep, gone=gone, on=ON, home=gone.registrations.get())
    assert homes(keep) == [(town.street_cell, factories.JOINED, None)]


def test_homes_with_the_same_cell_become_one(town):
    keep = factories.member(cell=town.street_cell)
    gone = factories.member(cell=town.street_cell, joined=day("2023-01-01"))
    merge_members(keep=keep, gone=gone, on=ON)
    assert homes(keep) == [(town.street_cell, factories.JOINED, None)]


def test_a_home_around_another_is_cut_in_two(town):
    keep = factories.member(cell=town.factory_cell, joined=day("2022-01-01"))
    end_membership(member=keep, on=day("2023-01-01"), reason="resigned")
    gone = factories.member(cell=town.street_cell)
    merge_members(keep=keep, gone=gone, on=ON)
    assert homes(keep) == [
        (town.street_cell, factories.JOINED, day("2022-01-01")),
        (town.factory_cell, day("2022-01-01"), day("2023-01-01")),
        (town.street_cell, day("2023-01-01"), None),
    ]
    keep.refresh_from_db()
    assert (keep.joined, keep.left, keep.left_reason) == (factories.JOINED, None, "")
    assert not keep.earlier_memberships.exists()


def test_who_left_and_was_admitted_again_under_a_new_number_has_an_earlier_membership(town, pair):
    keep, gone = pair
    end_membership(member=keep, on=day("2022-01-01"), reason="resigned")
    merged = merge_members(keep=keep, gone=gone, on=ON)
    assert (merged.joined, merged.left, merged.left_reason) == (day("2023-01-01"), None, "")
    earlier = merged.earlier_memberships.get()
    assert (earlier.since, earlier.until) == (factories.JOINED, day("2022-01-01"))
    assert earlier.reason == "resigned"


def test_earlier_memberships_of_both_move_and_unite(town, pair):
    keep, gone = pair
    end_membership(member=keep, on=day("2022-01-01"), reason="resigned")
    end_membership(member=gone, on=day("2023-06-01"), reason="moved_away")
    gone = readmit_member(member=gone, on=day("2024-01-01"), cell=town.street_cell)
    EarlierMembership.objects.create(
        member=gone, since=day("2021-06-01"), until=day("2022-06-01"), reason="excluded"
    )
    merged = merge_members(keep=keep, gone=gone, on=ON)
    assert merged.joined == day("2024-01-01")
    assert list(merged.earlier_memberships.values_list("since", "until", "reason")) == [
        (factories.JOINED, day("2022-06-01"), "excluded"),
        (day("2023-01-01"), day("2023-06-01"), "moved_away"),
    ]


def test_work_moves_and_days_in_the_same_workplace_count_once(town, pair):
    keep, gone = pair
    works, other = factories.workplace(), factories.workplace()
    mine = start_employment(member=keep, workplace=works, since=day("2021-01-01"))
    end_employment(employment=mine, on=day("2023-01-01"))
    start_employment(member=gone, workplace=works, since=day("2022-01-01"))
    start_employment(member=gone, workplace=other, since=day("2022-01-01"))
    merge_members(keep=keep, gone=gone, on=ON)
    rows = keep.employments.order_by("workplace", "since")
    assert list(rows.values_list("workplace", "since", "until")) == [
        (works.pk, day("2021-01-01"), day("2023-01-01")),
        (works.pk, day("2023-01-01"), None),
        (other.pk, day("2022-01-01"), None),
    ]


def test_contact_data_fills_what_is_empty_and_replaces_nothing(town):
    here, there = factories.locality(), factories.locality()
    keep = factories.member(cell=town.street_cell, email="old@example.org", locality=here)
    gone = factories.member(
        cell=town.street_cell,
        given_name="Eva",
        email="new@example.org",
        phone="123",
        born=day("1990-01-01"),
        locality=there,
        address="Elsewhere 1",
    )
    merged = merge_members(keep=keep, gone=gone, on=ON)
    merged.refresh_from_db()
    assert (merged.email, merged.phone, merged.born) == ("old@example.org", "123", gone.born)
    assert (merged.locality, merged.address) == (here, "")  # a street of another place is none
    assert merged.search == "example eva"


def test_an_address_comes_with_its_place(town):
    there = factories.locality()
    keep = factories.member(cell=town.street_cell)
    gone = factories.member(cell=town.street_cell, locality=there, address="There 1")
    merged = merge_members(keep=keep, gone=gone, on=ON)
    merged.refresh_from_db()
    assert (merged.locality, merged.address) == (there, "There 1")


def test_a_residence_that_the_other_home_forbids_is_cut(town):
    sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    keep = factories.settled(cell=town.street_cell)
    gone = factories.member(cell=town.factory_cell, joined=day("2020-06-01"))
    register_member(member=gone, unit=sister, since=day("2020-06-01"), kind="residence")
    before = breaches()
    merge_members(keep=keep, gone=gone, on=ON)
    residence = keep.registrations.get(kind="residence")
    assert (residence.since, residence.until) == (day("2020-06-01"), factories.JOINED)
    a4 = [name for name, _day in breaches() | before if name.startswith("residence-")]
    assert a4 == []


def test_a_residence_beside_a_factory_home_of_another_district_moves(town):
    sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    keep = factories.member(cell=town.factory_cell)
    gone = factories.member(cell=town.factory_cell)
    register_member(member=gone, unit=sister, since=ON, kind="residence")
    merge_members(keep=keep, gone=gone, on=ON)
    assert keep.registrations.get(kind="residence").unit == sister
