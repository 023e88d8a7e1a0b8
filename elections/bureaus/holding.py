"""What bureaus hold fast below, and what goes with them: dissolved units, merged members."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from audit.days import day_in_words
from audit.refusals import Blocker
from districts.models import Unit
from districts.units import blocks_dissolution, follows_dissolution
from elections.bureaus.sitting import close_bureau, sitting_bureau
from elections.models import Bureau, Seat
from members.merging import blocks_merging, moves_with_merging
from members.models import Member


@blocks_dissolution
def bureaus_block_dissolution(unit: Unit, on: date) -> Iterator[Blocker]:
    """A unit is not dissolved before its bureau was constituted, nor a seat in it taken (A9)."""
    bureau = sitting_bureau(unit)
    if bureau is None:
        return
    begun = [bureau.since, *bureau.seats.values_list("since", flat=True)]
    if on <= max(begun):
        reason = _("The bureau of %(unit)s was constituted or changed on %(day)s.")
        yield Blocker(reason % {"unit": unit, "day": day_in_words(max(begun))}, "A9")


@follows_dissolution
def end_with_unit(unit: Unit, on: date) -> None:
    """Nobody leads a unit that is no more."""
    bureau = sitting_bureau(unit)
    if bureau is not None:
        close_bureau(bureau, on, Bureau.Ending.DISSOLVED)


@blocks_merging
def seats_block_merging(keep: Member, gone: Member) -> Iterator[Blocker]:
    """Two who sat on one bureau are not made one: one of the seats would be nobody's (A8)."""
    theirs = Seat.objects.filter(member=gone).values("bureau")
    both = Seat.objects.filter(member=keep, bureau__in=theirs).select_related("bureau__unit")
    for seat in both:
        reason = _("Both numbers sat on the bureau of %(unit)s: they cannot become one person.")
        yield Blocker(reason % {"unit": seat.bureau.unit}, "A8")


@moves_with_merging
def move_seats(keep: Member, gone: Member) -> None:
    """Seats move to the kept number."""
    for seat in Seat.objects.filter(member=gone):
        seat.member = keep
        seat.save(update_fields=["member"])
