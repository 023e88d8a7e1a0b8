"""Tellers: who they are, their keys, and opening the box together, two of three."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from districts.models import HeldRole, Unit
from districts.roles import TELL, holds_all
from elections.models import Count, Poll, PollTeller, SealedBallot, Share, TellerKey
from elections.models.polls import Channel, State
from elections.sealing import (
    SealingError,
    WrongPassphrase,
    half_open,
    new_teller_key,
    open_key,
    passphrase_blockers,
    shuffled,
    unlock,
    unseal,
)


class CannotOpenBox(Refused):
    """A key that could not be made, or a box that could not be opened. Nothing was read."""


@recorded("teller-key")
def make_teller_key(*, account: Any, passphrase: str, repeated: str) -> TellerKey:
    """Give the account a key pair under this passphrase, in the place of one that it had.

    Polls that are open keep the key that they began with. Raises `CannotOpenBox`.
    """
    found = [Blocker(reason) for reason in passphrase_blockers(passphrase)]
    if passphrase != repeated:
        found.append(Blocker(_("The two passphrases differ.")))
    refuse_if(found, CannotOpenBox)
    made = new_teller_key(passphrase)
    key, _made = TellerKey.objects.update_or_create(
        account=account,
        defaults={
            "public": made.public,
            "wrapped": made.wrapped,
            "made_on": timezone.localdate(),
        },
    )
    return key


def tells(account: Any, unit: Unit) -> bool:
    """Whether the account holds the teller's role on the unit, or on one above it."""
    return holds_all(account, {TELL}, unit)


def boxes_of(account: Any, polls: Iterable[Poll]) -> list[PollTeller]:
    """The closed polls among `polls` whose box this account is to open, in their order."""
    mine = PollTeller.objects.filter(account=account, poll__in=polls, poll__state=State.CLOSED)
    waiting = mine.filter(poll__count=None).exclude(poll__channels=Poll.Channels.PAPER)
    return list(waiting.select_related("poll").order_by("poll"))


@recorded("open-box")
def open_boxes(*, account: Any, polls: Sequence[Poll], passphrase: str) -> tuple[int, int]:
    """Open the boxes of closed polls with this teller's passphrase.

    For each poll the first of two tellers takes off the outer seal of the key; the second opens the
    key, and with it the box, whose ballots are shuffled by the system's randomness before anything
    is written. Gives how many boxes were opened and how many wait for a second teller. Raises
    `CannotOpenBox`.
    """
    list(Poll.objects.select_for_update().filter(pk__in=[one.pk for one in polls]).order_by("pk"))
    mine = boxes_of(account, polls)
    if not mine:
        raise CannotOpenBox(Blocker(_("There is no closed box here that you can open.")))
    opened = 0
    unlocked: dict[bytes, Any] = {}
    for teller in mine:
        wrapped = bytes(teller.wrapped or b"")
        if wrapped not in unlocked:
            unlocked[wrapped] = _unlocked(wrapped, passphrase)
        opened += _opened(teller, unlocked[wrapped])
    return opened, len(mine) - opened


def _unlocked(wrapped: bytes, passphrase: str) -> Any:
    try:
        return unlock(wrapped, passphrase)
    except WrongPassphrase as error:
        raise CannotOpenBox(Blocker(_("This is not the passphrase of your key."))) from error
    except SealingError as error:
        raise CannotOpenBox(Blocker(str(error))) from error


def _opened(teller: PollTeller, private: Any) -> bool:
    """Whether the box is open now; if not, the outer seals before this teller are off."""
    poll = teller.poll
    ready = Share.objects.filter(poll=poll, second=teller, half__isnull=False).first()
    try:
        if ready is None:
            for share in Share.objects.filter(poll=poll, first=teller):
                share.half = half_open(bytes(share.sealed), private)
                share.save(update_fields=["half"])
            return False
        public = bytes(poll.public_key or b"")
        _read(poll, open_key(bytes(ready.half or b""), private, public=public))
    except SealingError as error:
        raise CannotOpenBox(Blocker(f"{poll.unit}: {error}")) from error
    Share.objects.filter(poll=poll).update(half=None)
    return True


def _read(poll: Poll, key: Any) -> None:
    """Open every ballot and keep them in an order that the system's randomness gives."""
    refuse_if(box_blockers(poll), CannotOpenBox)
    choices = poll.question.choices.count()
    sealed = SealedBallot.objects.filter(poll=poll).values_list("sealed", flat=True)
    ballots = [list(unseal(bytes(one), key, choices)) for one in sealed.iterator()]
    Count.objects.create(poll=poll, ballots=shuffled(ballots))


def box_blockers(poll: Poll) -> list[Blocker]:
    """Whether as many ballots lie in the box as voters were checked off online."""
    lying = SealedBallot.objects.filter(poll=poll).count()
    voted = poll.check_offs.filter(channel=Channel.ONLINE).count()
    if lying == voted:
        return []
    reason = _(
        "%(unit)s: %(lying)s ballots lie in the box, and %(voted)s members were checked off online."
    )
    return [Blocker(reason % {"unit": poll.unit, "lying": lying, "voted": voted}, "A5")]


def tellers_for(unit: Unit) -> list[Any]:
    """The accounts that hold the teller's role on the unit or above it today, by their names."""
    held = HeldRole.objects.filter(role="teller", since__lte=timezone.localdate())
    above = Unit.objects.filter(
        tree_id=unit.tree_id, lft__lte=unit.lft, rght__gte=unit.rght
    ).values("pk")
    rows = held.filter(unit__in=above) | held.filter(unit=None)
    accounts = {row.account for row in rows.select_related("account")}
    return sorted(
        (one for one in accounts if one.is_active and tells(one, unit)),
        key=lambda one: one.get_username(),
    )
