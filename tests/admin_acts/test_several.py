"""An act on several members at once."""

import pytest
from django.urls import reverse

from districts.acts import acts_on
from districts.roles import AUDITOR, grant_role
from members.models import Member
from tests import factories
from tests.admin_acts.performing import DAY, ON, history, homes

pytestmark = pytest.mark.django_db


def several(client, people, **given):
    """The answer to an act on several that was filled in, looked at and confirmed."""
    data = {"action": "change-cell", "_selected_action": [person.pk for person in people]}
    sent = data | given | ({"perform": "1"} if "to" in given else {})
    address = reverse("admin:members_member_changelist")
    answer = client.post(address, sent)
    preview = (answer.context_data or {}).get("preview") if answer.status_code == 200 else None
    return client.post(address, {**sent, "seen": preview.seen}) if preview else answer


def test_several_members_change_the_cell_and_each_has_a_result(client, town, secretary, person):
    there = factories.member(cell=town.street_cell)
    other = factories.member(cell=town.factory_cell)
    people = [person, there, other]
    first = several(client, people, index="0")
    assert set(first.context_data["chosen"]) == set(people)
    given = {"to": town.street_cell.code, "kind": "home", "on": DAY, "reason": "So."}
    answer = several(client, people, **given)
    results = {result.row: result for result in answer.context_data["results"]}
    assert [len(results[row].blockers) for row in people] == [0, 1, 0]
    assert answer.context_data["chosen"] == [there]
    assert homes(person)[-1] == homes(other)[-1] == (town.street_cell, ON, None)
    assert len(history(person)) == 1
    assert history(there) == []
    assert f"{there} " in answer.content.decode()


def test_when_all_is_done_the_list_says_so(client, town, secretary, person):
    given = {"to": town.street_cell.code, "kind": "home", "on": DAY, "reason": "So."}
    answer = several(client, [person], **given)
    assert answer.status_code == 302
    said = client.get(answer["Location"]).content.decode()
    assert f"{person}: Registered with {town.street_cell} from 2024-03-01." in said


def test_nobody_outside_the_ground_is_among_those_chosen(client, town, secretary, person):
    foreign = factories.member(cell=factories.town().street_cell)
    given = {"to": town.street_cell.code, "kind": "home", "on": DAY, "reason": "So."}
    several(client, [person, foreign], **given)
    assert len(homes(foreign)) == 1


def test_who_may_only_look_is_offered_nothing_to_do_with_several(client, town, person):
    auditor = factories.account()
    grant_role(user=auditor, role=AUDITOR, unit=town.district)
    client.force_login(auditor)
    given = {"to": town.street_cell.code, "kind": "home", "on": DAY, "reason": "So."}
    several(client, [person], **given)
    assert len(homes(person)) == 1


@pytest.mark.parametrize("name", [name for name, act in acts_on(Member).items() if act.bulk])
def test_the_first_button_shows_what_will_be_done_and_says_so(
    client, town, secretary, person, name
):
    """Done to several rows every act is looked at first, also one whose form says all it does."""
    chosen = {"action": name, "_selected_action": [person.pk], "index": "0"}
    shown = client.post(reverse("admin:members_member_changelist"), chosen).content.decode()
    assert "Show what this will do" in shown
    assert "Do it" not in shown


def test_the_second_button_does_it(client, town, secretary, person):
    chosen = {"action": "invite-to-portal", "_selected_action": [person.pk], "perform": "1"}
    shown = client.post(reverse("admin:members_member_changelist"), chosen).content.decode()
    assert "Do it" in shown
    assert "Show what this will do" not in shown
