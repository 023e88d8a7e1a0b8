"""Who a request is from, for the log."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from audit.log import acting


class ActingUser:
    """What a request changes is logged as done by the user who sent it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with acting(request.user):
            return self.get_response(request)
