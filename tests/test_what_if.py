"""What an act would mean for the articles: told before it is done, by the same rules."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from audit.ground import EVERYWHERE
from audit.rulebook import findings
from districts.models import Unit
from members.employments import start_employment
from members.models import Member, Registration, Request
from members.registrations import end_registration
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2024, 1, 1)


def preview(client, row, act, **given):
    """The consequences that the page of an act shows before it is done."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_act"
    today = timezone.localdate().isoformat()
    answer = client.post(reverse(name, args=[row.pk, act]), {"on": today, "perform": "1", **given})
    assert answer.status_code == 200
    assert answer.context_data["act"].errors == {}
    return answer


def told(answer):
    shown = answer.context_data["preview"].consequences
    return [one.finding.rule for one in shown.ended], [one.finding.rule for one in shown.caused]


def standing():
    return [finding.rule for finding in findings(EVERYWHERE, timezone.localdate())]


class TestTransfer:
    def test_to_the_right_cell_it_ends_the_finding(self, client, town, secretary):
        person = factories.member(cell=town.street_cell)
        works = factories.workplace(cell=town.factory_cell)
        start_employment(member=person, workplace=works, since=DAY)
        answer = preview(client, person, "change-cell", kind="home", to=town.factory_cell.code)
        assert told(answer) == (["factory-cell"], [])
        assert "This ends a finding" in answer.content.decode()
        assert standing() == ["factory-cell"]  # nothing was done

    def test_to_another_it_is_an_exception_and_causes_none(self, client, town, secretary):
        person = factories.settled(cell=town.factory_cell)
        answer = preview(client, person, "change-cell", kind="home", to=town.street_cell.code)
        assert told(answer) == ([], [])
        assert "As an exception" in answer.content.decode()
        assert standing() == []
        assert not Request.objects.exists()

    def test_what_stands_before_and_after_is_not_told(self, client, town, secretary):
        person = factories.member(cell=town.factory_cell)  # of no known locality
        answer = preview(client, person, "change-cell", kind="home", to=town.street_cell.code)
        assert standing() == ["locality-known"]
        assert told(answer) == ([], [])
        assert "a finding" not in answer.content.decode()


def test_a_new_job_that_calls_for_another_cell(client, town, secretary):
    person = factories.settled(cell=town.street_cell)
    works = factories.workplace(cell=town.factory_cell)
    given = {"workplace": works.code, "standing": "main"}
    answer = preview(client, person, "start-employment", **given)
    assert told(answer) == ([], ["factory-cell"])
    assert "This causes a finding" in answer.content.decode()
    assert not person.employments.exists()


def test_a_registration_of_somebody_without_a_home(client, town, secretary):
    person = factories.settled(cell=town.street_cell)
    end_registration(registration=person.registrations.get(), on=DAY)
    given = {"kind": "home", "unit": town.street_cell.code}
    assert told(preview(client, person, "register", **given)) == (["home-registration"], [])


def test_a_founding_below_a_unit_that_may_not_have_it(client, town, secretary):
    given = {"kind": "joint_cell", "code": "NEW-J", "title_of_unit": "New"}
    assert told(preview(client, town.district, "found", **given)) == ([], ["joint-cell-place"])
    assert not Unit.objects.filter(code="NEW-J").exists()


def test_a_dissolution_leaves_a_locality_without_a_cell(client, town, secretary):
    home = factories.locality(unit=town.district, street_cell=town.street_cell)
    person = factories.settled(cell=town.factory_cell)
    Member.objects.filter(pk=person.pk).update(locality=home)
    answer = preview(client, town.street_cell, "dissolve")
    assert told(answer) == ([], ["locality-covered"])
    assert Unit.objects.get(pk=town.street_cell.pk).dissolved is None


def test_several_at_once_are_told_together(client, town, secretary, settings):
    settings.STATUTES = {**settings.STATUTES, "bureau_least": 4}  # too few for a bureau of theirs
    people = [factories.member(cell=town.street_cell) for _one in range(3)]
    works = factories.workplace(cell=town.factory_cell)
    for person in people[:2]:
        start_employment(member=person, workplace=works, since=DAY)
    answer = client.post(
        reverse("admin:members_member_changelist"),
        {
            "action": "change-cell",
            "_selected_action": [person.pk for person in people],
            "perform": "1",
            "on": timezone.localdate().isoformat(),
            "kind": "home",
            "to": town.factory_cell.code,
        },
    )
    assert told(answer) == (["factory-cell"] * 2, [])
    assert not Registration.objects.filter(unit=town.factory_cell).exists()


def test_findings_outside_the_part_are_not_told(client, town, secretary):
    other = factories.town()
    home = factories.locality(unit=town.district)
    person = factories.member(cell=other.factory_cell, locality=home)
    second = factories.unit("factory_cell", Unit.objects.get(pk=other.district.pk))
    works = factories.workplace(cell=second)
    start_employment(member=person, workplace=works, since=DAY)
    assert "factory-cell" in standing()
    answer = preview(client, person, "change-cell", kind="residence", to=town.street_cell.code)
    ended, caused = told(answer)
    assert "factory-cell" not in [*ended, *caused]


class TestImport:
    """What a prepared import would mean, by the command."""

    def import_(self, folder, *options):
        out = StringIO()
        call_command("import_register", str(folder), *options, stdout=out, stderr=out)
        return out.getvalue()

    @pytest.fixture
    def folder(self, town, tmp_path):
        """The register as it goes out: one member stands right, one does not."""
        factories.settled(cell=town.factory_cell)
        lost = factories.member(cell=town.street_cell)
        works = factories.workplace(cell=town.factory_cell)
        start_employment(member=lost, workplace=works, since=DAY)
        call_command("export_register", str(tmp_path), stdout=StringIO())
        return tmp_path

    def test_nothing_changes_nothing_is_told(self, folder):
        told = self.import_(folder, "--what-if")
        assert "It would end 0 findings." in told
        assert "It would cause 0 findings." in told

    def test_what_it_would_end_and_cause_and_nothing_is_kept(self, town, folder):
        file = folder / "registrations.csv"
        codes = (town.factory_cell.code, town.street_cell.code)
        swapped = file.read_text()
        swapped = swapped.replace(codes[0], "?").replace(codes[1], codes[0]).replace("?", codes[1])
        file.write_text(swapped)
        before = standing()
        told = self.import_(folder, "--what-if")
        first, second = Member.objects.order_by("pk")
        assert f"It would end 1 finding:\n  A1 factory-cell: {codes[1]}: member {second.pk}" in told
        assert (
            f"It would cause 1 finding:\n  A1 factory-cell: {codes[1]}: member {first.pk}" in told
        )
        assert "nothing was kept" in told
        assert standing() == before

    def test_of_what_is_wrong_nothing_is_foretold(self, folder):
        (folder / "registrations.csv").write_text("member\n")
        with pytest.raises(SystemExit):
            self.import_(folder, "--what-if")
