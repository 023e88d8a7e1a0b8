"""The open votes on the members' first page, and which of them the member can vote in."""

from django.http import HttpRequest

from elections.access import polls_to_vote
from elections.ballot_views import open_votes
from members.models import Member
from members.portal import Panel, home_panel


@home_panel(order=10)
def votes(request: HttpRequest, member: Member | None) -> Panel | None:
    """The open votes, each with whether and why not; two queries."""
    if member is None:
        return None
    polls = list(polls_to_vote(request).open())
    return Panel("elections/votes_panel.html", {"open": open_votes(request, polls)})
