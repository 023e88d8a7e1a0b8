"""What is allowed and out of the ordinary: it is shown, asked back, and done for a reason."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from districts.kinds import Kind
from districts.models import Unit
from districts.roles import SECRETARY, grant_role
from members.employments import start_employment
from members.models import Account, Member, Registration, Request
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(town):
    return factories.member(cell=town.factory_cell, family_name="Müller")


@pytest.fixture(autouse=True)
def secretary(client, town):
    account = factories.account()
    grant_role(user=account, role=SECRETARY, unit=town.district)
    client.force_login(account)
    return account


def address(row, act):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_act", args=[row.pk, act])


def looked_at(client, row, act, **given):
    """What the first look at an act shows, and the answer to its confirmation."""
    sent = {"on": timezone.localdate().isoformat(), "reason": "", **given}
    preview = client.post(address(row, act), sent).context_data["preview"]
    return preview, client.post(address(row, act), {**sent, "seen": preview.seen})


def test_what_an_act_will_change_is_shown_and_nothing_is_done_before_it_is_confirmed(
    client, town, person
):
    entries = Entry.objects.count()
    sent = {"on": timezone.localdate().isoformat(), "to": town.street_cell.code, "kind": "home"}
    answer = client.post(address(person, "change-cell"), sent)
    (ended, begun) = answer.context_data["preview"].changes
    assert ended[0] == "Registration changed"
    assert [change.after for change in ended[2]] == [timezone.localdate().isoformat()]
    assert begun[0] == "Registration created"
    assert town.street_cell.code in {change.after for change in begun[2]}
    assert person.registrations.count() == 1
    assert Entry.objects.count() == entries
    assert "What this will do" in answer.content.decode()


def test_who_changes_the_form_after_looking_looks_again(client, town, person):
    other = factories.unit(Kind.FACTORY_CELL, Unit.objects.get(pk=town.district.pk))
    sent = {"on": timezone.localdate().isoformat(), "to": town.street_cell.code, "kind": "home"}
    preview = client.post(address(person, "change-cell"), sent).context_data["preview"]
    sent |= {"to": other.code, "seen": preview.seen}
    again = client.post(address(person, "change-cell"), sent)
    assert again.context_data["preview"].seen != preview.seen
    assert person.registrations.count() == 1


def test_the_usual_is_done_without_a_reason(client, town, person):
    given = {"to": town.street_cell.code, "kind": "home"}
    preview, answer = looked_at(client, person, "change-cell", **given)
    assert preview.unusual == []
    assert answer.status_code == 302


def test_the_unusual_needs_a_reason_which_is_kept(client, town, person):
    works = factories.workplace(cell=town.factory_cell)
    start_employment(member=person, workplace=works, since=factories.JOINED)
    given = {"to": town.street_cell.code, "kind": "home"}
    preview, answer = looked_at(client, person, "change-cell", **given)
    (unusual,) = preview.unusual
    assert unusual.startswith(f"By A1 {person} belongs to {town.factory_cell}: Works at {works}")
    assert answer.status_code == 200
    assert answer.context_data["act"].errors["reason"] == ["Please say why: this is unusual."]
    assert person.registrations.count() == 1
    _preview, answer = looked_at(client, person, "change-cell", reason="Agreed.", **given)
    assert answer.status_code == 302
    assert set(Entry.objects.filter(act="change-cell").values_list("reason", flat=True)) == {
        "Agreed."
    }
    kept = Request.objects.get(member=person)
    home = person.registrations.get(until=None)
    assert (kept.basis, kept.state, kept.reason) == ("exception", "granted", "Agreed.")
    assert (kept.cell, kept.takes_effect) == (home.unit, home.since)


def test_a_change_by_the_articles_is_no_exception(client, town, person):
    works = factories.workplace(cell=town.factory_cell)
    Registration.objects.filter(member=person).update(unit=town.street_cell)
    start_employment(member=person, workplace=works, since=factories.JOINED)
    given = {"to": town.factory_cell.code, "kind": "home"}
    preview, answer = looked_at(client, person, "change-cell", **given)
    assert (preview.unusual, answer.status_code) == ([], 302)
    assert not Request.objects.exists()


def test_nobody_makes_an_exception_of_himself(client, town, person):
    works = factories.workplace(cell=town.factory_cell)
    start_employment(member=person, workplace=works, since=factories.JOINED)
    Account.objects.update(member=person)
    given = {"to": town.street_cell.code, "kind": "home", "reason": "I like it."}
    answer = client.post(
        address(person, "change-cell"), {"on": timezone.localdate().isoformat(), **given}
    )
    assert "for himself or herself" in str(answer.context_data["act"].refused[0])
    assert not Request.objects.exists()


def test_the_reason_may_be_added_after_looking(client, town, person):
    day = (timezone.localdate() - timedelta(days=900)).isoformat()
    sent = {"on": day, "to": town.street_cell.code, "kind": "home", "reason": ""}
    preview = client.post(address(person, "change-cell"), sent).context_data["preview"]
    sent |= {"reason": "Found in the minutes.", "seen": preview.seen}
    assert client.post(address(person, "change-cell"), sent).status_code == 302


@pytest.mark.parametrize(
    ("days", "unusual"), [(0, False), (-30, False), (-731, False), (-732, True), (1, True)]
)
def test_a_day_to_come_or_long_past_is_unusual(client, town, person, days, unusual):
    day = (timezone.localdate() + timedelta(days=days)).isoformat()
    given = {"to": town.street_cell.code, "kind": "home", "on": day}
    preview, _answer = looked_at(client, person, "change-cell", **given)
    assert bool(preview.unusual) is unusual


def test_a_factory_cell_without_work_there_is_unusual(client, town, person):
    other = factories.unit(Kind.FACTORY_CELL, Unit.objects.get(pk=town.district.pk))
    preview, _answer = looked_at(client, person, "change-cell", to=other.code, kind="home")
    assert "works in no workplace that" in preview.unusual[0]


def test_a_second_job_is_asked_back_about(client, town, person):
    first, second = factories.workplace(), factories.workplace()
    preview, answer = looked_at(client, person, "start-employment", workplace=first.code)
    assert (preview.unusual, answer.status_code) == ([], 302)
    preview, answer = looked_at(client, person, "start-employment", workplace=second.code)
    assert f"works at {first} already" in preview.unusual[0]


def test_a_name_that_stands_beside_it_is_asked_back_about(client, town):
    given = {"kind": Kind.STREET_CELL, "code": "NEW", "title_of_unit": town.street_cell.name}
    preview, _answer = looked_at(client, town.district, "found", **given)
    assert preview.unusual == [f"{town.street_cell} has this name already."]
    preview, _answer = looked_at(
        client, town.factory_cell, "rename", title_of_unit=town.street_cell.name.upper()
    )
    assert preview.unusual == [f"{town.street_cell} has this name already."]
    preview, _answer = looked_at(
        client, town.factory_cell, "rename", title_of_unit=town.factory_cell.name
    )
    assert preview.unusual == []


def test_ending_a_membership_tells_the_roles_that_end_with_it(client, town, person):
    grant_role(user=factories.account(member=person), role=SECRETARY, unit=town.district)
    preview, _answer = looked_at(client, person, "end-membership", why="resigned")
    assert preview.unusual == [f"This also ends a role: secretary, {town.district}."]


def test_what_will_be_refused_is_told_at_the_first_look(client, town, person):
    sent = {"on": timezone.localdate().isoformat(), "to": town.district.code, "kind": "home"}
    answer = client.post(address(person, "change-cell"), sent)
    assert [str(blocker)[:3] for blocker in answer.context_data["act"].refused] == ["A1:"]
    assert answer.context_data["preview"] is None


def test_of_several_each_is_looked_at_beforehand(client, town, person):
    there = factories.member(cell=town.street_cell)
    data = {
        "action": "change-cell",
        "_selected_action": [person.pk, there.pk],
        "perform": "1",
        "to": town.street_cell.code,
        "kind": "home",
        "on": timezone.localdate().isoformat(),
    }
    answer = client.post(reverse("admin:members_member_changelist"), data)
    rows = {row.row: row for row in answer.context_data["preview"].rows}
    assert len(rows[person].changes) == 2
    assert [str(one) for one in rows[there].blockers] == [f"{there} is registered there already."]
    assert Member.objects.filter(registrations__unit=town.street_cell).count() == 1
