"""The page with the receipt, quickly: it is the same for all but the receipt and the form's token.

Casting a vote is the one thing that very many do at the same time. So the page is put together once
for a ballot and a language; and the QR code, which takes longer to draw than all the rest, is asked
for by the page that shows it.
"""

from functools import lru_cache
from uuid import UUID

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

from elections.sealing import shown

# In the places of what differs; no title and no translation has a character like these.
_RECEIPT, _PLAIN = "\ue000receipt\ue001", "\ue000plain\ue001"
_FORMS = "\ue000token\ue001"


def receipt_page(request: HttpRequest, *, code: UUID, title: str, receipt: str) -> str:
    """The page that tells the voter the receipt, in the language of the request. No query."""
    page = _page(get_language() or "", code, title)
    groups = "".join(f"<span>{group}</span> " for group in shown(receipt).split())
    # The token that came with the ballot was found good and serves again, for the log-out.
    token = escape(request.POST.get("csrfmiddlewaretoken", "")) or get_token(request)
    return page.replace(_RECEIPT, groups).replace(_PLAIN, receipt).replace(_FORMS, token)


@lru_cache(maxsize=512)
def _page(language: str, code: UUID, title: str) -> str:
    """The page with placeholders. `language` is active; it is a part of the key alone."""
    context = {
        "title": title,
        "code": code,
        "receipt": _RECEIPT,
        "plain": _PLAIN,
        "csrf_token": _FORMS,
        "user": {"is_authenticated": True},
    }
    return render_to_string("elections/receipt.html", context)
