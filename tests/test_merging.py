"""Merging two numbers of one person: what moves, what stands, what is refused, what is kept."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from audit.ground import EVERYWHERE
from audit.models import Entry
from audit.refusals import Blocker
from audit.rulebook import findings
from audit.tables.export import export_register
from audit.tables.importing import Listener, import_register
from districts.kinds import Kind
from districts.models import HeldRole, Unit
from districts.roles import AUDITOR, SECRETARY, grant_role, roles_of
from districts.scope import ground
from members import merging
from members.employments import end_employment, start_employment
from members.membership import end_membership, readmit_member
from members.merging import CannotMerge, merge_members, tell_apart
from members.models import (
    EarlierMembership,
    Employment,
    FormerNumber,
    Member,
    NotTheSame,
    Registration,
)
from members.registrations import MergedAway, change_cell, register_member
from members.spans import Membership, Span, settled, united
from tests import factories

ON = date(2024, 6, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def spans(*texts: str) -> list[Span]:
    """'2020 2022' is a span, '2020' one without an end."""
    ends = [[date(int(year), 1, 1) for year in text.split()] for text in texts]
    return [Span(*end) for end in ends]


# Spans ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "taken", "free"),
    [
        ("2020 2024", [], ["2020 2024"]),
        ("2020 2024", ["2024"], ["2020 2024"]),
        ("2020 2024", ["2018 2020"], ["2020 2024"]),
        ("2020 2024", ["2021 2022"], ["2020 2021", "2022 2024"]),
        ("2020 2024", ["2019 2022"], ["2022 2024"]),
        ("2020 2024", ["2022"], ["2020 2022"]),
        ("2020 2024", ["2020 2024"], []),
        ("2020 2024", ["2019"], []),
        ("2020", ["2021 2022"], ["2020 2021", "2022"]),
        ("2020", ["2019"], []),
        ("2020", ["2021"], ["2020 2021"]),
        ("2020", ["2021 2022", "2023 2024"], ["2020 2021", "2022 2023", "2024"]),
    ],
)
def test_what_is_left_free_of_a_span(span, taken, free):
    assert spans(span)[0].without(spans(*taken)) == spans(*free)


def test_what_stands_first_keeps_its_days():
    assert settled([spans("2020 2022"), spans("2021"), spans("2019")]) == [
        spans("2020 2022"),
        spans("2022"),
        spans("2019 2020"),
    ]


def test_memberships_that_share_a_day_are_one_and_the_last_says_why():
    one, two, three, four = spans("2010 2014", "2012 2016", "2016 2018", "2017")
    told = [Membership(three, "died"), Membership(one, "excluded"), Membership(two, "resigned")]
    assert united([*told, Membership(four)]) == [
        Membership(*spans("2010 2016"), "resigned"),
        Membership(*spans("2016")),
    ]


# What moves -------------------------------------------------------------------------------------


@pytest.fixture
def town(db):
    return factories.town()


@pytest.fixture
def pair(town):
    """Somebody registered twice: in the factory cell first, and in the street cell later."""
    keep = factories.member(cell=town.factory_cell, family_name="Novak", given_name="Eva")
    gone = factories.member(
        cell=town.street_cell, family_name="Nowak", given_name="Eva", joined=day("2023-01-01")
    )
    return keep, gone


def homes(member: Member) -> list[tuple[Unit, date, date | None]]:
    rows = member.registrations.filter(kind="home").order_by("since").select_related("unit")
    return [(row.unit, row.since, row.until) for row in rows]


def reasons(error: pytest.ExceptionInfo) -> list[str]:
    return [str(blocker) for blocker in error.value.blockers]


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


def breaches(*days: date) -> set[tuple[str, date]]:
    """Which rules are broken on which of the days, by anybody."""
    return {(finding.rule, one) for one in (days or (ON,)) for finding in findings(EVERYWHERE, one)}


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


# Accounts ---------------------------------------------------------------------------------------


def test_of_two_accounts_the_kept_number_s_stays_and_the_other_is_closed(town, pair):
    keep, gone = pair
    mine, theirs = factories.account(member=keep), factories.account(member=gone)
    grant_role(user=mine, role=AUDITOR, unit=town.district)
    grant_role(user=theirs, role=SECRETARY, unit=town.town)
    merge_members(keep=keep, gone=gone, on=ON)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.member, mine.is_active) == (keep, True)
    assert roles_of(user=mine) == [(AUDITOR, town.district)]
    assert ground(mine, "change_register").extents == ()
    assert (theirs.member, theirs.is_active, theirs.is_staff) == (None, False, False)
    assert roles_of(user=theirs) == []
    assert ground(theirs).extents == ()


def test_a_lone_account_moves_with_its_roles_as_they_are(town, pair):
    keep, gone = pair
    theirs = factories.account(member=gone)
    grant_role(user=theirs, role=SECRETARY, unit=town.district)
    before = list(HeldRole.objects.values())
    merge_members(keep=keep, gone=gone, on=ON)
    theirs.refresh_from_db()
    assert (theirs.member, theirs.is_active) == (keep, True)
    assert list(HeldRole.objects.values()) == before


def test_the_kept_number_s_lone_account_gains_nothing(town, pair):
    keep, gone = pair
    mine = factories.account(member=keep)
    grant_role(user=mine, role=AUDITOR, unit=town.street_cell)
    before = list(HeldRole.objects.values())
    merge_members(keep=keep, gone=gone, on=ON)
    assert list(HeldRole.objects.values()) == before
    assert ground(mine).extents == ground(mine, "export_register").extents
    assert ground(mine, "change_register").extents == ()


def test_roles_that_ended_with_a_membership_do_not_come_back_with_the_merged_one(town, pair):
    keep, gone = pair
    mine = factories.account(member=keep)
    grant_role(user=mine, role=SECRETARY, unit=town.district, since=day("2021-01-01"))
    end_membership(member=keep, on=day("2022-01-01"), reason="excluded")
    assert roles_of(user=mine) == []
    merged = merge_members(keep=keep, gone=gone, on=ON)
    assert merged.is_present(ON)
    assert roles_of(user=mine) == []
    assert ground(mine).extents == ()


def test_the_account_of_somebody_who_is_no_member_afterwards_holds_no_role(town, pair):
    keep, gone = pair
    for one in pair:
        end_membership(member=one, on=day("2023-06-01"), reason="resigned")
    stray = factories.account(member=None)
    grant_role(user=stray, role=SECRETARY, unit=town.district)
    stray.member = gone
    stray.save()
    merge_members(keep=keep, gone=Member.objects.get(pk=gone.pk), on=ON)
    assert roles_of(user=stray) == []


@pytest.mark.parametrize("unit", ["town", "district", "street_cell"])
def test_nobody_closes_an_account_whose_role_is_wider_than_his_or_her_own(town, pair, unit):
    keep, gone = pair
    factories.account(member=keep)
    theirs, by = factories.account(member=gone), factories.account()
    grant_role(user=theirs, role=SECRETARY, unit=getattr(town, unit))
    grant_role(user=by, role=SECRETARY, unit=town.district)
    if unit == "town":
        with pytest.raises(CannotMerge, match="wider than his or her own"):
            merge_members(keep=keep, gone=gone, on=ON, by=by)
        theirs.refresh_from_db()
        assert theirs.is_active
    else:
        merge_members(keep=keep, gone=gone, on=ON, by=by)
        assert roles_of(user=theirs) == []


def test_nobody_closes_his_or_her_own_account(town, pair):
    keep, gone = pair
    factories.account(member=keep)
    by = factories.account(member=gone)
    with pytest.raises(CannotMerge, match="your own"):
        merge_members(keep=keep, gone=gone, on=ON, by=by)


def test_a_secretary_does_not_close_an_administrator_s_account(town, pair):
    keep, gone = pair
    factories.account(member=keep)
    factories.account(member=gone, is_staff=True, is_superuser=True)
    by = factories.account()
    grant_role(user=by, role=SECRETARY, unit=town.town)
    with pytest.raises(CannotMerge, match="administrator"):
        merge_members(keep=keep, gone=gone, on=ON, by=by)


# The apps above ---------------------------------------------------------------------------------


def test_an_app_above_can_refuse_and_all_reasons_are_told(monkeypatch, pair):
    keep, gone = pair
    monkeypatch.setattr(merging, "_checks", [])

    @merging.blocks_merging
    def both_voted(one: Member, other: Member) -> Iterator[Blocker]:
        assert (one, other) == (keep, gone)
        yield Blocker("Both took part in the same vote.", "A5")

    factories.account(member=keep)
    by = factories.account(member=gone)
    before = register()
    with pytest.raises(CannotMerge) as error:
        merge_members(keep=keep, gone=gone, on=ON, by=by)
    assert "A5: Both took part in the same vote." in reasons(error)
    assert len(reasons(error)) == 2
    assert register() == before


def test_what_an_app_above_holds_moves_by_its_hook(monkeypatch, pair):
    keep, gone = pair
    moved = []
    monkeypatch.setattr(merging, "_moves", [])
    merging.moves_with_merging(lambda one, other: moved.append((one.pk, other.pk)))
    numbers = (keep.pk, gone.pk)
    merge_members(keep=keep, gone=gone, on=ON)
    assert moved == [numbers]


def test_rows_that_nobody_moves_stop_the_merge_instead_of_being_lost(monkeypatch, pair):
    keep, gone = pair
    third = Member.objects.get(pk=keep.pk)
    tell_apart(one=third, other=gone, on=ON)
    monkeypatch.setattr(merging, "_move_told_apart", lambda keep, gone: None)
    with pytest.raises(CannotMerge, match=r"Pairs of two people of .* cannot be moved"):
        merge_members(keep=keep, gone=gone, on=ON)
    assert Member.objects.filter(pk=gone.pk).exists()


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


# Any two histories ------------------------------------------------------------------------------

START = date(2015, 1, 1)
YEARS = [START + timedelta(days=90 * number) for number in range(36)]


@st.composite
def histories(draw, cells: list[Unit], works: list) -> dict:
    """Memberships, homes within them, residences beside the homes, and employments."""
    edges = sorted(draw(st.lists(st.sampled_from(YEARS), unique=True, min_size=1, max_size=5)))
    runs = list(pairwise(edges))[::2] or []
    if len(edges) % 2:
        runs.append((edges[-1], None))
    inner, residences = [], []
    for since, until in runs:
        cuts = [one for one in YEARS if since < one and (until is None or one < until)]
        cuts = sorted(
            draw(st.lists(st.sampled_from(cuts), unique=True, max_size=2)) if cuts else []
        )
        for start, end in pairwise([since, *cuts, until]):
            if draw(st.integers(0, 4)):  # now and then nobody took the member in
                unit = draw(st.sampled_from(cells))
                inner.append((unit, start, end))
                if draw(st.booleans()):
                    residences.append((unit, start, end))
    jobs = []
    for place in works:
        ends = sorted(draw(st.lists(st.sampled_from(YEARS), unique=True, max_size=3)))
        jobs += [(place, *span) for span in list(pairwise(ends))[::2]]
        if len(ends) == 3:
            jobs.append((place, ends[-1], None))
    return {"runs": runs, "homes": inner, "residences": residences, "jobs": jobs}


def make(history: dict, resident_with: dict[int, Unit]) -> Member:
    *earlier, (joined, left) = history["runs"]
    member = Member.objects.create(
        family_name="X", joined=joined, left=left, left_reason="resigned" if left else ""
    )
    for since, until in earlier:
        member.earlier_memberships.create(since=since, until=until, reason="resigned")
    for unit, since, until in history["homes"]:
        member.registrations.create(unit=unit, since=since, until=until)
    for unit, since, until in history["residences"]:
        if unit.pk in resident_with:
            where = resident_with[unit.pk]
            member.registrations.create(unit=where, since=since, until=until, kind="residence")
    for place, since, until in history["jobs"]:
        member.employments.create(workplace=place, since=since, until=until)
    return member


def days_of(rows) -> dict[date, int]:
    """Which unit, or whatever the row is of, holds on each of the days."""
    return {
        one: of
        for of, since, until in rows
        for one in [*YEARS, *(year - timedelta(days=1) for year in YEARS)]
        if since <= one and (until is None or one < until)
    }


def home_days(member: Member) -> dict[date, int]:
    return days_of(member.registrations.filter(kind="home").values_list("unit", "since", "until"))


def member_days(*numbers: int) -> set[date]:
    rows = [
        *Member.objects.filter(pk__in=numbers).values_list("pk", "joined", "left"),
        *EarlierMembership.objects.filter(member__in=numbers).values_list("pk", "since", "until"),
    ]
    return set(days_of(rows))


def job_days(*numbers: int) -> set[tuple[int, date]]:
    rows = Employment.objects.filter(member__in=numbers).values_list("workplace", "since", "until")
    return {(row[0], one) for row in rows for one in days_of([row])}


def register(*but: int) -> list[list[tuple]]:
    """All rows about people, those of some left out."""
    models_of = (Registration, Employment, EarlierMembership)
    rows = [list(model.objects.exclude(member__in=but).values_list()) for model in models_of]
    return [list(Member.objects.exclude(pk__in=but).values_list()), *rows]


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a failure takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_two_histories_make_a_lawful_one(ground_of_two_districts, data):
    cells, works, resident_with = ground_of_two_districts
    with transaction.atomic():
        told = histories(cells, works)
        keep, gone = make(data.draw(told), resident_with), make(data.draw(told), resident_with)
        make(data.draw(told), resident_with)  # somebody whom it does not concern
        numbers, before, others = (keep.pk, gone.pk), home_days(keep), register(keep.pk, gone.pk)
        theirs, present, jobs = home_days(gone), member_days(*numbers), job_days(*numbers)
        wrong = breaches(*YEARS[::3])
        open_ones = merging.open_homes(keep, gone)
        chosen = data.draw(st.sampled_from([None, *open_ones]))
        stays = chosen or merging.staying_home(open_ones)
        merged = merge_members(keep=keep, gone=gone, on=ON, home=chosen)

        for row in [merged, *merged.registrations.all(), *merged.employments.all()]:
            row.full_clean()
        for earlier in merged.earlier_memberships.all():
            earlier.full_clean()
            assert earlier.until <= merged.joined
        assert member_days(merged.pk) == present
        assert job_days(merged.pk) == jobs
        after = home_days(merged)
        assert set(after) == set(before) | set(theirs)
        for one, unit in before.items():
            replaced = stays is not None and stays.member_id == numbers[1] and one >= stays.since
            assert after[one] == unit or (replaced and after[one] == stays.unit_id)
        assert all(unit in (before.get(one), theirs.get(one)) for one, unit in after.items())
        if stays is not None:
            assert after[YEARS[-1]] == stays.unit_id
        assert breaches(*YEARS[::3]) <= wrong
        assert register(merged.pk) == others
        assert not Member.objects.filter(pk=numbers[1]).exists()
        transaction.set_rollback(True)


@pytest.fixture
def ground_of_two_districts(town):
    """Cells of every kind in two districts, workplaces, and where who works there may live."""
    sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=town.area.pk))
    there = [factories.unit(kind, sister) for kind in (Kind.FACTORY_CELL, Kind.STREET_CELL)]
    resident_with = {town.factory_cell.pk: there[1], there[0].pk: town.district}
    return (
        [town.factory_cell, town.street_cell, *there],
        [factories.workplace() for _each in "12"],
        resident_with,
    )
