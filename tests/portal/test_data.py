"""All that is held on a member: whole, of nobody else, with who looked and who took it out."""

import json

import pytest
from django.apps import apps
from django.urls import reverse

from audit.log import acting
from audit.models import Entry
from audit.tables.noting import note_export
from elections.models import Attendance, Choice, Delegate, Invitation, RollEntry, Seat
from elections.voting import check_off
from members.holdings import parts
from members.looks import note_look
from members.models import Account, Member
from tests.meetings import making as meetings
from tests.meetings.pages import queries
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
