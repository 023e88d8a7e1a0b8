"""Who is sent: entered by hand, from an election, or in the place of somebody: acts (A12)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from districts.models import Unit
from elections.bureaus.succession import elected_by, next_in_turn
from elections.candidates import homes_of
from elections.delegates.rolls import delegates_to
from elections.meetings.planning import lock_meeting
from elections.models import Attendance, Delegate, Delegation, Meeting, Question
from elections.questions import Candidate, lock_question, withdrawn_blockers
from elections.results import whole_result
from members.models import Member

ARTICLE = "A12"


class CannotSend(Refused):
    """Somebody who could not be sent, or not be replaced."""


# By hand -----------------------------------------------------------------------------------------


@recorded("enter-delegates")
def enter_delegates(
    *,
    delegation: Delegation,
    members: Sequence[Member],
    on: date,
    substitutes: Sequence[Member] = (),
    question: Question | None = None,
) -> list[Delegate]:
    """Let these be delegates of the delegation since the day `on`, and these their substitutes.

    They come to those who stand already, substitutes after the last one. Raises `CannotSend` with
    all that is unlawful about it (A12).
    """
    lock_meeting(delegation.apportionment.meeting)
    delegation = _afresh(delegation)
    refuse_if(sending_blockers(delegation, on), CannotSend)
    refuse_if(_number_blockers(delegation, len(members)), CannotSend)
    chosen = [*members, *substitutes]
    refuse_if(people_blockers(delegation, chosen, on), CannotSend)
    last = delegation.delegates.standing().aggregate(last=Max("substitute"))["last"] or 0
    places = [None] * len(members) + list(range(last + 1, last + 1 + len(substitutes)))
    return [
        _written(delegation, member, place, on, question)
        for member, place in zip(chosen, places, strict=True)
    ]


def _afresh(delegation: Delegation) -> Delegation:
    rows = Delegation.objects.select_related("apportionment__meeting", "unit")
    return rows.get(pk=delegation.pk)


def _written(
    delegation: Delegation, member: Member, place: int | None, on: date, question: Question | None
) -> Delegate:
    delegate = Delegate(
        apportionment=delegation.apportionment,
        delegation=delegation,
        member=member,
        substitute=place,
        question=question,
        since=on,
    )
    refuse_if(field_blockers(delegate), CannotSend)
    delegate.save(force_insert=True)
    return delegate


def sending_blockers(delegation: Delegation, on: date) -> Iterator[Blocker]:
    """All that keeps anybody from being sent, whoever it is; asks nothing."""
    apportionment = delegation.apportionment
    if not apportionment.meeting.is_planned:
        yield Blocker(_("The meeting was held or cancelled."), ARTICLE)
    if not apportionment.is_settled:
        reason = _("A tie for seats is open: apportion anew, with a seed that draws the lot.")
        yield Blocker(reason, ARTICLE)
    if on > timezone.localdate():
        yield Blocker(_("This is recorded when it has happened: the day is still to come."))


def free_seats(delegation: Delegation) -> int:
    """How many delegates are missing still; below nought where there are too many. One query."""
    return delegation.seats - delegation.delegates.sent().count()


def _number_blockers(delegation: Delegation, more: int) -> Iterator[Blocker]:
    free = free_seats(delegation)
    if more > free:
        reason = ngettext(
            "%(unit)s can send %(free)s more delegate, not %(more)s.",
            "%(unit)s can send %(free)s more delegates, not %(more)s.",
            free,
        )
        told = {"unit": delegation.unit, "free": max(free, 0), "more": more}
        yield Blocker(reason % told, ARTICLE)


def people_blockers(
    delegation: Delegation, members: Sequence[Member], on: date
) -> Iterator[Blocker]:
    """Why these cannot stand for the unit: membership, home, another delegation. Two queries."""
    numbers = [member.pk for member in members]
    if len(set(numbers)) < len(numbers):
        yield Blocker(_("Nobody is sent twice."), ARTICLE)
    homes = homes_of(numbers, on)
    standing = Delegate.objects.standing().filter(apportionment=delegation.apportionment)
    known = standing.filter(member__in=numbers).select_related("delegation__unit")
    elsewhere = {one.member_id: one.delegation.unit for one in known}
    for member in members:
        told: dict[str, Any] = {"member": member, "unit": delegation.unit}
        home = homes.get(member.pk)
        if not member.is_present(on):
            yield Blocker(_("%(member)s is no member on that day.") % told, ARTICLE)
        elif home is None or not _lies_in(home.unit, delegation.unit):
            reason = _("%(member)s is not at home in %(unit)s on that day.")
            yield Blocker(reason % told, ARTICLE)
        if member.pk in elsewhere:
            reason = _("%(member)s stands in the delegation of %(unit)s already.")
            yield Blocker(reason % {**told, "unit": elsewhere[member.pk]}, ARTICLE)


def _lies_in(unit: Unit, above: Unit) -> bool:
    return bool(unit.tree_id == above.tree_id and above.lft <= unit.lft <= above.rght)


# From an election --------------------------------------------------------------------------------


def is_of_delegates(question: Question) -> bool:
    """Whether those elected are delegates."""
    return question.fills == Question.Fills.DELEGATES


def delegation_of(question: Question) -> Delegation | None:
    """The delegation that the election fills. One query."""
    rows = Delegation.objects.select_related("apportionment__meeting", "unit")
    return rows.filter(question=question).first()


@recorded("attach-election")
def attach_election(*, delegation: Delegation, question: Question) -> Delegation:
    """Let this election fill the delegation; an earlier one fills it no more.

    Raises `CannotSend` (A12).
    """
    lock_meeting(delegation.apportionment.meeting)
    delegation = _afresh(delegation)
    found = list(sending_blockers(delegation, timezone.localdate()))
    if question.unit_id != delegation.unit_id or not is_of_delegates(question):
        found.append(Blocker(_("This is no election of delegates of the unit."), ARTICLE))
    refuse_if(found, CannotSend)
    delegation.question = question
    delegation.save(update_fields=["question"])
    return delegation


def unusual_delegates_elections(delegation: Delegation) -> Iterator[str]:
    """Why it is out of the ordinary to raise an election for the delegation. One query at most."""
    question = delegation.question
    if question is None or question.is_withdrawn or question.delegates.exists():
        return
    polls = list(question.polls.values_list("state", flat=True))
    if not polls or any(state != "annulled" for state in polls):
        text = _("An election for this delegation is under way already: %(question)s.")
        yield text % {"question": question}


def delegates_election_blockers(question: Question, on: date) -> Iterator[Blocker]:
    """What is unlawful about an election of delegates, before it opens (A12).

    Nothing for another question.
    """
    if not is_of_delegates(question):
        return
    delegation = delegation_of(question)
    if delegation is None:
        yield Blocker(_("This election fills no delegation."), ARTICLE)
        return
    yield from sending_blockers(delegation, on)
    yield from delegation_seats_blockers(delegation, question.seats or 0)
    choices = question.choices.filter(withdrawn=False).select_related("member")
    named = [Candidate(choice.name, choice.member) for choice in choices]
    yield from sent_blockers(delegation, named, on)


def delegation_seats_blockers(delegation: Delegation, seats: int) -> Iterator[Blocker]:
    """Whether so many are to be elected: as many as the delegation has free (A12). One query."""
    free = max(free_seats(delegation), 0)
    if seats != free:
        reason = ngettext(
            "%(free)s delegate is to be elected, not %(seats)s.",
            "%(free)s delegates are to be elected, not %(seats)s.",
            free,
        )
        yield Blocker(reason % {"free": free, "seats": seats}, ARTICLE)


def sent_blockers(
    delegation: Delegation, candidates: Iterable[Candidate], on: date
) -> Iterator[Blocker]:
    """Why these cannot stand in an election of delegates (A12). Two queries."""
    members = []
    for one in candidates:
        if one.member is None:
            reason = _("%(who)s stands without a member's number: only members are sent.")
            yield Blocker(reason % {"who": one.label}, ARTICLE)
        else:
            members.append(one.member)
    yield from people_blockers(delegation, members, on)


def result_blockers(question: Question) -> list[Blocker]:
    """Why nobody is sent by the election yet, or any more."""
    delegation = delegation_of(question) if is_of_delegates(question) else None
    if delegation is None:
        return [Blocker(_("This election fills no delegation."), ARTICLE)]
    if question.is_withdrawn:
        return withdrawn_blockers(question)
    result = whole_result(question)
    if result is None:
        return [Blocker(_("The result of the election is not published yet."))]
    found = list(sending_blockers(delegation, timezone.localdate()))
    if "cannot_count" in result:
        found.append(Blocker(_("The election has no lawful result."), ARTICLE))
    elif not result["quorum_reached"]:
        found.append(Blocker(_("The quorum was not reached: nobody is elected.")))
    if question.delegates.exists():
        found.append(Blocker(_("Those elected are delegates already.")))
    return found


def going(
    question: Question, *, on: date, declined: Sequence[Member] = ()
) -> tuple[list[Member], list[Member]]:
    """The delegates and their substitutes, as many at most, by the election.

    In the place of those who `declined`, or are members no more, come the next in turn.
    """
    seats = question.seats or 0
    first = elected_by(question)
    out = {member.pk for member in declined}
    out |= {member.pk for member in first if not member.is_present(on)}
    going = [member for member in first if member.pk not in out]
    seated = [member.pk for member in going]
    following = next_in_turn(question, out=out, seated=seated, on=on)
    rest = [one.member for one in islice(following, 2 * seats - len(going))]
    missing = seats - len(going)
    return [*going, *rest[:missing]], rest[missing : missing + seats]


@recorded("delegates-elected")
def send_elected(
    *, question: Question, on: date, declined: Sequence[Member] = ()
) -> list[Delegate]:
    """Let those elected be the delegates, and the next in turn their substitutes.

    Raises `CannotSend` (A12).
    """
    question = lock_question(question)  # against a withdrawal
    refuse_if(result_blockers(question), CannotSend)
    delegation = delegation_of(question)
    if delegation is None:  # said above; for the types
        raise CannotSend(Blocker(_("This election fills no delegation."), ARTICLE))
    members, substitutes = going(question, on=on, declined=declined)
    return enter_delegates(
        delegation=delegation,
        members=members,
        substitutes=substitutes,
        on=on,
        question=question,
    )


# In the place of somebody ------------------------------------------------------------------------


@recorded("replace-delegate")
def replace_delegate(*, delegate: Delegate, on: date) -> Delegate | None:
    """End that the delegate, or the substitute, is sent; the first substitute goes instead.

    Returns who goes instead, None where nobody does: then a delegate is missing. Raises
    `CannotSend` (A12).
    """
    lock_meeting(delegate.apportionment.meeting)
    rows = Delegate.objects.select_related("delegation__apportionment__meeting", "member")
    delegate = rows.get(pk=delegate.pk)
    refuse_if(replacing_blockers(delegate, on), CannotSend)
    was_sent = delegate.substitute is None
    delegate.until = on
    delegate.save(update_fields=["until"])
    following = next_substitute(delegate.delegation, on) if was_sent else None
    if following is None or free_seats(delegate.delegation) < 1:
        return None
    following.substitute = None
    following.save(update_fields=["substitute"])
    return following


def replacing_blockers(delegate: Delegate, on: date) -> Iterator[Blocker]:
    """All that keeps the delegate from being replaced on that day. One query."""
    told = {"member": delegate.member}
    meeting = delegate.delegation.apportionment.meeting
    if not meeting.is_planned:
        yield Blocker(_("The meeting was held or cancelled."), ARTICLE)
    if on > timezone.localdate():
        yield Blocker(_("This is recorded when it has happened: the day is still to come."))
    if delegate.until is not None:
        yield Blocker(_("%(member)s is sent no more already.") % told)
    if on < delegate.since:
        yield Blocker(_("%(member)s was chosen on a later day.") % told)
    if Attendance.objects.filter(meeting=meeting, member=delegate.member_id).exists():
        reason = _("%(member)s is recorded as present: take that back at the door first.")
        yield Blocker(reason % told, ARTICLE)


def next_substitute(delegation: Delegation, on: date) -> Delegate | None:
    """The first substitute who is a member still. One query."""
    standing = delegation.delegates.standing().filter(substitute__isnull=False)
    waiting = standing.select_related("member").order_by("substitute")
    return next((one for one in waiting if one.member.is_present(on)), None)


# Credentials -------------------------------------------------------------------------------------


@recorded("issue-credentials")
def issue_credentials(*, meeting: Meeting, on: date) -> list[Delegate]:
    """Note that each delegate who has none gets a credential. Raises `CannotSend` (A12)."""
    meeting = lock_meeting(meeting)
    refuse_if(issuing_blockers(meeting), CannotSend)
    fresh = list(without_credential(meeting).select_related("delegation", "apportionment__meeting"))
    for delegate in fresh:
        delegate.credential_on = on
        delegate.save(update_fields=["credential_on"])
    return fresh


def without_credential(meeting: Meeting) -> Any:
    """The standing delegates who have no credential yet."""
    sent = Delegate.objects.sent().filter(apportionment__meeting=meeting)
    return sent.filter(credential_on__isnull=True).order_by("pk")


def issuing_blockers(meeting: Meeting) -> Iterator[Blocker]:
    """All that keeps credentials from being issued. One query."""
    if not meeting.is_planned:
        yield Blocker(_("The meeting was held or cancelled."), ARTICLE)
    elif not delegates_to(meeting).exists():
        yield Blocker(_("Nobody is sent yet."), ARTICLE)
