"""Who comes to the tellers' pages: whoever holds the teller's role somewhere, and nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from districts.roles import TELL
from districts.scope import ground_of, holds_any
from members.models import Account

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def tells_anywhere(request: HttpRequest) -> bool:
    """Whether whoever asks is a teller of any unit; for links that lead to the door."""
    return holds_any(ground_of(request, TELL))


def for_tellers(view: View[P]) -> View[P]:
    """A page for tellers: 403 for everybody else, and no browser keeps it, as it names people."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not tells_anywhere(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return never_cache(guarded)


def account_of(request: HttpRequest) -> Account:
    """The account that asks; the middleware lets nobody in without one."""
    return cast(Account, request.user)
