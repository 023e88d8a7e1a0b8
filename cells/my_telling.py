"""What members tell on their own pages: a new address, new work, a loss of work, an error.

What follows from it is shown, with the article, before it is sent.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.days import day_in_words
from audit.refusals import Blocker
from audit.rulebook import statutes
from cells.foresight import Foreseen
from cells.my_picks import LOCALITY, WORKPLACE, PlainPick
from cells.request_blockers import deciding_unit, detachable_from, home_on, open_blockers
from cells.telling import (
    address_told,
    ask_for_correction,
    foreseen_of,
    loss_told,
    tell,
    work_told,
)
from districts.acts import Text, sentence
from districts.models import Workplace
from members.asking import WRONG_AND_RIGHT, Ask, DayField, asks
from members.models import Employment, Member, Request

Kind = Request.Kind


class Telling(Ask):
    """Something that has changed. What follows from it is shown, and entered when it is granted."""

    looked_at = True
    kind: ClassVar[str] = ""

    def foreseen(self) -> Iterable[Blocker]:
        return open_blockers(self.member, self.kind)

    def told(self) -> Request:
        """The unsaved request, out of the fields."""
        raise NotImplementedError

    def foretold(self) -> Iterator[tuple[str, Text]]:
        told, today = self.told(), timezone.localdate()
        foreseen = foreseen_of(told, today)
        yield from _of_cell(self.member, foreseen, today)
        for text in foreseen.residence:
            yield "A4", text
        yield from self.also(told)
        yield "", self._decided(told, foreseen, today)

    def also(self, told: Request) -> Iterator[tuple[str, Text]]:
        """What else follows."""
        yield from ()

    def perform(self) -> Text:
        told = self.told()
        asked = tell(
            told=told,
            on=timezone.localdate(),
            by=self.account,
            reason=self.cleaned_data["reason"],
        )
        return _("It is entered.") if asked is None else asked_of(asked)

    def _decided(self, told: Request, foreseen: Foreseen, on: date) -> Text:
        if told.kind == Kind.ADDRESS and not foreseen.moves:
            return _("Nothing else changes, so the register is changed as you send this.")
        unit = deciding_unit(kind=told.kind, member=self.member, cell=foreseen.cell, on=on)
        text = _("%(unit)s decides within %(days)s days; until then nothing changes.")
        days = statutes().request_days
        return text % {"unit": unit or _("The whole organisation"), "days": days}


def asked_of(asked: Request) -> Text:
    """What was asked, and who decides by when."""
    text = _("Asked: %(what)s. %(unit)s decides by %(day)s.")
    unit = asked.unit or _("The whole organisation")
    return sentence(text, what=asked.get_kind_display(), unit=unit, day=asked.due_on)


def _of_cell(member: Member, foreseen: Foreseen, on: date) -> Iterator[tuple[str, Text]]:
    """What becomes of the cell, with the article and why."""
    known, home = foreseen.belonging, home_on(member, on)
    if foreseen.cell is not None and known is not None:
        text = _("You go over to the cell %(cell)s. %(why)s")
        yield known.article, text % {"cell": foreseen.cell, "why": known.why}
        return
    if home is not None:
        why = known.why if known and known.cell and known.cell.pk == home.unit_id else ""
        article = known.article if known and why else ""
        yield article, f"{_('Your cell stays %(cell)s.') % {'cell': home.unit}} {why}".rstrip()
    if known is not None and known.cell is None:
        yield known.article, f"{_('The articles name no cell for you.')} {known.why}"


@asks
class Moved(Telling):
    """A new address."""

    name = "address"
    title = lazy("I have moved")
    explanation = lazy(
        "Tell where you live now. Who works in no factory belongs to the street cell of the place "
        "(A3); who works in one district and lives in another is registered in both (A4)."
    )
    kind = Kind.ADDRESS
    looks_up = True
    order = 10

    address = forms.CharField(label=lazy("Street and house number"), max_length=200)
    locality = PlainPick(LOCALITY, label=lazy("Postcode or place"))
    since = DayField(label=lazy("I live there since"))

    def adapt(self) -> None:
        # The stubs know a form's field by its base class alone.
        self.fields["locality"].offer()  # type: ignore[attr-defined]

    def told(self) -> Request:
        given = self.cleaned_data
        return address_told(self.member, given["address"], given["locality"], given["since"])


@asks
class NewWork(Telling):
    """New work."""

    name = "work"
    title = lazy("I have new work")
    explanation = lazy(
        "Who works in a factory, a workshop, a store, an office or on a farm belongs to the cell "
        "there (A1), or to the one that covers it (A2)."
    )
    article = "A1"
    kind = Kind.WORK
    looks_up = True
    order = 20

    workplace = PlainPick(
        WORKPLACE,
        listed=False,
        label=lazy("Where"),
        help_text=lazy(
            "Its name or code. If it is not found, tell it under “Something about me is wrong”."
        ),
    )
    standing = forms.ChoiceField(
        label=lazy("This work is"),
        choices=[
            (Employment.Standing.MAIN, lazy("in place of my present work, or my only work")),
            (Employment.Standing.SIDE, lazy("a side job beside it")),
        ],
        initial=Employment.Standing.MAIN,
        widget=forms.RadioSelect,
    )
    since = DayField(label=lazy("I work there since"))

    def told(self) -> Request:
        given = self.cleaned_data
        return work_told(self.member, given["workplace"], given["standing"], given["since"])


@asks
class LostWork(Telling):
    """A loss of work."""

    name = "jobless"
    title = lazy("I have lost my work")
    explanation = lazy(
        "Who is out of work stays in the cell of the factory where he or she last worked. From the "
        "day that you tell here the time without work is counted."
    )
    article = "A6"
    kind = Kind.JOBLESS
    order = 30

    workplace = forms.ModelChoiceField(
        Workplace.objects.none(),
        label=lazy("Which work"),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    since = DayField(label=lazy("First day without it"))

    @classmethod
    def applies_to(cls, member: Member, on: date) -> bool:
        return member.is_present(on) and member.employments.in_force(on).exists()

    def adapt(self) -> None:
        jobs = self.member.employments.in_force(timezone.localdate()).order_by()
        field: Any = self.fields["workplace"]
        field.queryset = Workplace.objects.filter(pk__in=jobs.values("workplace"))
        field.initial = field.queryset.first()

    def told(self) -> Request:
        return loss_told(self.member, self.cleaned_data["workplace"], self.cleaned_data["since"])

    def also(self, told: Request) -> Iterator[tuple[str, Text]]:
        others = self.member.employments.in_force(timezone.localdate()).exclude(
            workplace=told.workplace
        )
        if told.holds_since is None or others.exists():
            return
        months = statutes().prolonged_unemployment_months
        day = day_in_words(detachable_from(told.holds_since, months))
        text = _("If you find no work, a detachment can be asked for from %(day)s.")
        yield "A6", text % {"day": day}


@asks
class Correction(Ask):
    """Something wrong in the register."""

    name = "correction"
    title = lazy("Something about me is wrong")
    explanation = lazy(
        "Say what is wrong and what is right: a name, the day of birth, an e-mail address, a "
        "telephone number, a period. The secretary corrects it and answers here."
    )
    order = 80

    def adapt(self) -> None:
        self.fields["reason"].label = WRONG_AND_RIGHT
        self.fields["reason"].required = True
        self.fields["reason"].help_text = ""

    def foreseen(self) -> Iterable[Blocker]:
        return open_blockers(self.member, Kind.CORRECTION)

    def perform(self) -> Text:
        asked = ask_for_correction(
            member=self.member,
            on=timezone.localdate(),
            reason=self.cleaned_data["reason"],
            by=self.account,
        )
        return asked_of(asked)
