"""Asking for a change, and deciding on it: each one act in one transaction (A1, A3, A6).

A decision locks the member and then the request, reads the request again, and does what it grants:
of two decisions at the same moment one stands, and the other is told.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, field_blockers, refuse_if
from audit.rulebook import statutes
from cells.foresight import TOLD, carry_out
from cells.request_blockers import (
    cell_blockers,
    contradicting,
    day_blockers,
    deciding_blockers,
    deciding_unit,
    detached_to,
    detachment_blockers,
    exit_blockers,
    granting_blockers,
    open_blockers,
    readmission_blockers,
    transfer_blockers,
    withdrawing_blockers,
)
from districts.models import Locality, Unit, Workplace
from members.belonging import keeps_exceptions
from members.employments import start_employment
from members.membership import admit_member, end_membership, readmit_member
from members.merging import moves_with_merging
from members.models import Leaving, Member, Request
from members.registrations import change_cell, lock_member

Kind, State, Basis = Request.Kind, Request.State, Request.Basis


class CannotAsk(Refused):
    """A request that could not be made."""


class CannotDecide(Refused):
    """A request that could not be granted, refused or withdrawn."""


# Asking -------------------------------------------------------------------------------------------


@recorded("ask-admission")
def ask_for_admission(
    *,
    family_name: str,
    cell: Unit,
    on: date,
    given_name: str = "",
    born: date | None = None,
    email: str = "",
    phone: str = "",
    address: str = "",
    locality: Locality | None = None,
    workplace: Workplace | None = None,
    reason: str = "",
    by: Any = None,
) -> Request:
    """Ask that a person be admitted to `cell`; its district or local group decides.

    `by` is the account that enters it; the work at `workplace` is entered with the admission.
    Raises `CannotAsk`.
    """
    request = Request(
        kind=Kind.ADMISSION,
        family_name=family_name,
        given_name=given_name,
        born=born,
        email=email,
        phone=phone,
        address=address,
        locality=locality,
        workplace=workplace,
    )
    return keep_request(
        request, cell=cell, on=on, reason=reason, by=by, also=cell_blockers(cell, on)
    )


@recorded("ask-readmission")
def ask_for_readmission(
    *, member: Member, cell: Unit, on: date, reason: str = "", by: Any = None
) -> Request:
    """Ask that somebody who left be a member again, in `cell`. Raises `CannotAsk`."""
    member = lock_member(member)
    also = [*readmission_blockers(member, on), *cell_blockers(cell, on)]
    request = Request(kind=Kind.READMISSION, member=member)
    return keep_request(request, cell=cell, on=on, reason=reason, by=by, also=also)


@recorded("ask-transfer")
def ask_for_transfer(
    *,
    member: Member,
    cell: Unit,
    on: date,
    reason: str = "",
    exception: bool = False,
    by: Any = None,
) -> Request:
    """Ask for another cell; the lowest unit above both decides.

    Where the articles name another cell than `cell`, this is possible only as an `exception` with a
    reason, and stays listed as one. Raises `CannotAsk` (A1, A2, A3, A6).
    """
    member = lock_member(member)
    also = transfer_blockers(member=member, cell=cell, on=on, exception=exception, reason=reason)
    against = exception and contradicting(member, cell, on) is not None and bool(reason.strip())
    basis = Basis.EXCEPTION if against else Basis.ARTICLES
    request = Request(kind=Kind.TRANSFER, member=member, basis=basis)
    return keep_request(request, cell=cell, on=on, reason=reason, by=by, also=also)


@recorded("ask-detachment")
def ask_for_detachment(*, member: Member, on: date, reason: str = "", by: Any = None) -> Request:
    """Ask for detachment from the factory cell to the cell at the place of residence (A6).

    The district or the local group of the factory cell decides. Raises `CannotAsk`, before the
    period is over with the day from which it can be asked for.
    """
    member = lock_member(member)
    also = detachment_blockers(member, on)
    request = Request(kind=Kind.DETACHMENT, member=member)
    cell = None if also else detached_to(member, on)
    return keep_request(request, cell=cell, on=on, reason=reason, by=by, also=also)


@recorded("ask-exit")
def ask_to_leave(*, member: Member, on: date, reason: str = "", by: Any = None) -> Request:
    """Ask that the membership end. Raises `CannotAsk`."""
    member = lock_member(member)
    request = Request(kind=Kind.EXIT, member=member)
    return keep_request(
        request, cell=None, on=on, reason=reason, by=by, also=exit_blockers(member, on)
    )


def keep_request(
    request: Request,
    *,
    cell: Unit | None,
    on: date,
    reason: str,
    by: Any,
    also: Iterable[Blocker],
    to: Unit | None = None,
) -> Request:
    """Keep the request, if neither `also` nor what holds for all requests stands in the way.

    Where no cell is named, the unit `to` decides. Raises `CannotAsk`.
    """
    member, kind = request.member, request.kind
    standing = open_blockers(member, kind) if member else ()
    refuse_if([*day_blockers(on), *standing, *also], CannotAsk)
    request.cell, request.asked_on, request.asked_by = cell, on, by
    request.due_on = on + timedelta(days=statutes().request_days)
    request.reason = reason
    request.unit = deciding_unit(kind=kind, member=member, cell=cell, on=on) or to
    refuse_if(field_blockers(request), CannotAsk)
    request.save(force_insert=True)
    return request


# Deciding -----------------------------------------------------------------------------------------


@recorded("grant-request")
def grant_request(
    *,
    request: Request,
    on: date,
    by: Any,
    takes_effect: date | None = None,
    reason: str = "",
    cell: Unit | None = None,
    workplace: Workplace | None = None,
) -> Request:
    """Grant the request, and do what it asks for from `takes_effect` on, the day `on` if none.

    `by` is the account that decides, `cell` and `workplace` those that it chooses where an
    application names none. Raises `CannotDecide` with all that stands in the way.
    """
    request, effect = _locked(request), takes_effect or on
    refuse_if(granting_blockers(request, by, on, effect, chosen=cell), CannotDecide)
    request.cell = request.cell or cell
    if request.kind == Kind.ADMISSION:
        request.workplace = request.workplace or workplace
    request.takes_effect, request.member = effect, _carry_out(request, effect)
    granted = settle(request, State.GRANTED, on=on, by=by, reason=reason)
    if request.kind == Kind.EXIT:
        for other in Request.objects.open().filter(member=request.member):
            day = max(on, other.asked_on)
            settle(other, State.WITHDRAWN, on=day, by=by, reason=_("The membership ends."))
    return granted


@recorded("refuse-request")
def refuse_request(*, request: Request, on: date, by: Any, reason: str) -> Request:
    """Refuse the request, for a reason. Raises `CannotDecide`."""
    request = _locked(request)
    blockers = deciding_blockers(request, by, on)
    if not reason.strip():
        blockers.append(Blocker(_("A refusal has a reason.")))
    refuse_if(blockers, CannotDecide)
    return settle(request, State.REFUSED, on=on, by=by, reason=reason)


@recorded("withdraw-request")
def withdraw_request(*, request: Request, on: date, by: Any, reason: str = "") -> Request:
    """Take the request back: the member, whoever entered it, or whoever decides.

    Raises `CannotDecide`.
    """
    request = _locked(request)
    refuse_if(withdrawing_blockers(request, by, on), CannotDecide)
    return settle(request, State.WITHDRAWN, on=on, by=by, reason=reason)


def _locked(request: Request) -> Request:
    """The request afresh and locked to the end of the transaction, its member before it.

    Every act locks the member first, so that none waits crosswise for another.
    """
    now = Request.objects.select_related("member").get(pk=request.pk)
    if now.member is not None:
        lock_member(now.member)
    # Alone: what is joined to a row that was waited for is that of the row as it was before.
    return Request.objects.select_for_update().get(pk=request.pk)


def _carry_out(request: Request, on: date) -> Member | None:
    """Do what was asked for, and return whom it concerns."""
    kind, member, cell = request.kind, request.member, request.cell
    if kind == Kind.EXIT and member:
        return end_membership(member=member, on=on, reason=Leaving.RESIGNED)
    if kind == Kind.READMISSION and member and cell:
        return readmit_member(member=member, on=on, cell=cell)
    if kind == Kind.ADMISSION and cell:
        newcomer = admit_member(joined=on, cell=cell, **applicant(request))
        if request.workplace is not None:  # without it nothing would explain the cell (A1)
            start_employment(member=newcomer, workplace=request.workplace, since=on)
        return newcomer
    if kind in TOLD:
        return carry_out(request, on)
    if member and cell:
        change_cell(member=member, to=cell, on=on)
    return member


def applicant(request: Request) -> dict[str, Any]:
    """What is known of a person who asks to be admitted."""
    names = ("family_name", "given_name", "born", "email", "phone", "address", "locality")
    return {name: getattr(request, name) for name in names}


def settle(request: Request, state: str, *, on: date, by: Any, reason: str) -> Request:
    """Write down what became of a locked request: a part of the acts. Raises `CannotDecide`."""
    request.state, request.decided_on, request.decided_by = state, on, by
    request.decision_reason = reason
    refuse_if(field_blockers(request), CannotDecide)
    request.save(
        update_fields=[
            *("state", "decided_on", "decided_by", "decision_reason"),
            *("member", "takes_effect", "cell", "workplace"),
        ]
    )
    return request


@moves_with_merging
def move_requests(keep: Member, gone: Member) -> None:
    """The requests of both numbers are one person's; of two that wait the later is withdrawn."""
    waiting = {row.kind: row for row in Request.objects.open().filter(member=keep)}
    for row in Request.objects.select_for_update().filter(member=gone):
        other = waiting.get(row.kind) if row.is_open else None
        if other is not None:
            first, later = sorted((other, row), key=lambda one: (one.asked_on, one.pk))
            reason = _("Asked twice, under two numbers of one person: see request %(number)s.")
            day = max(later.asked_on, timezone.localdate())
            text = reason % {"number": first.pk}
            settle(later, State.WITHDRAWN, on=day, by=None, reason=text)
        row.member = keep
        row.save(update_fields=["member"])


@keeps_exceptions
@recorded("keep-exception")
def keep_exception(*, member: Member, cell: Unit, on: date, reason: str, by: Any) -> Request:
    """Keep that a member was moved to `cell` against what the articles say, for a reason.

    It stays listed as a transfer that was granted as an exception. Raises `CannotDecide`: nobody
    decides for himself or herself.
    """
    if by is not None and by.member_id == member.pk:
        raise CannotDecide(Blocker(_("Nobody decides on an exception for himself or herself.")))
    unit = deciding_unit(kind=Kind.TRANSFER, member=member, cell=cell, on=on)
    today = timezone.localdate()
    return Request.objects.create(
        kind=Kind.TRANSFER,
        member=member,
        unit=unit,
        cell=cell,
        asked_on=today,
        due_on=today,
        asked_by=by,
        reason=reason,
        basis=Basis.EXCEPTION,
        state=State.GRANTED,
        decided_on=today,
        decided_by=by,
        takes_effect=on,
    )
