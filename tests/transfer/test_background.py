"""Imports that are large enough for the worker."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from audit.imports import findings, running, storing
from audit.imports.models import ImportJob, ImportPiece
from audit.models import Entry
from districts import transfer_tasks
from tests.transfer.office import State, members_csv, names, packed

pytestmark = pytest.mark.django_db


@pytest.fixture
def background(monkeypatch):
    """Every import is large enough for the worker."""
    monkeypatch.setattr(storing, "SMALL", 0)
    monkeypatch.setattr(storing, "PIECE", 50)
    monkeypatch.setattr(running, "_BEAT", 0.01)


def work() -> None:
    """Let a worker do what waits for one."""
    call_command("db_worker", "--batch", "--no-startup-delay", "--no-reload", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_a_large_import_waits_for_the_worker_and_is_done_by_it(office, background):
    data = packed({"members.csv": members_csv((office.one.pk, "Uno"), (office.two.pk, "Two"))})
    job = office.bring(("register.zip", data))
    assert job.state == State.UPLOADED
    page = office.page(job)
    assert "Waiting for the worker" in page
    assert "data-fresh" in page
    work()
    job.refresh_from_db()
    assert (job.state, job.counts["members"]["changed"]) == (State.CHECKED, 1)
    assert "data-fresh" not in office.page(job)
    assert office.act(job, "accept").state == State.ACCEPTED
    assert names()[0] == "One"
    work()
    job.refresh_from_db()
    assert job.state == State.DONE
    assert names() == ["Uno", "Two"]
    assert Entry.objects.latest("pk").actor == office.secretary.pk


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_died_leaves_an_import_that_can_be_started_again(office, background):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    work()
    job = office.act(job, "accept")
    ImportJob.objects.update(state=State.IMPORTING, touched=timezone.now() - timedelta(minutes=5))
    page = office.page(job)
    assert "no sign of life" in page
    assert "Start again" in page
    job = office.act(job, "again")
    assert job.state == State.UPLOADED
    work()  # the task of before is there too, and does nothing
    job.refresh_from_db()
    assert job.state == State.CHECKED
    assert names()[0] == "One"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_only_thought_dead_keeps_nothing(office, background, monkeypatch):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    work()
    job = office.act(job, "accept")
    real = findings.Findings.counts

    def restarted(self, outcome):
        ImportJob.objects.filter(pk=job.pk).update(attempt=job.attempt + 1, state=State.UPLOADED)
        return real(self, outcome)

    monkeypatch.setattr(running._Sealing, "counts", restarted)
    before = Entry.objects.filter(what="imported").count()
    work()
    assert names()[0] == "One"
    assert Entry.objects.filter(what="imported").count() == before


@pytest.mark.django_db(transaction=True)
def test_one_that_waits_too_long_says_that_no_worker_runs(office, background):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    ImportJob.objects.update(touched=timezone.now() - timedelta(minutes=5))
    assert "the worker does not run" in office.page(job)


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_given_up_while_it_waits_is_not_done(office, background):
    job = office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    office.act(job, "drop")
    work()
    job.refresh_from_db()
    assert job.state == State.DROPPED


def test_the_worker_forgets_what_is_a_week_old(office, monkeypatch):
    office.bring(("members.csv", members_csv((office.one.pk, "Uno"))))
    ImportJob.objects.update(made=timezone.now() - timedelta(days=8))
    transfer_tasks.forget_old_imports.call()
    assert not ImportPiece.objects.exists()
