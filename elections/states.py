"""The states of a poll and which may follow which. Pure."""

from django.utils.translation import gettext as _

from audit.refusals import Blocker
from elections.models import Poll
from elections.models.polls import State

NEXT: dict[str, frozenset[str]] = {
    State.DRAFTED: frozenset({State.OPEN, State.ANNULLED}),
    State.OPEN: frozenset({State.CLOSED, State.ANNULLED}),
    State.CLOSED: frozenset({State.COUNTED, State.ANNULLED}),
    State.COUNTED: frozenset({State.PUBLISHED, State.ANNULLED}),
    State.PUBLISHED: frozenset({State.ANNULLED}),
    State.ANNULLED: frozenset(),
}


def may_follow(now: str, then: str) -> bool:
    """Whether a poll that is `now` may become `then`."""
    return then in NEXT[now]


def state_blockers(poll: Poll, then: str) -> list[Blocker]:
    """What to say where the poll cannot become `then` from the state in which it is."""
    if may_follow(poll.state, then):
        return []
    reason = _("The poll is %(now)s; it cannot become %(then)s.")
    told = {"now": poll.get_state_display(), "then": State(then).label}
    return [Blocker(reason % told)]
