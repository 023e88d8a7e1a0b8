"""From the register's rows to what is counted, and from a count to what is published."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from elections.counting.composition import impossible
from elections.counting.contest import Contest, Group
from elections.models import Choice, Count, Poll, Question, RollEntry, SealedBallot
from elections.models.polls import Channel, State
from elections.models.questions import Method
from elections.published import PublishedPoll, question_files, together
from elections.published.writing import result_of as counted
from elections.tallying import PaperTotals, Terms

ABSTAIN = 3  # the number of the third answer to a yes-or-no question
Ballots = Iterable[Sequence[int]]


def impossible_groups(question: Question) -> tuple[str, ...]:
    """The names of the compositions that no lawful result can keep (A13). Three queries."""
    choices = list(question.choices.all())
    contest = Contest(
        title=question.title,
        candidates=tuple(choice.label for choice in choices),
        seats=question.seats or 0,
        ballots=(),
        withdrawn=_withdrawn(choices),
        groups=_groups(question),
    )
    return impossible(contest)


def published(poll: Poll) -> PublishedPoll:
    """The counted poll as its files tell it. Seven queries, and one for the receipts.

    Raises `Count.DoesNotExist` for a poll that was not counted.
    """
    count = Count.objects.get(poll=poll)
    return _published(poll, count)


def result_of(poll: Poll, count: Count) -> dict[str, Any]:
    """The result of the poll as plain values, computed from what its files will say."""
    return counted(_published(poll, count))


def whole_result(question: Question) -> dict[str, Any] | None:
    """The result of a question over all its polls; None while one of them is not published.

    All ballots lie in one box for it, and on the roll of the whole everybody stands once (A5). The
    lot is drawn with the seeds of all polls, in the order of their codes.
    """
    return counted(published_together(question)) if all_published(question) else None


def published_together(question: Question) -> PublishedPoll:
    """All polls of a question as one; ask `all_published` before."""
    polls = all_published(question)
    return together([published(poll) for poll in polls], _entitled(question, polls))


def whole_files(question: Question) -> dict[str, bytes]:
    """The files of a question over all its polls; none while one of them is not published."""
    polls = all_published(question)
    if not polls:
        return {}
    return question_files([published(poll) for poll in polls], _entitled(question, polls))


def settle_whole(question: Question) -> None:
    """Keep how many are entitled in all, once the last poll of the question is published.

    Members who are made one afterwards change nothing of what was published.
    """
    polls = all_published(question)
    question.entitled = entitled_in_all(polls) if polls else None
    question.save(update_fields=["entitled"])


def _entitled(question: Question, polls: Iterable[Poll]) -> int:
    return entitled_in_all(polls) if question.entitled is None else question.entitled


def entitled_in_all(polls: Iterable[Poll]) -> int:
    """How many people stand on the rolls of these polls; who stands on two is one. One query."""
    entries = RollEntry.objects.filter(poll__in=[poll.pk for poll in polls])
    return entries.order_by().values("member").distinct().count()


def all_published(question: Question) -> list[Poll]:
    """The polls of the question in the order of their codes; none while one is not published.

    One query. Those annulled are of no account.
    """
    polls = list(question.polls.exclude(state=State.ANNULLED).order_by("code"))
    return polls if all(poll.state == State.PUBLISHED for poll in polls) else []


def _published(poll: Poll, count: Count) -> PublishedPoll:
    question = poll.question
    receipts = SealedBallot.objects.filter(poll=poll).values_list("receipt", flat=True)
    terms = terms_of(question, poll.entitled)
    return PublishedPoll(
        **{name: getattr(terms, name) for name in Terms.__dataclass_fields__},
        identity=str(poll.code),
        unit=poll.unit_name,
        checked_off_online=poll.check_offs.filter(channel=Channel.ONLINE).count(),
        checked_off_on_paper=poll.check_offs.filter(channel=Channel.PAPER).count(),
        opened_on=timezone.localdate(poll.opened_at),
        closed_on=timezone.localdate(poll.closed_at),
        public_key=bytes(poll.public_key or b"").hex(),
        seed_commitment=poll.seed_commitment,
        seed=poll.seed,
        chain_head=poll.chain_head,
        receipts=tuple(sorted(receipts)),
        ballots=tuple(_said(question, count.ballots)),
        totals=_totals(question, count, len(terms.options)),
        invalid_papers=0 if count.totals is not None else count.invalid,
    )


def terms_of(question: Question, entitled: int) -> Terms:
    """The question as it is counted. Three queries."""
    choices = list(question.choices.all())
    yes_no = question.method == Method.YES_NO
    options = [choice.label for choice in choices if not (yes_no and choice.number == ABSTAIN)]
    return Terms(
        title=question.title,
        kind=question.kind,
        method="motion" if yes_no else question.method,
        options=tuple(options),
        entitled=entitled,
        withdrawn=_withdrawn(choices),
        seats=question.seats or 0,
        votes_each=question.votes_each,
        groups=_groups(question),
        quorum=str(question.quorum),
        majority=question.majority,
        base=question.base,
    )


def _withdrawn(choices: Iterable[Choice]) -> frozenset[int]:
    return frozenset(choice.number for choice in choices if choice.withdrawn)


def _groups(question: Question) -> tuple[Group, ...]:
    """What is demanded of the composition of those elected (A13). Two queries."""
    return tuple(
        Group(
            name=group.name,
            members=frozenset(choice.number for choice in group.choices.all()),
            at_least=group.at_least,
            at_most=group.at_most,
        )
        for group in question.compositions.prefetch_related("choices")
    )


def _said(question: Question, ballots: Ballots) -> Iterable[tuple[int, ...]]:
    """The ballots as they are counted: who abstains says neither yes nor no."""
    for named in ballots:
        said = tuple(named)
        yield () if question.method == Method.YES_NO and said == (ABSTAIN,) else said


def _totals(question: Question, count: Count, options: int) -> PaperTotals | None:
    if count.totals is None:
        return None
    votes = {int(number): votes for number, votes in count.totals.items()}
    abstained = votes.pop(ABSTAIN, 0) if question.method == Method.YES_NO else 0
    return PaperTotals(
        votes=tuple(votes.get(number, 0) for number in range(1, options + 1)),
        papers=count.papers + count.invalid,
        blank=count.blank + abstained,
        invalid=count.invalid,
    )
