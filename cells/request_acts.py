"""Deciding on requests as pages: granting, refusing, withdrawing."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.days import DayField, day_in_words
from audit.refusals import Blocker
from cells.foresight import TOLD
from cells.request_blockers import (
    deciding_blockers,
    granting_blockers,
    names_no_cell,
    withdrawing_blockers,
)
from cells.requests import applicant, grant_request, refuse_request, withdraw_request
from districts.acts import Act, DayInput, Outcome, Text, act_on, sentence
from districts.models import Unit, Workplace
from districts.picking import CELL, WORKPLACE, PickField
from members.admin_acts import with_consequences
from members.admission_acts import likely_doubles, roles_that_end
from members.asking import WRONG_AND_RIGHT, told_of
from members.belonging import belonging_of_newcomer, belongings
from members.membership import admission_blockers
from members.models import Member, Request
from members.residence import before

ADMISSION, EXIT = Request.Kind.ADMISSION, Request.Kind.EXIT
CORRECTION = Request.Kind.CORRECTION


class Decision(Act):
    """An act on a request that waits."""

    @classmethod
    def applies_to(cls, target: Request, on: date) -> bool:
        return target.is_open

    def adapt(self) -> None:
        self.fields["on"].label = lazy("Decided on")

    def facts(self) -> Iterable[tuple[Text, Any]]:
        asked: Request = self.target
        yield lazy("Who"), asked.applicant
        yield lazy("Asks for"), asked.get_kind_display()
        yield from told_of(asked)
        if asked.cell:
            yield lazy("To which cell"), asked.cell
        yield lazy("Asked on"), day_in_words(asked.asked_on)
        yield lazy("To be decided by"), due(asked)
        if asked.reason and not asked.is_veiled:
            told = asked.kind == CORRECTION
            yield WRONG_AND_RIGHT if told else lazy("Reason given"), asked.reason
        if asked.kind == CORRECTION:
            return  # nothing is asked for that the articles speak of
        if asked.member:
            yield from by_the_articles(asked.member)
        elif names_no_cell(asked) and not asked.is_veiled:
            known = belonging_of_newcomer(asked.workplace, asked.locality, timezone.localdate())
            yield lazy("By the articles"), f"{known.article}: {known.why}"

    def foreseen(self) -> Iterable[Blocker]:
        return deciding_blockers(self.target, self.request.user, timezone.localdate())


def by_the_articles(member: Member) -> Iterator[tuple[Text, Any]]:
    """The cell to which the articles say that the member belongs, and why."""
    known = belongings([member.pk], timezone.localdate()).get(member.pk)
    if known is not None:
        cell = f"{known.cell}. " if known.cell else ""
        yield lazy("By the articles"), f"{known.article}: {cell}{known.why}"


def _entered(asked: Request) -> Iterator[Text]:
    """What of that which a member told is entered when it is granted."""
    if asked.kind in TOLD:
        told = "; ".join(f"{name}: {value}" for name, value in told_of(asked))
        text = _("Entered for %(who)s: %(what)s, %(told)s.")
        yield text % {"who": asked.applicant, "what": asked.get_kind_display(), "told": told}


def due(asked: Request) -> str:
    """The day by which it is decided, and whether that has passed."""
    day = day_in_words(asked.due_on)
    return _("%(day)s, overdue") % {"day": day} if asked.is_overdue(timezone.localdate()) else day


class Granting(Decision):
    """Granting what is asked for, and doing it: each kind by one act alone."""

    order = 10
    what_if = True

    takes_effect = DayField(
        label=lazy("Takes effect on"),
        required=False,
        widget=DayInput,
        help_text=lazy("Empty for the day of the decision."),
    )

    def foreseen(self) -> Iterable[Blocker]:
        today = timezone.localdate()
        wrong = list(self.trespasses(self.target))
        return wrong or granting_blockers(self.target, self.request.user, today, today)

    def trespasses(self, target: Request) -> Iterator[Blocker]:
        """Opened by its address, an act would leave out what another one asks and shows."""
        right = granted_by(target)
        if target.is_open and right.name != self.name:
            yield Blocker(_("This request is granted by “%(act)s”.") % {"act": right.title})

    def perform(self, target: Request) -> Outcome:
        known = before(target.member) if target.member else None
        granted = grant_request(
            request=target,
            on=self.day,
            by=self.request.user,
            takes_effect=self._effect(),
            reason=self.cleaned_data["reason"],
            **self._chosen(),
        )
        text = _("Granted on %(day)s: %(what)s.")
        told = sentence(text, day=self.day, what=granted.get_kind_display())
        if known is not None:
            told = with_consequences(told, known)
        return Outcome(granted.member or granted, told)

    def _chosen(self) -> dict[str, Any]:
        """What is chosen here, since the request does not name it."""
        return {}

    def _effect(self) -> date:
        effect: date = self.cleaned_data.get("takes_effect") or self.day
        return effect


@act_on(Request)
class Grant(Granting):
    """Grant what a member asks for, and do it."""

    name = "grant"
    title = lazy("Grant")
    explanation = lazy(
        "What was asked for is done together with the decision. Two decisions on one request are "
        "not possible: whoever comes second is told."
    )
    icon = "check"

    @classmethod
    def applies_to(cls, target: Request, on: date) -> bool:
        return target.is_open and target.kind not in (ADMISSION, CORRECTION)

    def unusual(self, target: Request) -> Iterator[Text]:
        yield from super().unusual(target)
        if target.kind == EXIT and target.member:
            yield from roles_that_end(target.member)

    def foretold(self, target: Request) -> Iterable[Text]:
        yield from _entered(target)
        if target.kind in TOLD and target.cell is None:
            return
        if target.kind == EXIT:
            text = _("The membership of %(who)s ends on %(day)s.")
        elif target.kind == Request.Kind.READMISSION:
            text = _("%(who)s is a member again from %(day)s, in %(cell)s.")
        else:
            text = _("%(who)s is registered with %(cell)s from %(day)s.")
        yield sentence(text, who=target.applicant, cell=target.cell, day=self._effect())


@act_on(Request)
class GrantCorrection(Granting):
    """Answer that what was wrong has been put right."""

    name = "grant-correction"
    title = lazy("Corrected")
    explanation = lazy(
        "Nothing is changed by this: correct the register first, then answer. The member reads the "
        "answer on the own pages."
    )
    icon = "check"
    looked_at = False
    what_if = False

    @classmethod
    def applies_to(cls, target: Request, on: date) -> bool:
        return target.is_open and target.kind == CORRECTION

    def adapt(self) -> None:
        super().adapt()
        del self.fields["takes_effect"]
        self.fields["reason"].label = lazy("Answer")
        self.fields["reason"].help_text = lazy("Kept with the request and in the log.")


@act_on(Request)
class GrantAdmission(Granting):
    """Admit whoever asked to be."""

    name = "grant-admission"
    title = lazy("Grant and admit")
    explanation = lazy(
        "The person gets the next number, which stays for life, and is registered with the cell "
        "from the day on which the decision takes effect. The work is entered from that day too."
    )
    icon = "person_add"
    rehearsed = False  # it would use up a number, which is never given again

    workplace = PickField(
        WORKPLACE,
        label=lazy("Works at"),
        required=False,
        help_text=lazy(
            "The application names no workplace of the register. Its code or name; empty for who "
            "works in no factory."
        ),
    )
    cell = PickField(
        CELL,
        label=lazy("Cell"),
        help_text=lazy("The application names none. Its code or name."),
    )

    def adapt(self) -> None:
        super().adapt()
        asked: Request = self.target
        if asked.workplace is not None:
            del self.fields["workplace"]
        if not names_no_cell(asked):
            del self.fields["cell"]
            return
        known = belonging_of_newcomer(asked.workplace, asked.locality, timezone.localdate())
        self.fields["cell"].initial = known.cell and known.cell.pk

    @classmethod
    def applies_to(cls, target: Request, on: date) -> bool:
        return target.is_open and target.kind == ADMISSION

    def unusual(self, target: Request) -> Iterator[Text]:
        yield from super().unusual(target)
        yield from likely_doubles(self.request, self._person(target))
        if target.is_veiled:  # where somebody lives and works is for those there (A14)
            return
        right = belonging_of_newcomer(self._workplace(target), target.locality, self._effect())
        if right.cell is not None and right.cell != self._cell(target):
            text = _("By %(article)s the member belongs to %(cell)s: %(why)s")
            yield text % {"article": right.article, "cell": right.cell, "why": right.why}

    def blockers(self, target: Request) -> Iterable[Blocker]:
        cell = self._cell(target)
        chosen = self._chosen()["cell"]
        found = granting_blockers(
            target, self.request.user, self.day, self._effect(), chosen=chosen
        )
        if not found and cell:
            found = admission_blockers(member=self._person(target), cell=cell)
        return found

    def foreseen(self) -> Iterable[Blocker]:
        if names_no_cell(self.target):  # it is chosen here
            return deciding_blockers(self.target, self.request.user, timezone.localdate())
        return super().foreseen()

    def foretold(self, target: Request) -> Iterable[Text]:
        text = _("%(who)s is admitted to %(cell)s on %(day)s, under the next number.")
        cell, workplace = self._cell(target), self._workplace(target)
        yield sentence(text, who=target.applicant, cell=cell, day=self._effect())
        if workplace is not None and target.is_veiled:
            yield sentence(_("The work is entered from %(day)s."), day=self._effect())
        elif workplace is not None:
            text = _("Works at %(place)s since %(day)s.")
            yield sentence(text, place=workplace, day=self._effect())
        else:
            yield _("No work is entered: the application names no workplace of the register.")

    def _chosen(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in ("cell", "workplace")}

    def _cell(self, target: Request) -> Unit | None:
        return target.cell or self.cleaned_data.get("cell")

    def _workplace(self, target: Request) -> Workplace | None:
        return target.workplace or self.cleaned_data.get("workplace")

    def _person(self, target: Request) -> Member:
        return Member(joined=self._effect(), **applicant(target))


def granted_by(asked: Request) -> type[Granting]:
    """The act by which a request is granted."""
    own = {ADMISSION: GrantAdmission, CORRECTION: GrantCorrection}
    return own.get(Request.Kind(asked.kind), Grant)


@act_on(Request)
class Refuse(Decision):
    """Refuse what is asked for."""

    name = "refuse"
    title = lazy("Refuse")
    explanation = lazy(
        "Nothing else changes. The reason is kept with the request, for whoever asked; the same "
        "can be asked again later."
    )
    icon = "close"
    order = 20
    looked_at = False

    def adapt(self) -> None:
        super().adapt()
        self.fields["reason"].required = True
        self.fields["reason"].help_text = lazy("Kept with the request and in the log.")

    def perform(self, target: Request) -> Outcome:
        given = self.cleaned_data["reason"]
        done = refuse_request(request=target, on=self.day, by=self.request.user, reason=given)
        text = _("Refused on %(day)s: %(what)s.")
        return Outcome(done, sentence(text, day=self.day, what=done.get_kind_display()))


@act_on(Request)
class Withdraw(Decision):
    """Note that whoever asked has taken it back."""

    name = "withdraw"
    title = lazy("Withdrawn")
    explanation = lazy(
        "Whoever asked has taken the request back. It is kept, and can be made again at any time."
    )
    icon = "undo"
    order = 30
    looked_at = False

    def adapt(self) -> None:
        self.fields["on"].label = lazy("Withdrawn on")

    def foreseen(self) -> Iterable[Blocker]:
        return withdrawing_blockers(self.target, self.request.user, timezone.localdate())

    def perform(self, target: Request) -> Outcome:
        given = self.cleaned_data["reason"]
        done = withdraw_request(request=target, on=self.day, by=self.request.user, reason=given)
        text = _("Withdrawn on %(day)s: %(what)s.")
        return Outcome(done, sentence(text, day=self.day, what=done.get_kind_display()))
