"""The ground of the proof: members registered in two cells, a question put to both, and sessions.

    python -m proofs.ground --members N [--unconstrained]

Works in the empty database of `DATABASE_URL`, and writes as JSON what the voters need to know: the
codes of the polls, the members' numbers, a session for each and one for a teller.
"""

import argparse
import json
import sys
from datetime import date, timedelta

import django

django.setup()

from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from nacl.pwhash import argon2id  # noqa: E402

from districts.models import Unit  # noqa: E402
from districts.roles import TELLER, grant_role  # noqa: E402
from districts.units import found_unit  # noqa: E402
from elections.models import CheckOff, Poll, TellerKey  # noqa: E402
from elections.polls import open_polls  # noqa: E402
from elections.questions import put_question, raise_question  # noqa: E402
from elections.sealing import new_teller_key  # noqa: E402
from members.models import Account, Member, Registration  # noqa: E402

JOINED = date(2024, 1, 1)
_BACKEND = "config.sessions.Accounts"


def cells() -> tuple[Unit, Unit, Unit]:
    """A town, a factory cell in its first district, and a street cell in its second."""
    town = found_unit(kind="town", code="T", name="Town", founded=JOINED)
    area = found_unit(kind="area", code="A", name="Area", founded=JOINED, parent=town)
    found = []
    for code, kind in (("1", "factory_cell"), ("2", "street_cell")):
        district = found_unit(
            kind="district", code=f"D{code}", name=f"District {code}", founded=JOINED, parent=area
        )
        found.append(
            found_unit(
                kind=kind, code=f"C{code}", name=f"Cell {code}", founded=JOINED, parent=district
            )
        )
    for unit in (town, *found):
        unit.refresh_from_db()
    return town, found[0], found[1]


def people(number: int, factory: Unit, street: Unit) -> list[Account]:
    """Members with their home in the one cell and assigned to the other (A4), with accounts."""
    members = Member.objects.bulk_create(
        Member(number=one, family_name=f"Voter {one}", search=f"voter {one}", joined=JOINED)
        for one in range(1, number + 1)
    )
    for kind, unit in (("home", factory), ("residence", street)):
        Registration.objects.bulk_create(
            Registration(member=member, unit=unit, kind=kind, since=JOINED) for member in members
        )
    return Account.objects.bulk_create(
        Account(username=f"voter{member.pk}", member=member, password=f"!{member.pk}")
        for member in members
    )


def polls(town: Unit, *units: Unit) -> list[Poll]:
    """A question of the town's put to the cells, open online and at the door."""
    tellers = [Account.objects.create_user(f"teller{number}") for number in range(3)]
    for teller in tellers:
        grant_role(user=teller, role=TELLER, unit=town)
        made = new_teller_key(
            "seven blue boats at noon",
            operations=argon2id.OPSLIMIT_MIN,
            memory=argon2id.MEMLIMIT_MIN,
        )
        TellerKey.objects.create(
            account=teller, public=made.public, wrapped=made.wrapped, made_on=JOINED
        )
    question = raise_question(
        unit=town, kind="motion", method="yes-no", title="Shall we?", on=timezone.localdate()
    )
    drafted = put_question(
        question=question, units=units, assembly="cell", channels="both", tellers=tellers
    )
    return open_polls(polls=drafted)


def sessions(accounts: list[Account]) -> list[str]:
    """A session for each of the accounts, as a login makes it."""
    store, until = SessionStore(), timezone.now() + timedelta(days=1)
    rows = [
        Session(
            session_key=f"session{account.pk:025}",
            session_data=store.encode(
                {
                    "_auth_user_id": str(account.pk),
                    "_auth_user_backend": _BACKEND,
                    "_auth_user_hash": account.get_session_auth_hash(),
                }
            ),
            expire_date=until,
        )
        for account in accounts
    ]
    Session.objects.bulk_create(rows)
    return [row.session_key for row in rows]


def main() -> None:
    """Make it all, and say what was made."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--members", type=int, required=True)
    parser.add_argument("--unconstrained", action="store_true")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    town, factory, street = cells()
    voters = people(options.members, factory, street)
    opened = polls(town, factory, street)
    if options.unconstrained:
        (constraint,) = (
            one
            for one in CheckOff._meta.constraints
            if one.name == "elections_one_vote_on_a_question"
        )
        with connection.schema_editor() as editor:
            editor.remove_constraint(CheckOff, constraint)
    teller = Account.objects.get(username="teller0")
    (key,) = sessions([teller])
    json.dump(
        {
            "polls": [str(poll.code) for poll in opened],
            "members": [account.member_id for account in voters],
            "sessions": dict(
                zip((account.member_id for account in voters), sessions(voters), strict=True)
            ),
            "teller": key,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
