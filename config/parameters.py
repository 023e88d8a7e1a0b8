"""What is taken out of the parameters of an address before any page reads them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

_NUL = ("\0", "%00")


class WithoutNul:
    """Takes out the character NUL: PostgreSQL has no text with it, and nobody looks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        while any(nul in query for nul in _NUL):  # what is left can make another one
            for nul in _NUL:
                query = query.replace(nul, "")
            request.META["QUERY_STRING"] = query
        return self.get_response(request)
