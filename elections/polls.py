"""The life of a poll: opening, closing, counting, publishing, annulling. Each is one act.

Each locks the poll's row, which waits for votes under way, reads it again, and refuses on the list
in `elections.poll_blockers` that the pages show beforehand.
"""

import hashlib
import secrets
from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from audit.log import recorded
from audit.refusals import Refused, refuse_if
from elections.board import chain
from elections.models import Count, Poll, RollEntry, SealedBallot, Share, TellerKey
from elections.models.polls import State
from elections.papers import agreed
from elections.poll_blockers import (
    annulling_blockers,
    closing_blockers,
    counting_blockers,
    opening_blockers,
    publishing_blockers,
)
from elections.results import result_of, settle_whole
from elections.roll import entitled
from elections.sealing import new_poll_key, shuffled


class CannotOpenPoll(Refused):
    """A poll that could not be opened."""


class CannotClosePoll(Refused):
    """A poll that could not be closed."""


class CannotCountPoll(Refused):
    """A poll that could not be counted."""


class CannotPublishPoll(Refused):
    """A poll whose result could not be published."""


class CannotAnnulPoll(Refused):
    """A poll that could not be annulled."""


def lock_poll(poll: Poll) -> Poll:
    """The poll afresh, locked: no vote is under way, and none begins before the end."""
    rows = Poll.objects.select_for_update(of=("self",)).select_related("question", "unit")
    return rows.get(pk=poll.pk)


@recorded("open-poll")
def open_poll(*, poll: Poll, members: Sequence[int] | None = None) -> Poll:
    """Open the poll: freeze the roll, make its key and the seed of its lot.

    `members` are the numbers of those entitled in a meeting of delegates; without them
    the delegates present are (A12). The private key is wrapped for the tellers and forgotten.
    Raises `CannotOpenPoll` (A4, A10, A13).
    """
    poll = lock_poll(poll)
    refuse_if(opening_blockers(poll, members), CannotOpenPoll)
    poll.entitled = _freeze_roll(poll, members)
    poll.unit_name = poll.unit.name  # its files say the same after a renaming
    if poll.is_online:
        _make_keys(poll)
    poll.seed = secrets.token_hex(32)
    poll.seed_commitment = hashlib.sha256(poll.seed.encode()).hexdigest()
    poll.state, poll.opened_at = State.OPEN, timezone.now()
    poll.save(
        update_fields=[
            "entitled",
            "unit_name",
            "public_key",
            "seed",
            "seed_commitment",
            "state",
            "opened_at",
        ]
    )
    return poll


@recorded("open-polls")
def open_polls(*, polls: Sequence[Poll]) -> list[Poll]:
    """Open all of these or none. Raises `CannotOpenPoll`, naming the first that is refused."""
    return [open_poll(poll=poll) for poll in polls]


def _freeze_roll(poll: Poll, members: Sequence[int] | None) -> int:
    """Write the roll in one statement; how many stand on it."""
    chosen = entitled(poll, timezone.localdate(), members)
    query, values = chosen.query.sql_with_params()
    table = RollEntry._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (member_id, cell_id, poll_id) "
            f"SELECT chosen.*, %s FROM ({query}) chosen",
            [poll.pk, *values],
        )
        written: int = cursor.rowcount
        return written


def _make_keys(poll: Poll) -> None:
    tellers = {teller.pk: teller for teller in poll.tellers.all()}
    keys = TellerKey.objects.in_bulk(
        [teller.account_id for teller in tellers.values()], field_name="account_id"
    )
    for teller in tellers.values():
        teller.wrapped = keys[teller.account_id].wrapped
        teller.save(update_fields=["wrapped"])
    made = new_poll_key(
        {pk: bytes(keys[teller.account_id].public) for pk, teller in tellers.items()}
    )
    poll.public_key = made.public
    Share.objects.bulk_create(
        Share(poll=poll, first=tellers[first], second=tellers[second], sealed=sealed)
        for (first, second), sealed in made.shares.items()
    )


@recorded("close-poll")
def close_poll(*, poll: Poll) -> Poll:
    """Close the poll, lay the box anew in a random order, and make up its board.

    After it the table of ballots tells nothing of when each came: all rows were written by this
    transaction. Raises `CannotClosePoll`.
    """
    poll = lock_poll(poll)
    refuse_if(closing_blockers(poll), CannotClosePoll)
    receipts = _lay_anew(poll)
    public = bytes(poll.public_key or b"").hex()
    poll.chain_head = chain(str(poll.code), public, receipts)[-1]
    poll.state, poll.closed_at = State.CLOSED, timezone.now()
    poll.save(update_fields=["chain_head", "state", "closed_at"])
    return poll


def _lay_anew(poll: Poll) -> list[str]:
    box = SealedBallot.objects.filter(poll=poll)
    ballots = shuffled(box)
    box.delete()
    SealedBallot.objects.bulk_create(ballots, batch_size=5_000)
    return [ballot.receipt for ballot in ballots]


@recorded("count-poll")
def count_poll(*, poll: Poll) -> Poll:
    """Count the opened box and the papers that two people entered alike.

    Raises `CannotCountPoll`. Where no lawful result exists the result says so, by the name of the
    composition that cannot be met (A13).
    """
    poll = lock_poll(poll)
    refuse_if(counting_blockers(poll), CannotCountPoll)
    count = Count.objects.filter(poll=poll).first() or Count(poll=poll)
    papers = agreed(poll)
    if papers is not None:
        count.ballots = shuffled([*count.ballots, *(papers.ballots or [])])
        count.invalid = papers.invalid
        if papers.totals is not None:
            count.totals, count.papers, count.blank = papers.totals, papers.papers, papers.blank
    count.result = result_of(poll, count)
    count.save()
    poll.state = State.COUNTED
    poll.save(update_fields=["state"])
    return poll


@recorded("publish-poll")
def publish_poll(*, poll: Poll) -> Poll:
    """Publish the result with the board and the ballots. Raises `CannotPublishPoll`."""
    poll = lock_poll(poll)
    refuse_if(publishing_blockers(poll), CannotPublishPoll)
    poll.state = State.PUBLISHED
    poll.save(update_fields=["state"])
    settle_whole(poll.question)
    return poll


@recorded("annul-poll")
def annul_poll(*, poll: Poll) -> Poll:
    """Annul the poll: its votes count no more, and its voters can vote on the question again.

    Roll, check-offs, ballots and result are kept. Raises `CannotAnnulPoll`.
    """
    poll = lock_poll(poll)
    refuse_if(annulling_blockers(poll), CannotAnnulPoll)
    poll.check_offs.update(annulled=True)
    Share.objects.filter(poll=poll).update(half=None)
    poll.state = State.ANNULLED
    poll.save(update_fields=["state"])
    settle_whole(poll.question)
    return poll
