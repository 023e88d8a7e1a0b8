"""Exports in an emergency: numbers in the place of names, and no way back in with them (A14)."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from audit.imports.models import ImportJob, ImportRow
from audit.tables.declaration import table_named
from districts.models import Unit
from elections.emergency.declaring import end_emergency
from tests.emergency.making import TODAY
from tests.emergency.test_names import WHO

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("who", "sees"), WHO)
def test_the_export_has_numbers_in_the_place_of_names(scene, who, sees):
    scene.client.force_login(scene.accounts[who])
    answer = scene.client.post(reverse("export"), {"table": "members"})
    assert answer.status_code == 200
    rows = {row["number"]: row for row in csv.DictReader(io.StringIO(answer.getvalue().decode()))}
    row = rows[str(scene.member.pk)]
    if sees:
        assert (row["family_name"], row["born"]) == ("Zetterling", "1984-05-24")
        return
    assert row["family_name"] == str(scene.member.pk)
    emptied = ("given_name", "born", "email", "phone", "address", "locality")
    assert {row[name] for name in emptied} == {""}
    assert row["joined"] == "2021-01-01"
    assert rows[str(scene.neighbour.pk)]["family_name"] == "Nilsson"


def test_the_command_of_whoever_runs_the_server_writes_names(scene, tmp_path):
    call_command("export_register", str(tmp_path), stdout=io.StringIO())
    assert "Zetterling" in (tmp_path / "members.csv").read_text()


def test_a_file_with_numbers_for_names_is_not_taken_in(scene, tmp_path):
    scene.client.force_login(scene.accounts["administrator"])
    answer = scene.client.post(reverse("export"), {"table": "members"})
    (tmp_path / "members.csv").write_bytes(answer.getvalue())
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("import_register", str(tmp_path), stdout=out, stderr=out)
    assert "A14" in out.getvalue()
    scene.member.refresh_from_db()
    assert scene.member.family_name == "Zetterling"


def brought(scene, who, **files):
    """An import's page, as the one who uploads the files sees it."""
    scene.client.force_login(scene.accounts[who])
    uploads = [SimpleUploadedFile(f"{name}.csv", data) for name, data in files.items()]
    answer = scene.client.post(reverse("imports"), {"files": uploads}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def of_table(name, *rows):
    columns = [column.name for column in table_named(name).columns]
    lines = [columns, *([str(row.get(column, "")) for column in columns] for row in rows)]
    return "\n".join(",".join(line) for line in lines).encode() + b"\n"


@pytest.mark.parametrize(("who", "sees"), WHO)
def test_an_import_neither_shows_nor_changes_what_is_veiled(scene, who, sees):
    row = {"number": scene.member.pk, "family_name": "Other", "joined": "2021-01-01"}
    text = brought(scene, who, members=of_table("members", row))
    assert ("Zetterling" in text) is sees
    assert ("leave the row out" in text) is not sees
    job = ImportJob.objects.get()
    assert job.may_be_accepted is sees
    # What was found while the name could be seen is shown to nobody else afterwards.
    ImportJob.objects.update(account=scene.accounts["administrator"], part=None)
    found = {"kind": "changed", "table": "members", "line": 2, "key": scene.member.pk}
    ImportRow.objects.create(job=job, **found, cells=[["family_name", "Zetterling", "Other"]])
    scene.client.force_login(scene.accounts["administrator"])
    text = scene.client.get(reverse("import", args=[job.pk]), {"kind": "changed"}).content.decode()
    assert "Family name" in text
    assert "Zetterling" not in text
    scene.client.force_login(scene.accounts["everywhere"])
    text = scene.client.get(reverse("import", args=[job.pk]), {"kind": "changed"}).content.decode()
    assert "Family name" not in text


@pytest.mark.parametrize(
    "fields",
    [
        {"regime": "normal"},
        {"regime_since": "2020-01-02"},
        {"dissolved": TODAY.isoformat()},
        {"code": "NEW"},
    ],
)
@pytest.mark.parametrize("who", ["above", "administrator", "server"])
def test_an_import_neither_declares_nor_ends_an_emergency(scene, tmp_path, who, fields):
    area = scene.town.area
    same = {"code": area.code, "name": area.name, "kind": "area", "parent": scene.town.town.code}
    same |= {"founded": area.founded, "regime": "emergency", "regime_since": area.regime_since}
    data = of_table("units", same | fields)
    if who == "server":
        (tmp_path / "units.csv").write_bytes(data)
        out = io.StringIO()
        with pytest.raises(SystemExit):
            call_command("import_register", str(tmp_path), stdout=out, stderr=out)
        assert "A14" in out.getvalue()
    else:
        assert "A14" in brought(scene, who, units=data)
        assert not ImportJob.objects.get().may_be_accepted
    area.refresh_from_db()
    assert (area.regime, area.dissolved) == ("emergency", None)


def test_an_empty_register_takes_the_regimes_as_they_were_and_they_can_be_ended(scene, tmp_path):
    call_command("export_register", str(tmp_path / "one"), stdout=io.StringIO())
    code = scene.town.area.code
    call_command("flush", "--no-input", stdout=io.StringIO())
    call_command("import_register", str(tmp_path / "one"), stdout=io.StringIO())
    call_command("export_register", str(tmp_path / "two"), stdout=io.StringIO())
    for name in ("units.csv", "members.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    area = Unit.objects.get(code=code)
    assert area.regime == "emergency"
    assert end_emergency(unit=area, on=TODAY) is None
    area.refresh_from_db()
    assert area.regime == "normal"
