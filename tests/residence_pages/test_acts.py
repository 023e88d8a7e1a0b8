"""The acts on the second registration, as pages: registering, and the street cell."""

import pytest

from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR
from members.registrations import register_member
from tests import factories
from tests.residence_pages.office import (
    DAY,
    LIST,
    address,
    log_in,
    offered,
    perform,
    refused,
    residences,
    said,
    section,
)

pytestmark = pytest.mark.django_db


class TestRegistering:
    def test_the_finding_leads_to_the_act_and_the_act_mends_it(self, client, town, there, member):
        log_in(client, town.district)
        report = {"rule": "residence-registration"}
        (one,) = client.get("/admin/findings/", report).context_data["findings"]
        assert one.mend.url == address(member, "act", "register-residence")
        text = said(client, member, "register-residence")
        assert text == f"Registered as a resident with {there.district} from 2024-03-01."
        assert client.get("/admin/findings/", report).context_data["findings"] == []

    def test_the_preview_shows_what_will_be_opened(self, client, town, there, member):
        log_in(client, town.district)
        preview, _done = perform(client, member, "register-residence")
        assert there.district.code in preview.content.decode()

    def test_its_page_tells_where_the_member_lives(self, client, town, there, place, member):
        log_in(client, town.district)
        facts = client.get(address(member, "act", "register-residence")).context_data["facts"]
        assert [value for _name, value in facts][-2:] == [place, there.district]

    def test_it_is_offered_where_it_is_missing(self, client, town, member):
        log_in(client, town.district)
        assert "register-residence" in offered(client, member)
        said(client, member, "register-residence")
        assert "register-residence" not in offered(client, member)

    def test_several_at_once_and_who_cannot_be_is_told(self, client, town, there, place, member):
        log_in(client, town.district)
        second = factories.member(cell=town.factory_cell, locality=place)
        unknown = factories.member(cell=town.factory_cell)
        chosen = [member, second, unknown]
        sent = {
            "action": "register-residence",
            "_selected_action": [one.pk for one in chosen],
            "perform": "1",
            "on": "2024-03-01",
            "reason": "All of them.",
        }
        preview = client.post(LIST, sent).context_data["preview"]
        answer = client.post(LIST, {**sent, "seen": preview.seen})
        results = {result.row: result for result in answer.context_data["results"]}
        assert [len(results[one].blockers) for one in chosen] == [0, 0, 1]
        assert str(results[unknown].blockers[0]).startswith("A4: It is not known where")
        for one in (member, second):
            assert residences(one) == [(there.district, "2024-03-01")]

    def test_only_whoever_keeps_the_home_or_the_residence(self, client, town, there, member):
        """Somebody who knows the member by an earlier registration reports nobody."""
        other = factories.town()
        register_member(member=member, unit=other.district, since=DAY, kind="residence")
        log_in(client, other.district)
        (blocker,) = refused(client, member, "register-residence")
        assert blocker.startswith("A4: ")
        assert town.factory_cell.name not in blocker
        assert residences(member) == [(other.district, "2024-01-01")]
        assert "register-residence" not in offered(client, member)

    def test_an_auditor_looks_only(self, client, town, member):
        log_in(client, town.district, AUDITOR)
        assert client.get(address(member, "act", "register-residence")).status_code == 403
        assert section(client, town.district)["ours"][0].act == ""


class TestStreetCells:
    def test_the_district_of_residence_assigns_and_takes_back(self, client, there, resident):
        log_in(client, there.district)
        assert {"assign-street-cell", "end-registration"} <= offered(client, resident)
        assert "take-back" not in offered(client, resident)
        text = said(client, resident, "assign-street-cell", cell=there.street_cell.code)
        assert text == f"Assigned to {there.street_cell} from 2024-03-01."
        assert "take-back" in offered(client, resident)
        text = said(client, resident, "take-back", on="2024-04-01")
        assert text == f"Taken back to {there.district} from 2024-04-01."
        assert residences(resident)[-1] == (there.district, "2024-04-01")

    def test_the_home_district_is_offered_neither_and_may_do_neither(self, client, town, resident):
        log_in(client, town.district)
        assert not {"assign-street-cell", "take-back"} & offered(client, resident)
        (blocker,) = refused(client, resident, "assign-street-cell", cell=town.street_cell.code)
        assert blocker.startswith("A4: ")

    def test_another_district_s_street_cell_is_refused(self, client, there, resident):
        """Also to somebody who keeps both districts."""
        sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=there.area.pk))
        cell = factories.unit(Kind.STREET_CELL, sister)
        log_in(client, there.area)
        (blocker,) = refused(client, resident, "assign-street-cell", cell=cell.code)
        assert blocker.startswith(f"A4: {cell} is no street cell of {there.district}")

    def test_several_at_once(self, client, town, there, place, resident):
        second = factories.member(cell=town.factory_cell, locality=place)
        register_member(member=second, unit=there.district, since=DAY, kind="residence")
        log_in(client, there.district)
        for act, given in (
            ("assign-street-cell", {"cell": there.street_cell.code}),
            ("take-back", {"on": "2024-04-01"}),
        ):
            sent = {
                "action": act,
                "_selected_action": [resident.pk, second.pk],
                "perform": "1",
                "on": "2024-03-01",
                "reason": "Both.",
                **given,
            }
            preview = client.post(LIST, sent).context_data["preview"]
            assert client.post(LIST, {**sent, "seen": preview.seen}).status_code == 302
        for one in (resident, second):
            assert [unit for unit, _since in residences(one)] == [
                there.district,
                there.street_cell,
                there.district,
            ]
