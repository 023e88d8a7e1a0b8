"""Imports through the browser: uploaded, looked at, accepted, and what a page costs."""

import hashlib
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.imports import storing
from audit.imports.models import ImportJob, ImportPiece, ImportRow
from audit.models import Entry
from districts.roles import SECRETARY, grant_role, revoke_role
from members.models import Member
from tests import factories
from tests.transfer.office import State, members_csv, names

pytestmark = pytest.mark.django_db


def test_the_differences_are_shown_and_kept_only_when_accepted(office):
    data = members_csv((office.one.pk, "Uno"), (office.two.pk, "Two"))
    job = office.bring(("members.csv", data))
    assert (job.state, job.problems) == (State.CHECKED, 0)
    assert job.counts == {"members": {"new": 0, "changed": 1, "unchanged": 1, "wrong": 0}}
    assert job.files.get().sha256 == hashlib.sha256(data).hexdigest()
    page = office.page(job)
    assert "Uno" in page
    assert "Accept all of it" in page
    assert names() == ["One", "Two"]

    job = office.act(job, "accept")
    assert job.state == State.DONE
    assert names() == ["Uno", "Two"]
    assert not ImportPiece.objects.exists()
    assert "All of it was taken in." in office.page(job)
    entry = Entry.objects.latest("pk")
    assert (entry.what, entry.actor, entry.unit) == (
        "imported",
        office.secretary.pk,
        office.town.district.pk,
    )
    assert entry.facts["files"]["members.csv"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert "Uno" not in str(entry.facts)


def test_accepting_twice_does_it_once(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    office.act(job, "accept")
    before = Entry.objects.count()
    assert office.act(job, "accept").state == State.DONE
    assert Entry.objects.count() == before


def test_problems_are_shown_by_line_and_column_beside_what_would_change(office):
    data = members_csv((office.one.pk, "Uno"), (office.two.pk, "x" * 101))
    job = office.bring(("members.csv", data))
    assert job.problems == 1
    assert job.counts["members"] == {"new": 0, "changed": 1, "unchanged": 0, "wrong": 1}
    page = office.page(job)
    assert "Line 3" in page
    assert "family_name:" in page
    assert "longer than 100" in page
    assert "Accept all of it" not in page
    assert "Uno" in office.page(job, kind="changed", table="members")
    assert office.act(job, "accept").state == State.CHECKED
    assert names() == ["One", "Two"]


def test_new_rows_are_there_to_look_at(office):
    cells = "member,kind,unit,since,until\n"
    registration = f"9000,home,{office.town.street_cell.code},2021-01-01,\n"
    job = office.bring(
        ("members.csv", members_csv((9000, "Newcomer"))),
        ("registrations.csv", (cells + registration).encode()),
    )
    assert job.problems == 0
    assert ImportRow.objects.filter(kind="new").count() == 2
    assert "Newcomer" in office.page(job, kind="new", table="members")
    assert "Newcomer" not in office.page(job, kind="new", table="registrations")
    assert office.act(job, "accept").state == State.DONE
    assert Member.objects.filter(pk=9000).exists()


def test_what_changed_meanwhile_is_shown_anew_and_not_taken_in(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"), (office.two.pk, "Two"))))
    Member.objects.filter(pk=office.two.pk).update(family_name="Zwei")
    job = office.act(job, "accept")
    assert job.state == State.CHECKED
    assert "was changed since you looked" in office.page(job)
    assert job.counts["members"]["changed"] == 2
    assert names() == ["One", "Zwei"]
    assert office.act(job, "accept").state == State.DONE
    assert names() == ["Uno", "Two"]


def test_another_old_value_with_the_same_counts_is_a_change_too(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    Member.objects.filter(pk=office.one.pk).update(family_name="Eins")
    assert office.act(job, "accept").state == State.CHECKED
    assert names()[0] == "Eins"


def test_a_page_that_showed_something_else_does_not_accept(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    address = reverse("import", args=[job.pk])
    office.client.post(address, {"action": "accept", "seen": "another"})
    assert names()[0] == "One"


def test_the_part_is_that_of_the_day_on_which_it_is_accepted(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    other = factories.town()
    revoke_role(user=office.secretary, role=SECRETARY, unit=office.town.district)
    grant_role(user=office.secretary, role=SECRETARY, unit=other.district)
    page = office.page(job)
    assert "Uno" not in page
    assert "One" not in page
    assert "part of the register has changed" in page
    job = office.act(job, "accept")
    assert names()[0] == "One"
    assert job.state == State.CHECKED
    assert "is taken" in office.page(job)


def test_nobody_else_sees_it_and_whoever_holds_everything_does_not_accept_it(office, client):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    address = reverse("import", args=[job.pk])
    colleague = factories.account()
    grant_role(user=colleague, role=SECRETARY, unit=office.town.district)
    client.force_login(colleague)
    assert client.get(address).status_code == 404
    assert client.post(address, {"action": "drop"}).status_code == 404
    assert address not in client.get(reverse("imports")).content.decode()
    client.force_login(factories.account(is_staff=True, is_superuser=True))
    assert address in client.get(reverse("imports")).content.decode()
    assert client.get(address).status_code == 200
    for action in ("accept", "again"):
        answer = client.post(address, {"action": action, "seen": job.digest})
        assert answer.status_code == 403
    assert names()[0] == "One"


def test_an_import_that_is_given_up_leaves_neither_files_nor_rows(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    assert office.act(job, "drop").state == State.DROPPED
    assert not ImportPiece.objects.exists()
    assert not ImportRow.objects.exists()
    assert office.act(job, "accept").state == State.DROPPED
    assert "given up" in office.page(job)


def test_after_a_week_only_the_result_is_left(office):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    ImportJob.objects.update(made=timezone.now() - timedelta(days=8))
    storing.forget_old()
    job.refresh_from_db()
    assert job.state == State.DROPPED
    assert job.counts["members"]["changed"] == 1
    assert not ImportPiece.objects.exists()
    assert not ImportRow.objects.exists()


def test_the_pages_ask_as_often_for_one_row_as_for_three(office, django_assert_num_queries):
    people = [factories.member(cell=office.town.factory_cell) for _number in range(3)]
    for wanted in (people[:1], people):
        job = office.bring(("members.csv", members_csv(*((one.pk, "Other") for one in wanted))))
        assert job.counts["members"]["changed"] == len(wanted)
        address = reverse("import", args=[job.pk])
        with django_assert_num_queries(11):
            office.client.get(address)
        with django_assert_num_queries(6):
            office.client.get(reverse("imports"))


def test_rows_are_paged(office):
    wanted = [(number, "New") for number in range(9000, 9060)]
    job = office.bring(("members.csv", members_csv(*wanted)))
    assert "Page 1 of 2" in office.page(job)
    page = office.page(job, p=2, kind="wrong")
    assert "Line 61" in page
    for query in ({"p": "x"}, {"p": 99}, {"kind": "x", "table": "'"}):
        office.page(job, **query)
