"""Opening the boxes with a passphrase, two tellers of three, and making the key for it.

A passphrase is tried under the brake, and is neither logged nor written into a page.
"""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from audit.refusals import Blocker, Refused
from elections.access import one_of, polls_to_tell
from elections.brake import braked
from elections.door_access import account_of, for_tellers
from elections.door_forms import BoxForm, KeyForm
from elections.door_standing import either, standings
from elections.models import Count, Poll, PollTeller, TellerKey
from elections.tellers import boxes_of, make_teller_key, open_boxes
from members.models import Account


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_tellers
def box(request: HttpRequest, code: UUID) -> HttpResponse:
    """Open the box of a poll, and those of the same question that one passphrase opens with it."""
    poll = one_of(polls_to_tell(request), code)
    account = account_of(request)
    same = list(polls_to_tell(request).filter(question=poll.question_id))
    mine = _one_key(poll, boxes_of(account, same))
    found = {one.poll.pk: one for one in standings([*(box.poll for box in mine), poll], account)}
    waiting = [box for box in mine if account.pk not in found[box.poll_id].half]
    form = BoxForm(waiting, data=request.POST if request.method == "POST" else None)
    if waiting and request.method == "POST" and form.is_valid() and _opened(request, form):
        return redirect("box", poll.code)
    standing = found[poll.pk]
    count = Count.objects.filter(poll=poll).first()
    context = {
        "poll": poll,
        "standing": standing,
        "form": form if any(box.poll_id == poll.pk for box in waiting) else None,
        "ballots": None if count is None else len(count.ballots),
        "either": either(standing.can_open),
    }
    return render(request, "elections/box.html", context)


def _one_key(poll: Poll, boxes: Sequence[PollTeller]) -> list[PollTeller]:
    """The boxes that the same key opens as this poll's: polls keep the key they began with."""
    key = next((bytes(box.wrapped or b"") for box in boxes if box.poll_id == poll.pk), None)
    return [box for box in boxes if bytes(box.wrapped or b"") == key]


@sensitive_variables()
def _opened(request: HttpRequest, form: BoxForm) -> bool:
    account, polls = account_of(request), form.chosen
    passphrase = form.cleaned_data["passphrase"]
    try:
        with braked(account):
            opened, waiting = open_boxes(account=account, polls=polls, passphrase=passphrase)
    except Refused as refused:
        _told(form, refused)
        return False
    if opened:
        text = ngettext("The box is open.", "%(boxes)s boxes are open.", opened)
        messages.success(request, text % {"boxes": opened})
    if waiting:
        text = ngettext(
            "You have opened %(boxes)s box by half; one more teller opens it.",
            "You have opened %(boxes)s boxes by half; one more teller opens them.",
            waiting,
        )
        messages.success(request, text % {"boxes": waiting})
    return True


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_tellers
def teller_key(request: HttpRequest) -> HttpResponse:
    """Make the key with which one opens boxes, or a new one for the polls to come."""
    form = KeyForm(data=request.POST if request.method == "POST" else None)
    account = account_of(request)
    if request.method == "POST" and form.is_valid() and _made(account, form):
        messages.success(request, _("Your key is made."))
        return redirect("teller-key")
    context = {"form": form, "key": TellerKey.objects.filter(account=account).first()}
    return render(request, "elections/teller_key.html", context)


@sensitive_variables()
def _made(account: Account, form: KeyForm) -> bool:
    told = form.cleaned_data
    try:
        with braked(account):
            if not account.check_password(told["password"]):
                raise Refused(Blocker(_("This is not the password of your account.")))
        make_teller_key(account=account, passphrase=told["passphrase"], repeated=told["repeated"])
    except Refused as refused:
        _told(form, refused)
        return False
    return True


def _told(form: BoxForm | KeyForm, refused: Refused) -> None:
    for blocker in refused.blockers:
        form.add_error(None, str(blocker))
