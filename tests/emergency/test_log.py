"""The log in an emergency: what it shows of those whose names are veiled; it stays whole (A14)."""

import io

import pytest
from django.core.management import call_command
from django.urls import reverse

from audit.log import recording
from audit.models import Entry
from districts.acts import sentence
from districts.veil import looking_as
from elections.emergency.declaring import end_emergency
from tests.emergency.making import TODAY
from tests.emergency.test_names import VEILED, WHO, page, told_in

pytestmark = pytest.mark.django_db

HELD = ("Zetterling", "0301234567", "0302222222", "Muster Lane 7", "Nowhere 1")
WORDS = "Zetterling was asked twice."


@pytest.fixture
def told(scene):
    """An act that names the member in its sentence, its reason and its values."""
    with recording("correct-member", reason=WORDS) as running:
        scene.member.phone = "0302222222"
        scene.member.address = "Nowhere 1"
        scene.member.save()
        scene.neighbour.phone = "0309999999"
        scene.neighbour.save()
        running.sentence = f"{scene.member} moved."
    return scene


def addresses(scene):
    entries = list(Entry.objects.filter(act="correct-member").order_by("pk"))
    yield reverse("admin:index")
    yield reverse("admin:audit_entry_changelist")
    yield reverse("admin:audit_entry_export")
    yield from (reverse("admin:audit_entry_change", args=[one.pk]) for one in entries[:1])
    yield reverse("admin:members_member_history", args=[scene.member.pk])


@pytest.mark.parametrize(("who", "sees"), WHO)
def test_the_log_names_nobody_who_is_veiled(told, who, sees):
    for address in addresses(told):
        told.client.force_login(told.accounts[who])
        answer = told.client.get(address)
        assert answer.status_code == 200
        content = answer.getvalue() if answer.streaming else answer.content
        text = content.decode()
        assert any(part in text for part in HELD) is sees
        assert ("names are withheld" in text) is not sees
        if not sees and "export" in address:
            assert "0309999999" in text  # of the other area, within the same act


@pytest.mark.parametrize("who", VEILED[:1])
def test_the_log_itself_stays_whole_and_is_shown_again_afterwards(told, who):
    history = reverse("admin:members_member_history", args=[told.member.pk])
    told_in(page(told, who, history), False)
    call_command("check_log", stdout=io.StringIO())
    end_emergency(unit=told.town.area, on=TODAY)
    text = page(told, who, history)
    assert WORDS in text
    assert "Muster Lane 7" in text


def test_what_is_kept_names_whom_the_page_does_not(scene):
    with looking_as(scene.accounts["above"]):
        said = sentence("%(member)s came.", member=scene.member)
        assert (said, said.whole) == (
            f"{scene.member.pk} came.",
            f"Mai Zetterling ({scene.member.pk}) came.",
        )


def test_the_history_costs_no_query_for_each_entry(told, django_assert_num_queries):
    told.client.force_login(told.accounts["above"])
    history = reverse("admin:members_member_history", args=[told.member.pk])
    told.client.get(history)
    for _more in range(2):
        with recording("correct-member"):
            told.member.phone += "1"
            told.member.save()
        with django_assert_num_queries(10):
            told.client.get(history)
