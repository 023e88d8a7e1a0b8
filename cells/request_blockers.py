"""Who decides a request, and all that stands in the way of one (A1, A2, A3, A6, A7).

The acts in `cells.requests` refuse on the same lists that the pages show beforehand.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.refusals import Blocker
from audit.rulebook import statutes
from cells.foresight import TOLD, told_blockers
from cells.placement import Advice, Why, advice_by_residence, advice_for, sentences
from districts.kinds import CELLS, article_of_cell
from districts.models import Unit
from districts.roles import CHANGE
from districts.scope import ground
from members.membership import ending_blockers
from members.models import Member, Registration, Request
from members.registrations import keeps_at_home, leaving_blockers, placing_blockers

HOME = Registration.Kind.HOME


# Who decides --------------------------------------------------------------------------------------


def deciding_unit(*, kind: str, member: Member | None, cell: Unit | None, on: date) -> Unit | None:
    """The unit whose secretary decides: None where only the whole organisation can.

    That is the leader of the present home cell for a detachment (A6) and an exit, the leader of the
    cell asked for in an admission, and for a transfer the lowest unit above both cells. What a
    member tells is decided like a transfer where it leads to another cell, or else at home.
    """
    if kind in (Request.Kind.ADMISSION, Request.Kind.READMISSION):
        return cell.parent if cell else None
    home = home_on(member, on) if member else None
    if home is None:
        return cell.parent if cell and kind in TOLD else None
    if cell and kind in TOLD:
        return unit_above(home.unit, cell)
    if kind == Request.Kind.TRANSFER:
        return unit_above(home.unit, cell) if cell else None
    return home.unit.parent if home.unit.kind in CELLS else home.unit


def unit_above(one: Unit, other: Unit) -> Unit | None:
    """The lowest unit above both cells: None where they stand in two trees. One query."""
    if one.tree_id != other.tree_id:
        return None
    above: Unit | None = (
        Unit.objects.filter(
            tree_id=one.tree_id,
            lft__lt=min(one.lft, other.lft),
            rght__gt=max(one.rght, other.rght),
        )
        .order_by("-level")
        .first()
    )
    return above


def may_decide(request: Request, account: Any) -> bool:
    """Whether the account may decide: by a role on the deciding unit or above, nobody for himself.

    A role on a cell below is not enough (A6). One query.
    """
    return not _is_own(request, account) and _holds(request, account)


def may_withdraw(request: Request, account: Any) -> bool:
    """Whether the account may take the request back.

    That is the member, who entered it, who decides, and who keeps the register of the home cell.
    """
    asked = request.asked_by_id is not None and account.pk == request.asked_by_id
    if asked or _is_own(request, account) or _holds(request, account):
        return True
    home = home_on(request.member, timezone.localdate()) if request.member else None
    return home is not None and ground(account, CHANGE).has(home.unit.tree_id, home.unit.lft)


def _is_own(request: Request, account: Any) -> bool:
    return request.member_id is not None and account.member_id == request.member_id


def _holds(request: Request, account: Any) -> bool:
    held = ground(account, CHANGE)
    unit = request.unit
    return held.everywhere if unit is None else held.has(unit.tree_id, unit.lft)


# Asking -------------------------------------------------------------------------------------------


def day_blockers(on: date) -> Iterator[Blocker]:
    """Neither a request nor a decision is entered before it was made."""
    if on > timezone.localdate():
        yield Blocker(_("A request and a decision are entered when they have been made."))


def open_blockers(member: Member, kind: str) -> Iterator[Blocker]:
    """Of each kind a member has one request that waits."""
    waiting = Request.objects.open().filter(member=member, kind=kind).first()
    if waiting is not None:
        reason = _("Asked on %(day)s already, and not decided yet: %(what)s.")
        values = {"what": waiting.get_kind_display(), "day": day_in_words(waiting.asked_on)}
        yield Blocker(reason % values)


def cell_blockers(cell: Unit, on: date) -> Iterator[Blocker]:
    """Whether somebody can ask for `cell` at all."""
    if cell.kind not in CELLS:
        yield Blocker(_("%(unit)s is no cell.") % {"unit": cell}, "A1")
    if not cell.is_open(on):
        yield Blocker(
            _("%(unit)s is not open on that day.") % {"unit": cell}, article_of_cell(cell.kind)
        )


def transfer_blockers(
    *, member: Member, cell: Unit, on: date, exception: bool, reason: str
) -> list[Blocker]:
    """All that keeps the member from going over to `cell`.

    Where the articles name another cell, only an exception with a reason is left; who is out of
    work goes by a detachment alone (A6).
    """
    home = home_on(member, on)
    blockers = [
        *placing_blockers(member=member, unit=cell, kind=HOME, on=on),
        *leaving_blockers(member, home, cell, HOME, on),
    ]
    advice = contradicting(member, cell, on)
    if advice is None:
        return blockers
    if advice.why == Why.UNEMPLOYED:
        blockers.append(_stays(member, advice))
    elif not exception:
        only = _("By the articles %(member)s belongs to %(cell)s; ask for an exception.")
        blockers.append(Blocker(only % {"member": member, "cell": advised(advice)}, advice.article))
    elif not reason.strip():
        blockers.append(Blocker(_("An exception has a reason."), advice.article))
    return blockers


def contradicting(member: Member, cell: Unit, on: date) -> Advice | None:
    """The advice that names another cell than `cell`, if there is one."""
    advice = advice_for(member, on)
    return advice if advice and advice.cell not in (None, cell.pk) else None


@keeps_at_home
def bound_by_work(member: Member, to: Unit, on: date) -> Iterator[Blocker]:
    """Who is out of work leaves the cell of the last workplace by a granted detachment (A6)."""
    advice, home = contradicting(member, to, on), home_on(member, on)
    if advice and home and advice.why == Why.UNEMPLOYED and home.unit_id == advice.cell:
        yield _stays(member, advice)


def _stays(member: Member, advice: Advice) -> Blocker:
    reason = _("%(member)s stays with %(cell)s until the district grants a detachment.")
    return Blocker(reason % {"member": member, "cell": advised(advice)}, "A6")


def exit_blockers(member: Member, on: date) -> list[Blocker]:
    """All that keeps the membership from ending by a request."""
    return list(ending_blockers(member, on))


def readmission_blockers(member: Member, on: date) -> Iterator[Blocker]:
    """Only somebody who left is readmitted."""
    if member.left is None or member.left > on:
        yield Blocker(_("%(member)s is a member on that day.") % {"member": member})
    if member.is_erased:
        yield Blocker(_("This person was erased; admit him or her anew."))


# Detachment (A6) ----------------------------------------------------------------------------------


def detachable_from(until: date, months: int) -> date:
    """The day from which a detachment can be asked for: `months` after the last work ended.

    The same day of the month, or the last one of a month that is shorter.
    """
    years, month = divmod(until.month - 1 + months, 12)
    year, month = until.year + years, month + 1
    return until.replace(year=year, month=month, day=min(until.day, monthrange(year, month)[1]))


def detachment_blockers(member: Member, on: date) -> list[Blocker]:
    """All that keeps the member from being detached from the factory cell on the day `on` (A6)."""
    if not member.is_present(on):
        return [Blocker(_("%(member)s is not a member on that day.") % {"member": member})]
    return [
        *_work_blockers(member, on),
        *_home_blockers(member, on),
        *_residence_blockers(member, on),
    ]


def detached_to(member: Member, on: date) -> Unit | None:
    """The cell at the place of residence that a detachment leads to, where one is known."""
    advice = advice_by_residence(member, on)
    found: Unit | None = Unit.objects.filter(pk=advice.cell).first() if advice else None
    return found


def _work_blockers(member: Member, on: date) -> Iterator[Blocker]:
    """Out of work, for the whole period, and not detached since."""
    running = member.employments.in_force(on).select_related("workplace").first()
    if running is not None:
        reason = _("%(member)s works at %(place)s; only who is out of work is detached.")
        yield Blocker(reason % {"member": member, "place": running.workplace}, "A6")
        return
    last = member.employments.filter(since__lte=on).order_by(F("until").desc()).first()
    if last is None or last.until is None or last.until <= member.joined:
        reason = _("%(member)s has lost no work as a member, and is bound to no factory cell.")
        yield Blocker(reason % {"member": member}, "A6")
        return
    granted = Request.objects.filter(
        member=member,
        kind=Request.Kind.DETACHMENT,
        state=Request.State.GRANTED,
        takes_effect__gte=last.until,
    ).first()
    if granted is not None and granted.takes_effect is not None:
        reason = _("%(member)s is detached from %(day)s already.")
        day = day_in_words(granted.takes_effect)
        yield Blocker(reason % {"member": member, "day": day}, "A6")
    earliest = detachable_from(last.until, statutes().prolonged_unemployment_months)
    if on < earliest:
        reason = _(
            "%(member)s is out of work since %(since)s; a detachment can be asked for from %(day)s."
        )
        days = {"since": day_in_words(last.until), "day": day_in_words(earliest)}
        yield Blocker(reason % {"member": member, **days}, "A6")


def _home_blockers(member: Member, on: date) -> Iterator[Blocker]:
    """At home in the cell that the last work binds the member to."""
    home = home_on(member, on)
    if home is None:
        reason = _("%(member)s has no home cell on that day; register first.")
        yield Blocker(reason % {"member": member}, "A1")
    advice = advice_for(member, on)
    if advice and advice.why == Why.UNCOVERED and not member.employments.in_force(on).exists():
        reason = _("No cell is responsible for the last workplace, so there is none to leave.")
        yield Blocker(reason, "A2")
    if home and advice and advice.why == Why.UNEMPLOYED and home.unit_id != advice.cell:
        reason = _("%(member)s belongs to %(cell)s until then, and is registered elsewhere.")
        yield Blocker(reason % {"member": member, "cell": advised(advice)}, "A6")
    later = member.registrations.filter(kind=HOME, since__gt=on).select_related("unit").first()
    if later is not None:
        reason = _("A change to %(unit)s on %(day)s is planned already.")
        yield Blocker(reason % {"unit": later.unit, "day": day_in_words(later.since)}, "A1")


def _residence_blockers(member: Member, on: date) -> Iterator[Blocker]:
    """A cell at the place of residence is known, and it is another one."""
    there = advice_by_residence(member, on)
    if there is None:
        return
    if there.cell is None:
        yield Blocker(sentences([there])[member.pk], there.article)
        return
    home = home_on(member, on)
    if home is not None and home.unit_id == there.cell:
        reason = _("%(cell)s is the cell of the residence too.")
        yield Blocker(reason % {"cell": home.unit}, there.article)


# Deciding -----------------------------------------------------------------------------------------


def deciding_blockers(request: Request, by: Any, on: date) -> list[Blocker]:
    """All that keeps the account from deciding, whatever the decision is."""
    if not request.is_open:
        return [decided_blocker(request)]
    blockers = list(day_blockers(on))
    if on < request.asked_on:
        blockers.append(_asked_later(request))
    if _is_own(request, by):
        blockers.append(Blocker(_("Nobody decides on a request of his or her own.")))
    elif not _holds(request, by):
        reason = _("This is for the secretary of %(unit)s, or of a unit above it.")
        unit = {"unit": request.unit or _("the whole organisation")}
        blockers.append(Blocker(reason % unit, request.article))
    return blockers


def withdrawing_blockers(request: Request, by: Any, on: date) -> list[Blocker]:
    """All that keeps the account from taking the request back."""
    if not request.is_open:
        return [decided_blocker(request)]
    blockers = list(day_blockers(on))
    if on < request.asked_on:
        blockers.append(_asked_later(request))
    if not may_withdraw(request, by):
        reason = _("A request is taken back by whoever asked, entered or decides it.")
        blockers.append(Blocker(reason))
    return blockers


def _asked_later(request: Request) -> Blocker:
    reason = _("It was asked on %(day)s only.")
    return Blocker(reason % {"day": day_in_words(request.asked_on)})


def decided_blocker(request: Request) -> Blocker:
    """What to tell whoever comes second."""
    reason = _("This request was decided on %(day)s already: %(state)s%(by)s.")
    account = request.decided_by
    return Blocker(
        reason
        % {
            "day": day_in_words(request.decided_on) if request.decided_on else "",
            "state": request.get_state_display(),
            "by": _(" by %(account)s") % {"account": account} if account else "",
        }
    )


def granting_blockers(
    request: Request, by: Any, on: date, takes_effect: date, *, chosen: Unit | None = None
) -> list[Blocker]:
    """All that keeps the account from granting the request with effect from `takes_effect`.

    `chosen` is the cell for an application that names none.
    """
    blockers = deciding_blockers(request, by, on)
    if not request.is_open:
        return blockers
    if takes_effect < on:
        blockers.append(Blocker(_("It takes effect on the day it is granted or later.")))
    if names_no_cell(request):
        return [*blockers, *_chosen_blockers(chosen, takes_effect)]
    return [*blockers, *_stale_blockers(request, on), *_effect_blockers(request, takes_effect)]


def names_no_cell(request: Request) -> bool:
    """Whether it is an application for which nobody could tell the cell."""
    return request.kind == Request.Kind.ADMISSION and request.cell_id is None


def _chosen_blockers(cell: Unit | None, on: date) -> Iterator[Blocker]:
    if cell is None:
        yield Blocker(_("The application names no cell: choose one."))
    else:
        yield from cell_blockers(cell, on)


def _stale_blockers(request: Request, on: date) -> Iterator[Blocker]:
    """What has changed since it was asked: who decides, or which cell is meant."""
    unit = deciding_unit(kind=request.kind, member=request.member, cell=request.cell, on=on)
    if (unit and unit.pk) != request.unit_id:
        reason = _("Since it was asked, it has become for %(unit)s to decide; ask anew.")
        yield Blocker(reason % {"unit": unit or _("the whole organisation")})
    if request.kind == Request.Kind.DETACHMENT and request.member:
        there = detached_to(request.member, on)
        if there is not None and there.pk != request.cell_id:
            reason = _("By the residence it is now %(cell)s that the member goes to; ask anew.")
            yield Blocker(reason % {"cell": there}, "A3")


def _effect_blockers(request: Request, on: date) -> list[Blocker]:
    """What of the resulting act cannot be done on the day."""
    kind, member, cell = request.kind, request.member, request.cell
    if kind == Request.Kind.DETACHMENT and member:
        return detachment_blockers(member, on)
    if kind == Request.Kind.TRANSFER and member and cell:
        exception = request.basis == Request.Basis.EXCEPTION
        return transfer_blockers(
            member=member, cell=cell, on=on, exception=exception, reason=request.reason
        )
    if kind in TOLD:
        return told_blockers(request, on)
    if kind == Request.Kind.EXIT and member:
        return exit_blockers(member, on)
    if kind == Request.Kind.READMISSION and member and cell:
        return [*readmission_blockers(member, on), *cell_blockers(cell, on)]
    return list(cell_blockers(cell, on)) if cell else []


# Words --------------------------------------------------------------------------------------------


def home_on(member: Member, on: date) -> Registration | None:
    """The home registration that holds on the day. One query."""
    homes = member.registrations.filter(kind=HOME).in_force(on)
    return homes.select_related("unit__parent").first()


def advised(advice: Advice) -> Unit:
    """The cell that an advice names."""
    found: Unit = Unit.objects.get(pk=advice.cell)
    return found
