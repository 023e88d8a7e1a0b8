"""Imports in the background: `manage.py db_worker` does them, as the account that uploaded them."""

from contextlib import AbstractContextManager
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django_tasks import task

from audit.ground import Ground
from audit.imports import running, storing
from audit.imports.models import KEPT_FOR, ImportJob
from districts.models import Unit
from districts.roles import CHANGE
from districts.scope import ground
from districts.veil import Look, looking_as


def rights_of(account: int) -> running.Rights:
    """What the account may change, asked anew each time."""

    def held() -> Ground:
        user: Any = get_user_model()._default_manager.get(pk=account)
        return ground(user, CHANGE)

    return running.Rights(ground=held, part=lambda: part_of(held()))


def _looking_as(account: int) -> AbstractContextManager[Look]:
    """An import sees the names that the account would see (A14)."""
    return looking_as(get_user_model()._default_manager.get(pk=account))


def part_of(held: Ground) -> list[int] | None:
    """The units that a ground was given for, by primary keys; None for everything."""
    if held.everywhere:
        return None
    return sorted(unit.pk for unit in tops(held))


def tops(held: Ground) -> list[Unit]:
    """The units that a ground was given for, in the order of the tree; none for everything."""
    corners = {(extent.tree, extent.left) for extent in held.extents}
    if not corners:
        return []
    units = Unit.objects.on_ground(held).filter(lft__in={left for _tree, left in corners})
    return [unit for unit in units if (unit.tree_id, unit.lft) in corners]


@task()
def check_import(job: int, attempt: int, account: int) -> None:
    """Look at what an import would do."""
    with _looking_as(account):
        running.check(job, attempt, rights_of(account), beside=True)


@task()
def take_import_in(job: int, attempt: int, account: int) -> None:
    """Do an import."""
    with _looking_as(account):
        running.take_in(job, attempt, rights_of(account), beside=True)


@task()
def forget_old_imports() -> None:
    """Remove what was uploaded a week ago."""
    storing.forget_old()


def dispatch(job: ImportJob) -> None:
    """Do what was started for an import: at once if it is small, or else in the background."""
    accepted = job.state == ImportJob.State.ACCEPTED
    if job.size > storing.SMALL:
        background = take_import_in if accepted else check_import
        background.enqueue(job.pk, job.attempt, job.account_id)
        return
    run = running.take_in if accepted else running.check
    run(job.pk, job.attempt, rights_of(job.account_id), beside=False)


def plan_forgetting() -> None:
    """Let the worker remove what is uploaded now in a week."""
    forget_old_imports.using(run_after=timezone.now() + KEPT_FOR).enqueue()
