"""Admitting, readmitting and leaving as pages."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminSelectWidget

from audit.days import DayField
from audit.refusals import Blocker
from districts.acts import DayInput, LineInput, Outcome, Text, act_among, act_on, sentence
from districts.kinds import CELLS
from districts.models import Unit
from districts.picking import CELL, LOCALITY, WORKPLACE, PickField
from districts.roles import CHANGE, ROLES, roles_of
from districts.scope import ground_of
from members.admin_acts import HOME, MemberAct, standing_registrations
from members.belonging import Belonging, belonging_of_newcomer
from members.doubles import doubles_of, sentence_on
from members.employments import start_employment
from members.likeness import Known
from members.membership import (
    admission_blockers,
    admit_member,
    end_membership,
    readmit_member,
)
from members.models import Account, Leaving, Member
from members.names import search_key

MOST_DOUBLES = 5  # of those who may be the same person, how many are named


class Admission(MemberAct):
    """What is asked of a person who joins."""

    family_name = forms.CharField(label=lazy("Family name"), max_length=100, widget=LineInput)
    given_name = forms.CharField(
        label=lazy("Given name"), max_length=100, required=False, widget=LineInput
    )
    born = DayField(label=lazy("Born"), required=False, widget=DayInput)
    email = forms.EmailField(label=lazy("E-mail"), required=False, widget=LineInput(type="email"))
    phone = forms.CharField(
        label=lazy("Telephone"), max_length=50, required=False, widget=LineInput(type="tel")
    )
    address = forms.CharField(
        label=lazy("Street and house number"), max_length=200, required=False, widget=LineInput
    )
    locality = PickField(LOCALITY, label=lazy("Locality of residence"), required=False)
    workplace = PickField(
        WORKPLACE,
        label=lazy("Works at"),
        required=False,
        help_text=lazy("Its code or name; empty for who works in no factory."),
    )
    cell = PickField(
        CELL,
        label=lazy("Cell"),
        required=False,
        help_text=lazy("Leave it empty for the cell that work and residence name."),
    )

    icon = "person_add"
    rehearsed = False  # it would use up a number, which is never given again

    def adapt(self) -> None:
        self.fields["on"].label = lazy("Joined on")

    def clean(self) -> Any:
        cleaned = super().clean()
        if "cell" in self.fields and not self.errors and cleaned and cleaned.get("cell") is None:
            self._place(cleaned)
        return cleaned

    def _place(self, cleaned: dict[str, Any]) -> None:
        """Take the cell that the articles name, where nobody chose one."""
        ground, known = ground_of(self.request, CHANGE), self._belonging()
        if known.cell is None:
            self.add_error("cell", f"{known.article}: {known.why}")
        elif not ground.has(known.cell.tree_id, known.cell.lft):
            text = _("%(article)s: the member belongs to %(cell)s, whose secretary admits there.")
            self.add_error("cell", text % {"article": known.article, "cell": known.cell})
        else:
            cleaned["cell"] = known.cell

    def _belonging(self) -> Belonging:
        given = self.cleaned_data
        return belonging_of_newcomer(given.get("workplace"), given.get("locality"), self.day)

    def unusual(self, target: Any) -> Iterator[Text]:
        yield from super().unusual(target)
        yield from likely_doubles(self.request, self._person())
        right = self._belonging()
        if right.cell is not None and right.cell != self._cell(target):
            text = _("By %(article)s the member belongs to %(cell)s: %(why)s")
            yield text % {"article": right.article, "cell": right.cell, "why": right.why}

    def blockers(self, target: Any) -> list[Blocker]:
        return admission_blockers(member=self._person(), cell=self._cell(target))

    def foretold(self, target: Any) -> Iterator[Text]:
        cell, born = self._cell(target), self.cleaned_data["born"]
        text = _("%(name)s is admitted to %(cell)s on %(day)s, under the next number.")
        yield sentence(text, name=self._person().full_name, cell=cell, day=self.day)
        known = self._belonging()
        if known.cell == cell:
            yield f"{known.article}: {known.why}"
        if born is None:
            yield _("No date of birth is given: it is what tells people of the same name apart.")

    def perform(self, target: Any) -> Outcome:
        """Admit the person."""
        cell = self._cell(target)
        member = admit_member(joined=self.day, cell=cell, **self._given())
        if workplace := self.cleaned_data["workplace"]:
            start_employment(member=member, workplace=workplace, since=self.day)
        text = _("%(member)s was admitted to %(cell)s on %(day)s.")
        return Outcome(member, sentence(text, member=member, cell=cell, day=self.day))

    def _cell(self, target: Any) -> Unit:
        cell: Unit = target if isinstance(target, Unit) else self.cleaned_data["cell"]
        return cell

    def _person(self) -> Member:
        return Member(joined=self.day, **self._given())

    def _given(self) -> dict[str, Any]:
        fields = ("family_name", "given_name", "born", "email", "phone", "address", "locality")
        return {field: self.cleaned_data[field] for field in fields}


@act_among(Member)
class Admit(Admission):
    """Admit somebody."""

    name = "admit"
    title = lazy("Admit a member")
    explanation = lazy(
        "The person gets the next number, which stays for life, and is registered from the day of "
        "joining: with the cell of the factory, or else with the street cell of the locality."
    )


@act_on(Unit)
class AdmitHere(Admission):
    """Admit somebody to this cell."""

    name = "admit"
    title = lazy("Admit a member here")
    order = 10
    explanation = Admit.explanation

    @classmethod
    def applies_to(cls, target: Any, on: date) -> bool:
        return target.kind in CELLS and target.dissolved is None

    def adapt(self) -> None:
        super().adapt()
        del self.fields["cell"]

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Cell"), self.target


def roles_that_end(member: Member) -> Iterator[Text]:
    """The roles that end with the membership, each in a sentence."""
    account = Account.objects.filter(member=member).first()
    for role, unit in roles_of(user=account) if account else ():
        text = _("This also ends a role: %(role)s, %(unit)s.")
        yield text % {"role": ROLES[role].label, "unit": unit or _("the whole organisation")}


def likely_doubles(request: HttpRequest, person: Member) -> Iterator[Text]:
    """Those in the user's ground who may be the same as somebody who is no member yet."""
    known = Known(0, search_key(person.family_name, person.given_name), person.born, person.email)
    for double in doubles_of(known, ground_of(request))[:MOST_DOUBLES]:
        yield sentence_on(double)


@act_on(Member)
class EndMembership(MemberAct):
    """End the membership."""

    name = "end-membership"
    title = lazy("End the membership")
    explanation = lazy(
        "The membership and all registrations end on that day. The person stays in the register "
        "under the same number and can be readmitted."
    )
    icon = "person_remove"
    grave = True
    order = 90

    why = forms.ChoiceField(
        label=lazy("Why"), choices=Leaving.choices, widget=UnfoldAdminSelectWidget
    )

    def adapt(self) -> None:
        self.fields["on"].label = lazy("First day without membership")

    def trespasses(self, target: Member) -> Iterator[Blocker]:
        return self.outside(item for item in standing_registrations(target) if item.kind == HOME)

    def unusual(self, target: Member) -> Iterator[Text]:
        yield from super().unusual(target)
        yield from roles_that_end(target)

    def perform(self, target: Member) -> Outcome:
        member = end_membership(member=target, on=self.day, reason=self.cleaned_data["why"])
        text = _("The membership ended on %(day)s: %(why)s.")
        if self.day > timezone.localdate():
            text = _("The membership ends on %(day)s: %(why)s.")
        values = {"why": member.get_left_reason_display()}
        return Outcome(member, sentence(text, day=self.day, **values))


@act_on(Member)
class Readmit(MemberAct):
    """Readmit somebody who left."""

    name = "readmit"
    title = lazy("Readmit")
    explanation = lazy(
        "The person is a member again from that day, under the old number. The earlier membership "
        "stays in the register."
    )
    icon = "person_add"

    cell = PickField(CELL, label=lazy("Cell"), help_text=lazy("Its code or name."))

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        return target.left is not None

    def adapt(self) -> None:
        self.fields["on"].label = lazy("Readmitted on")

    def trespasses(self, target: Member) -> Iterator[Blocker]:
        homes = target.registrations.filter(kind=HOME).select_related("unit", "member")
        return self.outside(homes.order_by("-since")[:1])

    def perform(self, target: Member) -> Outcome:
        member = readmit_member(member=target, on=self.day, cell=self.cleaned_data["cell"])
        text = _("Readmitted to %(cell)s on %(day)s.")
        return Outcome(member, sentence(text, cell=self.cleaned_data["cell"], day=self.day))
