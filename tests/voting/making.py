"""Questions and polls for the tests, made by the program's own acts."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from nacl.pwhash import argon2id

from districts.models import Unit
from districts.roles import TELLER, grant_role
from elections.models import Poll, Question, TellerKey
from elections.papers import enter_papers
from elections.polls import close_poll, count_poll, open_poll, publish_poll
from elections.questions import Candidate, put_question, raise_question
from elections.sealing import new_teller_key
from elections.voting import check_off
from members.models import Account, Member
from tests import factories

PASSPHRASE = "seven blue boats at noon"


def teller(unit: Unit, passphrase: str = PASSPHRASE) -> Account:
    """An account with the teller's role on the unit and a key, quickly made."""
    account = factories.account()
    grant_role(user=account, role=TELLER, unit=unit)
    made = new_teller_key(
        passphrase, operations=argon2id.OPSLIMIT_MIN, memory=argon2id.MEMLIMIT_MIN
    )
    TellerKey.objects.create(
        account=account, public=made.public, wrapped=made.wrapped, made_on=timezone.localdate()
    )
    return account


def tellers(unit: Unit) -> list[Account]:
    """Three of them."""
    return [teller(unit) for _ in range(3)]


def motion(unit: Unit, **fields: Any) -> Question:
    """A yes-or-no question that the unit raises."""
    fields = {"title": "Shall we publish a factory paper?", "on": timezone.localdate(), **fields}
    return raise_question(unit=unit, kind="motion", method="yes-no", **fields)


def election(
    unit: Unit, candidates: Sequence[str | Member], seats: int = 3, **fields: Any
) -> Question:
    """An election of so many seats, by plurality unless a method is given."""
    choices = [
        Candidate(one) if isinstance(one, str) else Candidate(one.full_name, one)
        for one in candidates
    ]
    fields = {
        "title": "Election of the bureau",
        "on": timezone.localdate(),
        "method": "block",
        **fields,
    }
    return raise_question(unit=unit, kind="election", seats=seats, choices=choices, **fields)


def put(question: Question, unit: Unit, **fields: Any) -> Poll:
    """The question put to one unit: a drafted poll, online and on paper, with three tellers."""
    if fields.get("channels") != "paper" and "tellers" not in fields:
        fields["tellers"] = tellers(unit.get_root())
    assembly = fields.pop("assembly", "cell" if "cell" in unit.kind else "general")
    fields = {"channels": "both", **fields}
    (poll,) = put_question(question=question, units=[unit], assembly=assembly, **fields)
    return poll


def opened(question: Question, unit: Unit, **fields: Any) -> Poll:
    """The same, opened."""
    return open_poll(poll=put(question, unit, **fields))


def open_box_of(*polls: Poll) -> None:
    """Let the first two tellers open the boxes."""
    from elections.tellers import open_boxes

    accounts = [teller.account for teller in polls[0].tellers.all()][:2]
    for account in accounts:
        open_boxes(account=account, polls=polls, passphrase=PASSPHRASE)


def counted_on_paper(poll: Poll, voters: Sequence[Member], totals: dict[int, int]) -> None:
    """They vote on paper; two people enter the totals; the result is published."""
    accounts = [factories.account(), factories.account()]
    for account in accounts:
        grant_role(user=account, role=TELLER, unit=poll.unit)
    for member in voters:
        check_off(poll=poll, member=member, by=accounts[0])
    close_poll(poll=poll)
    for account in accounts:
        enter_papers(poll=poll, by=account, totals=totals, papers=len(voters))
    publish_poll(poll=count_poll(poll=poll))


def in_two_cells() -> tuple[factories.Town, Unit, Member]:
    """A town with a second district, its street cell, and a member of the first one's factory cell
    who is assigned to that street cell (A4).
    """
    from members.models import Registration

    town = factories.town()
    district = factories.unit("district", town.area)
    street_cell = factories.unit("street_cell", district)
    for made in (town.town, town.area, town.district, town.factory_cell, town.street_cell):
        made.refresh_from_db()
    street_cell.refresh_from_db()
    member = factories.member(cell=town.factory_cell)
    Registration.objects.create(
        member=member, unit=street_cell, kind="residence", since=factories.JOINED
    )
    return town, street_cell, member
