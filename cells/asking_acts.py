"""Asking for something as pages: a transfer, a detachment, an exit, a readmission, an admission."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldBooleanWidget

from audit.refusals import Blocker
from cells.request_acts import by_the_articles
from cells.request_blockers import (
    cell_blockers,
    day_blockers,
    detachment_blockers,
    exit_blockers,
    open_blockers,
    readmission_blockers,
)
from cells.requests import (
    ask_for_admission,
    ask_for_detachment,
    ask_for_readmission,
    ask_for_transfer,
    ask_to_leave,
    withdraw_request,
)
from districts.acts import Outcome, Text, act_among, act_on, sentence
from districts.models import Unit
from districts.picking import CELL, Choice, PickField, declare_choice
from districts.roles import CHANGE
from districts.scope import ground_of
from members.admin_acts import HOME, MemberAct, standing_registrations
from members.admission_acts import Admission
from members.models import Member, Request

Kind = Request.Kind


class CellAnywhere(Choice):
    """The user's own cells, and any other open cell for whoever knows its code.

    People go over to districts whose cells their secretary is not shown.
    """

    def _keyed(self, request: HttpRequest, key: str) -> Any:
        open_cells = Unit.objects.cells().exclude(dissolved__lte=timezone.localdate())
        return open_cells.filter(code=key).first()


ASKED_CELL = declare_choice(CellAnywhere("asked-cell", CELL.rows))


class Asking(MemberAct):
    """A request of a member, entered by the secretary of the home."""

    kind: str = ""
    looked_at = False
    of_home = True
    order = 70

    def adapt(self) -> None:
        self.fields["on"].label = lazy("Asked on")
        self.fields["reason"].help_text = lazy("Kept with the request and in the log.")

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        yield from by_the_articles(self.target)

    def foreseen(self) -> Iterable[Blocker]:
        today = timezone.localdate()
        return [*open_blockers(self.target, self.kind), *self.standing_in_the_way(today)]

    def standing_in_the_way(self, on: date) -> Iterable[Blocker]:
        """What is known to stand in the way before anything is filled in."""
        return ()

    def trespasses(self, target: Member) -> Iterator[Blocker]:
        return self.outside(item for item in standing_registrations(target) if item.kind == HOME)

    def perform(self, target: Member) -> Outcome:
        given = {"on": self.day, "reason": self.cleaned_data["reason"], "by": self.request.user}
        return Outcome(target, asked_sentence(self.ask(target, **given)))

    def ask(self, member: Member, **given: Any) -> Request:
        """Make the request. Raises `CannotAsk`."""
        raise NotImplementedError


def asked_sentence(asked: Request) -> str:
    """What was asked, and who decides by when."""
    text = _("Asked: %(what)s. %(unit)s decides by %(day)s.")
    unit = asked.unit or _("the whole organisation")
    return sentence(text, what=asked.get_kind_display(), unit=unit, day=asked.due_on)


@act_on(Member)
class AskTransfer(Asking):
    """Ask for another cell."""

    name = "ask-transfer"
    title = lazy("Ask for a transfer")
    explanation = lazy(
        "The lowest unit above both cells decides. Where the articles name another cell than the "
        "one asked for, only an exception with a reason is possible, and it stays listed as one."
    )
    icon = "move_up"
    kind = Kind.TRANSFER

    cell = PickField(
        ASKED_CELL,
        label=lazy("To which cell"),
        help_text=lazy("Its code or name; of a cell in another part, its code."),
    )
    exception = forms.BooleanField(
        label=lazy("As an exception to the articles, for the reason below"),
        required=False,
        widget=UnfoldBooleanWidget,
    )

    def ask(self, member: Member, **given: Any) -> Request:
        filled = self.cleaned_data
        return ask_for_transfer(
            member=member, cell=filled["cell"], exception=filled["exception"], **given
        )


@act_on(Member)
class AskDetachment(Asking):
    """Ask to be detached from the factory cell (A6)."""

    name = "ask-detachment"
    title = lazy("Ask for the detachment")
    explanation = lazy(
        "Who is out of work stays in the cell of the last workplace. After prolonged unemployment "
        "the district or the local group of that cell may grant a detachment to the cell at the "
        "place of residence (A6)."
    )
    icon = "link_off"
    kind = Kind.DETACHMENT

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        if target.left is not None:
            return False
        jobs = list(target.employments.all())
        return bool(jobs) and not any(job.holds(on) for job in jobs)

    def standing_in_the_way(self, on: date) -> Iterable[Blocker]:
        return detachment_blockers(self.target, on)

    def ask(self, member: Member, **given: Any) -> Request:
        return ask_for_detachment(member=member, **given)


@act_on(Member)
class AskExit(Asking):
    """Ask to leave."""

    name = "ask-exit"
    title = lazy("Ask to leave")
    explanation = lazy(
        "The district or the local group of the home cell decides. The membership ends on the day "
        "on which the decision takes effect, not before."
    )
    icon = "logout"
    kind = Kind.EXIT

    def standing_in_the_way(self, on: date) -> Iterable[Blocker]:
        return exit_blockers(self.target, on)

    def ask(self, member: Member, **given: Any) -> Request:
        return ask_to_leave(member=member, **given)


@act_on(Member)
class AskReadmission(Asking):
    """Ask to be a member again."""

    name = "ask-readmission"
    title = lazy("Ask for readmission")
    explanation = lazy(
        "The district or the local group of the cell decides. The person becomes a member again "
        "under the old number when the decision takes effect."
    )
    icon = "person_add"
    kind = Kind.READMISSION

    cell = PickField(CELL, label=lazy("Cell"), help_text=lazy("Its code or name."))

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        return target.left is not None

    def standing_in_the_way(self, on: date) -> Iterable[Blocker]:
        return readmission_blockers(self.target, on)

    def ask(self, member: Member, **given: Any) -> Request:
        return ask_for_readmission(member=member, cell=self.cleaned_data["cell"], **given)


@act_on(Member)
class WithdrawOwn(MemberAct):
    """Note that the member has taken a request back, for a secretary who does not decide it."""

    name = "withdraw-request"
    title = lazy("Withdraw a request")
    explanation = lazy("The request is kept as withdrawn, and can be made again at any time.")
    icon = "undo"
    looked_at = False
    of_home = True
    order = 75

    which = forms.ModelChoiceField(
        Request.objects.none(),
        label=lazy("Which request"),
        widget=UnfoldAdminRadioSelectWidget,
        empty_label=None,
    )

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        return target.requests.open().exists()

    def adapt(self) -> None:
        waiting = list(self.target.requests.open())
        # The stubs know a form's field by its base class alone.
        self.fields["which"].queryset = self.target.requests.open()  # type: ignore[attr-defined]
        self.fields["on"].label = lazy("Withdrawn on")
        if len(waiting) == 1:
            self.fields["which"].initial = waiting[0]

    def perform(self, target: Member) -> Outcome:
        done = withdraw_request(
            request=self.cleaned_data["which"],
            on=self.day,
            by=self.request.user,
            reason=self.cleaned_data["reason"],
        )
        text = _("Withdrawn on %(day)s: %(what)s.")
        return Outcome(target, sentence(text, day=self.day, what=done.get_kind_display()))


@act_among(Request)
class AskAdmission(Admission):
    """Enter that somebody asks to be admitted."""

    name = "ask-admission"
    title = lazy("Enter an application")
    explanation = lazy(
        "The person is no member yet and has no number. The district or the local group of the "
        "cell decides; the person becomes a member when the decision takes effect."
    )
    looked_at = False

    def adapt(self) -> None:
        self.fields["on"].label = lazy("Asked on")
        self.fields["reason"].help_text = lazy("Kept with the request and in the log.")
        self.fields["workplace"].help_text = lazy(
            "Names the cell. The work is entered when the person is admitted."
        )

    def blockers(self, target: Any) -> list[Blocker]:
        return [*day_blockers(self.day), *cell_blockers(self.cleaned_data["cell"], self.day)]

    def foretold(self, target: Any) -> Iterator[Text]:
        text = _("%(who)s asks to be admitted to %(cell)s.")
        who = self._person().full_name
        yield sentence(text, who=who, cell=self.cleaned_data["cell"])

    def perform(self, target: Any) -> Outcome:
        """Keep the application, and go to it where the user decides it."""
        asked = ask_for_admission(
            cell=self.cleaned_data["cell"],
            on=self.day,
            reason=self.cleaned_data["reason"],
            workplace=self.cleaned_data["workplace"],
            by=self.request.user,
            **self._given(),
        )
        unit, ground = asked.unit, ground_of(self.request, CHANGE)
        mine = ground.has(unit.tree_id, unit.lft) if unit else ground.everywhere
        address = "" if mine else reverse("admin:members_request_changelist")
        return Outcome(asked, asked_sentence(asked), address)
