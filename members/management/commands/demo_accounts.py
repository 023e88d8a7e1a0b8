"""One account for each kind of user, to try the program with the demonstration town."""

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from districts.kinds import Kind
from districts.models import Unit
from districts.roles import AUDITOR, SECRETARY, grant_role
from members.demo.accounts import Around, Login, added, address, password
from members.models import Account, Member, Registration

KEPT_IN = Path("var") / "demo-accounts.txt"


class Command(BaseCommand):
    help = (
        "Makes one account for each kind of user in the demonstration town, keeps their passwords "
        f"in {KEPT_IN} and prints them, now and whenever it is called again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--with-town",
            action="store_true",
            help=(
                "Load the demonstration town first if the register is empty, and leave a register "
                "with accounts of its own as it is, without an error."
            ),
        )

    def handle(self, *, with_town: bool, **options: Any) -> None:
        kept = settings.BASE_DIR / KEPT_IN
        if not Account.objects.exists():
            if with_town and not _register_in_use():
                call_command("demo")
            with transaction.atomic():
                logins = list(_make_accounts())
                _keep(kept, logins)
        elif kept.exists():
            logins = [
                Login(*line.split("\t")) for line in kept.read_text(encoding="utf-8").splitlines()
            ]
        elif with_town:
            self.stdout.write("This register has accounts of its own: no others were made.")
            return
        else:
            raise CommandError("this register has accounts of its own; no others were made")
        self._print(logins)

    def _print(self, logins: list[Login]) -> None:
        self.stdout.write(f"Accounts for trying the program, kept in {KEPT_IN}:")
        for login in logins:
            account = Account.objects.filter(email=login.address).first()
            if account is None or not account.check_password(login.password):
                continue  # removed or given another password since
            self.stdout.write(f"  {login.address:22} {login.password:14} {login.purpose}")


def _register_in_use() -> bool:
    return Unit.objects.exists() or Member.objects.exists()


def _make_accounts() -> Iterator[Login]:
    """Make the accounts around one member: his or her district, and the town above it."""
    member, cell = _somebody_in_a_factory_cell()
    district, town = cell.parent, cell.get_root()
    word = password()
    boss = Account.objects.create_superuser("admin", address("admin"), word)
    yield Login(boss.email, word, "the administrator: everything, accounts and roles too")
    for username, role, unit in (
        ("secretary", SECRETARY, district),
        ("auditor", AUDITOR, town),
    ):
        word = password()
        account = Account.objects.create_user(username, address(username), word)
        grant_role(user=account, role=role, unit=unit)
        yield Login(account.email, word, f"{role} of {unit}")
    word = password()
    own = Account.objects.create_user("member", address("member"), word, member=member)
    yield Login(own.email, word, f"a member of {cell}")
    yield from added(Around(member, cell, district, town))


def _somebody_in_a_factory_cell() -> tuple[Member, Unit]:
    """A member who is assigned to a street cell elsewhere too, if there is one (A4)."""
    assigned = Registration.objects.in_force(timezone.localdate()).filter(
        member=OuterRef("member"), kind="residence", until=None, unit__kind=Kind.STREET_CELL
    )
    registration = (
        Registration.objects.in_force(timezone.localdate())
        .filter(
            kind=Registration.Kind.HOME,
            until=None,
            unit__kind=Kind.FACTORY_CELL,
            unit__parent__kind=Kind.DISTRICT,
            member__left=None,
        )
        .select_related("member", "unit__parent")
        .annotate(assigned=Exists(assigned))
        .order_by("-assigned", "unit__code", "member")
        .first()
    )
    if registration is None:
        raise CommandError(
            "no district has a factory cell with a member; load the town first: manage.py demo"
        )
    return registration.member, registration.unit


def _keep(file: Path, logins: list[Login]) -> None:
    """Write the list for its owner's eyes alone."""
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as lines:
        for login in logins:
            lines.write(f"{login.address}\t{login.password}\t{login.purpose}\n")
