"""Export, import into an empty database, export again: the same bytes."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.tables.export import export_register
from audit.tables.importing import Listener, import_register
from districts.models import Locality, Unit, Workplace
from districts.tree import tree_faults
from members.models import EarlierMembership, Employment, Leaving, Member, Registration, Request
from tests import factories

START = date(2000, 1, 1)
NASTY = [
    "=cmd()",
    "+1",
    "-1",
    "@x",
    "'=x",
    "''",
    '"',
    ",",
    "a\nb",
    "a\r\nb",
    "\r",
    "\t",
    ";",
    "007",
]
NASTY += [
    "\u05e9\u05dc\u05d5\u05dd",
    "\u0627\u0644\u0633\u0644\u0627\u0645",
    "\u202eabc",
    "\\.",
    "NULL",
]
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(
        alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30
    ),
)
names = texts.filter(lambda text: text.strip())
days = st.integers(0, 9000).map(lambda number: START + timedelta(days=number))
degrees = st.integers(-90_000_000, 90_000_000).map(lambda number: number / 1_000_000)


@st.composite
def periods(draw, most: int):
    """Periods that follow each other; the last may be open."""
    edges = sorted(draw(st.lists(days, unique=True, min_size=1, max_size=most)))
    spans = list(pairwise(edges))
    if draw(st.booleans()):
        spans.append((edges[-1], None))
    return spans


def make_register(draw) -> None:
    """A register of every table, with whatever texts."""
    town = factories.town()
    units = [town.district, town.factory_cell, town.street_cell, factories.unit("local_group")]
    for unit in units:
        Unit.objects.filter(pk=unit.pk).update(name=draw(names))
    localities = [
        Locality.objects.create(
            code=f"L{number}",
            postcode=draw(names)[:20].strip() or "0",
            name=draw(names),
            unit=draw(st.sampled_from([None, town.district])),
            street_cell=draw(st.sampled_from([None, town.street_cell])),
            latitude=(latitude := draw(st.one_of(st.none(), degrees))),
            longitude=None if latitude is None else draw(degrees),
        )
        for number in range(draw(st.integers(1, 3)))
    ]
    works = [
        Workplace.objects.create(
            code=f"W{number}",
            name=draw(names),
            branch=draw(texts),
            locality=draw(st.sampled_from(localities)),
            cell=(cell := draw(st.sampled_from([None, town.factory_cell]))),
            coverage=draw(st.sampled_from(["own", "attached"])) if cell else "",
        )
        for number in range(2)
    ]
    numbers = draw(st.lists(st.integers(1, 10**12), unique=True, max_size=4))
    for number in numbers:
        make_member(draw, number, localities, works, units)


def make_requests(draw, member, localities, units) -> None:
    """An exit that waits, and an application that was refused."""
    if not draw(st.booleans()):
        return
    asked = draw(days)
    Request.objects.create(
        kind="exit",
        member=member,
        unit=draw(st.sampled_from([None, *units])),
        asked_on=asked,
        due_on=asked + timedelta(days=30),
        reason=draw(texts),
    )
    Request.objects.create(
        kind="admission",
        family_name=draw(names),
        address=draw(texts),
        locality=draw(st.sampled_from([None, *localities])),
        cell=draw(st.sampled_from([None, *units])),
        asked_on=asked,
        due_on=asked,
        state="refused",
        decided_on=asked,
        decision_reason=draw(texts),
    )


def make_member(draw, number, localities, works, units) -> None:
    left = draw(st.one_of(st.none(), days.map(lambda day: day + timedelta(days=10_000))))
    member = Member.objects.create(
        number=number,
        family_name=draw(names),
        given_name=draw(texts),
        born=draw(st.one_of(st.none(), days)),
        email=draw(st.sampled_from(["", "a@example.org", "+a@example.org"])),
        phone=draw(st.sampled_from(["", "+49 30 000", "0049"])),
        address=draw(texts),
        locality=draw(st.sampled_from([None, *localities])),
        joined=draw(days),
        left=left,
        left_reason=draw(st.sampled_from(Leaving.values)) if left else "",
    )
    for kind in ("home", "residence"):
        for since, until in draw(periods(4)):
            Registration.objects.create(
                member=member,
                kind=kind,
                unit=draw(st.sampled_from(units)),
                since=since,
                until=until,
            )
    for since, until in draw(periods(3)):
        Employment.objects.create(
            member=member,
            workplace=draw(st.sampled_from(works)),
            since=since,
            until=until,
            standing=draw(st.sampled_from(["main", "side"])),
        )
    make_requests(draw, member, localities, units)
    for since, until in draw(periods(2)):
        if until:
            EarlierMembership.objects.create(
                member=member,
                since=since,
                until=until,
                reason=draw(st.sampled_from(Leaving.values)),
            )


def empty_the_register() -> None:
    for model in (
        Request,
        EarlierMembership,
        Employment,
        Registration,
        Member,
        Workplace,
        Locality,
    ):
        model.objects.all().delete()
    while Unit.objects.exists():
        Unit.objects.filter(children=None).delete()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_the_same_bytes(db, data):
    with transaction.atomic(), TemporaryDirectory() as one, TemporaryDirectory() as other:
        make_register(data.draw)
        export_register(Path(one))
        searched = dict(Member.objects.values_list("number", "search"))
        again = import_register(Path(one), Listener())
        assert {(counts.new, counts.changed) for counts in again.counts.values()} == {(0, 0)}
        empty_the_register()
        outcome = import_register(Path(one), Listener())
        assert outcome.problems == 0
        export_register(Path(other))
        assert contents(Path(one)) == contents(Path(other))
        assert list(tree_faults()) == []
        assert dict(Member.objects.values_list("number", "search")) == searched
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_numbers_go_on_after_those_that_were_imported(tmp_path):
    town = factories.town()
    member = factories.member(cell=town.street_cell)
    export_register(tmp_path)
    text = (tmp_path / "members.csv").read_text()
    (tmp_path / "members.csv").write_text(text.replace(f"\n{member.pk},", f"\n{member.pk + 50},"))
    for name in ("registrations.csv", "employments.csv"):
        (tmp_path / name).unlink()
    assert import_register(tmp_path, Listener()).problems == 0
    assert factories.member(cell=town.street_cell).pk == member.pk + 51
