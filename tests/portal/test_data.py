"""All that is held on a member: whole, of nobody else, with who looked and who took it out."""

import json
from datetime import UTC, datetime

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.urls import get_resolver, reverse
from django.utils.functional import Promise
from django.utils.translation import override

from audit.log import Draft, act_names, acting, logged_fields, note
from audit.models import Entry
from audit.tables.noting import note_export
from audit.wording import label_of, title
from elections.bureaus.sitting import share_out
from elections.models import Attendance, Choice, Delegate, Invitation, RollEntry, Seat
from elections.nominating.nominees import nominate
from elections.voting import check_off
from members.holdings import parts
from members.log_filter import LogFilter
from members.looks import note_look
from members.models import Account, Member
from tests.bureaus.making import bureau, members_of
from tests.meetings import making as meetings
from tests.meetings.pages import queries
from tests.nominations import making as nominations
from tests.portal import making
from tests.voting import making as votes

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return making.place()


def held(client):
    answer = client.get(reverse("my-data-file"))
    assert answer["Content-Disposition"].startswith("attachment")
    return json.loads(answer.content)


# What an account did in an office is the record of the office: who entered, decided or checked off.
OF_AN_OFFICE = {
    "audit.ImportJob",
    "audit.Upload",
    "elections.Meeting",
    "elections.PaperCount",
    "elections.PassphraseTry",  # counted for an hour against guessing
}
OF_NOBODY = {"members.Pair"}
APPS = {
    *("audit", "districts", "members", "cells", "elections"),
    *("account", "mfa", "usersessions"),
}


def test_every_table_that_points_to_a_member_or_an_account_is_declared():
    declared = {part.model for part in parts()}
    missing = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in APPS
        and model not in declared
        and any(field.related_model in (Member, Account) for field in model._meta.concrete_fields)
    }
    assert missing <= OF_AN_OFFICE | OF_NOBODY


def test_the_file_holds_all_and_nobody_else(client, town):
    member = making.worker(town, family_name="Mine", born="1990-02-03")
    making.worker(town, family_name="Stranger")
    poll = votes.opened(votes.motion(town.town.district), town.town.factory_cell)
    check_off(poll=poll, member=member, by=None)
    meeting = meetings.begun(town.town.factory_cell)
    Attendance.objects.create(meeting=meeting, member=member, at=meeting.starts_at)
    making.logged_in(client, member)
    found = held(client)
    assert found["member"] == member.pk
    assert found["held"]["members"][0]["born"] == "1990-02-03"
    assert found["held"]["employments"][0]["workplace"] == str(town.works)
    assert [row["channel"] for row in found["held"]["check_offs"]] == ["paper"]
    assert len(found["held"]["attendances"]) == 1
    text = json.dumps(found)
    assert "Stranger" not in text
    assert "password" not in json.dumps(found["held"]["accounts"])


def test_it_tells_who_looked_and_which_exports_took_the_member_in(client, town, rf):
    member = making.worker(town)
    look = rf.get("/")
    look.user = making.secretary(town.town.district)
    with acting(look.user):
        note_look(look, member)
    everything = {"unit": "everything", "tables": ["members"]}
    note_export(everything, unit=None, written=[])
    note_export({"unit": "D", "tables": ["members"]}, unit=town.town.district.pk, written=[])
    note_export({"unit": "O", "tables": ["members"]}, unit=town.other.pk, written=[])
    note_export({"unit": "D", "tables": ["units"]}, unit=town.town.district.pk, written=[])
    making.logged_in(client, member)
    found = held(client)["held"]
    assert [row["who"] for row in found["looks"]] == [look.user.username]
    assert sorted(row["unit"] for row in found["exports"]) == ["D", "everything"]


def test_the_own_look_is_not_kept(client, town):
    making.logged_in(client, making.worker(town))
    before = Entry.objects.count()
    shown = client.get(reverse("my-data")).content.decode()
    held(client)
    assert Entry.objects.count() == before
    assert "Aurora Works" in shown


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_as_many_queries_for_one_as_for_three(client, town, rows):
    member = making.worker(town)
    for number in range(rows):
        poll = votes.opened(
            votes.election(town.town.district, [member, "Other"], seats=1, title=f"{number}"),
            town.town.factory_cell,
        )
        meeting = meetings.held(town.town.factory_cell, days_ago=number + 1)
        Invitation.objects.create(meeting=meeting, member=member, state="letter")
        check_off(poll=poll, member=member, by=None)
    assert Choice.objects.filter(member=member).count() == rows
    assert RollEntry.objects.filter(member=member).count() == rows
    assert not Seat.objects.exists()
    assert not Delegate.objects.exists()
    making.logged_in(client, member)
    assert queries(client, reverse("my-data")) == 34


def test_the_page_is_in_words_and_days_of_the_reader_s_language(client, town):
    member = making.worker(town, family_name="Renate", born="1990-02-03")
    making.logged_in(client, member)
    page = client.get(reverse("my-data"), headers={"Accept-Language": "de"}).content.decode()
    assert "03.02.1990" in page
    assert "1990-02-03" not in page
    assert "Familienname: Renate" in page
    assert "None" not in page


# Every field that the page can show ---------------------------------------------------------------

# Titles and names that are the same word in both languages.
SAME = {"Person", "Name", "Status"}


def told_alike(labels) -> set[str]:
    """Those of the labels, by what they name, that the German page would call as the English one.

    One that nobody wrote is among them too: Django makes it of the field's name.
    """
    with override("en"):
        english = {where: str(label) for where, label in labels.items()}
    with override("de"):
        german = {where: str(label) for where, label in labels.items()}
    return {where for where in labels if english[where] == german[where] not in SAME}


def shown_fields() -> dict[str, object]:
    """The labels of the fields that stand on the page, also of those that the log tells of."""
    held = {f"{part.name}.{name}": label for part in parts() for name, label in part.labels.items()}
    logged = {f"{model.__name__}.{name}": label_of(model, name) for model, name in logged_fields()}
    return held | logged


def test_every_field_that_the_page_can_show_is_told_in_both_languages():
    labels = shown_fields()
    assert len(labels) > 150
    # In English too it is a text that somebody wrote, and not the name of a column.
    assert {where for where, label in labels.items() if not isinstance(label, Promise)} == set()
    assert told_alike(labels) == set()
    assert "members.search" not in labels


def test_every_part_and_every_kind_of_row_is_told_in_both_languages():
    titles = {part.name: part.title for part in parts()}
    assert told_alike(titles) == set()
    with override("de"):
        assert title(Entry(what="created", table="second_factors")) == "Zweiter Faktor angelegt"


def test_every_act_is_told_in_both_languages():
    get_resolver().url_patterns  # noqa: B018  # loads all that names an act
    told = LogFilter.titles()
    assert act_names() - set(told) == set(), "name it in members/act_titles.py"
    assert told_alike({name: told[name] for name in act_names()}) == set()


def test_what_the_page_tells_has_no_word_of_the_program(client, town):
    member = making.worker(town)
    account = making.logged_in(client, member)
    TOTP.activate(account, generate_totp_secret())
    Account.objects.filter(pk=account.pk).update(date_joined=datetime(2026, 1, 2, tzinfo=UTC))
    people = [member, *members_of(town.town.factory_cell, 2)]
    sitting = bureau(town.town.factory_cell, people).seats.get(member=member)
    share_out(seat=sitting, portfolio="literature")
    scope = ["secretary D-1", "auditor (everything)", "administrator"]
    look = Draft(what="looked", table="members", member=member.pk, facts={"scope": scope})
    note(look, act="look")
    phone = {"user_agent": "Gecko/20100101 Firefox/130.0", "session_key": "one"}
    UserSession.objects.create(user=account, ip="0.0.0.0", data={}, **phone)
    page = client.get(reverse("my-data"), headers={"Accept-Language": "de"}).text
    assert "<dt>Browser</dt><dd>Firefox</dd>" in page
    assert "0.0.0.0" not in page
    assert "Sekretär/in D-1, Prüfer/in (die ganze Organisation), Administration" in page
    assert "Mitglied seit" not in page
    assert "<dt>Konto angelegt</dt><dd>02.01.2026" in page
    assert "Codes aus einer App" in page
    assert "Aufgabe: Literatur" in page
    assert "literature" not in page
    assert held(client)["held"]["seats"][0]["portfolio"] == "literature"


def test_what_was_changed_names_no_other_member(client):
    known = nominations.with_people()
    member, other = known.factory[:2]
    nominate(question=nominations.called(known.unit), member=member, by=other)
    making.logged_in(client, member)
    changes = [row["changes"] for row in held(client)["held"]["changes"]]
    (made,) = [one for one in changes if "member" in one and "question" in one]
    assert made["member"] == [None, str(member.pk)]
    assert "by" not in made
