"""The door on the members' first page: a teller without another role comes there."""

from django.http import HttpRequest

from elections.access import polls_to_tell
from elections.door_access import tells_anywhere
from elections.models.polls import State
from members.models import Member
from members.portal import Panel, home_panel


@home_panel(order=30)
def door(request: HttpRequest, member: Member | None) -> Panel | None:
    """In how many polls that are open or to be counted the account is a teller."""
    if not tells_anywhere(request):
        return None
    under_way = polls_to_tell(request).filter(state__in=(State.OPEN, State.CLOSED))
    return Panel("elections/door_panel.html", {"polls": under_way.count()})
