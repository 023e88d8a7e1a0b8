"""Asking to be admitted by the public form, and following it under a link: acts (A1, A3, A7).

Whether somebody is known already is told to nobody here: the secretary sees likely duplicates.
"""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import refuse_if
from cells.joining_mails import send_application_link
from cells.request_blockers import decided_blocker
from cells.requests import CannotDecide, keep_request, settle
from districts.models import Locality, Unit, Workplace
from members.accounts.tokens import hash_of, new_token
from members.belonging import belonging_of_newcomer
from members.models import ApplicationLink, Request
from members.periods import retention


@recorded("apply")
def apply_for_admission(
    *,
    on: date,
    reason: str,
    origin: str,
    locality: Locality | None = None,
    workplace: Workplace | None = None,
    **person: Any,
) -> str:
    """Keep the application for the cell that work and residence name; answers the link's token.

    Where no cell can be told, the district or local group of the place gets it, or the whole
    organisation; `person` are the fields of `Request` that say who asks, `origin` the program's own
    address. Raises `CannotAsk`.
    """
    known = belonging_of_newcomer(workplace, locality, on)
    asked = Request(kind=Request.Kind.ADMISSION, locality=locality, workplace=workplace, **person)
    to = None if known.cell else unit_of_place(workplace, locality)
    keep_request(asked, cell=known.cell, on=on, reason=reason, by=None, also=(), to=to)
    token = new_token()
    ApplicationLink.objects.create(request=asked, token_hash=hash_of(token), made_on=on)
    if asked.email:
        send_application_link.enqueue(asked.pk, origin)
    return token


def unit_of_place(workplace: Workplace | None, locality: Locality | None) -> Unit | None:
    """The open district or local group of the workplace, or else of the residence."""
    places = (workplace.locality if workplace else None, locality)
    units = (place.unit for place in places if place is not None)
    return next((unit for unit in units if unit and unit.dissolved is None), None)


def followed_by(token: str) -> Request | None:
    """The application that a link leads to, None where it is none or has ended. One query.

    It ends some days after the decision: `RETENTION`, `links`.
    """
    links = ApplicationLink.objects.select_related(
        "request__unit", "request__cell", "request__locality__unit"
    )
    link = links.filter(token_hash=hash_of(token)).first()
    if link is None or has_ended(link.request):
        return None
    return link.request


def has_ended(asked: Request) -> bool:
    """Whether the application was decided so long ago that nobody follows it any more."""
    last = retention().before("links", timezone.localdate())
    return asked.decided_on is not None and asked.decided_on <= last


def ends_on(asked: Request) -> date | None:
    """The day on which the links end, known once it is decided."""
    days = timedelta(days=retention().links)
    return asked.decided_on + days if asked.decided_on else None


@recorded("withdraw-application")
def withdraw_application(*, asked: Request, on: date) -> Request:
    """Take the application back, as whoever has its link. Raises `CannotDecide` once decided."""
    asked = Request.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    refuse_if([] if asked.is_open else [decided_blocker(asked)], CannotDecide)
    told = _("Taken back by whoever asked, under the link.")
    return settle(asked, Request.State.WITHDRAWN, on=max(on, asked.asked_on), by=None, reason=told)
