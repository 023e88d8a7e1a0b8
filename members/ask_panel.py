"""What can be told or asked, and the way to one's own data, on the members' first page."""

from django.http import HttpRequest
from django.utils import timezone

from members.asking import offered_to
from members.models import Member
from members.portal import Panel, home_panel


@home_panel(order=40)
def asking(request: HttpRequest, member: Member | None) -> Panel | None:
    """Links to everything that the member can ask for."""
    if member is None:
        return None
    offered = offered_to(member, timezone.localdate())
    return Panel("members/ask_panel.html", {"offered": offered})
