"""What ends an account, what ends with it, and a lost second factor that two secretaries reset."""

import csv
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from audit.models import Entry
from districts.models import Unit
from districts.roles import SECRETARY, TELLER
from elections.meetings.feeds import member_of_feed, renew_feed
from members.accounts.addresses import CannotChangeAddress, ask_new_address, set_address
from members.accounts.inviting import invite_to_portal
from members.accounts.mails import send_address_link, send_password_link
from members.accounts.resetting import CannotReset, ask_reset, confirm_reset
from members.membership import end_membership
from members.models import AddressChange, FactorReset, Invitation
from tests import factories
from tests.accounts.making import log_in, officer, with_codes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    cache.clear()


@pytest.fixture
def person(town):
    return factories.member(cell=town.street_cell)


def is_in(client):
    return client.get(reverse("votes")).status_code == 200


def test_a_file_that_brings_the_end_closes_the_account_with_it(client, person, town, tmp_path):
    account = officer(TELLER, town.district, member=person)
    other = factories.member(cell=town.street_cell)
    invite_to_portal(member=other, way="letter", by=None)
    log_in(client, account)
    call_command("export_register", str(tmp_path))
    file = tmp_path / "members.csv"
    with file.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        row |= {"left": "2024-01-01", "left_reason": "resigned"}
    for gone in tmp_path.iterdir():
        gone.unlink()
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    call_command("import_register", str(tmp_path))
    account.refresh_from_db()
    assert not account.is_active
    assert not is_in(client)
    assert not Invitation.objects.open().exists()


@pytest.mark.parametrize("reason", ["excluded", "resigned", "died"])
def test_with_the_membership_ends_all_that_the_account_opened(client, person, town, reason):
    account = officer(TELLER, town.district, member=person)
    log_in(client, account)
    unlisted = Client()
    unlisted.force_login(account)
    with_codes(account)
    calendar = renew_feed(member=person)
    ask_new_address(account=account, address="new@example.org", origin="http://x/")
    assert is_in(client)
    assert is_in(unlisted)
    key = client.session.session_key
    last = Entry.objects.order_by("-pk").first().pk
    end_membership(member=person, on=timezone.localdate(), reason=reason)
    acts = Entry.objects.filter(pk__gt=last).values_list("act_id", flat=True)
    assert len(set(acts)) == 1, "one act, in one transaction"
    account.refresh_from_db()
    assert not account.is_open
    assert not account.holds_office
    assert not is_in(client)
    assert not is_in(unlisted)
    assert not client.session.exists(key)
    assert member_of_feed(calendar) is None
    assert not Authenticator.objects.filter(user=account).exists()
    assert not AddressChange.objects.exists()
    assert "not right" in log_in(Client(), account).content.decode()


def test_an_end_that_is_refused_closes_nothing(client, person):
    account = factories.account(member=person)
    log_in(client, account)
    with pytest.raises(Exception, match="joined on"), transaction.atomic():
        end_membership(member=person, on=person.joined, reason="excluded")
    assert is_in(client)


def test_an_end_to_come_closes_the_account_on_its_day(client, person, monkeypatch):
    account = factories.account(member=person)
    calendar = renew_feed(member=person)
    log_in(client, account)
    day = timezone.localdate() + timedelta(days=3)
    end_membership(member=person, on=day, reason="moved_away")
    assert is_in(client)
    assert member_of_feed(calendar) == person
    monkeypatch.setattr("members.account_model.timezone.localdate", lambda: day)
    assert not is_in(client)
    assert "not right" in log_in(Client(), account).content.decode()
    assert member_of_feed(calendar) is None


def test_an_invitation_ends_with_the_membership(person):
    invite_to_portal(member=person, way="letter", by=None)
    end_membership(member=person, on=timezone.localdate(), reason="resigned")
    assert not Invitation.objects.open().exists()


# A lost second factor -------------------------------------------------------------------------


def test_two_secretaries_reset_a_second_factor_and_both_are_logged(client, person, town):
    account = factories.account(member=person)
    with_codes(account)
    session = Client()
    session.force_login(account)
    for secretary, act in (
        (officer(SECRETARY, town.district), "ask-factor-reset"),
        (officer(SECRETARY, Unit.objects.get(pk=town.area.pk)), "confirm-factor-reset"),
    ):
        client.force_login(secretary)
        assert is_in(session)
        row = reverse("admin:members_account_change", args=[account.pk])
        assert f"/act/{act}/" in client.get(row).content.decode()
        address = reverse("admin:members_account_act", args=[account.pk, act])
        assert client.post(address, {"perform": "1", "reason": "Lost."}).status_code == 302
        entries = Entry.objects.filter(act=act)
        assert {entry.actor for entry in entries} == {secretary.pk}
        assert {entry.reason for entry in entries} == {"Lost."}
    assert not Authenticator.objects.filter(user=account).exists()
    assert not is_in(session)
    assert log_in(Client(), account)["Location"] == reverse("home")


@pytest.mark.parametrize("who", ["the first", "the account", "a stranger", "a teller"])
def test_nobody_else_confirms_a_reset(person, town, who):
    account = officer(SECRETARY, town.district, member=person)
    with_codes(account)
    first = officer(SECRETARY, town.district)
    ask_reset(account=account, by=first)
    by = {
        "the first": first,
        "the account": account,
        "a stranger": officer(SECRETARY, factories.town().town),
        "a teller": officer(TELLER, town.district),
    }[who]
    with pytest.raises(CannotReset):
        confirm_reset(account=account, by=by)
    assert Authenticator.objects.filter(user=account).exists()
    if who in ("the first", "the account"):  # the database holds it too
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorReset.objects.update(confirmed_by=by)


def test_a_reset_is_asked_for_by_others_where_there_is_something_to_reset_and_runs_out(
    person, town
):
    account = officer(SECRETARY, town.district, member=person)
    first, second = officer(SECRETARY, town.district), officer(SECRETARY, town.district)
    with pytest.raises(CannotReset, match="has no second factor"):
        ask_reset(account=account, by=first)
    with_codes(account)
    for by in (account, officer(SECRETARY, factories.town().town)):
        with pytest.raises(CannotReset):
            ask_reset(account=account, by=by)
    ask_reset(account=account, by=first)
    with pytest.raises(CannotReset, match="already"):
        ask_reset(account=account, by=second)
    FactorReset.objects.update(valid_until=timezone.now())
    with pytest.raises(CannotReset, match="seven days"):
        confirm_reset(account=account, by=second)
    ask_reset(account=account, by=second)
    confirm_reset(account=account, by=first)


def test_a_reset_that_was_asked_for_waits_on_the_first_page(client, person, town):
    account = factories.account(member=person)
    with_codes(account)
    factories.account(member=factories.member(cell=town.street_cell))
    ask_reset(account=account, by=officer(SECRETARY, town.district))
    shown = {}
    for name, unit in (("here", town.district), ("elsewhere", factories.town().town)):
        client.force_login(officer(SECRETARY, unit))
        panels = client.get(reverse("admin:index")).context_data["panels"]
        waiting = next(one["waiting"] for one in panels if "waiting" in one)
        shown[name] = [row for row in waiting if "second factors" in str(row[0])]
    assert shown["elsewhere"] == []
    [(_title, number, address)] = shown["here"]
    client.force_login(officer(SECRETARY, town.district))
    assert list(client.get(address).context_data["cl"].result_list) == [account]
    assert number == 1
    FactorReset.objects.update(valid_until=timezone.now())
    assert not client.get(address).context_data["cl"].result_list


# A new address --------------------------------------------------------------------------------


def mailed(send, *arguments):
    """The path of the link in the one e-mail that `send` sends."""
    mail.outbox.clear()
    send.func(*arguments)
    (message,) = mail.outbox
    line = next(line for line in message.body.splitlines() if line.startswith("http"))
    return message.to[0], line.removeprefix("http://testserver")


def test_a_new_address_needs_the_old_one_and_answers_itself(client, person):
    account = factories.account(member=person, email="old@example.org")
    log_in(client, account)
    answer = client.post(reverse("account-address"), {"email": "New@example.org"})
    assert "present address" in answer.content.decode()
    stranger = Client()
    for address, awaited in (("old@example.org", "old"), ("new@example.org", "new")):
        change = AddressChange.objects.get()
        assert change.stage == awaited
        to, link = mailed(send_address_link, change.pk, "http://testserver/")
        assert to == address
        assert stranger.get(link).status_code == 200
        account.refresh_from_db()
        assert account.email == "old@example.org"
        assert stranger.post(link).status_code == 200
        assert stranger.post(link).status_code == 404
    account.refresh_from_db()
    assert account.email == "new@example.org"
    assert "new@example.org" not in str(list(Entry.objects.values_list("changes", flat=True)))


def asked_by_office(client, account, town, address="Set@example.org"):
    """A secretary asks for another address; the answer."""
    client.force_login(officer(SECRETARY, town.district))
    act = reverse("admin:members_account_act", args=[account.pk, "set-address"])
    return client.post(act, {"perform": "1", "address": address})


def test_an_address_that_the_office_asks_for_answers_itself_and_the_old_one_is_told_first(
    client, person, town, django_capture_on_commit_callbacks
):
    account = factories.account(member=person, email="old@example.org")
    taken = factories.account().email
    page = asked_by_office(client, account, town, taken.upper())
    assert "cannot be used" in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert asked_by_office(client, account, town).status_code == 302
    account.refresh_from_db()
    assert account.email == "old@example.org", "nobody has proved to read the new one"
    given = DBTaskResult.objects.get().args_kwargs["args"]
    assert given == [AddressChange.objects.get().pk, "http://testserver/"]
    send_address_link.func(*given)
    told, asked = mail.outbox
    assert (told.to, asked.to) == (["old@example.org"], ["set@example.org"])
    day = timezone.localtime(account.address_by_office).strftime("%Y-%m-%d %H:%M")
    assert f"On {day} your secretary's office asked" in told.body
    assert "stop it" in told.body
    assert "another secretary, or the administrator" in told.body
    assert "set@example.org" not in told.body, "who reads the old one may not be the member"
    link = next(line for line in asked.body.splitlines() if line.startswith("http"))
    stranger = Client()
    for status in (200, 404):  # used once
        assert stranger.post(link.removeprefix("http://testserver")).status_code == status
    account.refresh_from_db()
    assert account.email == "set@example.org"
    assert "set@example.org" not in str(list(Entry.objects.values_list("changes", "sentence")))
    with pytest.raises(CannotChangeAddress):
        set_address(account=account, address=taken)


def test_a_link_that_the_office_asked_for_runs_out(client, person, town):
    account = factories.account(member=person)
    asked_by_office(client, account, town)
    _told, link = all_mailed(send_address_link, AddressChange.objects.get().pk)
    AddressChange.objects.update(valid_until=timezone.now())
    assert client.post(link).status_code == 404


def test_the_member_is_told_what_the_office_asked_for_and_stops_it(client, person, town):
    account = factories.account(member=person, email="old@example.org")
    asked_by_office(client, account, town)
    link = all_mailed(send_address_link, AddressChange.objects.get().pk)[1]
    client.force_login(account)
    assert "the office asked for another address" in client.get(reverse("my-page")).text
    assert "The office asked that you log in with set@example.org" in mine(client)
    data = client.get(reverse("my-data")).text
    assert "Change the address for the login" in data
    assert "Another address asked for by the office: 20" in data
    assert client.post(reverse("account-address"), {"keep": "1"}).status_code == 302
    assert "set@example.org" not in mine(client)
    assert client.post(link).status_code == 404
    account.refresh_from_db()
    assert account.email == "old@example.org"
    assert "the office asked" not in client.get(reverse("my-page")).text


def test_what_the_office_did_to_the_address_is_told_for_thirty_days(client, person, town):
    account = factories.account(member=person)
    asked_by_office(client, account, town)
    client.post(all_mailed(send_address_link, AddressChange.objects.get().pk)[1])
    account.refresh_from_db()
    for days, told in ((29, True), (31, False)):
        account.address_by_office = timezone.now() - timedelta(days=days)
        account.save()
        client.force_login(account)
        assert ("the office asked" in client.get(reverse("my-page")).text) is told
        assert ("the office asked" in mine(client)) is told
    assert "Email address: changed" in client.get(reverse("my-data")).text


def test_a_new_password_does_not_pass_by_a_second_factor(client, person):
    account = factories.account(member=person)
    with_codes(account)
    _to, link = mailed(send_password_link, account.pk, "http://testserver/")
    chosen = {"password1": "a-long-one-of-4-words", "password2": "a-long-one-of-4-words"}
    assert client.post(client.get(link)["Location"], chosen).status_code == 302
    assert not is_in(client)
    answer = log_in(client, account, "a-long-one-of-4-words")
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)


def mine(client):
    """The page of one's own account."""
    return client.get(reverse("mfa_index")).text


def all_mailed(send, change):
    """The paths of the links in all e-mails that `send` sends, None for one without."""
    mail.outbox.clear()
    send.func(change, "http://testserver/")
    found = []
    for message in mail.outbox:
        links = [line for line in message.body.splitlines() if line.startswith("http")]
        found.append(links[0].removeprefix("http://testserver") if links else None)
    return found


def test_a_link_to_a_new_password_ends_with_the_address(client, person):
    account = factories.account(member=person)
    _to, link = mailed(send_password_link, account.pk, "http://testserver/")
    set_address(account=account, address="other@example.org")
    assert "not valid" in client.get(link).content.decode()


# The list of sessions -------------------------------------------------------------------------


def test_one_sees_where_one_is_logged_in_and_logs_out_everywhere_else(person):
    account = factories.account(member=person)
    here, there = Client(HTTP_USER_AGENT="The phone"), Client(HTTP_USER_AGENT="The library")
    for browser in (here, there):
        log_in(browser, account)
    page = here.get(reverse("usersessions_list")).content.decode()
    assert "The phone" in page
    assert "The library" in page
    assert "127.0.0.1" not in str(list(account.usersession_set.values()))
    here.post(reverse("usersessions_list"))
    assert is_in(here)
    assert not is_in(there)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
            "Firefox on Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Mobile Safari on iOS",
        ),
        ("curl/8.5.0", "curl"),
        ("My own <b>", "My own &lt;b&gt;"),
        ("", "\N{EN DASH}"),
    ],
)
def test_a_browser_is_told_by_its_name(person, sent, told):
    account = factories.account(member=person)
    browser = Client(HTTP_USER_AGENT=sent)
    log_in(browser, account)
    page = browser.get(reverse("usersessions_list")).content.decode()
    assert f"<strong>{told}</strong>" in page


def test_a_member_has_one_account(person):
    factories.account(member=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.account(member=person)
