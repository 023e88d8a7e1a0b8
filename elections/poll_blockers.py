"""All that stands in the way of each step of a poll, for the acts and for the pages alike."""

from collections.abc import Iterator, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.refusals import Blocker
from elections.bureaus.electing import election_blockers
from elections.delegates.choosing import delegates_election_blockers
from elections.models import Count, Poll, TellerKey
from elections.models.polls import Channel, State
from elections.models.questions import RANKED, Question
from elections.nominating.calls import open_call_blockers
from elections.papers import agreement_blockers
from elections.questions import TELLERS, withdrawn_blockers
from elections.results import impossible_groups, terms_of
from elections.roll import entitled
from elections.states import state_blockers
from elections.tallying import terms_faults
from elections.tellers import tellers_for
from elections.terms import standing_in_words


def opening_blockers(poll: Poll, members: Sequence[int] | None = None) -> list[Blocker]:
    """Whether the poll can open: its unit, choices, tellers and roll (A9, A10, A13)."""
    return [*state_blockers(poll, State.OPEN), *_not_ready(poll, members)]


def _not_ready(poll: Poll, members: Sequence[int] | None) -> Iterator[Blocker]:
    now = timezone.now()
    today = timezone.localdate(now)
    if not poll.unit.is_open(today):
        yield Blocker(_("%(unit)s is not open on that day.") % {"unit": poll.unit}, "A9")
    if poll.closes_at is not None and poll.closes_at <= now:
        yield Blocker(_("The moment at which the poll closes has passed already."))
    yield from question_blockers(poll.question)
    yield from election_blockers(poll.question, [poll.assembly], today)
    yield from delegates_election_blockers(poll.question, today)
    if poll.is_online:
        yield from _teller_blockers(poll)
    if not entitled(poll, today, members).exists():
        yield Blocker(_("Nobody would stand on the roll."), "A10")


def question_blockers(question: Question) -> Iterator[Blocker]:
    """Whether the question can be answered: its choices, and a lawful result for it (A13)."""
    yield from withdrawn_blockers(question)
    for fault in terms_faults(terms_of(question, 0)):
        yield Blocker(fault)
    if question.kind == Question.Kind.MOTION:
        return
    yield from open_call_blockers(question)
    standing = question.choices.filter(withdrawn=False).count()
    if standing == 0:
        yield Blocker(_("Nobody stands as a candidate."))
    elif standing < (question.seats or 0):
        stand = standing_in_words(standing, question.seats or 0)
        yield Blocker(_("%(stand)s: there are too few candidates.") % {"stand": stand})
    else:
        reason = _("No choice of %(seats)s among these candidates keeps the composition: %(name)s.")
        for name in impossible_groups(question):
            yield Blocker(reason % {"seats": question.seats, "name": name}, "A13")


def _teller_blockers(poll: Poll) -> Iterator[Blocker]:
    tellers = [teller.account for teller in poll.tellers.select_related("account")]
    if len(tellers) != TELLERS:
        yield Blocker(_("A vote that is cast online has three tellers, two of whom open the box."))
    known = {account.pk for account in tellers_for(poll.unit)}
    having = set(TellerKey.objects.filter(account__in=tellers).values_list("account", flat=True))
    for account in tellers:
        told = {"teller": account.get_username()}
        if account.pk not in having:
            yield Blocker(_("%(teller)s has not made a teller's key yet.") % told)
        if not account.is_active:
            yield Blocker(_("The account of %(teller)s is closed.") % told)
        elif account.pk not in known:
            yield Blocker(_("%(teller)s holds the role of a teller here no more.") % told)


def closing_blockers(poll: Poll) -> list[Blocker]:
    """Whether the poll can be closed: as long as it is open."""
    return state_blockers(poll, State.CLOSED)


def counting_blockers(poll: Poll) -> list[Blocker]:
    """Whether the poll can be counted: box opened, papers agreed, numbers right (A5)."""
    return [*state_blockers(poll, State.COUNTED), *_not_countable(poll)]


def _not_countable(poll: Poll) -> Iterator[Blocker]:
    if poll.is_online:
        count = Count.objects.filter(poll=poll).first()
        voted = poll.check_offs.filter(channel=Channel.ONLINE).count()
        if count is None and voted:
            yield Blocker(_("The box has not been opened: two tellers open it together."))
        elif count is not None and len(count.ballots) != voted:
            reason = _("The box held %(lying)s ballots; %(voted)s members voted online.")
            yield Blocker(reason % {"lying": len(count.ballots), "voted": voted}, "A5")
    if poll.is_on_paper:
        yield from agreement_blockers(poll)


def publishing_blockers(poll: Poll) -> list[Blocker]:
    """Whether the result can be published: once it is counted, and nobody votes on it elsewhere."""
    return [*state_blockers(poll, State.PUBLISHED), *_known_too_early(poll)]


def _known_too_early(poll: Poll) -> Iterator[Blocker]:
    """The result of one poll is an interim result of its question."""
    running = poll.question.polls.open().exclude(pk=poll.pk).count()
    if running:
        reason = ngettext(
            "Votes are being cast on this question in %(number)s other poll: the result would be "
            "known there too early. Close it first.",
            "Votes are being cast on this question in %(number)s other polls: the result would be "
            "known there too early. Close them first.",
            running,
        )
        yield Blocker(reason % {"number": running})


def annulling_blockers(poll: Poll) -> list[Blocker]:
    """Whether the poll can be annulled: in any state but that, until the question is withdrawn.

    Nobody leads or is sent by votes that count no more: what came of the result ends first.
    """
    found = [*state_blockers(poll, State.ANNULLED), *withdrawn_blockers(poll.question)]
    return [*found, *_came_of(poll.question)] if poll.state == State.PUBLISHED else found


def _came_of(question: Question) -> Iterator[Blocker]:
    """The bureau, the seats and the delegates that the question's result has put in (A11, A12)."""
    bureau = question.bureaus.filter(until=None).first()
    if bureau is not None:
        reason = _("The bureau of %(unit)s sits by this election: end it first.")
        yield Blocker(reason % {"unit": bureau.unit}, "A11")
    elif question.seats_filled.filter(until=None, bureau__until=None).exists():
        reason = _("Seats of a bureau are held by this election: let them be given up first.")
        yield Blocker(reason, "A11")
    if question.delegates.standing().exists():
        yield Blocker(_("Delegates are sent by this election: replace them first."), "A12")


def needs_papers_one_by_one(poll: Poll) -> bool:
    """Whether totals do not suffice: a ranking is counted from the papers themselves."""
    return poll.question.method in RANKED
