"""My cell and why, on the members' first page; and what waits where the register knows too little.

The cell that the articles name and the one where the member is registered may differ: then both are
told, and what to do about it.
"""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from districts.kinds import article_of_cell
from members.belonging import Belonging, belongings
from members.models import Member, Registration, Request
from members.portal import Panel, Waiting, home_panel, standing, waits

HOME = Registration.Kind.HOME


@home_panel(order=2)
def my_cell(request: HttpRequest, member: Member | None) -> Panel | None:
    """Where the member is registered and why; where the articles say otherwise, that too."""
    if member is None:
        return None
    held = standing(request, member)
    home = next((one for one in held if one.kind == HOME), None)
    known = _known(request, member)
    fits = bool(known and known.cell and home and known.cell.pk == home.unit_id)
    granted = _granted(member, home) if home else None
    is_exception = granted is not None and granted.basis == Request.Basis.EXCEPTION
    context = {
        "home": home,
        "residences": [one for one in held if one.kind != HOME],
        "known": known,
        "fits": fits,
        "article": article_of_cell(home.unit.kind) if home else "A1",
        "exception": granted if is_exception and not fits else None,
        "detached": granted if granted and granted.kind == Request.Kind.DETACHMENT else None,
        "present": member.is_present(timezone.localdate()),
    }
    return Panel("members/my_cell_panel.html", context)


@waits(order=10)
def gaps(request: HttpRequest, member: Member) -> Iterator[Waiting]:
    """What the register does not know of the member and has to (A1, A3)."""
    known = _known(request, member)
    if known is None:
        return
    if member.locality_id is None:
        text = _("The register does not know where you live. Please tell it.")
        yield Waiting(text, reverse("ask", args=["address"]), "A3")


def _known(request: HttpRequest, member: Member) -> Belonging | None:
    """What the articles say of the member today. Looked up once for each request."""
    found: dict[int, Belonging | None] = request.__dict__.setdefault("_belonging", {})
    if member.pk not in found:
        found[member.pk] = belongings([member.pk], timezone.localdate()).get(member.pk)
    return found[member.pk]


def _granted(member: Member, home: Registration) -> Request | None:
    """The granted request that brought the member to this home. One query."""
    asked = member.requests.filter(
        state=Request.State.GRANTED, cell=home.unit_id, takes_effect=home.since
    )
    return asked.select_related("unit").first()
