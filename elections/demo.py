"""Votes for the demonstration town: tellers with keys, and polls in every state."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from fractions import Fraction
from random import Random

from django.utils import timezone

from districts.kinds import FACTORY_CELLS
from districts.models import Unit
from districts.roles import TELLER, grant_role
from elections.bureaus.electing import settle_composition
from elections.models import Poll, Question
from elections.nominating.calls import call_for_nominations
from elections.nominating.nominees import nominate
from elections.poll_blockers import opening_blockers
from elections.polls import close_poll, count_poll, open_poll, publish_poll
from elections.questions import (
    Candidate,
    cells_below,
    put_question,
    raise_question,
)
from elections.tellers import make_teller_key, open_boxes
from elections.voting import cast_vote
from members.demo.accounts import Around, Login, address, adds_accounts, password
from members.models import Account, Member, Registration

_TELLERS = 3
_STANDING, _SEATS = 7, 5
_CALLED_FOR = timedelta(days=10)
_SEED = 1924  # who votes, and how


@adds_accounts
def votes(around: Around) -> Iterator[Login]:
    """Three tellers of the town with their passphrases, and what they have to do with."""
    tellers, phrases = [], []
    for number in range(1, _TELLERS + 1):
        word, phrase = password(), "-".join(password(4) for _part in range(4))
        account = Account.objects.create_user(f"teller{number}", address(f"teller{number}"), word)
        grant_role(user=account, role=TELLER, unit=around.town)
        make_teller_key(account=account, passphrase=phrase, repeated=phrase)
        tellers.append(account)
        phrases.append(phrase)
        yield Login(account.email, word, f"teller of {around.town}, with the passphrase {phrase}")
    _question_of_principle(around, tellers)
    _bureau(around, tellers, phrases)
    _closed(around, tellers)
    _looking_for_candidates(around)
    raise_question(
        unit=around.district,
        kind=Question.Kind.MOTION,
        method="options",
        title="Where shall the summer outing go?",
        on=timezone.localdate(),
        choices=[Candidate(name) for name in ("To the lake", "Into the hills", "To the coast")],
    )


def _looking_for_candidates(around: Around) -> None:
    """An election of the cell that looks for candidates: the account's member is nominated."""
    today = timezone.localdate()
    question = raise_question(
        unit=around.cell,
        kind=Question.Kind.ELECTION,
        method="approval",
        title="Who keeps the cell's library?",
        on=today,
        seats=1,
    )
    call_for_nominations(question=question, until=today + _CALLED_FOR, on=today)
    homes = Registration.objects.filter(unit=around.cell, kind="home", until=None)
    other = homes.exclude(member=around.member).filter(member__left=None).first()
    nominate(question=question, member=around.member, by=other.member if other else None)


def _question_of_principle(around: Around, tellers: Sequence[Account]) -> None:
    """A question put to all cells of the town, open; some have voted, the account's member not."""
    today = timezone.localdate()
    question = raise_question(
        unit=around.town,
        kind=Question.Kind.MOTION,
        method="yes-no",
        title="Shall the organisation publish a daily paper of its own?",
        text="It would need one hour a week from every cell to sell it.",
        on=today,
        quorum=Fraction(1, 3),
        majority=Question.Majority.ABSOLUTE,
    )
    polls = put_question(
        question=question,
        units=cells_below(around.town, today),
        assembly=Poll.Assembly.CELL,
        channels=Poll.Channels.BOTH,
        tellers=tellers,
    )
    chance = Random(_SEED)  # noqa: S311  # nosec B311  # what the made-up people do, and nothing secret
    for poll in polls:
        if not opening_blockers(poll):
            _vote(open_poll(poll=poll), chance, share=0.3, but=around.member)


def _bureau(around: Around, tellers: Sequence[Account], phrases: Sequence[str]) -> None:
    """The district's bureau, elected at its general meeting and published (A11, A13)."""
    candidates = _candidates(around.district)
    if len(candidates) < _STANDING:
        return
    question = raise_question(
        unit=around.district,
        kind=Question.Kind.ELECTION,
        method="scottish-stv",
        title="Election of the district bureau",
        on=timezone.localdate(),
        fills=Question.Fills.BUREAU,
        seats=_SEATS,
        choices=[Candidate(one.full_name, one) for one in candidates],
    )
    settle_composition(question=question, on=timezone.localdate())
    (poll,) = put_question(
        question=question,
        units=[around.district],
        assembly=Poll.Assembly.GENERAL,
        channels=Poll.Channels.ONLINE,
        tellers=tellers,
    )
    poll = open_poll(poll=poll)
    _vote(poll, Random(_SEED), share=0.5)  # noqa: S311  # nosec B311
    poll = close_poll(poll=poll)
    for teller, phrase in zip(tellers[:2], phrases, strict=False):
        open_boxes(account=teller, polls=[poll], passphrase=phrase)
    publish_poll(poll=count_poll(poll=poll))


def _candidates(district: Unit) -> list[Member]:
    """Four of the district's street cells and three of its factory cells, if it has as many.

    The street cells stand first and get more votes, so that the composition moves somebody.
    """
    homes = Registration.objects.filter(
        kind="home", until=None, member__left=None, unit__parent=district
    )
    street = homes.exclude(unit__kind__in=FACTORY_CELLS).order_by("member")[:4]
    factory = homes.filter(unit__kind__in=FACTORY_CELLS).order_by("member")[:3]
    return [one.member for rows in (street, factory) for one in rows.select_related("member")]


def _closed(around: Around, tellers: Sequence[Account]) -> None:
    """A question of the member's cell alone: closed, and the box still to be opened."""
    question = raise_question(
        unit=around.cell,
        kind=Question.Kind.ELECTION,
        method="approval",
        title="Who speaks for the cell at the works meeting?",
        on=timezone.localdate(),
        seats=1,
        choices=[Candidate(name) for name in ("The oldest", "The youngest", "Whoever is free")],
    )
    (poll,) = put_question(
        question=question,
        units=[around.cell],
        assembly=Poll.Assembly.CELL,
        channels=Poll.Channels.ONLINE,
        tellers=tellers,
    )
    poll = open_poll(poll=poll)
    _vote(poll, Random(_SEED), share=0.8)  # noqa: S311  # nosec B311
    close_poll(poll=poll)


def _vote(poll: Poll, chance: Random, *, share: float, but: Member | None = None) -> None:
    """Let about `share` of those on the roll vote; a few of them say nothing."""
    numbers = list(poll.question.choices.values_list("number", flat=True))
    known = set(poll.question.check_offs.values_list("member", flat=True))
    for member in poll.roll.order_by("member").values_list("member", flat=True):
        if member in known or (but and member == but.pk) or chance.random() > share:
            continue
        cast_vote(code=poll.code, member=member, choices=_said(poll.question, numbers, chance))


def _said(question: Question, numbers: Sequence[int], chance: Random) -> list[int]:
    """What one of them says: the first ones on the ballot are liked best."""
    liked = sorted(numbers, key=lambda number: number + chance.expovariate(0.15))
    most = question.most_names or chance.randint(1, len(numbers))
    return liked[:most] if chance.random() > 0.02 else []
