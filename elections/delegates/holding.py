"""What delegates hold fast below: dissolved units, merged members."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from audit.refusals import Blocker
from districts.models import Unit
from districts.units import blocks_dissolution
from elections.models import Delegate, Delegation
from members.merging import blocks_merging, moves_with_merging
from members.models import Member


@blocks_dissolution
def delegations_block_dissolution(unit: Unit, on: date) -> Iterator[Blocker]:
    """A unit that has sent delegates to a meeting still to come is not dissolved before it."""
    standing = Delegate.objects.standing().filter(delegation__unit=unit)
    sending = Delegation.objects.awaited().filter(pk__in=standing.order_by().values("delegation"))
    for delegation in sending.select_related("apportionment__meeting"):
        reason = _("%(unit)s has sent delegates: %(meeting)s. Replace them first.")
        told = {"unit": unit, "meeting": delegation.apportionment.meeting}
        yield Blocker(reason % told, "A12")


@blocks_merging
def delegates_block_merging(keep: Member, gone: Member) -> Iterator[Blocker]:
    """Two who stand for one meeting are not made one: one of the seats would be nobody's (A12)."""
    theirs = Delegate.objects.standing().filter(member=gone).values("apportionment")
    both = Delegate.objects.standing().filter(member=keep, apportionment__in=theirs)
    for delegate in both.select_related("apportionment__meeting"):
        reason = _("Both numbers stand as delegates: %(meeting)s. They cannot become one person.")
        yield Blocker(reason % {"meeting": delegate.apportionment.meeting}, "A12")


@moves_with_merging
def move_delegates(keep: Member, gone: Member) -> None:
    """Delegates move to the kept number."""
    for delegate in Delegate.objects.filter(member=gone):
        delegate.member = keep
        delegate.save(update_fields=["member"])
