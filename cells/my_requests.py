"""What members ask for on their own pages: another cell, a detachment, an exit; and what waits."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.days import day_in_words
from audit.refusals import Blocker, refuse_if
from cells.my_picks import CELL, PlainPick, cells_near
from cells.my_telling import asked_of
from cells.request_blockers import (
    contradicting,
    deciding_unit,
    detached_to,
    detachment_blockers,
    exit_blockers,
    open_blockers,
    transfer_blockers,
)
from cells.requests import (
    CannotAsk,
    ask_for_detachment,
    ask_for_transfer,
    ask_to_leave,
    withdraw_request,
)
from districts.acts import Text
from districts.models import Unit
from members.asking import Ask, asks, takes_back, tells_requests
from members.models import Account, Member, Request
from members.portal import Waiting, waits

Kind, State = Request.Kind, Request.State
FRESH = timedelta(days=30)  # that long a decision stands on the first page


@asks
class Transfer(Ask):
    """Another cell."""

    name = "transfer"
    title = lazy("I want to go over to another cell")
    explanation = lazy(
        "The lowest unit above both cells decides. Where the articles name another cell than the "
        "one you ask for, it needs an exception, and an exception needs a reason."
    )
    order = 50
    looked_at = True
    looks_up = True

    cell = PlainPick(
        CELL,
        label=lazy("To which cell"),
        help_text=lazy("Its code or name; of a cell in another district, its code."),
    )

    def adapt(self) -> None:
        # The stubs know a form's field by its base class alone.
        self.fields["cell"].offer(cells_near(self.member))  # type: ignore[attr-defined]

    def foreseen(self) -> Iterable[Blocker]:
        return open_blockers(self.member, Kind.TRANSFER)

    def foretold(self) -> Iterator[tuple[str, Text]]:
        cell, today = self._cell(), timezone.localdate()
        against = contradicting(self.member, cell, today)
        refuse_if(
            transfer_blockers(
                member=self.member,
                cell=cell,
                on=today,
                exception=against is not None,
                reason=self.cleaned_data["reason"],
            ),
            CannotAsk,
        )
        yield "", _("You would go over to the cell %(cell)s.") % {"cell": cell}
        if against is not None:
            text = _("The articles name another cell, so you ask for an exception.")
            yield against.article, text
        unit = deciding_unit(kind=Kind.TRANSFER, member=self.member, cell=cell, on=today)
        yield "", _decides(unit)

    def perform(self) -> Text:
        cell, today = self._cell(), timezone.localdate()
        asked = ask_for_transfer(
            member=self.member,
            cell=cell,
            on=today,
            reason=self.cleaned_data["reason"],
            exception=contradicting(self.member, cell, today) is not None,
            by=self.account,
        )
        return asked_of(asked)

    def _cell(self) -> Unit:
        cell: Unit = self.cleaned_data["cell"]
        return cell


@asks
class Detachment(Ask):
    """Detachment from the factory cell after prolonged unemployment (A6)."""

    name = "detachment"
    title = lazy("I want to be detached after long unemployment")
    explanation = lazy(
        "After prolonged unemployment you may go over to the cell at your place of residence. The "
        "district or the local group of your present cell decides."
    )
    article = "A6"
    order = 40

    @classmethod
    def applies_to(cls, member: Member, on: date) -> bool:
        return member.is_present(on) and member.employments.filter(since__lte=on).exists()

    def facts(self) -> Iterator[tuple[Text, Any]]:
        today = timezone.localdate()
        last = self.member.employments.filter(since__lte=today).order_by("-until", "-pk").first()
        if self.member.employments.in_force(today).exists():
            text = _("By the register you have work. If you lost it, tell that first.")
            yield lazy("Out of work since"), text
        elif last is not None and last.until is not None:
            yield lazy("Out of work since"), day_in_words(last.until)
        there = detached_to(self.member, today)
        if there is not None:
            yield lazy("To the cell of your residence"), there
        unit = deciding_unit(kind=Kind.DETACHMENT, member=self.member, cell=None, on=today)
        yield lazy("Decided by"), unit or _("the whole organisation")

    def foreseen(self) -> Iterable[Blocker]:
        today = timezone.localdate()
        waiting = list(open_blockers(self.member, Kind.DETACHMENT))
        return waiting or detachment_blockers(self.member, today)

    def perform(self) -> Text:
        asked = ask_for_detachment(
            member=self.member,
            on=timezone.localdate(),
            reason=self.cleaned_data["reason"],
            by=self.account,
        )
        return asked_of(asked)


@asks
class Leave(Ask):
    """Leaving the organisation."""

    name = "exit"
    title = lazy("I want to leave the organisation")
    explanation = lazy(
        "The membership ends on the day on which the decision takes effect, and with it all that "
        "you hold and have asked for. Until then you can take this back."
    )
    order = 90
    button = lazy("Ask to leave")

    sure = forms.BooleanField(label=lazy("Yes, I want to leave"))

    def foreseen(self) -> Iterable[Blocker]:
        today = timezone.localdate()
        return [*open_blockers(self.member, Kind.EXIT), *exit_blockers(self.member, today)]

    def perform(self) -> Text:
        asked = ask_to_leave(
            member=self.member,
            on=timezone.localdate(),
            reason=self.cleaned_data["reason"],
            by=self.account,
        )
        return asked_of(asked)


def _decides(unit: Unit | None) -> str:
    told = unit or _("The whole organisation")
    return _("%(unit)s decides; until then nothing changes.") % {"unit": told}


@takes_back
def take_back(*, request: Request, on: date, by: Account) -> Request:
    """Take an own request back. Raises `CannotDecide`."""
    return withdraw_request(request=request, on=on, by=by)


@tells_requests
def told_of(request: Request) -> Iterator[tuple[Text, Any]]:
    """What a request tells besides its kind, cell and reason; nothing of a veiled person (A14)."""
    if request.is_veiled:
        return
    if request.kind == Kind.ADDRESS:
        yield lazy("New address"), f"{request.address}, {request.locality}".strip(", ")
    if request.workplace is not None:
        yield lazy("Workplace"), request.workplace
    if request.standing:
        yield lazy("As"), request.get_standing_display()
    if request.holds_since is not None:
        yield lazy("Since"), day_in_words(request.holds_since)
    if request.basis == Request.Basis.EXCEPTION:
        yield lazy("Basis"), request.get_basis_display()


@waits(order=30)
def decisions(request: HttpRequest, member: Member) -> Iterator[Waiting]:
    """Own requests that wait, and those decided lately. One query."""
    today = timezone.localdate()
    address = reverse("requests")
    rows = member.requests.exclude(state=State.WITHDRAWN).exclude(decided_on__lt=today - FRESH)
    for row in rows:
        if row.is_open:
            text = _("You have asked: %(what)s. It is decided by %(day)s.")
            values = {"what": row.get_kind_display(), "day": day_in_words(row.due_on)}
        else:
            text = _("Decided on %(day)s: %(what)s, %(state)s.")
            day = day_in_words(row.decided_on) if row.decided_on else ""
            state = row.get_state_display()
            values = {"what": row.get_kind_display(), "day": day, "state": state}
        yield Waiting(text % values, address, row.article)
