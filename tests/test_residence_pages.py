"""The second registration in the office: its acts, both lists, and who sees what of whom (A4)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from members import residence_lists
from members.employments import start_employment
from members.models import Member
from members.registrations import register_member
from tests import factories

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 1)
LIST = reverse("admin:members_member_changelist")


@pytest.fixture
def town():
    return factories.town()


@pytest.fixture
def there():
    """The town where the member lives."""
    return factories.town()


@pytest.fixture
def place(there):
    return factories.locality(unit=there.district, street_cell=there.street_cell, name="Riverside")


@pytest.fixture
def works(town):
    return factories.workplace(cell=town.factory_cell, name="The secret mill")


@pytest.fixture
def member(town, place):
    return factories.member(
        cell=town.factory_cell,
        locality=place,
        family_name="Müller",
        given_name="Jürgen",
        phone="0123 456",
        email="j@example.org",
        address="Quay 3",
    )


@pytest.fixture
def resident(member, there, works):
    """A member who is registered with the district of residence, and works in the secret mill."""
    register_member(member=member, unit=there.district, since=DAY, kind="residence")
    start_employment(member=member, workplace=works, since=DAY)
    return member


def log_in(client, unit, role=SECRETARY):
    account = factories.account()
    grant_role(user=account, role=role, unit=Unit.objects.get(pk=unit.pk))
    client.force_login(account)
    return account


def address(row, view="change", *arguments):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{view}", args=[row.pk, *arguments])


def perform(client, row, act, **given):
    """The answers to an act that was filled in, and to the same one confirmed."""
    sent = {"on": "2024-03-01", "reason": "Because.", **given}
    first = client.post(address(row, "act", act), sent)
    preview = (first.context_data or {}).get("preview") if first.status_code == 200 else None
    if preview is None:
        return first, first
    return first, client.post(address(row, "act", act), {**sent, "seen": preview.seen})


def said(client, row, act, **given):
    """What the page says when an act was done."""
    _preview, answer = perform(client, row, act, **given)
    assert answer.status_code == 302, answer.context_data["act"].refused
    (message,) = client.get(answer["Location"]).context["messages"]
    return str(message)


def refused(client, row, act, **given):
    """What stood in the way of an act."""
    _first, answer = perform(client, row, act, **given)
    assert answer.status_code == 200
    return [str(blocker) for blocker in answer.context_data["act"].refused]


def offered(client, row):
    """The acts that the page of a row offers."""
    links = client.get(address(row)).context_data["acts"]
    return {link.url.rstrip("/").rsplit("/", 1)[-1] for link in links}


def section(client, unit):
    """What stands in the section of both lists, None where it is left out."""
    found = {one["template"]: one for one in client.get(address(unit)).context_data["sections"]}
    return found.get("kartei/unit_residence.html")


def residences(member):
    rows = member.registrations.filter(kind="residence").order_by("since")
    return [(row.unit, row.since.isoformat()) for row in rows.select_related("unit")]


def shown(answer):
    return answer.content.decode().split('id="content-main"')[1]


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
