"""Veiled names beside the lists: candidates, requests, likely duplicates, accounts (A14)."""

from datetime import date

import pytest
from django.urls import reverse

from audit.ground import EVERYWHERE
from audit.models import Entry
from cells.requests import ask_for_admission
from districts.veil import looking_as
from elections.candidates import read_candidates
from elections.questions import raise_question
from elections.result_shown import shown
from members.models import Member
from tests import factories
from tests.emergency.making import TODAY
from tests.emergency.test_names import VEILED, WHO, of, page, told_in

pytestmark = pytest.mark.django_db

WHO_STANDS = "{member}\n{neighbour}\nEva Fremd"


@pytest.fixture
def asked(scene):
    """An election that somebody has put up who sees numbers."""
    text = WHO_STANDS.format(member=scene.member.pk, neighbour=scene.neighbour.pk)
    with looking_as(scene.accounts["above"]):
        choices = read_candidates(text, EVERYWHERE, TODAY)
        return raise_question(
            unit=scene.town.district,
            kind="election",
            method="approval",
            title="Who goes?",
            on=TODAY,
            seats=1,
            choices=choices,
        )


def test_who_is_put_up_by_number_stands_by_name(asked):
    labels = list(asked.choices.order_by("number").values_list("label", flat=True))
    assert labels == ["Mai Zetterling", "Nilsson", "Eva Fremd"]


@pytest.mark.parametrize(("who", "sees"), WHO)
def test_candidates_are_shown_as_their_names_may_be_seen(scene, asked, who, sees):
    asked.choices.filter(member=scene.member).update(statement="From the mill I come.")
    if who != "below" or scene.town.district == asked.unit:
        text = page(scene, who, of(asked))
        told_in(text, sees)
        assert ("From the mill I come." in text) is sees
        assert "Nilsson" in text
        assert str(scene.member.pk) in text
    with looking_as(scene.accounts[who]):
        names = asked.choices.names()
        assert names[1] == ("Mai Zetterling" if sees else str(scene.member.pk))
        assert (names[2], names[3]) == ("Nilsson", "Eva Fremd")
        common = dict.fromkeys(("cast", "invalid", "quorum_needed", "quorum_reached"), 1)
        assert shown(asked, {**common, "report": _report()})["elected"] == [names[1]]
    entry = Entry.objects.get(table="choices", member=scene.member.pk)
    told_in(page(scene, who, reverse("admin:audit_entry_change", args=[entry.pk])), sees)


def _report():
    stage = {"action": "votes counted", "votes": ["2", "1", "0"], "elected": [1], "excluded": []}
    return {
        "elected": [1],
        "without_composition": None,
        "seats": 1,
        "valid": 3,
        "blank": 0,
        "quota": None,
        "stages": [stage],
        "guarded": [],
        "doomed": [],
        "ties": [],
        "notes": [],
    }


@pytest.mark.parametrize(("who", "sees"), WHO)
def test_who_asks_to_be_admitted(scene, who, sees):
    person = {"family_name": "Zetterling", "given_name": "Lars", "email": "mai@example.org"}
    because = "Zetterling comes from elsewhere."
    cell = scene.town.factory_cell
    asked = ask_for_admission(cell=cell, on=TODAY, reason=because, **person)
    listed = reverse("admin:members_request_changelist")
    for address in (listed, of(asked), reverse("admin:index")):
        text = page(scene, who, address)
        told_in(text, sees)
        assert sees or "Admission" in text or "admission" in text
    assert (of(asked) in page(scene, who, listed, q="Zetterling")) is sees
    grant = reverse("admin:members_request_act", args=[asked.pk, "grant-admission"])
    scene.client.force_login(scene.accounts[who])
    sent = {"perform": "1", "on": TODAY, "cell": cell.code, "reason": "", "takes_effect": TODAY}
    text = scene.client.post(grant, sent).content.decode()
    told_in(text, sees)


@pytest.mark.parametrize(("who", "sees"), WHO)
def test_likely_duplicates_and_warnings_of_them(scene, who, sees):
    again = {"family_name": "Zetterling", "given_name": "Mai", "born": date(1984, 5, 24)}
    # In the same part for whoever is there, and in another for those who see numbers.
    twin = factories.member(cell=scene.town.factory_cell if sees else scene.cell, **again)
    text = page(scene, who, reverse("admin:members_member_doubles"))
    assert (f'"{of(scene.member)}"' in text) is sees
    merge = reverse("admin:members_member_act", args=[scene.member.pk, "merge"])
    scene.client.force_login(scene.accounts[who])
    home = scene.member.registrations.get(kind="home").pk
    sent = {"perform": "1", "on": TODAY, "other": twin.pk, "home": home, "reason": ""}
    answer = scene.client.post(merge, sent)
    assert answer.status_code == 200
    assert ("is veiled from you" in answer.content.decode()) is not sees
    assert Member.objects.filter(pk=twin.pk).exists()


@pytest.mark.parametrize("who", VEILED)
def test_accounts(scene, who):
    account = factories.account("m4711", member=scene.member, email="mai@example.org")
    listed = reverse("admin:members_account_changelist")
    text = page(scene, who, listed)
    told_in(text, False)
    assert "m4711" in text
    told_in(page(scene, who, of(account)), False)
    assert "m4711" not in page(scene, who, listed, q="zetterling")
    suggest = reverse("admin:districts_suggest", args=["account"])
    for asked in ("zetter", "m47"):
        answer = scene.client.get(suggest, {"q": asked}).content.decode()
        assert "m4711" not in answer
