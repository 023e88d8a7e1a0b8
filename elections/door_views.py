"""The tellers' pages: the polls that are theirs, and the door at which people are checked off.

No name and no number of a member stands in an address: what is looked for is sent as a form.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.refusals import Refused
from elections.access import one_of, polls_to_tell
from elections.door_access import account_of, for_tellers
from elections.door_people import Found, can_take_back, find, member_of_poll
from elections.door_standing import Standing, standings
from elections.models import CheckOff, Poll, TellerKey
from elections.models.polls import State
from elections.voting import check_off, take_back
from members.models import Member

PER_PAGE = 50
LONGEST = 100
KEPT = 5
_SESSION = "door"
_RANKS = {State.OPEN: 0, State.CLOSED: 1, State.DRAFTED: 2}
_DONE = 3


@require_safe
@for_tellers
def tell(request: HttpRequest) -> HttpResponse:
    """The polls whose teller I am: the open ones first, then those that wait, at last those done.

    Narrowed to those in whose question or unit the word in the address stands, which names nobody.
    The same number of queries for one poll and for many.
    """
    word = _clean(request.GET.get("q", ""))
    account = account_of(request)
    whens = [When(state=state, then=Value(rank)) for state, rank in _RANKS.items()]
    rank = Case(*whens, default=Value(_DONE), output_field=IntegerField())
    polls = polls_to_tell(request).annotate(rank=rank).order_by("rank", "-pk")
    if word:
        in_unit = Q(unit__name__icontains=word) | Q(unit__code__icontains=word)
        polls = polls.filter(in_unit | Q(question__title__icontains=word))
    page = Paginator(polls, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "word": word,
        "narrow": f"&{urlencode({'q': word})}" if word else "",
        "sections": _sections(standings(page.object_list, account)),
        "key": TellerKey.objects.filter(account=account).first(),
    }
    return render(request, "elections/tell.html", context)


def _sections(found: list[Standing]) -> list[tuple[str, list[Standing]]]:
    titles = [_("Open now"), _("Closed: to be counted"), _("Not open yet"), _("Done")]
    sections: dict[str, list[Standing]] = {title: [] for title in titles}
    for one in found:
        sections[titles[_RANKS.get(State(one.poll.state), _DONE)]].append(one)
    return [(title, ones) for title, ones in sections.items() if ones]


# The door -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_tellers
def door(request: HttpRequest, code: UUID) -> HttpResponse:
    """The door of one poll; a POST looks for somebody, and its answer keeps nothing."""
    poll = one_of(polls_to_tell(request), code)
    text = _clean(request.POST.get("text", ""))
    return _door(request, poll, find(poll, text, account_of(request)) if text else None)


@require_POST
@for_tellers
def check_off_here(request: HttpRequest, code: UUID) -> HttpResponse:
    """Check somebody off by the number, and come back for the next person; or say why not (A5)."""
    poll = one_of(polls_to_tell(request), code)
    account = account_of(request)
    member = member_of_poll(poll, request.POST.get("number", ""))
    if member is None:
        raise Http404
    try:
        vote = check_off(poll=poll, member=member, by=account)
    except (Refused, ValidationError):  # the latter where another door was quicker by a moment
        return _door(request, poll, find(poll, str(member.pk), account))
    _remember(request, vote)
    messages.success(request, _("Checked off: %(member)s") % {"member": member})
    return redirect("door", poll.code)


@require_http_methods(["GET", "HEAD", "POST"])
@for_tellers
def take_back_here(request: HttpRequest, code: UUID, vote: UUID) -> HttpResponse:
    """Ask whether a check-off of mine was a mistake, and take it back."""
    poll = one_of(polls_to_tell(request), code)
    votes = CheckOff.objects.filter(pk=vote, poll=poll).select_related("member")
    mistaken = votes.first()
    if mistaken is None and request.method == "POST":
        return redirect("door", poll.code)  # sent twice
    if mistaken is None or not can_take_back(mistaken, poll, account_of(request)):
        raise Http404
    member = mistaken.member
    if request.method != "POST":
        context = {"poll": poll, "member": member}
        return render(request, "elections/take_back.html", context)
    try:
        take_back(vote=mistaken)
        told = _("Taken back: %(member)s has not voted at this door.") % {"member": member}
        messages.success(request, told)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("door", poll.code)


def _door(request: HttpRequest, poll: Poll, found: Found | None = None) -> HttpResponse:
    account = account_of(request)
    (standing,) = standings([poll], account)
    context = {
        "poll": poll,
        "standing": standing,
        "found": found,
        "recent": _recent(request, poll) if standing.has_door else [],
    }
    return render(request, "elections/door.html", context)


def _clean(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())[:LONGEST]  # PostgreSQL takes no NUL


# The check-offs keep no order: which ones were the last is known to the teller's session alone.


def _remember(request: HttpRequest, vote: CheckOff) -> None:
    kept: list[str] = request.session.get(_SESSION, [])
    request.session[_SESSION] = [str(vote.pk), *kept][:KEPT]


def _recent(request: HttpRequest, poll: Poll) -> list[tuple[Any, Member]]:
    """The last check-offs of mine that stand, the newest first, each with its member."""
    keys = [UUID(key) for key in request.session.get(_SESSION, [])]
    votes = CheckOff.objects.filter(pk__in=keys, poll=poll).select_related("member")
    mine = {vote.pk: vote for vote in votes if can_take_back(vote, poll, account_of(request))}
    return [(key, mine[key].member) for key in keys if key in mine]
