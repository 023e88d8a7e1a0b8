"""What other acts say of the second registration, and what they change of it."""

import pytest
from django.urls import reverse

from tests import factories
from tests.residence_pages.office import LIST, address, log_in, perform, residences, said

pytestmark = pytest.mark.django_db


class TestConsequences:
    def test_a_move_of_house_says_what_it_ended_and_opened(self, client, town, there, resident):
        third = factories.town()
        place = factories.locality(unit=third.district)
        log_in(client, town.district)
        preview, _done = perform(client, resident, "move-house", locality=place.code)
        assert third.district.code in preview.content.decode()
        assert residences(resident)[-1] == (third.district, "2024-03-01")
        (message,) = client.get(address(resident)).context["messages"]
        assert str(message) == (
            f"Lives in {place} since 2024-03-01. "
            f"No longer registered as a resident with {there.district} from 2024-03-01. "
            f"Registered as a resident with {third.district} from 2024-03-01."
        )

    @pytest.mark.parametrize("act", ["move-house", "end-registration"])
    def test_who_sees_the_member_no_more_is_led_to_the_list(self, client, there, resident, act):
        """The district of residence reports that its resident has gone, and sees the rest of it."""
        third = factories.town()
        place = factories.locality(unit=third.district)
        log_in(client, there.district)
        _preview, answer = perform(client, resident, act, locality=place.code)
        assert answer["Location"] == LIST
        (message,) = client.get(LIST).context["messages"]
        ended = f"No longer registered as a resident with {there.district} from 2024-03-01."
        assert ended in str(message)
        assert client.get(address(resident)).status_code == 404

    def test_a_move_home_says_that_it_ended(self, client, town, there, resident):
        own = factories.locality(unit=town.district)
        log_in(client, town.district)
        text = said(client, resident, "move-house", locality=own.code)
        assert text.endswith(
            f"No longer registered as a resident with {there.district} from 2024-03-01."
        )

    def test_a_change_of_cell_does_too(self, client, town, there, resident):
        log_in(client, town.district)
        given = {"kind": "home", "to": town.street_cell.code}
        text = said(client, resident, "change-cell", **given)
        assert text == (
            f"Registered with {town.street_cell} from 2024-03-01. "
            f"No longer registered as a resident with {there.district} from 2024-03-01."
        )

    def test_work_says_what_it_put_right(self, client, town, there, member, works):
        log_in(client, town.district)
        text = said(client, member, "start-employment", workplace=works.code)
        opened = f"Registered as a resident with {there.district} from 2024-03-01."
        assert text == f"Works at {works} since 2024-03-01. {opened}"
        job = member.employments.get()
        text = said(client, member, "end-employment", employment=job.pk, on="2024-04-01")
        assert text == f"No longer works at {works} from 2024-04-01."

    def test_the_district_of_residence_reads_nothing_else_of_it(
        self, client, town, there, resident, works
    ):
        log_in(client, town.district)
        said(
            client,
            resident,
            "change-cell",
            kind="home",
            to=town.street_cell.code,
            reason="The secret mill is closed.",
        )
        log_in(client, there.district)
        for page in (
            address(there.district, "history"),
            reverse("admin:audit_entry_changelist"),
        ):
            content = client.get(page).content.decode()
            assert f"{resident.pk}/residence/2024-01-01" in content
            for name in (works.name, town.factory_cell.code, town.street_cell.code):
                assert name not in content
