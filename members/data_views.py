"""All that is held on the member who asks: as a page, and as a file for programs."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from members.holdings import held_on, parts
from members.models import Member
from members.periods import retention
from members.portal import own

MOST = 100  # rows of a part on the page; the file has them all


@require_safe
@never_cache
def my_data(request: HttpRequest) -> HttpResponse:
    """The page. Whoever looks at the own data is not logged. Constant queries."""
    member = own(request)
    held = held_on(member)
    context = {
        "member": member,
        "parts": [(part, held[part.name][:MOST], len(held[part.name])) for part in parts()],
        "most": MOST,
        "periods": retention(),
    }
    return render(request, "members/data.html", context)


@require_safe
@never_cache
def download(request: HttpRequest) -> HttpResponse:
    """The same as JSON (GDPR article 20), with days and moments as ISO 8601 writes them."""
    member = own(request)
    text = json.dumps(file_of(member), ensure_ascii=False, indent=2)
    answer = HttpResponse(text + "\n", content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="kartei-{member.pk}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


def file_of(member: Member) -> dict[str, object]:
    """All that is held on the member, ready to be written as JSON."""
    held = held_on(member)
    return {
        "about": _("All that the register holds on one member."),
        "member": member.pk,
        "made": timezone.localtime().isoformat(timespec="seconds"),
        "held": {
            name: [{cell.name: cell.value for cell in row} for row in rows]
            for name, rows in held.items()
        },
    }
