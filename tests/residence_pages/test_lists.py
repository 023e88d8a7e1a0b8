"""The lists of residents and of those who live elsewhere; who sees what of whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from districts.models import Unit
from members import residence_lists
from members.models import Member
from members.registrations import register_member
from tests import factories
from tests.residence_pages.office import DAY, LIST, address, log_in, said, section, shown

pytestmark = pytest.mark.django_db


class TestLists:
    def test_both_stand_on_the_district_s_page(self, client, town, there, place, resident):
        missing = factories.member(cell=town.factory_cell, locality=place, family_name="Novak")
        factories.member(cell=town.factory_cell, family_name="At Home")
        log_in(client, town.district)
        ours = section(client, town.district)["ours"]
        assert [(one.home.member, one.missing) for one in ours] == [
            (missing, True),
            (resident, False),
        ]
        assert (ours[1].residence.unit, ours[1].residence.since) == (there.district, DAY)
        assert ours[0].act == address(missing, "act", "register-residence")
        content = shown(client.get(address(town.district)))
        assert ours[0].act in content
        assert f"{LIST}?unit={town.district.pk}&amp;residence=missing" in content
        assert section(client, town.district)["theirs"] == []

    def test_theirs_with_contact_and_street_cell(self, client, town, there, resident, works):
        log_in(client, there.district)
        told = section(client, there.district)
        (one,) = told["theirs"]
        assert one.contact == ["0123 456", "j@example.org", "Quay 3", "10000 Riverside"]
        assert one.act == address(resident, "act", "assign-street-cell")
        assert told["ours"] == []
        sections = client.get(address(there.district)).context_data["sections"]
        assert "kartei/unit_people.html" not in [one["template"] for one in sections]
        said(client, resident, "assign-street-cell", cell=there.street_cell.code)
        (one,) = section(client, there.district)["theirs"]
        assert one.act == address(resident, "act", "take-back")
        content = shown(client.get(address(there.district)))
        assert str(there.street_cell) in content
        for name in (works.name, town.factory_cell.name, town.factory_cell.code):
            assert name not in content

    def test_each_cell_has_the_list_that_it_can_have(self, client, town, there, resident):
        log_in(client, town.district)
        told = section(client, town.factory_cell)
        assert [one.home.member for one in told["ours"]] == [resident]
        assert not told["theirs"]
        assert section(client, town.street_cell) is None
        log_in(client, there.district)
        assert section(client, there.street_cell) is None
        said(client, resident, "assign-street-cell", cell=there.street_cell.code)
        told = section(client, there.street_cell)
        assert [one.residence.member for one in told["theirs"]] == [resident]
        assert section(client, there.factory_cell) is None

    def test_an_area_has_none_and_a_bare_district_says_so(self, client, town):
        log_in(client, town.area)
        assert section(client, town.area) is None
        content = shown(client.get(address(town.district)))
        assert "Nobody of its factory cells lives in another district" in content
        assert "Nobody from another district" in content

    def test_the_first_of_many_and_a_link_to_all(
        self, client, town, there, place, resident, monkeypatch
    ):
        monkeypatch.setattr(residence_lists, "MOST_RESIDENTS", 1)
        second = factories.member(cell=town.factory_cell, locality=place, family_name="Zander")
        register_member(member=second, unit=there.district, since=DAY, kind="residence")
        for unit, which, rows in (
            (town.district, "elsewhere", "ours"),
            (there.district, "here", "theirs"),
        ):
            log_in(client, unit)
            told = section(client, unit)
            assert (len(told[rows]), told[f"more_{rows}"]) == (1, True)
            content = shown(client.get(address(unit)))
            assert "These are not all" in content
            assert f"{LIST}?unit={unit.pk}&amp;residence={which}" in content
            listed = client.get(told[f"list_{rows}"]).context_data["cl"].result_list
            assert set(listed) == {resident, second}

    def test_the_list_narrows_to_those_who_are_missing(self, client, town, place, resident):
        missing = factories.member(cell=town.factory_cell, locality=place)
        log_in(client, town.district)
        for asked in ({"residence": "missing"}, {"residence": "missing", "unit": town.district.pk}):
            assert client.get(LIST, asked).context_data["cl"].result_list == [missing]
        asked = {"residence": "elsewhere"}
        assert set(client.get(LIST, asked).context_data["cl"].result_list) == {resident, missing}
        assert client.get(LIST, {"residence": "here"}).context_data["cl"].result_list == []

    @pytest.mark.parametrize("which", ["elsewhere", "missing", "here"])
    def test_narrowed_too_it_asks_as_often_for_one_as_for_three(
        self, client, town, there, place, which, django_assert_num_queries
    ):
        log_in(client, town.district)
        for number in (1, 2):
            for _one in range(number):
                factories.member(cell=town.factory_cell, locality=place)
                guest = factories.member(cell=there.factory_cell)
                register_member(member=guest, unit=town.district, since=DAY, kind="residence")
            client.get(LIST)
            # As the whole list does: whom it is narrowed to is a part of the same questions.
            with django_assert_num_queries(7):
                client.get(LIST, {"residence": which})

    def test_a_guest_is_not_among_ours(self, client, there, resident):
        log_in(client, there.district)
        for which in ("elsewhere", "missing"):
            assert client.get(LIST, {"residence": which}).context_data["cl"].result_list == []
        assert client.get(LIST, {"residence": "here"}).context_data["cl"].result_list == [resident]

    @pytest.mark.parametrize("number", [1, 3])
    def test_as_many_queries_for_one_as_for_three(self, client, town, there, place, number):
        for _one in range(number):
            ours = factories.member(cell=town.factory_cell, locality=place)
            register_member(member=ours, unit=there.district, since=DAY, kind="residence")
            away = factories.locality(unit=town.district)
            theirs = factories.member(cell=there.factory_cell, locality=away)
            register_member(member=theirs, unit=town.district, since=DAY, kind="residence")
        log_in(client, town.district)
        client.get(address(town.district))
        told = residence_lists._residents
        request = client.get(address(town.district)).wsgi_request
        with CaptureQueriesContext(connection) as asked:
            told(request, Unit.objects.get(pk=town.district.pk))
        # The unit itself; those who live elsewhere, where they are registered; those who are here.
        assert len(asked) == 1 + 3, "\n".join(query["sql"] for query in asked)


# Who sees what of whom --------------------------------------------------------------------------

SEEN = {
    # What is on the member's page or in a list, and who sees it there: the secretary of the
    # district of residence, of the factory cell's district, of a third one.
    "name": (True, True, False),
    "contact": (True, True, False),
    "district of residence": (True, True, False),
    "since when": (True, True, False),
    "home cell": (False, True, False),
    "work": (False, True, False),
}


@pytest.mark.parametrize("what", list(SEEN))
@pytest.mark.parametrize("who", ["residence", "home", "third"])
def test_what_each_district_sees_of_a_member_with_two_registrations(
    client, town, there, resident, works, what, who
):
    third = factories.town()
    districts = {"residence": there.district, "home": town.district, "third": third.district}
    log_in(client, districts[who])
    seen = dict(zip(districts, SEEN[what], strict=True))[who]
    text = {
        "name": "Müller",
        "contact": "0123 456",
        "district of residence": str(there.district),
        "since when": "2024-01-01",
        "home cell": town.factory_cell.code,
        "work": works.name,
    }[what]
    answer = client.get(address(resident))
    assert answer.status_code == (404 if who == "third" else 200)
    assert (text in answer.content.decode()) is seen
    pages = [
        address(districts[who]),
        LIST,
        reverse("admin:members_registration_changelist"),
        reverse("admin:members_employment_changelist"),
        "/admin/findings/",
        reverse("admin:audit_entry_changelist"),
    ]
    if not seen and what in ("home cell", "work"):
        for page in pages:
            assert text not in client.get(page).content.decode(), page


def test_the_home_district_sees_that_the_residence_is_registered(client, town, there, resident):
    log_in(client, town.district)
    content = shown(client.get(address(resident)))
    assert f"Registered as a resident: {there.district}." in content
    assert Member.objects.get(pk=resident.pk).registrations.count() == 2
