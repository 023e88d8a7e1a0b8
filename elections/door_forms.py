"""The tellers' forms: the papers, by totals or one by one; the box; the key."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from elections.models import Choice, Poll, PollTeller

BLANK = "-"
MOST_PAPERS = 1_000_000
LONGEST_TEXT = 2_000_000
MOST_NAMED = 20  # lines that cannot be read


class NumberField(forms.IntegerField):
    """How many papers or votes: a number without a sign, empty for none."""

    def __init__(self, **fields: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(
            widget=widget, required=False, min_value=0, max_value=MOST_PAPERS, **fields
        )

    def clean(self, value: Any) -> int:
        """The number, 0 where none is given."""
        return super().clean(value) or 0


class TotalsForm(forms.Form):
    """The papers as totals: the votes of each choice that stands."""

    papers = NumberField(label=_("Valid papers, the blank ones among them"))
    blank = NumberField(label=_("Blank papers"))
    invalid = NumberField(label=_("Invalid papers"))

    def __init__(self, choices: Sequence[Choice], **form: Any) -> None:
        super().__init__(**form)
        self.choices = choices
        for choice in choices:
            self.fields[_name(choice)] = NumberField(label=choice.name)
        self.order_fields([*(_name(choice) for choice in choices), "blank", "papers", "invalid"])

    @property
    def votes(self) -> list[Any]:
        """The fields of the choices, with what is typed."""
        return [self[_name(choice)] for choice in self.choices]

    @property
    def entry(self) -> Mapping[str, Any]:
        """What `enter_papers` is given."""
        told = self.cleaned_data
        totals = {choice.number: told[_name(choice)] for choice in self.choices}
        return {"totals": totals, **{key: told[key] for key in ("papers", "blank", "invalid")}}


def _name(choice: Choice) -> str:
    return f"choice_{choice.number}"


class PapersForm(forms.Form):
    """The papers one by one: a line for each, with the numbers that it names."""

    ballots = forms.CharField(
        label=_("Papers, a line for each"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(
            attrs={"rows": 12, "spellcheck": "false", "autocapitalize": "off", "wrap": "off"}
        ),
    )
    invalid = NumberField(label=_("Invalid papers"))

    def clean_ballots(self) -> list[list[int]]:
        """The papers; the lines that cannot be read are named, the first ones by themselves."""
        lines = self.cleaned_data["ballots"].rstrip().splitlines()
        read, wrong = [], []
        for place, line in enumerate(lines, start=1):
            try:
                read.append(paper(line))
            except ValueError as error:
                wrong.append(_now("Line %(place)s: %(why)s") % {"place": place, "why": error})
        if more := wrong[MOST_NAMED:]:
            told = _now("%(more)s more lines cannot be read.") % {"more": len(more)}
            wrong = [*wrong[:MOST_NAMED], told]
        if wrong:
            raise ValidationError(wrong)
        return read

    @property
    def entry(self) -> Mapping[str, Any]:
        """What `enter_papers` is given."""
        return {key: self.cleaned_data[key] for key in ("ballots", "invalid")}


def paper(line: str) -> list[int]:
    """The numbers that a line names, with spaces or commas between; none for a blank paper.

    Raises `ValueError` with a sentence for the person who typed.
    """
    words = line.replace(",", " ").split()
    if words == [BLANK]:
        return []
    if not words:
        raise ValueError(_now("it is empty; a blank paper is written as -"))
    for word in words:
        if not (word.isascii() and word.isdecimal() and len(word) <= 5):
            raise ValueError(_now("'%(word)s' is no number of a choice") % {"word": word[:20]})
    return [int(word) for word in words]


def written(ballots: Sequence[Sequence[int]]) -> str:
    """Papers as `PapersForm` reads them."""
    return "\n".join(" ".join(str(number) for number in named) or BLANK for named in ballots)


class SecretField(forms.CharField):
    """A passphrase or password: never stripped, never written into a page again."""

    def __init__(self, *, autocomplete: str = "off", **fields: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(widget=widget, strip=False, max_length=1000, **fields)


class BoxForm(forms.Form):
    """Which boxes to open, all of them unless one is taken out, and the passphrase."""

    boxes = forms.MultipleChoiceField(
        label=_("Boxes to open"), required=False, widget=forms.CheckboxSelectMultiple
    )
    passphrase = SecretField(label=_("Passphrase of your key"))

    def __init__(self, tellers: Sequence[PollTeller], **form: Any) -> None:
        super().__init__(**form)
        self.polls = {str(teller.poll.code): teller.poll for teller in tellers}
        self.fields["passphrase"].widget.attrs["autofocus"] = True
        if len(self.polls) < 2:
            del self.fields["boxes"]
            return
        boxes: Any = self.fields["boxes"]
        boxes.choices = [(code, poll.unit.name) for code, poll in self.polls.items()]
        boxes.initial, boxes.required = list(self.polls), True

    @property
    def chosen(self) -> list[Poll]:
        """The polls whose boxes are to be opened."""
        return [self.polls[code] for code in self.cleaned_data.get("boxes", self.polls)]


class KeyForm(forms.Form):
    """A new key: the account's password, and the passphrase twice."""

    password = SecretField(
        label=_("Your password, with which you log in"), autocomplete="current-password"
    )
    passphrase = SecretField(label=_("New passphrase"))
    repeated = SecretField(label=_("The passphrase once more"))
