"""The brake on passphrases: after some wrong ones an account waits, in whatever process it asks.

A try is written before the passphrase is looked at, under a lock on the account: requests that come
at once are counted like those that come one after the other. A right one takes its own try away and
leaves the wrong ones, so that knowing one passphrase gives no more tries at another.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.refusals import Blocker, Refused
from elections.models import PassphraseTry
from members.models import Account

MOST_TRIES = 5
WITHIN = timedelta(minutes=10)


class TooManyTries(Refused):
    """A passphrase that was not looked at, because too many wrong ones came before."""


@contextmanager
def braked(account: Any) -> Iterator[None]:
    """One try at a passphrase of the account: wrong, and counted, where the block raises.

    It must not run inside a transaction that the wrong passphrase would roll back. Raises
    `TooManyTries` before the block.
    """
    noted = _noted(account)
    yield
    noted.delete()


@transaction.atomic
def _noted(account: Any) -> PassphraseTry:
    now = timezone.now()
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    tries = PassphraseTry.objects.filter(account=account)
    tries.filter(at__lte=now - WITHIN).delete()
    moments = list(tries.order_by("-at").values_list("at", flat=True)[:MOST_TRIES])
    if len(moments) == MOST_TRIES:
        raise TooManyTries(Blocker(_waiting(moments[-1] + WITHIN - now)))
    return PassphraseTry.objects.create(account=account, at=now)


def _waiting(rest: timedelta) -> str:
    minutes = -(-rest // timedelta(minutes=1))
    reason = _(
        "There were %(tries)s wrong tries. This account can try again in %(minutes)s minutes."
    )
    return reason % {"tries": MOST_TRIES, "minutes": minutes}
