"""What is taken out of an address before any page reads it."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase

_NUL = ("\0", "%00")


class WithoutNul:
    """Takes NUL out of the parameters: PostgreSQL has no text with it, and nobody looks for it.

    A page whose address has it is none (404).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info:
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        while any(nul in query for nul in _NUL):  # what is left can make another one
            for nul in _NUL:
                query = query.replace(nul, "")
            request.META["QUERY_STRING"] = query
        return self.get_response(request)
