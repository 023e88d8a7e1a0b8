"""The table of the coverage: computed for an export, confined, never imported (A2)."""

from datetime import date
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from frictionless import system
from frictionless import validate as frictionless_validate

from audit.ground import Ground
from audit.imports.archive import contents
from audit.tables.declaration import tables
from audit.tables.export import export_register
from audit.tables.importing import CannotImport, Listener, import_register
from audit.tables.sources import known_names
from cells.tables import COVERAGE
from tests import factories
from tests.test_coverage import Place

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 1)
HEAD = "workplace,members,cell,coverage,distance_km"


@pytest.fixture
def place():
    return Place()


def lines(folder: Path, **options) -> list[str]:
    export_register(folder, **options)
    head, *rows = (folder / "coverage.csv").read_text().splitlines()
    assert head == HEAD
    return rows


def ground(unit):
    unit.refresh_from_db()
    return Ground((unit.extent,))


def valid(folder: Path) -> bool:
    with system.use_context(trusted=True):
        return frictionless_validate(str(folder / "datapackage.json")).valid


def test_a_line_for_each_workplace_in_the_order_of_the_codes(place, tmp_path):
    cell = place.town.factory_cell
    place.workers(place.factory, 2)
    place.works(50.1, code="b-1", cell=cell, coverage="attached")
    place.works(50.2, code="B-2")
    place.works(code="a_1", locality=factories.locality(), cell=cell, coverage="attached")
    assert lines(tmp_path) == [
        "B-2,0,,,",
        f"a_1,0,{cell.code},attached,",
        f"b-1,0,{cell.code},attached,11.120",
        f"{place.factory.code},2,{cell.code},own,0.000",
    ]
    assert valid(tmp_path)


def test_as_of_a_day_it_tells_who_worked_there_then(place, tmp_path):
    (person,) = place.workers(place.factory, 1)
    person.employments.update(until=DAY)
    for day, members in ((date(2023, 12, 31), 1), (DAY, 0)):
        (line,) = lines(tmp_path, day=day)
        assert line.split(",")[1] == str(members)
    assert lines(tmp_path, day=date(2019, 1, 1)) == [f"{place.factory.code},0,,,"]
    assert valid(tmp_path)


def test_a_part_has_its_own_workplaces_and_names_no_cell_of_others(place, tmp_path):
    other = Place()
    abroad = place.works(50.1, cell=other.town.factory_cell, coverage="attached")
    mine = f"{place.factory.code},0,{place.town.factory_cell.code},own,0.000"
    assert lines(tmp_path, ground=ground(place.town.district)) == sorted(
        [mine, f"{abroad.code},0,,attached,"]
    )
    assert valid(tmp_path)
    (theirs,) = lines(tmp_path, ground=ground(other.town.district))
    assert theirs.startswith(f"{other.factory.code},0,{other.town.factory_cell.code},own")
    assert list(COVERAGE.computed(Ground(), None)) == []


def test_an_import_passes_it_over_and_says_so(place, tmp_path):
    export_register(tmp_path)
    (tmp_path / "coverage.csv").write_text("nonsense\n")
    out = StringIO()
    call_command("import_register", str(tmp_path), stdout=out)
    assert "coverage.csv: passed over, since the program computes it" in out.getvalue()
    assert "coverage: " not in out.getvalue()
    assert "coverage.csv" not in known_names()


def test_alone_it_is_refused(place, tmp_path):
    export_register(tmp_path)
    for path in tmp_path.glob("*.csv"):
        if path.name != "coverage.csv":
            path.unlink()
    with pytest.raises(CannotImport, match=r"coverage\.csv"):
        import_register(tmp_path, Listener())


def test_an_archive_of_an_export_may_hold_it(place, tmp_path):
    with ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("units.csv", "")
        archive.writestr("coverage.csv", "")
    with ZipFile(tmp_path / "all.zip") as archive:
        assert set(contents(archive)) == {"units.csv", "coverage.csv"}


def test_the_import_s_page_says_that_it_is_passed_over(place, client):
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    page = client.get("/admin/import/").content.decode()
    computed = (table.file for table in tables() if table.computed)
    assert f"The program computes {', '.join(computed)} itself" in page
    assert HEAD.replace(",", ", ") not in page
