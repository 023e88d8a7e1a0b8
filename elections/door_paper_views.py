"""The page on which two people enter the same papers, each without the other's entry at first."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit.refusals import Refused
from elections.access import one_of, polls_to_tell
from elections.door_access import account_of, for_tellers
from elections.door_forms import PapersForm, TotalsForm, written
from elections.door_standing import Standing, standings
from elections.models import Choice, PaperCount, Poll
from elections.models.polls import State
from elections.papers import agreed, differences, enter_papers
from elections.poll_blockers import needs_papers_one_by_one

TOTALS, EACH = "totals", "each"


@require_http_methods(["GET", "HEAD", "POST"])
@for_tellers
def papers(request: HttpRequest, code: UUID) -> HttpResponse:
    """Enter the papers, see where two entries differ once one's own is made, and enter again."""
    poll = one_of(polls_to_tell(request), code)
    account = account_of(request)
    (standing,) = standings([poll], account)
    choices = list(Choice.objects.filter(question=poll.question_id, withdrawn=False))
    entries = list(PaperCount.objects.filter(poll=poll).select_related("by"))
    mine = next((entry for entry in entries if entry.by_id == account.pk), None)
    way = _way(request, poll, mine)
    form = _form(request, way, choices, mine)
    if request.method == "POST" and form.is_valid() and _entered(request, poll, form):
        return redirect("papers", poll.code)
    context = {
        "poll": poll,
        "standing": standing,
        "choices": choices,
        "form": form,
        "one_by_one": way == EACH,
        "both_ways": not needs_papers_one_by_one(poll),
        **_entries(request, standing, entries, mine, choices),
    }
    return render(request, "elections/papers.html", context)


def _way(request: HttpRequest, poll: Poll, mine: PaperCount | None) -> str:
    """How the papers are entered: as asked for, or as before; a ranking paper by paper."""
    if needs_papers_one_by_one(poll):
        return EACH
    asked = request.GET.get("way")
    if asked in (TOTALS, EACH):
        return asked
    return EACH if mine is not None and mine.ballots is not None else TOTALS


def _form(
    request: HttpRequest, way: str, choices: list[Choice], mine: PaperCount | None
) -> TotalsForm | PapersForm:
    data = request.POST if request.method == "POST" else None
    if way == EACH:
        return PapersForm(data=data, initial=_typed(mine) if mine else None)
    return TotalsForm(choices, data=data, initial=_typed(mine) if mine else None)


def _typed(mine: PaperCount) -> dict[str, Any]:
    """One's own entry as it was typed, to be mended."""
    told: dict[str, Any] = {"invalid": mine.invalid}
    if mine.ballots is not None:
        return {**told, "ballots": written(mine.ballots)}
    totals = {f"choice_{key}": votes for key, votes in (mine.totals or {}).items()}
    return {**told, **totals, "papers": mine.papers, "blank": mine.blank}


def _entered(request: HttpRequest, poll: Poll, form: TotalsForm | PapersForm) -> bool:
    try:
        enter_papers(poll=poll, by=account_of(request), **form.entry)
    except Refused as refused:
        for blocker in refused.blockers:
            form.add_error(None, str(blocker))
        return False
    messages.success(request, _("Your entry of the papers is taken in."))
    return True


def _entries(
    request: HttpRequest,
    standing: Standing,
    entries: list[PaperCount],
    mine: PaperCount | None,
    choices: list[Choice],
) -> dict[str, Any]:
    """What the page may say of the entries: nothing of another's before one's own is made."""
    closed = standing.poll.state == State.CLOSED
    settled = closed and agreed(standing.poll) is not None
    labels = {choice.number: choice.name for choice in choices}
    others = [entry for entry in entries if mine is not None and entry.by_id != mine.by_id]
    compared = [
        (entry.by.get_username(), found)
        for entry in others
        if mine is not None and (found := differences(mine, entry, labels))
    ]
    differ = bool(compared) and not settled
    begun = request.method == "POST" or "again" in request.GET or "way" in request.GET
    to_enter = mine is None and not settled
    return {
        "mine": mine,
        "settled": settled,
        "alone": mine is not None and not others,
        "compared": compared if differ else [],
        "entering": closed and standing.at_the_door > 0 and (to_enter or differ or begun),
    }
