"""A member tells what has changed: a new address, new work, a loss of work, a wrong entry.

Each is a request that the secretary decides, and what is told is entered when it is granted. A new
address from which nothing follows for the member's cell and registrations is entered at once.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.log import recorded
from audit.refusals import Blocker, refuse_if
from cells.foresight import Foreseen, foresee
from cells.request_blockers import open_blockers
from cells.requests import CannotAsk, keep_request
from districts.models import Locality, Workplace
from members.membership import move_house
from members.models import Member, Request
from members.registrations import lock_member

Kind = Request.Kind


def address_told(member: Member, address: str, locality: Locality, since: date) -> Request:
    """The unsaved request of a new address, to foresee what follows from it (A3, A4)."""
    return Request(
        kind=Kind.ADDRESS, member=member, address=address, locality=locality, holds_since=since
    )


def work_told(member: Member, workplace: Workplace, standing: str, since: date) -> Request:
    """The same of new work, in place of the present one or beside it (A1, A2)."""
    return Request(
        kind=Kind.WORK, member=member, workplace=workplace, standing=standing, holds_since=since
    )


def loss_told(member: Member, workplace: Workplace, since: date) -> Request:
    """The same of a loss of work (A6)."""
    return Request(kind=Kind.JOBLESS, member=member, workplace=workplace, holds_since=since)


def foreseen_of(told: Request, on: date) -> Foreseen:
    """What follows from what is told. Raises `Refused` with all that stands in the way."""
    refuse_if(telling_blockers(told, on), CannotAsk)
    return foresee(told, on)


def telling_blockers(told: Request, on: date) -> list[Blocker]:
    """What keeps the member from telling it: one that waits, a day to come, no membership."""
    member, since = told.member, told.holds_since
    blockers = list(open_blockers(member, told.kind)) if member else []
    if since is not None and since > on:
        blockers.append(Blocker(_("Please tell it when it has happened.")))
    if member is None or not member.is_present(on):
        blockers.append(Blocker(_("Only a member tells what has changed.")))
    elif since is not None and since < member.joined:
        reason = _(
            "You are a member since %(day)s: tell what was before under “Something about me is "
            "wrong”."
        )
        blockers.append(Blocker(reason % {"day": day_in_words(member.joined)}))
    return blockers


@recorded("tell-change")
def tell(*, told: Request, on: date, by: Any, reason: str = "") -> Request | None:
    """Ask that what is `told` be entered; None for an address that was entered at once.

    `told` is one of the unsaved requests that this module makes. Raises `Refused` with all that
    stands in the way.
    """
    member = told.member = lock_member(_of(told))
    foreseen = foreseen_of(told, on)
    if told.kind == Kind.ADDRESS and not foreseen.moves and told.holds_since is not None:
        move_house(member=member, address=told.address, locality=told.locality, on=told.holds_since)
        return None
    return keep_request(told, cell=foreseen.cell, on=on, reason=reason, by=by, also=())


@recorded("ask-correction")
def ask_for_correction(*, member: Member, on: date, reason: str, by: Any) -> Request:
    """Ask that something wrong in the register be put right; `reason` says what.

    Raises `CannotAsk`.
    """
    member = lock_member(member)
    also = [] if reason.strip() else [Blocker(_("Please say what is wrong."))]
    request = Request(kind=Kind.CORRECTION, member=member)
    return keep_request(request, cell=None, on=on, reason=reason, by=by, also=also)


def _of(told: Request) -> Member:
    if told.member is None:
        raise CannotAsk(Blocker(_("Only a member tells what has changed.")))
    return told.member
