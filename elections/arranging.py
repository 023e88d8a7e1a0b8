"""Changing how a drafted poll is held: its ways of voting, its tellers, its end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from elections.models import Poll, PollTeller
from elections.models.polls import State
from elections.questions import tellers_blockers


class CannotArrange(Refused):
    """A poll whose tellers or times could not be changed."""


@recorded("arrange-polls")
def arrange_polls(
    *,
    polls: Sequence[Poll],
    channels: str,
    tellers: Sequence[Any] = (),
    closes_at: datetime | None = None,
) -> list[Poll]:
    """Let votes in these drafted polls be cast in these ways, with these tellers, until then.

    None of them is changed where one is open already. Raises `CannotArrange`.
    """
    keys = [poll.pk for poll in polls]
    rows = Poll.objects.select_for_update(of=("self",)).select_related("unit", "question")
    locked = list(rows.filter(pk__in=keys).order_by("pk"))
    refuse_if([*_begun(locked), *tellers_blockers(tellers, channels)], CannotArrange)
    for poll in locked:
        poll.channels, poll.closes_at = channels, closes_at
        poll.save(update_fields=["channels", "closes_at"])
        _set_tellers(poll, tellers)
    return locked


def _set_tellers(poll: Poll, tellers: Sequence[Any]) -> None:
    wanted = {teller.pk: teller for teller in tellers}
    for known in poll.tellers.all():
        if known.account_id in wanted:
            del wanted[known.account_id]
        else:
            known.delete()
    for teller in wanted.values():
        PollTeller.objects.create(poll=poll, account=teller)


def _begun(polls: Sequence[Poll]) -> list[Blocker]:
    reason = _("%(unit)s: the poll has been opened, and is held as it was begun.")
    return [Blocker(reason % {"unit": poll.unit}) for poll in polls if poll.state != State.DRAFTED]
