"""The accounts for trying the program: who gets them, who may read them, and when none are made."""

import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from districts.roles import AUDITOR, SECRETARY, roles_on
from members.models import Account
from tests import factories

USERNAMES = ["admin", "auditor", "member", "secretary", "teller1", "teller2", "teller3"]


@pytest.fixture
def kept(settings, tmp_path) -> Path:
    """Where the command keeps its list, in a folder of this test's own."""
    settings.BASE_DIR = tmp_path
    return tmp_path / "var" / "demo-accounts.txt"


def demo_accounts(**options) -> str:
    answer = StringIO()
    call_command("demo_accounts", stdout=answer, **options)
    return answer.getvalue()


def usernames() -> list[str]:
    return sorted(Account.objects.values_list("username", flat=True))


@pytest.mark.django_db
class TestDemoAccounts:
    def test_makes_one_for_each_kind_of_user_around_one_member(self, kept):
        town = factories.town()
        factories.member(cell=town.street_cell)
        somebody = factories.member(cell=town.factory_cell)
        demo_accounts()
        accounts = {account.username: account for account in Account.objects.all()}
        assert sorted(accounts) == USERNAMES
        assert accounts["admin"].is_superuser
        assert roles_on(user=accounts["secretary"], unit=town.district) == [SECRETARY]
        assert roles_on(user=accounts["auditor"], unit=town.town) == [AUDITOR]
        assert accounts["member"].member == somebody
        assert {name for name in accounts if accounts[name].is_staff} == {
            "admin",
            "secretary",
            "auditor",
        }

    def test_prints_passwords_that_work_and_keeps_them_for_their_owner_alone(self, kept):
        factories.member(cell=factories.town().factory_cell)
        lines = demo_accounts().splitlines()[1:]
        assert len(lines) == len(USERNAMES)
        for line in lines:
            address, password, *_ = line.split()
            assert Account.objects.get(email=address).check_password(password)
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    def test_prints_the_same_again(self, kept):
        factories.member(cell=factories.town().factory_cell)
        assert demo_accounts() == demo_accounts()
        assert usernames() == USERNAMES

    def test_prints_no_password_that_has_been_changed(self, kept):
        factories.member(cell=factories.town().factory_cell)
        demo_accounts()
        account = Account.objects.get(username="auditor")
        account.set_password("another one")
        account.save()
        factories.account("somebody")
        printed = {line.split("@")[0].strip() for line in demo_accounts().splitlines()[1:]}
        assert printed == {*USERNAMES} - {"auditor"}

    @pytest.mark.parametrize("username", ["somebody", "admin"])
    def test_makes_none_where_somebody_has_an_account_already(self, kept, username):
        factories.member(cell=factories.town().factory_cell)
        factories.account(username)
        with pytest.raises(CommandError, match="accounts of its own"):
            demo_accounts()
        assert "no others were made" in demo_accounts(with_town=True)
        assert usernames() == [username]
        assert not kept.exists()

    def test_makes_them_anew_for_another_database(self, kept):
        kept.parent.mkdir()
        kept.write_text("admin\told\tof a database that is no more\n")
        factories.member(cell=factories.town().factory_cell)
        demo_accounts()
        assert "no more" not in kept.read_text()
        assert len(kept.read_text().splitlines()) == len(USERNAMES)

    def test_asks_for_the_town_where_nobody_is_in_a_factory_cell(self, kept):
        factories.member(cell=factories.town().street_cell)
        with pytest.raises(CommandError, match="load the town first"):
            demo_accounts()
        assert usernames() == []
