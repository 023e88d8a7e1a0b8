"""Votes that lie in the box, and tries to open it."""

import pytest

from elections.brake import braked
from elections.polls import close_poll
from elections.tellers import open_boxes
from elections.voting import cast_vote
from tests import factories
from tests.voting import making

OTHER = "nine green lamps at dusk"


def voted(unit, three, question=None, says=(1, 1, 2)):
    """An online poll in which members voted so, closed."""
    people = [factories.member(cell=unit) for _ in says]
    question = question or making.motion(unit.get_root())
    poll = making.opened(question, unit, tellers=three, channels="online")
    for member, choice in zip(people, says, strict=True):
        cast_vote(code=poll.code, member=member.pk, choices=[choice])
    return close_poll(poll=poll)


def open_with(account, *polls, passphrase=making.PASSPHRASE):
    return open_boxes(account=account, polls=polls, passphrase=passphrase)


class Wrong(Exception):
    pass


def wrong(account, times=1):
    for _one in range(times):
        with pytest.raises(Wrong), braked(account):
            raise Wrong
