"""How far a poll is, and the steps that take it further."""

from datetime import timedelta

from django.utils import timezone

from elections.models import Poll
from elections.papers import enter_papers
from tests import factories
from tests.admin_acts.performing import address

NOW = timezone.now


def state_of(poll):
    return Poll.objects.get(pk=poll.pk).state


def over(poll):
    """Let the time to vote in the poll be over."""
    Poll.objects.filter(pk=poll.pk).update(closes_at=NOW() - timedelta(minutes=1))
    return poll


def preview(client, row, act, **given):
    return client.post(address(row, act), {"reason": "", **given}).context_data["preview"]


def enter(poll, *votes, by=None):
    """What one person says of the papers: votes for yes, for no, and abstentions."""
    totals = dict(enumerate(votes, start=1))
    account = by or factories.account()
    return enter_papers(poll=poll, by=account, totals=totals, papers=sum(votes))
