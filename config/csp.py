"""The content security policy: strict everywhere, and in the admin as strict as it can be."""

from collections.abc import Callable
from functools import cached_property

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse


class PolicyByPath:
    """Send the admin's policy on the admin's pages and the strict one on all others.

    No page has a policy or a nonce of its own, so each text is put together once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.strict = build_policy()
        self.admin = build_policy(replace=settings.ADMIN_CONTENT_SECURITY_POLICY)

    @cached_property
    def office(self) -> str:
        """Where the admin's addresses begin."""
        return reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # With DEBUG, Django's own error pages bring their style and script along.
        if not (settings.DEBUG and response.status_code in (404, 500)):
            in_office = request.path.startswith(self.office)
            response[HEADER] = self.admin if in_office else self.strict
        return response
