"""The members' pages for votes: what is open, the ballot, and the receipt.

What a member chose is in the form that is sent and in the answer to it where something is wrong,
and nowhere else: not in a session, not in an address, not in a message, not in an error page.
"""

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.refusals import Refused
from elections.access import member_of, one_of, polls_to_vote
from elections.ballot_forms import UNTOUCHED, Filled, Sheet, lines, read, sheet_of, told
from elections.eligibility import Eligibility, eligibilities_of, eligibility
from elections.models import CheckOff, Poll
from elections.models.polls import Channel, State
from elections.receipts import receipt_page
from elections.sealing import UnreadableReceipt, qr_svg, read_receipt, shown
from elections.voting import CannotVote, cast_vote
from members.models import Account

MOST = 200  # polls on the page of one member
LONGEST = 200  # of a receipt as it is sent


@require_safe
@never_cache
def votes(request: HttpRequest) -> HttpResponse:
    """The votes of the member: the open ones, and those that are over. Constant queries."""
    polls = list(polls_to_vote(request).exclude(state=State.DRAFTED)[:MOST])
    context = {
        "member": member_of(request),
        "open": open_votes(request, polls),
        "over": [poll for poll in polls if poll.state != State.OPEN],
        "whole": _published_as_a_whole(polls),
    }
    return render(request, "elections/votes.html", context)


def _published_as_a_whole(polls: list[Poll]) -> set[int]:
    """The questions of `polls` that were put to several units and are published in all. A query."""
    asked = {poll.question_id for poll in polls if poll.state == State.PUBLISHED}
    standing = Poll.objects.filter(question__in=asked).exclude(state=State.ANNULLED)
    states: dict[int, list[str]] = {}
    for question, state in standing.values_list("question", "state") if asked else ():
        states.setdefault(question, []).append(state)
    return {key for key, found in states.items() if len(found) > 1 and len(set(found)) == 1}


def open_votes(request: HttpRequest, polls: list[Poll]) -> list[tuple[Poll, Eligibility]]:
    """Those of `polls` that are open, each with whether the member can vote in it. One query."""
    member = member_of(request)
    running = [poll for poll in polls if poll.state == State.OPEN]
    if member is None or not running:
        return []
    answers = eligibilities_of(member=member, polls=running)
    return [(poll, answers[poll.pk]) for poll in running]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def vote(request: HttpRequest, code: UUID) -> HttpResponse:
    """The ballot of one poll; a POST casts it and answers with the receipt."""
    if request.method == "POST":
        return _cast(request, code)
    poll = one_of(polls_to_vote(request), code)
    member = member_of(request)
    blockers = []
    if member is not None:
        blockers = eligibility(member=member, poll=poll, channel=Channel.ONLINE).blockers
    if member is None or blockers:
        return _cannot(request, poll, blockers)
    return _ballot(request, sheet_of(code), UNTOUCHED)


@sensitive_variables("filled")
def _cast(request: HttpRequest, code: UUID) -> HttpResponse:
    """Read the ballot and cast it: no query but the one that writes, where all is well."""
    member = cast(Account, request.user).member_id  # the number alone: it costs no query
    try:
        sheet = sheet_of(code)
        if member is None:
            raise CannotVote
        filled = read(sheet, request.POST)
        if not filled.is_ready:
            if not polls_to_vote(request).filter(code=code).exists():
                raise CannotVote
            return _ballot(request, sheet, filled, status=422)
        receipt = cast_vote(code=code, member=member, choices=filled.choices)
    except Refused as refused:
        poll = one_of(polls_to_vote(request), code)
        return _cannot(request, poll, refused.blockers)
    title = f"{sheet.title} - {sheet.unit}"  # the board is that of this unit's poll
    return HttpResponse(receipt_page(request, code=code, title=title, receipt=receipt))


@csrf_exempt
@require_POST
@never_cache
def receipt_code(request: HttpRequest) -> HttpResponse:
    """A receipt as a QR code: the drawing alone for the page that asks for it, or else a page.

    It is sent by POST so that no address holds it. Nothing is changed, so no token is asked for.
    """
    try:
        receipt = read_receipt(request.POST.get("receipt", "")[:LONGEST])
    except UnreadableReceipt as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    drawn = qr_svg(receipt.upper())
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(drawn, content_type="image/svg+xml")
    context = {"qr": drawn, "groups": shown(receipt).split()}
    return render(request, "elections/receipt_code.html", context)


@sensitive_variables("filled", "context")
def _ballot(request: HttpRequest, sheet: Sheet, filled: Filled, status: int = 200) -> HttpResponse:
    context = {
        "sheet": sheet,
        "filled": filled,
        "lines": lines(sheet, filled),
        "told": told(sheet),
    }
    return render(request, "elections/vote.html", context, status=status)


def _cannot(request: HttpRequest, poll: Poll, blockers: object) -> HttpResponse:
    """Why the member cannot vote in the poll, with the article; and where the vote lies, if any."""
    mine = CheckOff.objects.filter(question=poll.question_id, member=member_of(request))
    voted = mine.filter(annulled=False).select_related("poll").first()
    context = {"poll": poll, "blockers": blockers, "voted": voted}
    status = 409 if request.method == "POST" else 200
    return render(request, "elections/cannot_vote.html", context, status=status)
