"""Picking one row out of many by typing: a code, or a part of a name with suggestions.

A text field that the server understands, so that it works on any device and without JavaScript;
a short list stands in the page, a long one is fetched while somebody types.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.widgets import INPUT_CLASSES

from districts.kinds import LEADERS_OF_CELLS, Kind
from districts.models import Locality, Unit, Workplace
from districts.roles import CHANGE, VIEW
from districts.scope import ground_of, holds_any

SHORT = 100  # rows that stand in the page itself
SUGGESTED = 20
ASKED_BACK = 6
_NO_WORD = str.maketrans("()\0", "   ")
_KEY_IN_LABEL = re.compile(r"\(([^()]+)\)\s*\Z")


@dataclass(frozen=True, slots=True)
class Choice:
    """A set of rows to pick from.

    `rows` takes them through the scope of the user who asks; `key` is the field that names one row
    for certain, `words` those in which a part is looked for. Whoever holds `permission` somewhere
    may ask for suggestions.
    """

    name: str
    rows: Callable[[HttpRequest], QuerySet[Any]]
    key: str = "code"
    words: tuple[str, ...] = ("code", "name")
    permission: str = CHANGE  # somewhere, to be offered suggestions at all
    by_name: Callable[[Any], QuerySet[Any]] | None = None  # those that may be found by a name (A14)

    def label(self, row: Model) -> str:
        """The row in words, with its key in brackets at the end."""
        text, key = str(row), str(getattr(row, self.key))
        return text if text == key or text.endswith(f"({key})") else f"{text} ({key})"

    def named(self, request: HttpRequest, text: str) -> Model | None:
        """The one row that `text` names by its key, its whole label or its whole name."""
        in_label = _KEY_IN_LABEL.search(text)
        for key in (text, in_label[1] if in_label else ""):
            if key and (row := self._keyed(request, key)):
                return row
        names = [word for word in self.words if word != self.key]
        whole = Q(pk__in=[])
        for name in names:
            whole |= Q(**{f"{name}__iexact": text})
        found = list(self._by_name(request).filter(whole)[:2])
        return found[0] if len(found) == 1 else None

    def like(self, request: HttpRequest, text: str) -> QuerySet[Any]:
        """The rows that hold every word of `text` in one of their fields."""
        rows = self._by_name(request)
        for word in text.translate(_NO_WORD).split():
            part = Q()
            for field in self.words:
                part |= Q(**{f"{field}__icontains": word})
            rows = rows.filter(part)
        return rows

    def _by_name(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that may be found by a name: the veiled are found by their key alone."""
        rows: Any = self.rows(request)
        if self.by_name is not None:
            return self.by_name(rows)
        found: QuerySet[Any] = rows.unveiled() if hasattr(rows, "unveiled") else rows
        return found

    def _keyed(self, request: HttpRequest, key: str) -> Model | None:
        try:
            row: Model | None = self.rows(request).filter(**{self.key: key}).first()
        except (ValueError, OverflowError):  # a text where the key is a number
            return None
        return row


_choices: dict[str, Choice] = {}


def declare_choice(choice: Choice) -> Choice:
    """Let `choice` be asked for suggestions under its name."""
    _choices[choice.name] = choice
    return choice


def choice_named(name: str) -> Choice | None:
    """The declared choice of this name, if there is one."""
    return _choices.get(name)


class PickInput(forms.TextInput):
    """A text field with a list of suggestions."""

    template_name = "kartei/pick.html"

    class Media:
        js = ("kartei/pick.js",)

    def __init__(self) -> None:
        super().__init__(attrs={"class": " ".join(INPUT_CLASSES), "autocomplete": "off"})
        self.suggested: list[str] = []
        self.source = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        listed = f"{context['widget']['attrs'].get('id', name)}_list"
        context["widget"]["attrs"]["list"] = listed
        return context | {"list_id": listed, "suggested": self.suggested, "source": self.source}

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return render_to_string(self.template_name, self.get_context(name, value, attrs))


class PickField(forms.Field):
    """A row of `choice`, typed as its code, its label or its name. Give it the request first."""

    widget: Any = PickInput
    request: HttpRequest

    def __init__(self, choice: Choice, **kwargs: Any) -> None:
        self.choice = choice
        super().__init__(**kwargs)

    def ask(self, request: HttpRequest) -> None:
        """Take the rows through the scope of the user who asks. One query: the short list."""
        self.request = request
        rows = list(self.choice.rows(request)[: SHORT + 1])
        if len(rows) <= SHORT:
            self.widget.suggested = [self.choice.label(row) for row in rows]
        else:
            self.widget.source = reverse("admin:districts_suggest", args=[self.choice.name])

    def prepare_value(self, value: Any) -> Any:
        """What stands in the field: the label of a row or of a row's primary key."""
        if isinstance(value, int):
            value = self._rows().model._default_manager.filter(pk=value).first()
        return self.choice.label(value) if isinstance(value, Model) else value

    def to_python(self, value: Any) -> Model | None:
        text = (value or "").replace("\0", "").strip()  # PostgreSQL takes no NUL
        if not text:
            return None
        if row := self.choice.named(self.request, text):
            return row
        raise ValidationError(self._did_you_mean(text), code="invalid_choice")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "").strip()

    def _did_you_mean(self, text: str) -> str:
        like = [
            self.choice.label(row) for row in self.choice.like(self.request, text)[: ASKED_BACK + 1]
        ]
        if not like:
            return _("Nothing that you may choose here fits “%(text)s”.") % {"text": text}
        more = _(" and others") if len(like) > ASKED_BACK else ""
        self.widget.suggested = self.widget.suggested or like[:ASKED_BACK]
        return _("Which one? Please give its code: %(rows)s%(more)s.") % {
            "rows": "; ".join(like[:ASKED_BACK]),
            "more": more,
        }

    def _rows(self) -> QuerySet[Any]:
        return self.choice.rows(self.request)


def _units(request: HttpRequest) -> QuerySet[Unit]:
    """The units, not dissolved, that the user who asks may change."""
    mine: QuerySet[Unit] = Unit.objects.on_ground(ground_of(request, CHANGE))
    return mine.exclude(dissolved__lte=timezone.localdate())


def _units_of(*kinds: str) -> Callable[[HttpRequest], QuerySet[Any]]:
    return lambda request: _units(request).filter(kind__in=kinds)


def _places(model: type[Locality] | type[Workplace]) -> Callable[[HttpRequest], QuerySet[Any]]:
    """Any place for whoever may change some part of the register.

    People live and work outside the ground of their cell (A4), and a place is no person.
    """

    def rows(request: HttpRequest) -> QuerySet[Any]:
        everything: QuerySet[Any] = model._default_manager.all()
        return everything if holds_any(ground_of(request, CHANGE)) else everything.none()

    return rows


def _own_localities(request: HttpRequest) -> QuerySet[Locality]:
    ground = ground_of(request, CHANGE)
    return Locality.objects.filter(ground.holds("unit__") | ground.holds("street_cell__"))


UNIT = declare_choice(Choice("unit", _units))
SEEN_UNIT = declare_choice(
    Choice(
        "seen-unit",
        lambda request: Unit.objects.on_ground(ground_of(request)),
        permission=VIEW,
    )
)
CELL = declare_choice(
    Choice("cell", _units_of(Kind.FACTORY_CELL, Kind.STREET_CELL, Kind.JOINT_CELL))
)
FACTORY_CELL = declare_choice(Choice("factory-cell", _units_of(Kind.FACTORY_CELL, Kind.JOINT_CELL)))
STREET_CELL = declare_choice(Choice("street-cell", _units_of(Kind.STREET_CELL, Kind.JOINT_CELL)))
RESIDENTS_CELL = declare_choice(Choice("residents-cell", _units_of(Kind.STREET_CELL)))
LEADER = declare_choice(Choice("district", _units_of(*sorted(LEADERS_OF_CELLS))))
UNIT_ABOVE = declare_choice(
    Choice("unit-above", _units_of(Kind.TOWN, Kind.AREA, *sorted(LEADERS_OF_CELLS)))
)
LOCALITY = declare_choice(Choice("locality", _places(Locality), words=("code", "postcode", "name")))
OWN_LOCALITY = declare_choice(
    Choice("own-locality", _own_localities, words=("code", "postcode", "name"))
)
WORKPLACE = declare_choice(Choice("workplace", _places(Workplace)))
