"""Meetings in the browser: planned and called by a secretary, attended at the door, followed."""

from datetime import date, timedelta

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from districts.models import Unit
from districts.roles import TELLER, grant_role
from elections.meetings.rhythms import Beat
from elections.meetings.tasks import send_invitations
from elections.models import Attendance, Meeting
from tests import factories
from tests.browser.conftest import log_in
from tests.browser.steps import Steps, too_wide
from tests.meetings import making

pytestmark = pytest.mark.django_db(transaction=True)

SOON = date.today() + timedelta(days=40)


@pytest.fixture
def members(town):
    """Three members of two cells, one of them without an address."""
    return [
        factories.member(
            cell=cell,
            given_name=given,
            family_name="Müller",
            email=email and f"{email}@example.org",
        )
        for cell, given, email in (
            (town.factory_cell, "Anna", "anna"),
            (town.factory_cell, "Berta", "berta"),
            (town.street_cell, "Clara", ""),
        )
    ]


def test_the_general_meeting_is_planned_and_everybody_invited(
    town, members, secretary, page: Page, complaints
):
    steps = Steps(page)
    steps.click(page.get_by_role("link", name="Meetings"))
    steps.click(page.get_by_role("link", name="Plan a meeting"))
    steps.fill(page.get_by_label("Begins"), f"{SOON}T19:00")
    steps.fill(page.get_by_role("textbox", name="Place*"), "Hall at the lock")
    steps.click(page.get_by_label("Invite everybody"))
    steps.click(page.get_by_role("button", name="Show what this will do"))
    told = page.get_by_role("status")
    expect(told).to_contain_text(f"General meeting: {SOON:%a %Y-%m-%d} 19:00, Hall at the lock")
    expect(told).to_contain_text("3 are entitled: 2 get an e-mail, 1 have no address")
    assert not Meeting.objects.exists()
    steps.click(page.get_by_role("button", name="Do it"))
    standing = page.get_by_role("region", name="Where it stands")
    expect(standing).to_contain_text("3 invited")
    expect(standing).to_contain_text("2 e-mails waiting")
    steps.within(7)
    meeting = Meeting.objects.get()
    assert (meeting.kind, meeting.unit_id) == ("general", town.district.pk)
    send_invitations.func(meeting.pk)
    assert sorted(message.to[0].split("@")[0] for message in mail.outbox) == ["anna", "berta"]
    page.reload()
    expect(standing).to_contain_text("2 e-mails sent")
    standing.get_by_role("link", name="Print the letters").click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article")).to_contain_text("Clara Müller")
    assert complaints == []


def test_a_rhythm_shows_its_days_beforehand(town, secretary, page: Page, complaints):
    until = SOON + timedelta(days=100)
    page.get_by_role("link", name="Meetings").click()
    page.get_by_role("link", name="Plan a meeting").click()
    page.get_by_label("Begins").fill(f"{SOON}T19:00")
    page.get_by_role("textbox", name="Place*").fill("Hall at the lock")
    page.get_by_label("How often").select_option("month-1")
    page.get_by_label("Until").fill(f"{until}")
    page.get_by_role("button", name="Show what this will do").click()
    days = Beat("month", 1, SOON, until).days()
    told = f"{len(days)} meetings: {', '.join(day.isoformat() for day in days)}"
    expect(page.get_by_role("status")).to_contain_text(told)
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_role("region", name="Where it stands")).to_be_visible()
    assert Meeting.objects.count() == len(days) > 2
    assert complaints == []


def test_at_the_door_by_name_by_list_and_by_code(
    town, members, page: Page, new_context, live_server, complaints
):
    meeting = making.begun(Unit.objects.get(pk=town.district.pk))
    teller = factories.account()
    grant_role(user=teller, role=TELLER, unit=town.district)
    log_in(page, live_server, teller)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="To the doors").click()
    page.get_by_role("link", name="To the door", exact=True).click()
    steps = Steps(page)
    steps.fill(page.get_by_label("Name, number, or code"), "anna muller")
    steps.press(page.get_by_label("Name, number, or code"))
    steps.click(page.get_by_role("button", name=f"Anna Müller ({members[0].pk}) is here"))
    expect(page.get_by_role("status")).to_contain_text("Here: Anna Müller")
    expect(page.get_by_label("Name, number, or code")).to_be_focused()
    steps.within(3)
    assert "muller" not in page.url

    phone = new_context().new_page()
    log_in(phone, live_server, factories.account(member=members[1]))
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.get_by_role("link", name="All my meetings").click()
    phone.goto(f"{live_server.url}/meetings/{meeting.code}/")
    phone.get_by_role("link", name="My code for the door").click()
    expect(phone.get_by_role("img", name="Code for the door")).to_be_visible()
    assert not too_wide(phone)

    from elections.meetings.passes import new_pass

    code = new_pass(meeting=meeting.pk, member=members[1].pk)
    steps = Steps(page)
    steps.fill(page.get_by_label("Name, number, or code"), code)  # a scanner types it at once
    steps.press(page.get_by_label("Name, number, or code"))
    expect(page.get_by_role("status")).to_contain_text("Here: Berta Müller")
    steps.within(2)
    phone.reload()
    expect(phone.get_by_role("status")).to_contain_text("You are recorded as present")

    page.get_by_role("link", name="Tick them in a list").click()
    expect(page.get_by_label("Anna Müller")).to_be_disabled()
    page.get_by_label("Clara Müller").check()
    page.get_by_role("button", name="Those ticked are here").click()
    expect(page.get_by_role("list", name="Attendance")).to_contain_text("3 of 3 entitled")
    assert not too_wide(page)
    assert Attendance.objects.filter(meeting=meeting, by=teller).count() == 3
    assert complaints == []


@pytest.mark.sqlite  # pages look alike on both databases
def test_no_page_is_too_wide_on_a_phone(
    town, members, secretary, page: Page, live_server, complaints
):
    page.set_viewport_size({"width": 390, "height": 844})
    district = Unit.objects.get(pk=town.district.pk)
    long = {"title": "A meeting with a title of many words " * 4}
    coming, begun = making.meeting(district, **long), making.begun(district, **long)
    held = making.held(district, days_ago=3, **long)
    for path in (
        "admin/elections/meeting/",
        "admin/elections/meeting/?state=all",
        "admin/elections/meeting/act/plan-meeting/",
        f"admin/elections/meeting/{coming.pk}/change/",
        f"admin/elections/meeting/{held.pk}/change/",
        f"admin/elections/meeting/{held.pk}/minutes/",
        f"admin/elections/meeting/{coming.pk}/letters/",
        f"admin/elections/meeting/{begun.pk}/act/write-minutes/",
        f"admin/elections/meeting/{coming.pk}/act/change-meeting/",
        f"admin/districts/unit/{district.pk}/change/",
        f"admin/districts/unit/{district.pk}/act/plan-meeting/",
        "meetings/",
        "meetings/doors/",
        f"meetings/{held.code}/",
        f"meetings/{begun.code}/door/",
        f"meetings/{begun.code}/door/list/",
    ):
        page.goto(f"{live_server.url}/{path}")
        wide = too_wide(page)
        assert not wide, path
    assert complaints == []
