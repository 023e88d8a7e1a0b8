"""Exports in an emergency: numbers in the place of names, and no way back in with them (A14)."""

import csv
import io

import pytest
from django.core.management import call_command
from django.urls import reverse

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
