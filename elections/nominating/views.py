"""The member's page for an election that looks for candidates: nominate, accept, decline.

Nobody is listed to be chosen from: who nominates knows the number or the whole name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from audit.refusals import Blocker, Refused
from elections.access import member_of
from elections.models import Nomination, NominationCall, Question
from elections.models.questions import LONGEST_STATEMENT
from elections.nominating.nominees import (
    CannotNominate,
    State,
    answer_nomination,
    find_nominee,
    kept,
    may_nominate,
    nominate,
    statement_blockers,
)
from members.models import Member
from members.veil import is_veiled, look_up

ANSWERS = {"accept": State.ACCEPTED, "decline": State.DECLINED}  # by the button that was pressed


@dataclass(frozen=True, slots=True)
class Asked:
    """The election whose page is asked for, and who asks."""

    call: NominationCall
    question: Question
    member: Member
    mine: Nomination | None
    may: bool

    @property
    def is_open(self) -> bool:
        """Whether nominations and answers are taken today."""
        standing = not self.question.is_withdrawn and self.question.unit.dissolved is None
        return standing and self.call.takes(timezone.localdate())


def _asked(request: HttpRequest, pk: int) -> Asked:
    """The election, for members of the unit that asks and for those nominated in it; else 404."""
    member = member_of(request)
    calls = NominationCall.objects.select_related("question__unit")
    # By the key itself: a number that no key can be is then found nowhere, in every database.
    call = calls.filter(question__pk=pk).first() if member else None
    if member is None or call is None:
        raise Http404
    mine = Nomination.objects.filter(question=call.question, member=member).first()
    may = may_nominate(call.question, member, timezone.localdate())
    if mine is None and not may:
        raise Http404
    return Asked(call, call.question, member, mine, may)


@require_safe
@never_cache
def nominations(request: HttpRequest, pk: int) -> HttpResponse:
    """The election with those who stand and what they say, and what the member can do."""
    return _page(request, _asked(request, pk))


@require_POST
@never_cache
def nominate_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Nominate somebody by the number or the whole name, or stand oneself with a statement."""
    asked = _asked(request, pk)
    who, statement = request.POST.get("who", ""), request.POST.get("statement", "")
    myself = request.POST.get("do") == "stand"
    today = timezone.localdate()
    if myself and (wrong := _wrong_with(statement, asked)):
        return _page(request, asked, wrong=wrong, statement=statement)
    try:
        member = asked.member if myself else find_nominee(asked.question, who, today)
        said = statement if member.pk == asked.member.pk else ""
        nominate(question=asked.question, member=member, by=asked.member, statement=said)
    except Refused as refused:
        if myself:
            return _page(request, asked, refused, statement=statement)
        return _page(request, asked, refused, who=who)
    told = _("You stand.") if member.pk == asked.member.pk else _("The nomination is noted.")
    messages.success(request, told)
    return redirect("nominations", pk=pk)


@require_POST
@never_cache
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept one's own nomination with a statement, change that, or decline."""
    asked = _asked(request, pk)
    if asked.mine is None:
        raise Http404
    statement = request.POST.get("statement", "")
    given = ANSWERS.get(request.POST.get("do", ""))
    if given == State.ACCEPTED and (wrong := _wrong_with(statement, asked)):
        return _page(request, asked, wrong=wrong, statement=statement)
    try:
        if given is None:
            raise CannotNominate(Blocker(_("Please accept or decline: nothing was kept.")))
        answer_nomination(nomination=asked.mine, answer=given, statement=statement)
    except Refused as refused:
        return _page(request, asked, refused, statement=statement)
    stands = given == State.ACCEPTED
    messages.success(request, _("You stand.") if stands else _("You do not stand."))
    return redirect("nominations", pk=pk)


def _wrong_with(statement: str, asked: Asked) -> list[Blocker]:
    """What to tell at the field of the statement; nothing once there is no such field any more."""
    return statement_blockers(statement) if asked.is_open else []


def _page(
    request: HttpRequest,
    asked: Asked,
    refused: Refused | None = None,
    *,
    wrong: Sequence[Blocker] = (),
    who: str = "",
    statement: str | None = None,
) -> HttpResponse:
    """The page, with what was typed; what is `wrong` with the statement is told beside it."""
    mine = asked.mine
    if statement is None:
        statement = mine.statement if mine else ""
    choices = list(asked.question.choices.filter(withdrawn=False).select_related("member"))
    context = {
        "question": asked.question,
        "call": asked.call,
        "is_open": asked.is_open,
        "mine": mine,
        "may": asked.may,
        "named": any(choice.member_id == asked.member.pk for choice in choices),
        "standing": _standing(asked, choices),
        "made": _made(asked),
        "refused": refused.blockers if refused else (),
        "who": who,
        "statement": statement,
        "wrong": wrong,
        "longest": LONGEST_STATEMENT,
    }
    status = 409 if refused else 422 if wrong else 200
    return render(request, "elections/nominations.html", context, status=status)


def _standing(asked: Asked, choices: list[Any]) -> list[tuple[str, str]]:
    """The names of those who stand, with what they say: once it is closed, as on the ballot.

    Who was asked and has not answered, or declined, is told to nobody. Two queries at most.
    """
    rows = choices
    if not asked.call.is_closed:
        nominated = list(asked.question.nominations.select_related("member"))
        rows = [*kept(choices, nominated)]
        look_up(one.member_id for one in nominated)
        rows += sorted((one for one in nominated if one.state == State.ACCEPTED), key=_by_name)
    look_up(one.member_id for one in rows if one.member_id is not None)
    return [(one.member.full_name if one.member else one.label, one.said) for one in rows]


def _by_name(one: Nomination) -> tuple[str, int]:
    """Where somebody nominated stands in a list: the veiled first, by their numbers (A14)."""
    return ("" if is_veiled(one.member_id) else one.member.search, one.member_id)


def _made(asked: Asked) -> list[Nomination]:
    """Those whom the member has nominated, with their answers. A query, or two."""
    made = asked.question.nominations.filter(by=asked.member).exclude(member=asked.member)
    rows = list(made.select_related("member").order_by("pk"))
    look_up(one.member_id for one in rows)
    return rows
