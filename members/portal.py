"""The members' own first page: each app declares its panel, and the page puts them together.

@home_panel(order=20)
def open_votes(request: HttpRequest, member: Member | None) -> Panel | None: ...

@waits(order=20)
def votes_to_cast(request: HttpRequest, member: Member) -> Iterable[Waiting]: ...
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.utils import timezone

from members.models import Account, Member, Registration


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: its template and what that is given."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the member: in a sentence, with where to do it and the article."""

    text: str
    address: str
    article: str = ""


Look = Callable[[HttpRequest, Member | None], Panel | None]
Wait = Callable[[HttpRequest, Member], Iterable[Waiting]]
_panels: list[tuple[int, Look]] = []
_waits: list[tuple[int, Wait]] = []


def home_panel(*, order: int) -> Callable[[Look], Look]:
    """Declare a panel of the first page; the lowest `order` stands first, None shows nothing."""

    def declare(look: Look) -> Look:
        _panels.append((order, look))
        return look

    return declare


def waits(*, order: int) -> Callable[[Wait], Wait]:
    """Declare what may wait for a member; the lowest `order` stands first."""

    def declare(wait: Wait) -> Wait:
        _waits.append((order, wait))
        return wait

    return declare


def panels(request: HttpRequest) -> list[Panel]:
    """The panels that have something to show to the account that asks."""
    member = member_of(request)
    looks = [look for _order, look in sorted(_panels, key=_by_order)]
    return [panel for look in looks if (panel := look(request, member)) is not None]


def waiting_for(request: HttpRequest, member: Member) -> list[Waiting]:
    """All that waits for the member, as the apps declare it."""
    waits_in_order = [wait for _order, wait in sorted(_waits, key=_by_order)]
    return [waiting for wait in waits_in_order for waiting in wait(request, member)]


def _by_order(declared: tuple[int, Any]) -> int:
    return declared[0]


def member_of(request: HttpRequest) -> Member | None:
    """The member whose account asks; None for an account of nobody's."""
    return cast(Account, request.user).member


def own(request: HttpRequest) -> Member:
    """The member whose account asks. Raises `Http404` for an account of nobody's."""
    member = member_of(request)
    if member is None:
        raise Http404
    return member


def standing(request: HttpRequest, member: Member) -> list[Registration]:
    """The registrations of the member who asks that hold today, the home first.

    With their units and those above. One query for each request, whoever asks.
    """
    known: dict[int, list[Registration]] = request.__dict__.setdefault("_standing", {})
    if member.pk not in known:
        held = member.registrations.in_force(timezone.localdate()).order_by("kind")
        known[member.pk] = list(held.select_related("unit__parent"))
    return known[member.pk]
