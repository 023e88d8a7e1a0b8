"""Erasing who left: from the register, the requests and the log, whose chains still hold."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Model, QuerySet
from django.urls import reverse

from audit.chain import log_faults
from audit.models import Entry
from cells.requests import (
    ask_for_admission,
    ask_to_leave,
    grant_request,
    refuse_request,
    withdraw_request,
)
from elections.models import CheckOff
from elections.voting import check_off
from members.erasing import CannotErase, erase_member
from members.membership import CannotAdmit, end_membership, readmit_member
from members.models import Account, Member, Request
from members.periods import retention
from tests import factories
from tests.portal import making
from tests.voting import making as votes

pytestmark = pytest.mark.django_db

NAME = "Zzyzxname"


@pytest.fixture
def town():
    return making.place()


@pytest.fixture
def gone(town):
    """Somebody with an account, a vote and a request, who left two years ago."""
    member = making.worker(town, family_name=NAME, email="zz@example.org", born="1990-02-03")
    factories.account("zzyzx", member=member, email="zz@example.org")
    poll = votes.opened(votes.motion(town.town.district), town.town.factory_cell)
    check_off(poll=poll, member=member, by=None)
    left = making.today() - timedelta(days=730)
    asked = ask_to_leave(member=member, on=left, reason=f"{NAME} moves abroad")
    grant_request(
        request=asked, on=left, by=making.secretary(town.town.district), takes_effect=left
    )
    member.refresh_from_db()
    return member


def everything_about_the_log():
    return " ".join(str(row) for row in Entry.objects.values("sentence", "reason", "changes"))


def run(*arguments):
    out = StringIO()
    try:
        call_command("retention", *arguments, stdout=out)
    except SystemExit as status:
        return out.getvalue(), status.code
    return out.getvalue(), 0


def test_the_command_erases_and_says_what_it_did_without_names(gone):
    assert NAME in everything_about_the_log()
    told, _status = run("--dry-run")
    assert f"Members would be erased: 1: {gone.pk}" in told
    assert Member.objects.get(pk=gone.pk).family_name == NAME
    told, status = run()
    assert (status, NAME in told) == (0, False)
    assert f"Members erased: 1: {gone.pk}" in told
    member = Member.objects.get(pk=gone.pk)
    assert (member.full_name, member.search, member.born) == ("erased", "", None)
    assert (member.email, member.phone, member.address, member.locality) == ("", "", "", None)
    assert member.joined == factories.JOINED
    assert CheckOff.objects.filter(member=member).count() == 1
    account = Account.objects.get(member=member)
    assert (account.username, account.email) == (f"erased-{member.pk}", "")
    assert not account.is_active
    assert Request.objects.get().reason == "—"
    assert "Members erased: 0" in run()[0]


def test_the_log_says_nothing_of_the_person_and_its_chains_hold(gone):
    others = Entry.objects.exclude(member=gone.pk).filter(member__isnull=False).count()
    erase_member(member=gone, on=making.today())
    text = everything_about_the_log()
    assert NAME not in text
    assert "zz@example.org" not in text
    assert [*log_faults()] == []
    struck = Entry.objects.filter(struck__isnull=False)
    assert struck.exists()
    assert not struck.exclude(salt="").exists()
    assert Entry.objects.exclude(member=gone.pk).filter(member__isnull=False).count() == others


def past_the_program(entry, **values):
    """Change an entry as somebody would who has the database in his hands."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_keeps_rows")
    QuerySet.update(Entry.objects.filter(pk=entry.pk), **values)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_keeps_rows")


def test_what_nobody_tells_of_is_no_striking(gone):
    entry = Entry.objects.filter(member=gone.pk, what="created").first()
    Entry.objects.filter(pk=entry.pk).strike(making.today())
    assert [fault.what for fault in log_faults()] == ["struck out, and no entry tells of it"]


def test_what_was_struck_out_says_nothing_anew(gone):
    erase_member(member=gone, on=making.today())
    entry = Entry.objects.filter(struck__isnull=False).first()
    past_the_program(entry, sentence="Another story")
    assert [fault.what for fault in log_faults()] == ["struck out, and says something still"]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change",
    [
        "sentence = 'x', struck = now()",
        "sentence = '', reason = '', changes = '{}', salt = '', struck = now(), actor_name = 'x'",
        "struck = NULL",
        "sentence = ''",
    ],
)
def test_postgres_lets_an_entry_be_struck_out_whole_and_nothing_else(gone, change):
    entry = Entry.objects.filter(member=gone.pk, what="created").first()
    entries = f"UPDATE audit_entry SET {change} WHERE id = %s"
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(entries, [entry.pk])


def test_members_and_who_stands_in_an_election_are_not_erased(town):
    member = making.worker(town)
    with pytest.raises(CannotErase, match="is a member; who left is erased"):
        erase_member(member=member, on=making.today())
    votes.opened(
        votes.election(town.town.district, [member, "Other"], seats=1), town.town.factory_cell
    )
    end_membership(member=member, on=making.today() - timedelta(days=1), reason="resigned")
    member.refresh_from_db()
    with pytest.raises(CannotErase, match="stands in an election that is not over"):
        erase_member(member=member, on=making.today())
    Member.objects.update(left=making.today() - timedelta(days=400))
    told, status = run()
    assert status == 1
    assert f"Member {member.pk} is due and kept" in told


def test_nobody_comes_back(gone, town):
    erase_member(member=gone, on=making.today())
    member = Member.objects.get(pk=gone.pk)
    with pytest.raises(CannotAdmit, match="was erased; admit him or her anew"):
        readmit_member(member=member, on=making.today(), cell=town.town.street_cell)
    member.email = "zz@example.org"
    with pytest.raises(DatabaseError), transaction.atomic():
        Model.save(member, update_fields=["email"])


def test_one_is_erased_at_demand(gone, settings):
    settings.RETENTION = {"members": 10_000}
    assert "Members erased: 0" in run()[0]
    assert f"Member {gone.pk}: erased" in run("--member", str(gone.pk))[0]
    with pytest.raises(CommandError, match="is erased"):
        run("--member", str(gone.pk))


def test_refused_applicants_go_and_what_was_written_in_requests(town):
    day = making.today() - timedelta(days=400)
    by = making.secretary(town.town.district)
    asked = ask_for_admission(
        family_name=NAME, cell=town.town.street_cell, on=day, email="zz@example.org"
    )
    refuse_request(request=asked, on=day, by=by, reason=f"{NAME} is unknown")
    member = making.worker(town)
    left = ask_to_leave(member=member, on=day, reason="Private reasons")
    withdraw_request(request=left, on=day, by=by)
    told, status = run()
    assert status == 0
    assert "Applications erased: 1" in told
    assert "Requests erased: 1" in told
    asked.refresh_from_db()
    assert (asked.family_name, asked.email, asked.decision_reason) == ("—", "", "—")
    for word in (NAME, "Private reasons"):
        assert word not in everything_about_the_log()
    assert [*log_faults()] == []


@pytest.mark.parametrize("given", [{"people": 3}, {"members": 0}, {"members": "3"}])
def test_a_wrong_period_stops_the_program(settings, given):
    settings.RETENTION = given
    with pytest.raises(ImproperlyConfigured, match="RETENTION"):
        retention()


# The page in the office -----------------------------------------------------------------------


def erasing_page(member):
    return reverse("admin:members_member_act", args=[member.pk, "erase-member"])


def test_the_administrator_erases_who_demands_it_and_says_why(client, gone):
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    page = reverse("admin:members_member_change", args=[gone.pk])
    assert erasing_page(gone) in client.get(page).content.decode()
    form = {"perform": "1", "reason": ""}
    looked = client.post(erasing_page(gone), form)
    assert "does not come back" in looked.content.decode()
    form["seen"] = looked.context_data["preview"].seen
    assert "Please say why" in client.post(erasing_page(gone), form).content.decode()
    assert Member.objects.get(pk=gone.pk).family_name == NAME
    done = client.post(erasing_page(gone), form | {"reason": "Demanded in writing."}, follow=True)
    assert f"Number {gone.pk} was erased." in done.content.decode()
    assert Member.objects.get(pk=gone.pk).is_erased
    assert NAME not in everything_about_the_log()
    assert {entry.reason for entry in Entry.objects.filter(act="erase-member")} == {
        "Demanded in writing."
    }
    assert erasing_page(gone) not in client.get(page).content.decode()


def test_a_secretary_erases_nobody(client, gone, town):
    client.force_login(making.secretary(town.town.district))
    page = reverse("admin:members_member_change", args=[gone.pk])
    assert erasing_page(gone) not in client.get(page).content.decode()
    assert client.post(erasing_page(gone), {"perform": "1"}).status_code == 403


def test_who_is_a_member_is_not_erased_by_the_page(client, town):
    member = making.worker(town)
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    answer = client.post(erasing_page(member), {"perform": "1", "reason": "Please."})
    assert "is a member; who left is erased" in answer.content.decode()
    assert not Member.objects.get(pk=member.pk).is_erased
