"""The demonstration town: lawful but for the breaches that it is meant to show."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.ground import EVERYWHERE
from audit.rulebook import findings
from districts.kinds import Kind
from districts.models import Locality, Unit, Workplace
from districts.tree import tree_faults
from elections.models import (
    AgendaItem,
    Apportionment,
    Bureau,
    Delegate,
    Delegation,
    Emergency,
    Meeting,
    Seat,
)
from members.models import EarlierMembership, Employment, Member, Registration, Request
from members.registrations import HOME, RESIDENCE

DAY = date(2026, 3, 31)
BREACHES = [
    ("A1", "factory-cell"),
    ("A1", "home-in-a-cell"),
    ("A1", "home-registration"),
    ("A1", "home-registration"),
    ("A1", "registered-as-member"),
    ("A1", "unit-open"),
    ("A1", "unit-open"),
    ("A10", "general-meeting"),
    ("A11", "bureau-mandate"),
    ("A12", "delegation-filled"),
    ("A13", "factory-majority"),
    ("A14", "committee-confirmed"),
    ("A2", "responsible-cell"),
    ("A3", "locality-covered"),
    ("A3", "locality-covered"),
    ("A3", "locality-known"),
    ("A3", "street-cell"),
    ("A4", "residence-of-factory-members"),
    ("A4", "residence-registration"),
    ("A4", "residence-unit"),
    ("A6", "unemployed-stay"),
    ("A7", "joint-cell-place"),
    ("A8", "cell-bureau-size"),
    ("A8", "cell-led"),
    ("A8", "cell-seat-held"),
    ("A9", "unit-above-open"),
]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def interval(settings):
    """The districts there have met in time, but for one."""
    settings.STATUTES = {}


def demo(**options):
    out = StringIO()
    call_command("demo", stdout=out, **{"as_of": DAY, "members": 600, **options})
    return out.getvalue()


def export(folder: Path) -> dict[str, bytes]:
    call_command("export_register", str(folder), stdout=StringIO())
    return {file.name: file.read_bytes() for file in folder.glob("*.csv")}


def empty_register():
    tables = (
        Seat,
        Bureau,
        Delegate,
        Delegation,
        Apportionment,
        Emergency,
        AgendaItem,
        Meeting,
        Request,
        Registration,
        Employment,
        EarlierMembership,
        Member,
        Workplace,
        Locality,
        Unit,
    )
    for model in tables:
        model.objects.order_by()._raw_delete("default")


@pytest.mark.parametrize(("members", "seed"), [(200, 1), (600, 2), (1500, 3), (3000, 4)])
def test_the_town_is_whole_and_breaks_just_what_it_is_meant_to(members, seed):
    demo(members=members, seed=seed)
    assert Member.objects.count() == members
    assert list(tree_faults()) == []
    broken = [(finding.article, finding.rule) for finding in findings(EVERYWHERE, DAY)]
    assert sorted(broken) == BREACHES


def test_it_has_all_that_there_is_to_see():
    demo(members=3000)
    assert {*Unit.objects.values_list("kind", flat=True)} == {*Kind.values}
    assert Unit.objects.filter(parent=None, kind=Kind.LOCAL_GROUP).exists()
    assert Unit.objects.filter(parent__kind=Kind.AREA, kind=Kind.LOCAL_GROUP).exists()
    assert Unit.objects.filter(dissolved__isnull=False).exists()
    for placed in (Unit, Locality, Workplace):
        assert not placed.objects.filter(latitude=None).exists()
    assert EarlierMembership.objects.exists()
    assert Registration.objects.filter(kind=HOME, until__gt=DAY).exists()
    assert Registration.objects.filter(kind=RESIDENCE, unit__kind=Kind.STREET_CELL).exists()
    assert Registration.objects.filter(kind=RESIDENCE, unit__kind=Kind.DISTRICT).exists()
    assert {*Member.objects.values_list("left_reason", flat=True)} >= {
        *("", "died", "resigned", "excluded", "moved_away")
    }
    for word in ("muller", "ivanov", "demir"):
        assert Member.objects.named(word).exists()


def test_nobody_works_or_joins_before_growing_up():
    demo(members=1500)
    for employment in Employment.objects.select_related("member"):
        assert (employment.since - employment.member.born).days > 15 * 365
    for member in Member.objects.all():
        assert (member.joined - member.born).days > 16 * 365


def test_the_same_seed_gives_the_same_rows(tmp_path):
    demo(seed=7)
    first = export(tmp_path / "first")
    empty_register()
    demo(seed=7)
    assert export(tmp_path / "second") == first
    empty_register()
    demo(seed=8)
    assert export(tmp_path / "third") != first


def test_it_numbers_on_after_the_last_row():
    demo()
    member = Member.objects.create(family_name="New", joined=DAY)
    assert member.number > 600
    unit = Unit.objects.create(code="XX", name="New", kind=Kind.TOWN, founded=DAY)
    assert list(tree_faults()) == []
    assert unit.pk >= Unit.objects.count()


def test_it_leaves_a_register_in_use_alone():
    Member.objects.create(family_name="Here already", joined=DAY)
    with pytest.raises(CommandError, match="in use"):
        demo()
    assert Member.objects.count() == 1
    assert not Unit.objects.exists()


def test_it_says_what_it_made_and_how_many_it_needs():
    assert demo().startswith("An invented town: 600 people in ")
    with pytest.raises(CommandError, match="at least 200"):
        demo(members=10)
