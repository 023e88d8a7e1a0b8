"""Whose names are veiled: those of units in an emergency, from whoever has no role there (A14).

Who asks is known from the request alone, so that a name is veiled wherever it is written: the
middleware says who asks, and `members.veil` what follows for a member. A task in the background may
ask for an account; commands ask for nobody, and see names.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from audit.ground import Extent, Ground
from audit.periods import in_force
from districts.models import HeldRole, Regime, Unit
from districts.scope import emergency_may_stand


class Look:
    """What the user who sent a request may not see: looked up once, when a name is first asked."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.known: dict[int, bool] = {}  # by members' numbers: whether the name is veiled

    @cached_property
    def veiled(self) -> Ground:
        """The units in an emergency, with all below them, in which the user holds no role.

        One query; none for whoever sees the register by a role while no emergency stands anywhere.
        """
        if not emergency_may_stand(self.request):
            return Ground()
        units = Unit.objects.filter(regime=Regime.EMERGENCY, dissolved=None)
        if self.request.user.is_authenticated:
            there = HeldRole.objects.filter(
                in_force(timezone.localdate()),
                account=self.request.user,
                unit__tree_id=OuterRef("tree_id"),
                unit__lft__gte=OuterRef("lft"),
                unit__lft__lte=OuterRef("rght"),
            )
            units = units.exclude(Exists(there))
        rows = units.order_by().values_list("tree_id", "lft", "rght")
        return Ground(tuple(Extent(*row) for row in rows))


_look: ContextVar[Look | None] = ContextVar("look", default=None)


def current_look() -> Look | None:
    """The look of the request that is answered, None outside of any."""
    return _look.get()


def veiled_ground() -> Ground:
    """The units whose members' names the user who asks may not see; nowhere where nobody asks."""
    look = _look.get()
    return look.veiled if look else Ground()


def sees_into(unit: Unit) -> bool:
    """Whether the user who asks sees the names of the unit's members."""
    return not veiled_ground().has(unit.tree_id, unit.lft)


@contextmanager
def looking(request: HttpRequest) -> Iterator[Look]:
    """Veil names for the user who sent `request`, to the end of the block."""
    look = Look(request)
    token = _look.set(look)
    try:
        yield look
    finally:
        _look.reset(token)


def looking_as(user: Any) -> AbstractContextManager[Look]:
    """Veil names as for an account whose work is done in the background."""
    request = HttpRequest()
    request.user = user
    return looking(request)


@contextmanager
def unveiled() -> Iterator[None]:
    """Lift the veil to the end of the block: for what is kept, and never for what is shown."""
    token = _look.set(None)
    try:
        yield
    finally:
        _look.reset(token)


class Veil:
    """Whatever answers a request shows the names that its user may see."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with looking(request) as look:
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            parts: Any = response.streaming_content
            response.streaming_content = _within(look, parts)
        return response


def _within(look: Look, parts: Iterable[bytes]) -> Iterator[bytes]:
    """What is written when the request has been answered is veiled as well."""
    remaining = iter(parts)
    while True:
        token = _look.set(look)
        try:
            part = next(remaining)
        except StopIteration:
            return
        finally:
            _look.reset(token)
        yield part
