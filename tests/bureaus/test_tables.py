"""Bureaus and seats as files, out and in; questions and results out alone."""

import contextlib
import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from elections.bureaus.electing import constitute_elected
from elections.bureaus.sitting import leave_seat
from elections.models import Bureau, Seat
from elections.polls import annul_poll
from tests import factories
from tests.bureaus import making
from tests.bureaus.test_electing import STREET_FIRST, election, held

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LATER = making.ON + timedelta(days=30)


def exported(folder, **options):
    folder.mkdir()
    call_command("export_register", str(folder), stdout=StringIO(), **options)
    return {file.stem: list(csv.DictReader(file.open())) for file in folder.glob("*.csv")}


@pytest.fixture
def led():
    town = factories.town()
    bureau = making.of_district(town)
    leave_seat(seat=bureau.seats.first(), on=LATER, ending="resigned")
    return bureau


def test_bureaus_and_seats_go_out_and_come_in_again(led, tmp_path):
    before = exported(tmp_path / "out")
    assert before["bureaus"][0]["code"] == f"{led.unit.code}-{making.ON.isoformat()}"
    assert [row["ending"] for row in before["seats"]].count("resigned") == 1
    Seat.objects.all().delete()
    Bureau.objects.all().delete()
    call_command("import_register", str(tmp_path / "out"), stdout=StringIO())
    assert exported(tmp_path / "again") == before
    assert Seat.objects.held().count() == 4


def test_of_a_past_day_those_who_sat_then_and_no_end_of_theirs(led, tmp_path):
    then = exported(tmp_path / "then", as_of=making.ON + timedelta(days=1))
    assert [len(then["bureaus"]), len(then["seats"])] == [1, 5]
    assert {row["until"] + row["ending"] for row in then["seats"]} == {""}
    now = exported(tmp_path / "now", as_of=LATER)
    assert len(now["seats"]) == 4


@pytest.mark.parametrize(
    ("table", "line", "told"),
    [
        ("bureaus", "{unit}-b,{unit},general,5,,,,2026-04-01,,", "overlaps another period"),
        ("bureaus", "X-1,{unit},by-chance,5,,,,2020-01-01,2021-01-01,resigned", "mandate"),
        ("bureaus", "X-1,{unit},general,5,,,,2021-01-01,2020-01-01,resigned", "until"),
        ("seats", "nowhere,1,,2026-04-01,,", "bureau"),
    ],
)
def test_what_cannot_be_is_named_by_file_and_line(led, tmp_path, table, line, told):
    exported(tmp_path / "out")
    file = tmp_path / "out" / f"{table}.csv"
    file.write_text(file.read_text() + line.format(unit=led.unit.code) + "\n")
    out = StringIO()
    with pytest.raises((CommandError, SystemExit)):
        call_command("import_register", str(tmp_path / "out"), stdout=out, stderr=out)
    assert Bureau.objects.count() == 1


def imported(folder):
    """What the import of the folder says."""
    out = StringIO()
    with contextlib.suppress(CommandError, SystemExit):
        call_command("import_register", str(folder), stdout=out, stderr=out)
    return out.getvalue()


def put_to_work(file, members, portfolio="chair"):
    """Let the seats of these members in the file have this portfolio."""
    rows = list(csv.DictReader(file.open()))
    with file.open("w", newline="") as written:
        writer = csv.DictWriter(written, rows[0])
        writer.writeheader()
        for row in rows:
            taken = {"portfolio": portfolio} if int(row["member"]) in members else {}
            writer.writerow(row | taken)
    return [line for line, row in enumerate(rows, start=2) if int(row["member"]) in members]


def test_a_second_chair_is_refused_by_line_and_article(led, tmp_path):
    exported(tmp_path / "out")
    file = tmp_path / "out" / "seats.csv"
    held = list(Seat.objects.held().values_list("member", flat=True))
    before = list(Seat.objects.order_by("pk").values())
    lines = put_to_work(file, held[:2])
    said = imported(tmp_path / "out")
    assert said.count("A8: A bureau has one chair.") == 1
    assert f"seats.csv:{max(lines)}, bureau/portfolio: '{led.code}/chair'" in said
    assert list(Seat.objects.order_by("pk").values()) == before


def test_a_second_chair_beside_one_of_the_register_is_refused(led, tmp_path):
    chair, other = Seat.objects.held().order_by("pk")[:2]
    Seat.objects.filter(pk=chair.pk).update(portfolio="chair")
    exported(tmp_path / "out")
    file = tmp_path / "out" / "seats.csv"
    rows = [line for line in file.read_text().splitlines() if f",{chair.member_id}," not in line]
    file.write_text("\n".join(rows) + "\n")
    (line,) = put_to_work(file, [other.member_id])
    assert f"seats.csv:{line}, bureau/portfolio" in imported(tmp_path / "out")


def test_the_chair_goes_over_in_one_file_and_other_work_is_shared(led, tmp_path):
    chair, other, *more = Seat.objects.held().order_by("pk")
    Seat.objects.filter(pk=chair.pk).update(portfolio="chair")
    exported(tmp_path / "out")
    file = tmp_path / "out" / "seats.csv"
    put_to_work(file, [chair.member_id, *(one.member_id for one in more)], "literature")
    put_to_work(file, [other.member_id])
    imported(tmp_path / "out")
    assert Seat.objects.get(portfolio="chair").member_id == other.member_id


def test_a_second_bureau_and_a_second_seat_are_told_once(led, tmp_path):
    exported(tmp_path / "out")
    for table, line in (
        ("bureaus", "X-1,{unit},general,5,,,,2026-04-01,,"),
        ("seats", "{bureau},{member},,2026-04-01,,"),
    ):
        file = tmp_path / "out" / f"{table}.csv"
        told = {"unit": led.unit.code, "bureau": led.code}
        told["member"] = Seat.objects.held().first().member_id
        file.write_text(file.read_text() + line.format(**told) + "\n")
    said = imported(tmp_path / "out")
    assert said.count("bureaus.csv:") == said.count("seats.csv:") == 1
    assert said.count("overlaps another period") == 2


def test_questions_and_results_go_out(district, tmp_path):
    question = election(district)
    poll = held(question, STREET_FIRST)
    constitute_elected(question=question, on=TODAY)
    tables = exported(tmp_path / "out")
    (asked,) = tables["questions"]
    assert (asked["number"], asked["fills"], asked["seats"]) == (str(question.pk), "bureau", "5")
    (result,) = tables["results"]
    assert result["poll"] == str(poll.code)
    assert (result["voted_online"], result["voted_on_paper"]) == ("8", "0")
    assert sorted(result["outcome"].split()) == ["1", "2", "5", "6", "7"]
    call_command("import_register", str(tmp_path / "out"), stdout=StringIO())  # passed over


def test_no_result_goes_out_before_it_is_public(district, tmp_path):
    poll = held(election(district), STREET_FIRST)
    annul_poll(poll=poll)
    (result,) = exported(tmp_path / "out")["results"]
    assert (result["state"], result["outcome"]) == ("annulled", "")
