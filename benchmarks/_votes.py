"""An open poll with a long roll, made quickly in the measurements' database.

It takes the register's place: whatever was there is emptied first.
"""

from datetime import date, timedelta

from _common import connection
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from nacl.pwhash import argon2id

from districts.roles import TELLER, grant_role
from districts.units import found_unit
from elections.models import Poll, TellerKey
from elections.polls import open_poll
from elections.questions import put_question, raise_question
from elections.sealing import new_teller_key
from members.models import Account, Member, Registration

JOINED = date(2024, 1, 1)


def long_roll(voters: int) -> Poll:
    """A yes-or-no question put to one cell of so many members, open for votes online."""
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE districts_unit, members_member, members_account, elections_question, "
            "elections_sealedballot RESTART IDENTITY CASCADE"
        )
    cell = _cell()
    members = Member.objects.bulk_create(
        (
            Member(number=number, family_name="Voter", search="voter", joined=JOINED)
            for number in range(1, voters + 1)
        ),
        batch_size=5_000,
    )
    Registration.objects.bulk_create(
        (Registration(member=member, unit=cell, since=JOINED) for member in members),
        batch_size=5_000,
    )
    today = timezone.localdate()
    question = raise_question(
        unit=cell, kind="motion", method="yes-no", title="Shall we?", on=today
    )
    (poll,) = put_question(
        question=question, units=[cell], assembly="cell", channels="online", tellers=_tellers()
    )
    opened = open_poll(poll=poll)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return opened


def _cell():
    town = found_unit(kind="town", code="T", name="Town", founded=JOINED)
    area = found_unit(kind="area", code="A", name="Area", founded=JOINED, parent=town)
    district = found_unit(kind="district", code="D", name="District", founded=JOINED, parent=area)
    return found_unit(kind="factory_cell", code="C", name="Cell", founded=JOINED, parent=district)


def _tellers():
    accounts = [Account.objects.create_user(f"teller-{number}") for number in range(3)]
    for account in accounts:
        grant_role(user=account, role=TELLER, unit=None)
        made = new_teller_key(
            "seven blue boats at noon",
            operations=argon2id.OPSLIMIT_MIN,
            memory=argon2id.MEMLIMIT_MIN,
        )
        TellerKey.objects.create(
            account=account, public=made.public, wrapped=made.wrapped, made_on=JOINED
        )
    return accounts


def sessions_of(voters: int) -> dict[int, str]:
    """An account for each member with a session, as a login makes it; the keys by member."""
    accounts = Account.objects.bulk_create(
        (
            Account(username=f"voter{number}", member_id=number, password=f"!{number}")
            for number in range(1, voters + 1)
        ),
        batch_size=5_000,
    )
    store, until = SessionStore(), timezone.now() + timedelta(days=1)
    rows = [
        Session(
            session_key=f"session{account.member_id:025}",
            session_data=store.encode(
                {
                    "_auth_user_id": str(account.pk),
                    "_auth_user_backend": "config.sessions.Accounts",
                    "_auth_user_hash": account.get_session_auth_hash(),
                }
            ),
            expire_date=until,
        )
        for account in accounts
    ]
    Session.objects.all().delete()
    Session.objects.bulk_create(rows, batch_size=5_000)
    return {account.member_id: row.session_key for account, row in zip(accounts, rows, strict=True)}
