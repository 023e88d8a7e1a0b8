"""Elections to bureaus: what each must keep, and what becomes of its result (A8, A11, A13)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, refuse_if
from districts.kinds import CELLS
from districts.models import Unit
from elections.bureaus.lawful import (
    asks_factory_majority,
    factory_least,
    limits,
    mandate_blockers,
    size_blockers,
)
from elections.bureaus.sitting import (
    CannotConstitute,
    Place,
    already_sits,
    constitute_bureau,
    holders,
    seats_blockers,
    sitting_bureau,
    strength_of,
    take_seat,
)
from elections.bureaus.succession import Successor, elected_by, next_in_turn
from elections.candidates import factory_members
from elections.models import Bureau, Poll, Question
from elections.questions import Candidate, lock_question, set_composition, withdrawn_blockers
from elections.results import whole_result
from members.models import Member

Fills, Assembly, Mandate = Question.Fills, Poll.Assembly, Bureau.Mandate


def is_for_a_bureau(question: Question) -> bool:
    """Whether those elected lead the unit that asks."""
    return question.fills in (Fills.BUREAU, Fills.FREE_SEATS)


def elections_under_way(unit: Unit) -> QuerySet[Question]:
    """The elections of the unit's bureau that were neither withdrawn, annulled nor constituted."""
    polls = Poll.objects.filter(question=OuterRef("pk"))
    annulled = Exists(polls) & ~Exists(polls.exclude(state="annulled"))
    raised = Question.objects.filter(unit=unit, fills=Fills.BUREAU, withdrawn_on=None)
    return raised.filter(~annulled, bureaus=None).order_by("pk")


def unusual_elections(unit: Unit) -> Iterator[str]:
    """Why it is out of the ordinary to raise an election of the unit's bureau. One query."""
    for question in elections_under_way(unit)[:1]:
        text = _(
            "An election of this bureau is under way already: %(question)s, raised on %(day)s."
        )
        yield text % {"question": question, "day": day_in_words(question.raised_on)}


# Before the vote ---------------------------------------------------------------------------------


def factory_seats(question: Question, on: date) -> int:
    """How many of those elected must come from factory cells; 0 where A13 does not bind.

    At a by-election those who sit are counted in: the majority is that of the whole.
    """
    seats = question.seats or 0
    if not is_for_a_bureau(question) or not asks_factory_majority(question.unit.kind):
        return 0
    if question.fills == Fills.BUREAU:
        return factory_least(seats)
    bureau = sitting_bureau(question.unit)
    held = strength_of(holders(bureau, on) if bureau else [], on)
    return min(max(factory_least(held.size + seats) - held.factory, 0), seats)


@recorded("settle-composition")
def settle_composition(*, question: Question, on: date) -> None:
    """Demand of the composition what A13 asks, by where the candidates are at home on that day."""
    least = factory_seats(question, on)
    if least:
        set_composition(
            question=question,
            name=_("Factory members"),
            choices=factory_members(question, on),
            at_least=least,
        )


def election_blockers(question: Question, assemblies: Iterable[str], on: date) -> Iterator[Blocker]:
    """What is unlawful about an election to a bureau, before it opens (A8, A11, A12, A13).

    `assemblies` are those of the polls to be opened. Nothing for another question.
    """
    if not is_for_a_bureau(question):
        return
    unit = question.unit
    for assembly in sorted(set(assemblies)):
        yield from mandate_blockers(unit.kind, mandate_by(unit.kind, assembly))
    yield from seat_number_blockers(question, on)
    choices = question.choices.filter(withdrawn=False).select_related("member")
    named = [Candidate(choice.name, choice.member) for choice in choices]
    yield from candidates_blockers(question, named, on)
    yield from _composition_blockers(question, on)


def candidates_blockers(
    question: Question, candidates: Iterable[Candidate], on: date
) -> Iterator[Blocker]:
    """Why these cannot stand in an election to a bureau, saved or not yet: names alone, and members
    of whom `standing_blockers` says why.
    """
    members = []
    for one in candidates:
        if one.member is None:
            reason = _("%(who)s stands without a member's number: only members lead a unit.")
            yield Blocker(reason % {"who": one.label})
        else:
            members.append(one.member)
    yield from standing_blockers(question, members, on)


def standing_blockers(question: Question, members: Sequence[Member], on: date) -> Iterator[Blocker]:
    """Why these members cannot stand in an election to a bureau (A8, A11).

    At a by-election neither can who sits: the seat that he or she won would stay free. Four queries
    at most.
    """
    yield from seats_blockers(unit=question.unit, members=members, on=on)
    bureau = sitting_bureau(question.unit) if question.fills == Fills.FREE_SEATS else None
    held = set(holders(bureau, on)) if bureau else set()
    for member in members:
        if member.pk in held:
            yield already_sits(member)


def seat_number_blockers(question: Question, on: date) -> Iterator[Blocker]:
    """What is wrong with the number of seats of an election to a bureau (A8, A11). Two queries."""
    seats, bureau = question.seats or 0, sitting_bureau(question.unit)
    if question.fills == Fills.BUREAU:
        yield from size_blockers(question.unit.kind, seats)
    elif bureau is None:
        yield Blocker(_("No bureau sits in %(unit)s.") % {"unit": question.unit})
    else:
        held = len(holders(bureau, on))
        if held + seats > bureau.size:
            free = max(bureau.size - held, 0)
            reason = ngettext(
                "%(free)s seat is free, not %(seats)s.",
                "%(free)s seats are free, not %(seats)s.",
                free,
            )
            article = limits(question.unit.kind).article
            yield Blocker(reason % {"free": free, "seats": seats}, article)


def _composition_blockers(question: Question, on: date) -> Iterator[Blocker]:
    """Whether what is demanded is what A13 asks of these candidates on that day."""
    least = factory_seats(question, on)
    if not least:
        return
    workers = {choice.pk for choice in factory_members(question, on)}
    for group in question.compositions.prefetch_related("choices"):
        named = {choice.pk for choice in group.choices.all() if not choice.withdrawn}
        if named == workers and group.at_least >= least:
            return
    reason = _("At least %(least)s of those elected are of factory cells: settle the composition.")
    yield Blocker(reason % {"least": least}, "A13")


def mandate_by(kind: str, assembly: str) -> str:
    """The mandate that a vote in such an assembly gives to those who lead a unit of this kind."""
    if assembly == Assembly.CELL:
        return Mandate.CELL if kind in CELLS else Mandate.CELLS
    return Mandate.GENERAL if assembly == Assembly.GENERAL else Mandate.DELEGATES


# After the vote ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who was elected, in the order of election, and the mandate that it gives."""

    elected: Sequence[Member]
    mandate: str


def outcome_blockers(question: Question) -> list[Blocker]:
    """Why nothing can be constituted from the election yet, or any more."""
    if not is_for_a_bureau(question):
        return [Blocker(_("Those elected lead no unit: nothing is constituted from it."))]
    if question.is_withdrawn:
        return withdrawn_blockers(question)
    result = whole_result(question)
    if result is None:
        return [Blocker(_("The result of the election is not published yet."))]
    found = []
    if "cannot_count" in result:
        found.append(Blocker(_("The election has no lawful result."), "A13"))
    elif not result["quorum_reached"]:
        found.append(Blocker(_("The quorum was not reached: nobody is elected.")))
    if question.bureaus.exists() or question.seats_filled.exists():
        found.append(Blocker(_("Its seats have been taken already.")))
    return found


def outcome_of(question: Question) -> Outcome:
    """Who was elected; ask `outcome_blockers` before."""
    polls = question.polls.exclude(state="annulled")
    assembly = polls.values_list("assembly", flat=True).order_by().first() or ""
    return Outcome(elected_by(question), mandate_by(question.unit.kind, assembly))


@recorded("constitute-elected")
def constitute_elected(
    *,
    question: Question,
    on: date,
    declined: Sequence[Member] = (),
    portfolios: Mapping[int, str] | None = None,
) -> Bureau:
    """Constitute the bureau from its election, or fill the free seats of the one that sits.

    In the place of those who `declined` come the next in turn. `portfolios` says by number what
    work falls to whom. Raises `CannotConstitute` (A8, A11, A13).
    """
    question = lock_question(question)  # against a withdrawal
    refuse_if(outcome_blockers(question), CannotConstitute)
    outcome, work = outcome_of(question), portfolios or {}
    takers = taking(question, on=on, declined=declined)
    places = [Place(member, work.get(member.pk, "")) for member in takers]
    if question.fills == Fills.FREE_SEATS:
        return _fill(question, places, on)
    return constitute_bureau(
        unit=question.unit,
        mandate=outcome.mandate,
        places=places,
        on=on,
        size=question.seats or 0,
        question=question,
    )


def taking(question: Question, *, on: date, declined: Sequence[Member] = ()) -> list[Member]:
    """Who takes the seats: those elected who accept, and the next in turn for the others."""
    refusing = {member.pk for member in declined}
    takers = [one for one in outcome_of(question).elected if one.pk not in refusing]
    seats = question.seats or 0
    while len(takers) < seats:
        following = _following(question, takers, refusing, on)
        if following is None:
            break
        takers.append(following.member)
    return takers


def _following(
    question: Question, takers: Sequence[Member], refusing: set[int], on: date
) -> Successor | None:
    """The next in turn with whom the majority can still be kept (A13)."""
    numbers = [member.pk for member in takers]
    for successor in next_in_turn(question, out=refusing, seated=numbers, on=on):
        after = strength_of([*numbers, successor.member.pk], on)
        left = (question.seats or 0) - after.size
        if after.factory + left >= factory_seats(question, on):
            return successor
    return None


def _fill(question: Question, places: Sequence[Place], on: date) -> Bureau:
    bureau = sitting_bureau(question.unit)
    if bureau is None:
        reason = _("No bureau sits in %(unit)s.")
        raise CannotConstitute(Blocker(reason % {"unit": question.unit}))
    workers = {choice.member_id for choice in factory_members(question, on)}
    for place in sorted(places, key=lambda place: place.member.pk not in workers):
        take_seat(
            bureau=bureau,
            member=place.member,
            on=on,
            portfolio=place.portfolio,
            question=question,
        )
    return bureau
