"""What follows from a new address, new work or a loss of work that a member tells (A1, A3, A4, A6).

It is found by doing what is told and taking it back, so that nothing has to foretell what the acts
do. Where nothing follows for the member's place, a new address needs nobody's decision.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from audit.log import recording
from audit.refusals import Blocker, Refused
from districts.acts import sentence
from districts.models import Unit
from members.belonging import Belonging, belongings
from members.employments import CannotEmploy, end_employment, start_employment
from members.membership import move_house
from members.models import Employment, Member, Registration, Request
from members.registrations import change_cell, lock_member, register_member
from members.residence import before

Kind = Request.Kind
TOLD = (Kind.ADDRESS, Kind.WORK, Kind.JOBLESS)
MAIN = Employment.Standing.MAIN


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What follows: where the member belongs then, and the cell to go over to, None to stay.

    `residence` are sentences on the registration as a resident that ends or begins (A4).
    """

    belonging: Belonging | None
    cell: Unit | None
    residence: tuple[str, ...]

    @property
    def moves(self) -> bool:
        """Whether anything follows for the member's place."""
        return self.cell is not None or bool(self.residence)


class _TakenBack(Exception):
    def __init__(self, foreseen: Foreseen) -> None:
        super().__init__()
        self.foreseen = foreseen


def foresee(request: Request, on: date) -> Foreseen:
    """What follows from what the `request` tells, if it takes effect on the day `on`.

    Everything is taken back. Raises `Refused` where it cannot be done.
    """
    try:
        with recording("foresee"):
            raise _TakenBack(_done(request, on))
    except _TakenBack as taken:
        return taken.foreseen


def carry_out(request: Request, on: date) -> Member:
    """Enter what is told, and let the member go over to the request's cell on the day `on`."""
    member = _member(request)
    _enter(request, member)
    if request.cell is not None:
        _go(member, request.cell, on)
    return member


def told_blockers(request: Request, on: date) -> list[Blocker]:
    """All that keeps what is told from being entered; also that by now it leads to another cell."""
    try:
        found = foresee(request, on).cell
    except Refused as refused:
        return list(refused.blockers)
    if (found and found.pk) == request.cell_id:
        return []
    if found is None:
        return [Blocker(_("By now it leads to no other cell; ask anew."), request.article)]
    reason = _("By now it leads to %(cell)s; ask anew.")
    return [Blocker(reason % {"cell": found}, request.article)]


def _done(request: Request, on: date) -> Foreseen:
    member = _member(request)
    was, known = _belonging(member, on), before(member)
    _enter(request, member)
    now = _belonging(member, on)
    cell = _next_cell(member, was, now, on)
    if cell is not None:
        _go(member, cell, on)
    return Foreseen(now, cell, tuple(known.told(sentence)))


def _member(request: Request) -> Member:
    if request.member is None:
        raise CannotEmploy(Blocker(_("Only a member tells what has changed.")))
    return lock_member(request.member)


def _belonging(member: Member, on: date) -> Belonging | None:
    return belongings([member.pk], on).get(member.pk)


def _next_cell(
    member: Member, was: Belonging | None, now: Belonging | None, on: date
) -> Unit | None:
    """The cell that the articles name now, and did not name before."""
    home = _home(member, on)
    if now is None or now.cell is None or (home and home.unit_id == now.cell.pk):
        return None
    if home is not None and was is not None and was.cell is not None and was.cell == now.cell:
        return None  # he or she stood elsewhere before, and this changes nothing about it
    return now.cell


def _go(member: Member, cell: Unit, on: date) -> None:
    if _home(member, on) is None:
        register_member(member=member, unit=cell, since=on)
    else:
        change_cell(member=member, to=cell, on=on)


def _home(member: Member, on: date) -> Registration | None:
    return member.registrations.filter(kind=Registration.Kind.HOME).in_force(on).first()


def _enter(request: Request, member: Member) -> None:
    since = request.holds_since
    if since is None:
        raise CannotEmploy(Blocker(_("What has changed has a day.")))
    if request.kind == Kind.ADDRESS:
        move_house(member=member, address=request.address, locality=request.locality, on=since)
    elif request.workplace is not None and request.kind == Kind.WORK:
        if request.standing == MAIN:
            for job in member.employments.in_force(since).filter(standing=MAIN):
                end_employment(employment=job, on=since)
        start_employment(
            member=member,
            workplace=request.workplace,
            since=since,
            standing=request.standing or MAIN,
        )
    else:
        end_employment(employment=_job(request, member, since), on=since)


def _job(request: Request, member: Member, since: date) -> Employment:
    """The work at the request's workplace that is lost. Raises `CannotEmploy`."""
    jobs = member.employments.filter(workplace=request.workplace).in_force(since)
    job: Employment | None = jobs.first()
    if job is None:
        reason = _("%(member)s does not work at %(place)s on that day.")
        values = {"member": member, "place": request.workplace}
        raise CannotEmploy(Blocker(reason % values, "A6"))
    return job
