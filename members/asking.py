"""What a member can ask for or tell on his or her own pages: declared by the apps above.

@asks
class Moved(Ask):
    name, title = "address", _("I have moved")
    ...
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, ClassVar, Protocol, TypeVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import days
from audit.refusals import Blocker
from districts.acts import Text
from members.models import Account, Member, Request

WRONG_AND_RIGHT = _("What is wrong, and what is right")  # what the reason of a correction tells


class DayField(days.DayField):
    """A day, by the browser's own calendar, which needs no JavaScript; today unless changed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(**{"widget": widget, "initial": timezone.localdate, **kwargs})


class Ask(forms.Form):
    """Something a member asks for or tells: the fields that it needs, and what will follow.

    `title` names it on a link, `explanation` says in plain words what will be done, `article` is
    the one it rests on. With `looked_at` it is shown what will follow before it is sent; where what
    is typed is looked up in the register, `looks_up` has it done so many times an hour at most.
    """

    do_not_call_in_templates: ClassVar[bool] = True  # pages list the classes themselves

    name: ClassVar[str] = ""
    title: ClassVar[Text] = ""
    explanation: ClassVar[Text] = ""
    article: ClassVar[str] = ""
    button: ClassVar[Text] = _("Send")
    looked_at: ClassVar[bool] = False
    looks_up: ClassVar[bool] = False
    order: ClassVar[int] = 50

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For whoever decides. May be left empty."),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, member: Member, account: Account
    ) -> None:
        super().__init__(data)
        self.member, self.account = member, account
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])
        self.adapt()

    @classmethod
    def applies_to(cls, member: Member, on: date) -> bool:
        """Whether it makes sense for the member, so that it is offered."""
        return member.is_present(on)

    def adapt(self) -> None:
        """Fit the fields to the member before they are shown or read."""

    def facts(self) -> Iterable[tuple[Text, Any]]:
        """What to know beforehand: pairs of a name and a value."""
        return ()

    def foreseen(self) -> Iterable[Blocker]:
        """What stands in the way today; shown before anything is asked."""
        return ()

    def foretold(self) -> Iterable[tuple[str, Text]]:
        """What will follow, in sentences, each with its article or ''. Raises `Refused`."""
        return ()

    def perform(self) -> Text:
        """Do it, and answer what was done in a sentence. Raises `Refused`."""
        raise NotImplementedError


class TakesBack(Protocol):
    """Who takes a request back for the member who asked."""

    def __call__(self, *, request: Request, on: date, by: Account) -> Request:
        """Take it back. Raises `Refused`."""


A = TypeVar("A", bound=type[Ask])
_asks: dict[str, type[Ask]] = {}
_takes_back: list[TakesBack] = []
_words: list[Callable[[Request], Iterable[tuple[Text, Any]]]] = []


def asks(ask: A) -> A:
    """Declare something that members can ask for."""
    if ask.name in _asks:
        raise ValueError(f"two things to ask for are named {ask.name!r}")
    _asks[ask.name] = ask
    return ask


def asked_by_name(name: str) -> type[Ask] | None:
    """What is declared under that name."""
    return _asks.get(name)


def offered_to(member: Member, on: date) -> list[type[Ask]]:
    """What the member can ask for on the day `on`, in its order."""
    in_order = sorted(_asks.values(), key=lambda ask: ask.order)
    return [ask for ask in in_order if ask.applies_to(member, on)]


def takes_back(take: TakesBack) -> TakesBack:
    """Declare how a request is taken back."""
    _takes_back[:] = [take]
    return take


def take_back(*, request: Request, on: date, by: Account) -> Request:
    """Take the request back for the member who asked. Raises `Refused`."""
    return _takes_back[0](request=request, on=on, by=by)


Words = Callable[[Request], Iterable[tuple[Text, Any]]]


def tells_requests(words: Words) -> Words:
    """Declare what a request tells besides its kind: pairs of a name and a value."""
    _words[:] = [words]
    return words


def told_of(request: Request) -> list[tuple[Text, Any]]:
    """What the request tells besides its kind, as it is declared."""
    return [pair for words in _words for pair in words(request)]
