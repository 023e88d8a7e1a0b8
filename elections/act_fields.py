"""What the pages of the acts on votes share: acts without a day, and how a poll is held."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import (
    INPUT_CLASSES,
    TEXTAREA_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
)

from audit.days import MomentField
from districts.acts import Act, Text
from districts.models import Unit
from elections.models import Poll, PollTeller, TellerKey
from elections.questions import TELLERS
from elections.tellers import tellers_for

Channels = Poll.Channels


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar with a clock, which needs no JavaScript."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        attrs = {"class": " ".join(INPUT_CLASSES)}
        super().__init__(format="%Y-%m-%dT%H:%M", attrs=attrs)


class Lines(forms.Textarea):
    """A field for something on each line."""

    def __init__(self, rows: int = 6) -> None:
        super().__init__(attrs={"rows": rows, "class": " ".join(TEXTAREA_CLASSES)})


class Undated(Act):
    """An act that happens when it is sent: there is no day to choose."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, request: HttpRequest, target: Any = None
    ) -> None:
        super().__init__(data, request=request, target=target)
        del self.fields["on"]

    def unusual(self, target: Any) -> Iterator[Text]:
        yield from ()


class Arrangement(Undated):
    """How polls are held: the ways of voting, the three tellers, the end."""

    channels = forms.ChoiceField(
        label=lazy("Votes are cast"),
        choices=Channels.choices,
        initial=Channels.BOTH,
        widget=UnfoldAdminRadioSelectWidget,
    )
    tellers = forms.MultipleChoiceField(
        label=lazy("Tellers"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    closes_at = MomentField(
        label=lazy("Closes at"),
        required=False,
        widget=MomentInput,
        help_text=lazy(
            "No vote is taken after this moment, at the door or online. Leave it empty to close "
            "the poll by hand."
        ),
    )

    def offer_tellers(self, unit: Unit, proposed: Sequence[int] = ()) -> None:
        """Let three be chosen of those who are tellers of `unit`; ticked are `proposed`, or all
        where there are just three.
        """
        accounts = tellers_for(unit)
        self.known_tellers = {str(account.pk): account for account in accounts}
        having = set(TellerKey.objects.filter(account__in=accounts).values_list("account"))
        field: Any = self.fields["tellers"]
        field.choices = [
            (
                str(one.pk),
                str(one) if (one.pk,) in having else _("%(who)s - no key yet") % {"who": one},
            )
            for one in accounts
        ]
        ticked = [str(key) for key in proposed if str(key) in self.known_tellers]
        if len(ticked) != TELLERS and len(accounts) == TELLERS:
            ticked = list(self.known_tellers)
        field.initial = ticked
        field.help_text = self._help_on_tellers(len(accounts))

    def _help_on_tellers(self, number: int) -> str:
        told = _(
            "Three, two of whom open the box together. None is needed where votes are cast on "
            "paper alone."
        )
        if number >= TELLERS:
            return told
        few = _("Only %(number)s hold the role here.") % {"number": number}
        give = reverse("admin:districts_heldrole_list_act", args=["give-role"])
        title = _("Give the role of a teller")
        return format_html('{} {} <a href="{}?role=teller">{}</a>', told, few, give, title)

    def clean_closes_at(self) -> datetime | None:
        """A moment that is still to come."""
        moment: datetime | None = self.cleaned_data["closes_at"]
        if moment is not None and moment <= timezone.now():
            raise forms.ValidationError(_("This moment has passed."))
        return moment

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = given.get("tellers", [])
        if given.get("channels") != Channels.PAPER and len(chosen) != TELLERS:
            text = _("Please choose three tellers: %(chosen)s are chosen.")
            self.add_error("tellers", text % {"chosen": len(chosen)})
        return given

    def arranged(self) -> dict[str, Any]:
        """What was chosen, as the acts take it; no tellers for a poll on paper alone."""
        given = self.cleaned_data
        on_paper_alone = given["channels"] == Channels.PAPER
        tellers = [] if on_paper_alone else [self.known_tellers[key] for key in given["tellers"]]
        return {
            "channels": given["channels"],
            "tellers": tellers,
            "closes_at": given["closes_at"],
        }


def last_tellers(unit: Unit) -> list[int]:
    """The tellers of the last poll on a question that `unit` raised, by primary keys. One query."""
    last = Poll.objects.filter(question__unit=unit, tellers__isnull=False).order_by("-pk")
    found = PollTeller.objects.filter(poll__in=last.values("pk")[:1])
    return list(found.values_list("account", flat=True))
