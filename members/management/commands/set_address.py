"""The address of an account from a shell: for the first administrator, and after an upgrade."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from audit.refusals import Refused
from members.accounts.addresses import set_address
from members.models import Account


class Command(BaseCommand):
    help = "Lets an account, named by its user name, log in with an e-mail address from now on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="the user name, as the list of accounts shows it")
        parser.add_argument("address", help="the e-mail address")

    def handle(self, *, account: str, address: str, **options: Any) -> None:
        known = Account.objects.filter(username=account).first()
        if known is None:
            raise CommandError("there is no account of this name")
        try:
            validate_email(address)
            set_address(account=known, address=address)
        except ValidationError as error:
            raise CommandError("this is no e-mail address") from error
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write("The account logs in with this address from now on.")
