"""The public board of a poll: its seal, its receipts, and whether mine is among them."""

from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from elections.access import one_of, polls_to_see
from elections.board import chain
from elections.models import Count, Poll, SealedBallot
from elections.models.polls import State
from elections.sealing import UnreadableReceipt, read_receipt

PER_PAGE = 100
LONGEST = 200
MOST_SHOWN = 500  # ballots in clear on the page; the files have all of them


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of looking a receipt up: `found`, `missing` or `unreadable`, and a sentence."""

    state: str
    text: str
    told: str


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def board(request: HttpRequest, code: UUID) -> HttpResponse:
    """The board; a POST looks a receipt up, which stands in no address and in no log."""
    poll = one_of(polls_to_see(request).exclude(state=State.DRAFTED), code)
    closed = poll.state != State.OPEN
    receipts = _receipts(poll) if closed else []
    links = chain(str(poll.code), bytes(poll.public_key or b"").hex(), receipts)
    page = Paginator(list(zip(receipts, links[1:], strict=True)), PER_PAGE).get_page(
        request.GET.get("page")
    )
    looked = _look_up(request, poll, receipts) if request.POST else None
    context = {
        "poll": poll,
        "closed": closed,
        "public_key": bytes(poll.public_key or b"").hex(),
        "lying": len(receipts) if closed else SealedBallot.objects.filter(poll=poll).count(),
        "page": page,
        "looked": looked,
        "ballots": _in_clear(poll),
        "most": MOST_SHOWN,
    }
    return render(request, "elections/board.html", context)


def _receipts(poll: Poll) -> list[str]:
    return sorted(SealedBallot.objects.filter(poll=poll).values_list("receipt", flat=True))


def _look_up(request: HttpRequest, poll: Poll, receipts: list[str]) -> Looked:
    text = request.POST.get("receipt", "")[:LONGEST]
    try:
        receipt = read_receipt(text)
    except UnreadableReceipt as error:
        return Looked("unreadable", text, str(error))
    box = SealedBallot.objects.filter(receipt=receipt, poll__in=polls_to_see(request))
    found = box.select_related("poll__question", "poll__unit").first()
    if found is None or found.poll_id != poll.pk:
        return Looked("missing", text, _missing(found.poll if found else None))
    if receipts:
        told = _("Your sealed ballot is on the board, at place %(place)s of %(all)s.")
        place = receipts.index(receipt) + 1
        return Looked("found", text, told % {"place": place, "all": len(receipts)})
    return Looked("found", text, _("Your sealed ballot lies in the box."))


def _missing(other: Poll | None) -> str:
    """Why the receipt is not found here: it may be one of another poll that the reader sees."""
    if other is not None:
        told = _("This receipt is of another poll: %(title)s, %(unit)s. It is on that board.")
        return told % {"title": other.question.title, "unit": other.unit.name}
    return _(
        "This receipt is not on this board. Compare it digit by digit; is it of this poll? "
        "If it is, tell the tellers and the auditors: your ballot is missing."
    )


def _in_clear(poll: Poll) -> list[list[str]] | None:
    """The opened ballots of a published poll, in names; None while they are not public."""
    if poll.state != State.PUBLISHED:
        return None
    names = poll.question.choices.names()
    ballots = Count.objects.filter(poll=poll).values_list("ballots", flat=True).first() or []
    return [[names[number] for number in ballot] for ballot in ballots[:MOST_SHOWN]]
