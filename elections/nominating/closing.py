"""Closing the call for nominations: those who accepted stand as candidates: an act (A13)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, refuse_if
from elections.bureaus.electing import settle_composition
from elections.candidates import MOST_CANDIDATES
from elections.models import Question
from elections.nominating.calls import CannotCall, call_of
from elections.nominating.nominees import State, kept, nominees_blockers
from elections.questions import Candidate, editing_blockers, lock_question, set_choices
from members.models import Member


@dataclass(slots=True)
class Stand:
    """Who will stand once the call is closed, and who accepted and cannot, with the reasons.

    `silent` are those who have not answered, each with whether he or she stands all the same.
    """

    candidates: list[Candidate] = field(default_factory=list)
    silent: list[tuple[Member, bool]] = field(default_factory=list)
    out: list[tuple[Member, list[Blocker]]] = field(default_factory=list)


@recorded("close-nominations")
def close_nominations(*, question: Question, on: date) -> Question:
    """Close the call: who accepted stands, by name after those named by the office, and the
    composition is settled by the register (A13). No answer counts as no, but of those whom the
    office has named.

    Raises `CannotCall`.
    """
    question = lock_question(question)
    refuse_if(closing_blockers(question), CannotCall)
    call = call_of(question)
    if call is None:  # said above; for the types
        raise CannotCall
    stand = stand_of(question, on)
    if len(stand.candidates) > MOST_CANDIDATES:
        reason = _("At most %(most)s can stand.")
        raise CannotCall(Blocker(reason % {"most": MOST_CANDIDATES}))
    call.closed_on = on
    call.save(update_fields=["closed_on"])
    set_choices(question=question, choices=stand.candidates)
    settle_composition(question=question, on=on)
    return question


def closing_blockers(question: Question) -> Iterator[Blocker]:
    """What keeps the call from being closed: there is none that runs."""
    yield from editing_blockers(question)
    call = call_of(question)
    if call is None or call.is_closed:
        yield Blocker(_("Nominations for this election are not called for."))


def stand_of(question: Question, on: date) -> Stand:
    """Who will stand: whom the office named besides, and those who accepted and may.

    A few queries for each who accepted: for the act, not for a page that everybody looks at.
    """
    by_name = question.nominations.select_related("member").order_by("member__search", "member")
    nominations = list(by_name)
    named = question.choices.filter(withdrawn=False).select_related("member")
    office = kept(named, nominations)
    stays = {choice.member_id for choice in office}
    found = Stand(
        candidates=[Candidate(one.label, one.member, one.statement) for one in office],
        silent=[
            (one.member, one.member_id in stays)
            for one in nominations
            if one.state == State.WAITING
        ],
    )
    for one in nominations:
        if one.state != State.ACCEPTED:
            continue
        blockers = list(nominees_blockers(question, [one.member], on))
        if blockers:
            found.out.append((one.member, blockers))
        else:
            member = one.member
            found.candidates.append(Candidate(member.registered_name, member, one.statement))
    return found
