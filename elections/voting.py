"""Casting a vote: the check-off and the ballot in one transaction, with nothing in common (A5).

The database decides who votes: the statement that writes the check-off writes it for somebody who
stands on the roll of an open poll and has not voted on the question. It holds the poll's row
against its closing, and waits for a second vote of the same member to end one way or the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from secrets import randbits
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.prepared import Prepared
from audit.refusals import Blocker, Refused, refuse_if
from elections.eligibility import eligibility
from elections.models import CheckOff, Poll, RollEntry, SealedBallot
from elections.models.polls import Channel, State
from elections.sealing import receipt_of, seal
from members.models import Member


class CannotVote(Refused):
    """A vote that was not taken: nothing of it is kept, and nothing says what it was."""


@dataclass(frozen=True, slots=True)
class BallotForm:
    """What a ballot of an open poll may say: it does not change while the poll is open.

    `standing` are the numbers that can be named, `most` how many of them at most.
    """

    poll: int
    public: bytes
    choices: int
    standing: frozenset[int]
    most: int
    ordered: bool

    def blockers(self, named: Sequence[int]) -> list[Blocker]:
        """All that is wrong with a ballot that names these."""
        found = []
        if len(set(named)) < len(named):
            found.append(Blocker(_("A ballot names nobody twice.")))
        if not self.standing.issuperset(named):
            found.append(Blocker(_("A ballot names only what stands on it.")))
        if len(named) > self.most:
            reason = _("A ballot names %(most)s at most; this one names %(named)s.")
            found.append(Blocker(reason % {"most": self.most, "named": len(named)}))
        return found


@lru_cache(maxsize=1024)
def ballot_form(code: UUID) -> BallotForm:
    """The form of the ballots of the open online poll with this code. Two queries, once.

    Raises `CannotVote` where no such poll is open.
    """
    poll = Poll.objects.open().select_related("question").filter(code=code).first()
    if poll is None or poll.public_key is None:
        raise CannotVote(Blocker(_("The poll is not open.")))
    rows = list(poll.question.choices.values_list("number", "withdrawn"))
    standing = frozenset(number for number, withdrawn in rows if not withdrawn)
    most = poll.question.most_names
    return BallotForm(
        poll=poll.pk,
        public=bytes(poll.public_key),
        choices=max((number for number, _withdrawn in rows), default=0),
        standing=standing,
        most=len(standing) if most is None else most,
        ordered=poll.question.is_ranked,
    )


def cast_vote(*, code: UUID, member: int, choices: Sequence[int]) -> str:
    """Take the vote of the member with this number in the open poll; gives the receipt.

    `choices` are the numbers named, the first preference first; none is a blank ballot. The ballot
    is sealed before anything is written, and no log tells of it. Raises `CannotVote`.
    """
    form = ballot_form(code)
    refuse_if(form.blockers(choices), CannotVote)
    named = list(choices) if form.ordered else sorted(choices)  # an order would be a mark
    sealed = seal(named, candidates=form.choices, public=form.public)
    receipt = receipt_of(sealed)
    try:
        written = _write(form.poll, member, receipt, sealed)
    except IntegrityError as error:
        # The member was merged into another number while the vote was under way.
        raise CannotVote(Blocker(_not_taken())) from error
    if not written:
        raise _refusal(form.poll, member, Channel.ONLINE)
    return receipt


@recorded("check-off")
def check_off(*, poll: Poll, member: Member, by: Any) -> CheckOff:
    """Note that the member votes on paper or by hand in the poll; `by` is the teller's account.

    Raises `CannotVote`, for a second vote on the question with the day and the cell (A5).
    """
    poll = _held(poll)
    answer = eligibility(member=member, poll=poll, channel=Channel.PAPER)
    refuse_if(answer.blockers, CannotVote)
    vote = CheckOff(
        question_id=poll.question_id,
        member=member,
        poll=poll,
        channel=Channel.PAPER,
        on=timezone.localdate(),
        by=by,
    )
    try:
        vote.clean()
        with transaction.atomic():
            vote.save(force_insert=True)
    except (ValidationError, IntegrityError) as error:
        # Somebody else was quicker: at another door, or the member online.
        raise _refusal(poll.pk, member.pk, Channel.PAPER) from error
    return vote


@recorded("take-back-check-off")
def take_back(*, vote: CheckOff) -> None:
    """Undo a check-off at the door that was made by mistake. Raises `CannotVote`.

    What was cast online stays: its ballot lies in the box and cannot be told from the others.
    """
    poll = _held(vote.poll)
    found = []
    if vote.channel != Channel.PAPER:
        found.append(Blocker(_("A vote that was cast online cannot be taken back."), "A5"))
    if poll.state != State.OPEN:
        found.append(Blocker(_("The poll is no longer open.")))
    refuse_if(found, CannotVote)
    CheckOff.objects.select_for_update().get(pk=vote.pk).delete()


def _held(poll: Poll) -> Poll:
    """The poll afresh, held in its state to the end; votes do not wait for votes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Django has no name for this lock, the weakest that a closing waits for.
            cursor.execute("SELECT 1 FROM elections_poll WHERE id = %s FOR KEY SHARE", [poll.pk])
    return Poll.objects.select_related("question", "unit").get(pk=poll.pk)


_CHECKED_OFF = f"""
    INSERT INTO {CheckOff._meta.db_table}
        (id, question_id, member_id, poll_id, channel, "on", annulled, by_id)
    SELECT {{id}}, poll.question_id, roll.member_id, poll.id, 'online', %s, {{no}}, NULL
    FROM {Poll._meta.db_table} poll
    JOIN {RollEntry._meta.db_table} roll ON roll.poll_id = poll.id AND roll.member_id = %s
    JOIN {Member._meta.db_table} member ON member.number = roll.member_id
    WHERE poll.id = %s AND poll.state = 'open' AND poll.channels <> 'paper'
      AND (poll.closes_at IS NULL OR poll.closes_at > %s)
      AND (member."left" IS NULL OR member."left" > %s)
    {{held}}
    ON CONFLICT DO NOTHING"""
_BALLOTS = SealedBallot._meta.db_table
_ON_POSTGRESQL = {"id": "gen_random_uuid()", "no": "false", "held": "FOR KEY SHARE OF poll"}
# One statement and so one transaction, in one journey to the database and back.
_BOTH = Prepared(
    *("cast_vote", "date", "bigint", "bigint", "timestamptz", "date", "text", "bigint", "bytea"),
    sql=f"""
    WITH voter AS ({_CHECKED_OFF.format(**_ON_POSTGRESQL)} RETURNING 1)
    INSERT INTO {_BALLOTS} (receipt, poll_id, sealed) SELECT %s, %s, %s FROM voter""",
)
_CHECKED_OFF_ON_SQLITE = _CHECKED_OFF.format(id="%s", no="0", held="")
_BALLOT_ON_SQLITE = (
    f"INSERT INTO {_BALLOTS} (rowid, receipt, poll_id, sealed) VALUES (%s, %s, %s, %s)"
)


def _write(poll: int, member: int, receipt: str, sealed: bytes) -> bool:
    """Write check-off and ballot if the member can vote in the poll; whether they were written."""
    now = timezone.now()
    today = timezone.localdate(now)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _BOTH.run(cursor, [today, member, poll, now, today, receipt, poll, sealed])
            return bool(cursor.rowcount)
    return _write_on_sqlite([uuid4().hex, today, member, poll, now, today], receipt, sealed)


def _write_on_sqlite(voter: list[Any], receipt: str, sealed: bytes) -> bool:
    """The same in two statements.

    SQLite keeps rows in the order of a number of its own, which is drawn at random here.
    """
    voter[4] = connection.ops.adapt_datetimefield_value(voter[4])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CHECKED_OFF_ON_SQLITE, voter)
        if not cursor.rowcount:
            return False
        cursor.execute(_BALLOT_ON_SQLITE, [randbits(62), receipt, voter[3], sealed])
        return True


def _refusal(poll: int, member: int, channel: str) -> CannotVote:
    """Why the vote was not taken, as it stands now."""
    known = Member.objects.filter(pk=member).first()
    if known is None:
        return CannotVote(Blocker(_not_taken()))
    answer = eligibility(member=known, poll=Poll.objects.get(pk=poll), channel=channel)
    return CannotVote(*(answer.blockers or [Blocker(_not_taken())]))


def _not_taken() -> str:
    return _("The vote was not taken: something changed meanwhile. Please look again and repeat.")
