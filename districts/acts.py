"""An act as a page asks for it: what it needs, what it will change, what is unusual about it.

Each app declares its acts to the frame in `districts.acts_admin`:

    @act_on(Unit)
    class Rename(Act):
        name, title, button = "rename", _("Rename"), _("Rename the unit")
        ...
        def perform(self, target: Unit) -> Outcome: ...
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, TypeVar

from django import forms
from django.db import IntegrityError, OperationalError
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import INPUT_CLASSES, TEXTAREA_CLASSES

from audit.days import DayField, day_in_words
from audit.log import Draft, recording
from audit.refusals import Blocker, Refused, refuse_if
from districts.picking import PickField
from districts.veil import unveiled

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Link:
    """A link to the page of an act."""

    title: Text
    icon: str
    url: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act did: the row to show next, a sentence for the log, and an address to go to
    instead of that row's page.
    """

    shown: Model
    sentence: str
    address: str = ""


class DayInput(forms.DateInput):
    """The browser's own calendar, which needs no JavaScript."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"class": " ".join(INPUT_CLASSES)})


class LineInput(forms.TextInput):
    """One line of text."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs={"class": " ".join(INPUT_CLASSES)} | attrs)


class Act(forms.Form):
    """One act: the fields that it needs, its day and its reason.

    `title` names it on a button, `explanation` says in plain words what it will do, `grave` marks
    what is hard to undo, `bulk` what can be done to several rows at once. What it will change is
    found by doing it and taking it back, unless `rehearsed` is off; with `what_if` the rules are
    asked what the change would mean for the articles. With `looked_at` off the form itself says all
    that it does, and it is done as it is sent, unless something is unusual.
    """

    name: ClassVar[str] = ""
    title: ClassVar[Text] = ""
    explanation: ClassVar[Text] = ""
    icon: ClassVar[str] = "edit"
    grave: ClassVar[bool] = False
    bulk: ClassVar[bool] = False
    rehearsed: ClassVar[bool] = True
    looked_at: ClassVar[bool] = True
    what_if: ClassVar[bool] = False
    order: ClassVar[int] = 50

    on = DayField(label=gettext_lazy("On"), widget=DayInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "class": " ".join(TEXTAREA_CLASSES)}),
        help_text=gettext_lazy("Kept in the log together with the day. May be left empty."),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, request: HttpRequest, target: Any = None
    ) -> None:
        super().__init__(data, initial=request.GET.dict())
        self.request, self.target = request, target
        self.refused: tuple[Blocker, ...] = ()
        self.fields["on"].initial = timezone.localdate
        self.order_fields([*(name for name in self.fields if name not in _LAST), *_LAST])
        self.adapt()
        for asked in self.fields.values():
            if isinstance(asked, PickField):
                asked.ask(request)

    @classmethod
    def applies_to(cls, target: Any, on: date) -> bool:
        """Whether the act makes sense for `target`, so that its page offers it."""
        return True

    @classmethod
    def permitted(cls, request: HttpRequest) -> bool:
        """Whether the user may do it at all: what is for few is not offered to others."""
        return True

    def adapt(self) -> None:
        """Fit the fields to the target and the user before they are shown or read."""

    def facts(self) -> Iterable[tuple[Text, Any]]:
        """What to know about the target before deciding: pairs of a name and a value."""
        return ()

    def foreseen(self) -> Iterable[Blocker]:
        """What would stand in the way today; shown before anything is asked."""
        return ()

    def trespasses(self, target: Any) -> Iterator[Blocker]:
        """What the act would change that lies outside the user's ground."""
        yield from ()

    def unusual(self, target: Any) -> Iterator[Text]:
        """What is allowed and out of the ordinary: it is asked back, and done for a reason."""
        today = timezone.localdate()
        if self.day > today:
            yield gettext_lazy("The day is still to come.")
        elif self.day < today - LONG_AGO:
            yield gettext_lazy("The day lies more than two years back.")

    def foretold(self, target: Any) -> Iterable[Text]:
        """What will be done, in sentences that stand above the changes; asked after a rehearsal."""
        return ()

    def blockers(self, target: Any) -> Iterable[Blocker]:
        """What stands in the way of an act that is not rehearsed, and so cannot show it."""
        return ()

    def perform(self, target: Any) -> Outcome:
        """Do it, with the cleaned fields. Raises `Refused`."""
        raise NotImplementedError

    @property
    def day(self) -> date:
        """The day that was chosen."""
        day: date = self.cleaned_data["on"]
        return day


_LAST = ("on", "reason")
LONG_AGO = timedelta(days=731)


def carry_out(act: Act, target: Any) -> Outcome:
    """Perform the act and log it, or keep nothing of both. Raises `Refused`."""
    return _perform(act, target, rehearsal=False)[0]


def rehearse(act: Act, target: Any) -> list[Draft]:
    """What the act would change, found by doing it and taking it back. Raises `Refused`."""
    if not act.rehearsed:
        refuse_if([*act.trespasses(target), *act.blockers(target)])
        return []
    return _perform(act, target, rehearsal=True)[1]


def _perform(act: Act, target: Any, *, rehearsal: bool) -> tuple[Outcome, list[Draft]]:
    reason = act.cleaned_data.get("reason", "")  # none where it was found wanting
    try:
        with recording(act.name, reason=reason, rehearsal=rehearsal) as running:
            outcome = done_to(act, target)
            running.sentence = getattr(outcome.sentence, "whole", outcome.sentence)
    except (IntegrityError, OperationalError) as error:
        # What the act looked at was changed by somebody else before it could write.
        again = _("Somebody else changed this at the same moment. Please look again and repeat.")
        raise Refused(Blocker(again)) from error
    return outcome, running.drafts


def done_to(act: Act, target: Any) -> Outcome:
    """Do the act, unless it would change what lies outside the user's ground. Raises `Refused`."""
    refuse_if(act.trespasses(target))
    return act.perform(target)


_acts: dict[type[Model], dict[str, type[Act]]] = {}
_list_acts: dict[type[Model], dict[str, type[Act]]] = {}
A = TypeVar("A", bound=type[Act])


def act_on(model: type[Model]) -> Callable[[A], A]:
    """Declare an act that is done to one row of `model`, and to several where it is `bulk`."""
    return lambda act: _declare(_acts, model, act)


def act_among(model: type[Model]) -> Callable[[A], A]:
    """Declare an act that is done to no row there is yet, and offered above the list."""
    return lambda act: _declare(_list_acts, model, act)


def _declare(acts: dict[type[Model], dict[str, type[Act]]], model: type[Model], act: A) -> A:
    named = acts.setdefault(model, {})
    if act.name in named:
        raise ValueError(f"{model.__name__} has two acts named {act.name!r}")
    named[act.name] = act
    return act


def acts_on(model: type[Model]) -> Mapping[str, type[Act]]:
    """The acts that are done to rows of `model`, by name, in the order in which they stand."""
    return _in_order(_acts.get(model, {}))


def acts_among(model: type[Model]) -> Mapping[str, type[Act]]:
    """The acts that are offered above the list of `model`, by name."""
    return _in_order(_list_acts.get(model, {}))


def _in_order(acts: Mapping[str, type[Act]]) -> Mapping[str, type[Act]]:
    return dict(sorted(acts.items(), key=lambda named: named[1].order))


def titles() -> dict[str, Text]:
    """The titles of all acts by their names."""
    return {
        name: act.title
        for acts in (*_acts.values(), *_list_acts.values())
        for name, act in acts.items()
    }


class Said(str):
    """A sentence as whoever does the act sees it; `whole` names those whom he or she does not see.

    The log keeps the second: it is shown to each as far as names may be seen (A14). Days stand in
    it in one way for all, and in what is seen as the reader's language writes them.
    """

    whole: str

    def __new__(cls, shown: str, whole: str) -> "Said":
        said = super().__new__(cls, shown)
        said.whole = whole
        return said


def sentence(text: str, **values: Any) -> str:
    """`text` with the values put in: see `Said`."""
    with unveiled():
        whole = text % _with_days(values, date.isoformat)
    return Said(text % _with_days(values, day_in_words), whole)


def joined(sentences: Iterable[str]) -> str:
    """Several sentences as one that is seen and one that is kept: see `Said`."""
    several = list(sentences)
    return Said(" ".join(several), " ".join(getattr(one, "whole", one) for one in several))


def _with_days(values: Mapping[str, Any], written: Callable[[date], str]) -> dict[str, Any]:
    return {
        name: written(value) if isinstance(value, date) else value for name, value in values.items()
    }
