"""Forming a cell, attaching a factory and attaching a cell: the acts and their pages (A1, A2)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.ground import EVERYWHERE
from audit.models import Entry
from audit.refusals import Refused
from audit.rulebook import findings, rule_named
from cells.coverage import look
from cells.covering import attach_cell, attach_workplace, form_cell
from districts.findings import shown
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from districts.units import dissolve_unit
from members.membership import end_membership
from members.models import Registration, Request
from members.registrations import register_member
from tests import factories
from tests.test_coverage import Place

pytestmark = pytest.mark.django_db

DAY = date(2024, 1, 1)
FORM, ATTACH = "form-cell", "attach-workplace"


@pytest.fixture
def place():
    return Place()


def home(member, on=DAY):
    return member.registrations.in_force(on).get(kind="home").unit


def reasons(act, **given):
    with pytest.raises(Refused) as refused:
        act(**given)
    return [str(blocker) for blocker in refused.value.blockers]


# The acts -----------------------------------------------------------------------------------------


class TestForming:
    def form(self, works, **given):
        return form_cell(workplace=works, **{"code": "NEW", "name": "New", "on": DAY, **given})

    def test_the_cell_stands_in_the_district_and_has_those_who_work_there(self, place):
        works = place.works(50.1, cell=place.town.factory_cell, coverage="attached")
        people = place.workers(works, 2) + place.workers(works, 1, cell=place.town.factory_cell)
        (other,) = place.workers(place.factory, 1, cell=place.town.factory_cell)
        cell = self.form(works)
        assert (cell.kind, cell.parent, cell.founded) == (
            Kind.FACTORY_CELL,
            place.district,
            DAY,
        )
        assert (cell.latitude, cell.longitude) == (Decimal("50.1"), Decimal("10.0"))
        works.refresh_from_db()
        assert (works.cell, works.coverage) == (cell, "own")
        assert {home(person) for person in people} == {cell}
        assert home(other) == place.town.factory_cell
        old = people[0].registrations.order_by("since").first()
        assert (old.unit, old.until) == (place.town.street_cell, DAY)

    def test_it_is_one_act_in_the_log(self, place):
        works = place.works(50.1)
        place.workers(works, 3)
        before = set(Entry.objects.values_list("act_id", flat=True))
        self.form(works)
        new = Entry.objects.exclude(act_id__in=before)
        assert {entry.act for entry in new} == {FORM}
        assert len({entry.act_id for entry in new}) == 1

    def test_who_is_registered_nowhere_is_registered_there(self, place):
        works = place.works(50.1)
        people = place.workers(works, 3)
        people[0].registrations.all().delete()
        cell = self.form(works)
        assert home(people[0]) == cell

    def test_whom_an_exception_keeps_elsewhere_stays(self, place):
        works = place.works(50.1)
        people = place.workers(works, 3)
        for person, basis in zip(people, ("exception", "articles", "exception"), strict=True):
            Request.objects.create(
                kind="transfer",
                member=person,
                cell=place.town.street_cell,
                asked_on=factories.JOINED,
                due_on=factories.JOINED,
                decided_on=factories.JOINED,
                takes_effect=factories.JOINED,
                state="granted",
                basis=basis,
                reason="Ill",
            )
        # What was granted for another day is not what holds.
        people[2].requests.update(takes_effect=date(2021, 6, 1))
        cell = self.form(works)
        assert [home(one) for one in people] == [place.town.street_cell, cell, cell]

    def test_a_locality_without_a_district_takes_that_of_the_present_cell(self, place):
        works = place.works(
            50.1,
            cell=place.town.factory_cell,
            coverage="attached",
            locality=factories.locality(),
        )
        place.workers(works, 3)
        assert self.form(works).parent == place.district

    def test_everything_in_its_way_is_told_at_once(self, place):
        works = place.works(50.1, locality=factories.locality())
        place.workers(works, 2)
        found = reasons(self.form, works=works, code=place.town.town.code)
        assert [reason[:3] for reason in found] == ["A9:", "A2:"]
        works = place.works(50.1)
        place.workers(works, 2)
        found = reasons(self.form, works=works, code=place.town.town.code)
        assert [reason[:3] for reason in found] == ["A2:", "cod"]
        assert reasons(self.form, works=place.factory)[0].startswith("A1:")

    def test_nothing_is_kept_where_one_member_cannot_move(self, place):
        works = place.works(50.1)
        people = place.workers(works, 3)
        Registration.objects.filter(member=people[1]).update(until=date(2025, 1, 1))
        register_member(
            member=people[1], unit=place.town.factory_cell, since=date(2025, 1, 1), kind="home"
        )
        (reason,) = reasons(self.form, works=works)
        assert "2025-01-01" in reason
        assert not Unit.objects.filter(code="NEW").exists()
        assert home(people[0]) == place.town.street_cell
        works.refresh_from_db()
        assert works.cell is None


class TestAttachingAWorkplace:
    def attach(self, works, to, **given):
        return attach_workplace(workplace=works, to=to, **{"on": DAY, **given})

    @pytest.mark.parametrize("bring", [True, False])
    def test_the_cell_covers_it(self, place, bring):
        works = place.works(50.1)
        people = place.workers(works, 2)
        self.attach(works, place.town.factory_cell, bring=bring)
        works.refresh_from_db()
        assert (works.cell, works.coverage) == (place.town.factory_cell, "attached")
        expected = place.town.factory_cell if bring else place.town.street_cell
        assert {home(person) for person in people} == {expected}

    def test_refusals(self, place):
        works = place.works(50.1)
        gone, _works = place.cell(50.4)
        dissolve_unit(unit=gone, on=DAY)
        cell, street = place.town.factory_cell, place.town.street_cell
        assert reasons(self.attach, works=works, to=street)[0].startswith("A2:")
        assert reasons(self.attach, works=works, to=gone)[0].startswith("A9:")
        assert reasons(self.attach, works=place.factory, to=cell)[0].startswith("A1:")
        self.attach(works, cell)
        assert reasons(self.attach, works=works, to=cell)[0].startswith("A2:")
        works.refresh_from_db()
        assert works.cell == cell


class TestAttachingACell:
    def test_everybody_and_everything_goes_over(self, place):
        cell, works = place.cell(50.4)
        (person,) = place.workers(works, 1, cell=cell)
        jobless = factories.member(cell=cell)
        into = attach_cell(cell=cell, into=place.town.factory_cell, on=DAY)
        cell.refresh_from_db()
        works.refresh_from_db()
        assert cell.dissolved == DAY
        assert (works.cell, works.coverage) == (into, "attached")
        assert home(person) == home(jobless) == into == place.town.factory_cell

    def test_refusals_are_told_together(self, place):
        joint = factories.unit(Kind.JOINT_CELL, place.district)
        cell, _works = place.cell(50.4)
        street = place.town.street_cell
        assert reasons(attach_cell, cell=joint, into=cell, on=DAY)[0].startswith("A7:")
        assert reasons(attach_cell, cell=street, into=cell, on=DAY)[0].startswith("A2:")
        found = reasons(attach_cell, cell=cell, into=street, on=date(2019, 1, 1))
        assert [reason[:3] for reason in found] == ["A2:", "A9:", "A9:"]
        assert Unit.objects.filter(dissolved=None, pk=cell.pk).exists()


# The pages ----------------------------------------------------------------------------------------


@pytest.fixture
def secretary(place, client):
    return log_in(client, SECRETARY, place.district)


def log_in(client, role, unit):
    account = factories.account()
    grant_role(user=account, role=role, unit=unit)
    client.force_login(account)
    return account


def address(row, act):
    table = "unit" if isinstance(row, Unit) else "workplace"
    return reverse(f"admin:districts_{table}_act", args=[row.pk, act])


def filled(client, row, act, **given):
    """The form as the page fills it in, with `given`."""
    form = client.get(address(row, act)).context_data["act"]
    found = {name: form[name].value() for name in form.fields}
    found = {name: "on" if value is True else value for name, value in found.items()}
    return {**found, "on": DAY.isoformat(), "perform": "1", **given}


def accept(client, row, act, **given):
    """Send the form twice, as after a look at what it will do; the second answer."""
    data = filled(client, row, act, **given)
    answer = client.post(address(row, act), data)
    preview = answer.context_data["preview"]
    if preview is None:
        return answer
    return client.post(address(row, act), {**data, "seen": preview.seen})


class TestPages:
    def test_the_proposal_is_filled_in_shown_and_done(self, client, place, secretary):
        works = place.works(50.1)
        place.workers(works, 3)
        data = filled(client, works, FORM)
        assert (data["code"], data["title_of_unit"]) == (f"{place.district.code}-F01", works.name)
        answer = client.post(address(works, FORM), data)
        told = answer.content.decode()
        assert "3 members who work there are registered with" in told
        assert f"({place.district.code}-F01) is founded under {place.district}." in told
        assert f"{place.district.code}-F01" in told
        assert not Unit.objects.filter(code=f"{place.district.code}-F01").exists()
        preview = answer.context_data["preview"]
        done = client.post(address(works, FORM), {**data, "seen": preview.seen})
        cell = Unit.objects.get(code=f"{place.district.code}-F01")
        assert done.url == reverse("admin:districts_unit_change", args=[cell.pk])
        entry = Entry.objects.filter(act=FORM, table="registrations").first()
        assert entry.reason.startswith("A1:")
        assert "(A1)" in entry.sentence

    def test_the_nearest_cell_is_filled_in(self, client, place, secretary):
        near, _works = place.cell(50.4)
        works = place.works(50.5)
        data = filled(client, works, ATTACH)
        assert data["to"] == str(near)
        assert accept(client, works, ATTACH).status_code == 302
        works.refresh_from_db()
        assert (works.cell, works.coverage) == (near, "attached")
        assert Entry.objects.filter(act=ATTACH).last().reason.startswith("A2:")

    def test_another_cell_than_the_nearest_is_asked_back(self, client, place, secretary):
        place.cell(50.4)
        works = place.works(50.5)
        data = filled(client, works, ATTACH, to=str(place.town.factory_cell))
        page = client.post(address(works, ATTACH), data).content.decode()
        assert "The nearest cell is another one" in page

    def test_a_cell_is_attached_to_the_nearest(self, client, place, secretary):
        cell, works = place.cell(50.4)
        place.workers(works, 2, cell=cell)
        data = filled(client, cell, "attach-cell")
        assert data["into"] == str(place.town.factory_cell)
        told = client.post(address(cell, "attach-cell"), data).content.decode()
        assert "its registrations (2) and its workplaces (1) go over" in told
        assert accept(client, cell, "attach-cell").status_code == 302
        cell.refresh_from_db()
        assert cell.dissolved == DAY

    def test_who_is_registered_elsewhere_is_not_moved_and_not_named(self, client, place, secretary):
        works = place.works(50.1)
        place.workers(works, 2)
        (stranger,) = place.workers(works, 1, cell=factories.town().street_cell)
        answer = accept(client, works, FORM)
        (blocker,) = answer.context_data["act"].refused
        assert blocker.reason.startswith("1 of those who work there is registered outside")
        assert str(stranger.pk) not in blocker.reason
        stays = accept(client, works, ATTACH)
        assert stays.context_data["act"].refused == (blocker,)
        data = filled(client, works, ATTACH)
        del data["bring"]
        seen = client.post(address(works, ATTACH), data).context_data["preview"].seen
        assert client.post(address(works, ATTACH), {**data, "seen": seen}).status_code == 302

    def test_a_cell_of_others_is_neither_named_nor_taken_away(self, client, place, secretary):
        other = Place()
        works = place.works(50.1, cell=other.town.factory_cell, coverage="attached")
        place.workers(works, 3)
        page = client.get(address(works, FORM)).content.decode()
        assert str(other.town.factory_cell) not in page
        answer = accept(client, works, FORM)
        (blocker,) = answer.context_data["act"].refused
        assert blocker.article == "A2"
        assert str(other.town.factory_cell) not in blocker.reason

    def test_a_nearest_cell_outside_of_the_part_is_not_named(self, client, place):
        sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=place.town.area.pk))
        log_in(client, SECRETARY, sister)
        works = place.works(50.1, locality=factories.locality(unit=sister))
        answer = client.get(address(works, ATTACH))
        assert "outside of your part, 11.1 km" in answer.content.decode()
        assert place.town.factory_cell.code not in answer.content.decode()

    def test_a_new_cell_in_another_district_is_for_others(self, client, place):
        sister = factories.unit(Kind.DISTRICT, Unit.objects.get(pk=place.town.area.pk))
        cell = factories.unit(Kind.FACTORY_CELL, sister)
        log_in(client, SECRETARY, sister)
        works = place.works(50.1, cell=cell, coverage="attached")
        place.workers(works, 3, cell=cell)
        answer = accept(client, works, FORM)
        assert [blocker.article for blocker in answer.context_data["act"].refused] == ["A9"]

    def test_the_workplace_offers_what_can_be_done(self, client, place, secretary):
        def offered(works):
            page = client.get(reverse("admin:districts_workplace_change", args=[works.pk]))
            return [link.url.split("/")[-2] for link in page.context_data["acts"]]

        assert offered(place.works(50.1)) == [FORM, ATTACH]
        assert offered(place.factory) == []
        log_in(client, AUDITOR, place.district)
        assert offered(place.works(50.1)) == []

    def test_the_finding_leads_to_the_act(self, rf, place):
        works = place.works(50.1)
        account = factories.account()
        grant_role(user=account, role=SECRETARY, unit=place.district)
        request = rf.get("/")
        request.user = account
        rule = rule_named("workplace-covered")
        (one,) = shown(request, findings(EVERYWHERE, DAY, among=[rule]))
        assert one.mend.url == address(works, ATTACH)
        assert one.subject == str(works)

    @pytest.mark.parametrize("act", [FORM, ATTACH, "attach-cell"])
    def test_as_many_queries_for_one_as_for_three(self, client, place, secretary, act):
        works = place.works(50.1)
        row = place.town.factory_cell if act == "attach-cell" else works
        place.cell(50.9)
        client.get(address(row, act))

        def asked():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address(row, act)).status_code == 200
            return len(captured)

        place.workers(works, 1)
        place.workers(place.factory, 1)
        first = asked()
        for number in range(3):
            place.workers(works, 1)
            place.workers(place.factory, 1)
            place.workers(place.works(52, cell=place.town.factory_cell), 1)
            place.cell(51 + number)
        assert asked() == first


def test_the_proposal_is_gone_when_it_was_accepted(place):
    works = place.works(50.1)
    place.workers(works, 3)
    place.workers(place.factory, 3)
    assert len(look(EVERYWHERE, DAY).proposals) == 1
    form_cell(workplace=works, code="NEW", name="New", on=DAY)
    assert look(EVERYWHERE, DAY).proposals == []


def test_a_member_who_left_is_not_moved(place):
    works = place.works(50.1)
    people = place.workers(works, 4)
    end_membership(member=people[0], on=DAY, reason="resigned")
    cell = form_cell(workplace=works, code="NEW", name="New", on=DAY)
    assert not people[0].registrations.filter(unit=cell).exists()
