"""Which number is kept, and what log and files tell of the other; people who are told apart."""

import pytest
from django.db import connection

from audit.models import Entry
from audit.tables.export import export_register
from audit.tables.importing import Listener, import_register
from members.merging import CannotMerge, merge_members, tell_apart
from members.models import (
    EarlierMembership,
    Employment,
    FormerNumber,
    Member,
    NotTheSame,
    Registration,
)
from members.registrations import MergedAway, change_cell
from tests import factories
from tests.merging.making import ON

# Numbers ----------------------------------------------------------------------------------------


def test_the_older_number_is_kept(pair):
    keep, gone = pair
    with pytest.raises(CannotMerge, match="The older number stays"):
        merge_members(keep=gone, gone=keep, on=ON)


def test_nobody_is_merged_with_him_or_herself(pair):
    keep, _gone = pair
    with pytest.raises(CannotMerge, match="two numbers are needed"):
        merge_members(keep=keep, gone=Member.objects.get(pk=keep.pk), on=ON)


def test_nobody_is_merged_twice_and_an_act_on_the_old_number_says_where_to_look(town, pair):
    keep, gone = pair
    stale = Member.objects.get(pk=gone.pk)
    merge_members(keep=keep, gone=gone, on=ON)
    for act, refusal in (
        (lambda: merge_members(keep=keep, gone=stale, on=ON), CannotMerge),
        (lambda: change_cell(member=stale, to=town.factory_cell, on=ON), MergedAway),
    ):
        with pytest.raises(refusal, match=rf"merged into another: look for .*\({keep.pk}\)"):
            act()


def test_a_former_number_is_never_given_again(town, pair):
    keep, gone = pair
    number = gone.pk
    merge_members(keep=keep, gone=gone, on=ON)
    assert factories.member(cell=town.street_cell).pk > number


def test_former_numbers_follow_through_a_second_merge(town, pair):
    keep, gone = pair
    oldest = keep
    later = factories.member(cell=town.street_cell)
    middle, last = gone.pk, later.pk
    merge_members(keep=gone, gone=later, on=ON)
    merge_members(keep=oldest, gone=Member.objects.get(pk=middle), on=ON)
    assert list(oldest.former_numbers.values_list("number", flat=True)) == [middle, last]


# Two people -------------------------------------------------------------------------------------


def test_two_people_are_told_apart_once_in_either_order(pair):
    keep, gone = pair
    told = tell_apart(one=gone, other=keep, on=ON)
    assert (told.member, told.other) == (keep, gone)
    with pytest.raises(CannotMerge, match="known to be two people"):
        tell_apart(one=keep, other=gone, on=ON)


def test_who_was_told_apart_stays_so_from_the_kept_number(town, pair):
    keep, gone = pair
    third, fourth = (factories.member(cell=town.street_cell) for _each in "12")
    for one, other in ((gone, third), (gone, fourth), (keep, fourth), (keep, gone)):
        tell_apart(one=one, other=other, on=ON)
    merge_members(keep=keep, gone=gone, on=ON)
    pairs = NotTheSame.objects.values_list("member", "other")
    assert list(pairs) == [(keep.pk, third.pk), (keep.pk, fourth.pk)]


# The log ----------------------------------------------------------------------------------------


def test_the_log_keeps_the_old_number_s_entries_and_all_that_it_held(town, pair):
    keep, gone = pair
    number = gone.pk
    before = Entry.objects.filter(member=number).count()
    merge_members(keep=keep, gone=gone, on=ON)
    entries = Entry.objects.filter(member=number)
    assert entries.count() == before + 1
    removed = entries.get(what="removed")
    assert (removed.table, removed.key, removed.act) == ("members", str(number), "merge-members")
    assert removed.changes["family_name"][0] == "Nowak"
    assert removed.unit == town.street_cell.pk  # so that its secretary sees it
    former = Entry.objects.get(table="former_numbers")
    assert (former.member, former.key) == (keep.pk, str(number))


# Out and in -------------------------------------------------------------------------------------


def import_(folder) -> tuple[int, list[str]]:
    class Ear(Listener):
        said: list[str] = []

        def problem(self, problem) -> None:
            self.said.append(f"{problem.file}: {problem.message}")

    ear = Ear()
    ear.said = []
    return import_register(folder, ear).problems, ear.said


def empty() -> None:
    for model in (NotTheSame, FormerNumber, Registration, Employment, EarlierMembership, Member):
        model.objects.all().delete()


def test_former_numbers_go_out_and_come_in_again_and_stay_taken(town, pair, tmp_path):
    keep, gone = pair
    number = gone.pk
    merge_members(keep=keep, gone=gone, on=ON)
    export_register(tmp_path / "one")
    rows = (tmp_path / "one" / "former_numbers.csv").read_text()
    assert rows == f"number,member,merged\n{number},{keep.pk},2024-06-01\n"
    empty()
    if connection.vendor == "sqlite":  # the numbers of an empty register begin anew
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = 'members_member'")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('members_member','number'), 1)")
    assert import_(tmp_path / "one") == (0, [])
    export_register(tmp_path / "two")
    assert (tmp_path / "two" / "former_numbers.csv").read_text() == rows
    assert factories.member(cell=town.street_cell).pk == number + 1


def test_a_member_under_a_former_number_is_not_imported(town, pair, tmp_path):
    keep, gone = pair
    number = gone.pk
    export_register(tmp_path / "before")
    merge_members(keep=keep, gone=gone, on=ON)
    count, said = import_(tmp_path / "before")
    assert f"members.csv: is a former number: this person is number {keep.pk} now" in said
    assert not Member.objects.filter(pk=number).exists()
    assert count == len(said)


def test_a_former_number_that_is_a_member_s_is_not_imported(town, pair, tmp_path):
    keep, gone = pair
    (tmp_path / "former_numbers.csv").write_text(
        f"number,member,merged\n{gone.pk},{keep.pk},2024-06-01\n"
        f"{keep.pk - 1},{keep.pk},2024-06-01\n"
    )
    _count, said = import_(tmp_path)
    assert said == [
        "former_numbers.csv: is a member's number in the register",
        "former_numbers.csv: must be higher than the number that it leads to",
    ]
    export_register(tmp_path / "all")
    (tmp_path / "all" / "former_numbers.csv").write_text(
        f"number,member,merged\n{gone.pk},{keep.pk},2024-06-01\n"
    )
    empty()
    _count, said = import_(tmp_path / "all")
    assert f"members.csv: is a former number: this person is number {keep.pk} now" in said
