"""Elections that look for candidates on the members' first page, and nominations that wait."""

from django.http import HttpRequest
from django.utils import timezone

from elections.models import Nomination
from elections.nominating.calls import calls_for
from members.models import Member
from members.portal import Panel, home_panel


@home_panel(order=8)
def nominations(request: HttpRequest, member: Member | None) -> Panel | None:
    """The running calls, those first that wait for the member's answer; two queries at most."""
    if member is None:
        return None
    calls = list(calls_for(member, timezone.localdate()))
    if not calls:
        return None
    asked = [call.question_id for call in calls]
    mine = Nomination.objects.filter(member=member, question__in=asked)
    answers = dict(mine.values_list("question", "state"))
    waiting = [call for call in calls if answers.get(call.question_id) == Nomination.State.WAITING]
    looking = [
        (call, answers.get(call.question_id) == Nomination.State.ACCEPTED)
        for call in calls
        if call not in waiting
    ]
    return Panel("elections/nominations_panel.html", {"waiting": waiting, "looking": looking})
