"""The members' own first page: each app declares its panel, and the page puts them together.

@home_panel(order=20)
def open_votes(request: HttpRequest, member: Member | None) -> Panel | None: ...
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.http import HttpRequest

from members.models import Account, Member


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: its template and what that is given."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


Look = Callable[[HttpRequest, Member | None], Panel | None]
_panels: list[tuple[int, Look]] = []


def home_panel(*, order: int) -> Callable[[Look], Look]:
    """Declare a panel of the first page; the lowest `order` stands first, None shows nothing."""

    def declare(look: Look) -> Look:
        _panels.append((order, look))
        return look

    return declare


def panels(request: HttpRequest) -> list[Panel]:
    """The panels that have something to show to the account that asks."""
    member = cast(Account, request.user).member
    looks = [look for _order, look in sorted(_panels, key=lambda declared: declared[0])]
    return [panel for look in looks if (panel := look(request, member)) is not None]
