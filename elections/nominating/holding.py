"""What nominations hold fast below: two numbers that are nominated in one election."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from audit.refusals import Blocker
from elections.models import Nomination
from members.merging import blocks_merging, moves_with_merging
from members.models import Member


@blocks_merging
def nominations_block_merging(keep: Member, gone: Member) -> Iterator[Blocker]:
    """Two who are nominated in one election are not made one: each may have answered otherwise."""
    theirs = Nomination.objects.filter(member=gone).values("question")
    both = Nomination.objects.filter(member=keep, question__in=theirs).select_related("question")
    for nomination in both:
        reason = _("Both numbers are nominated for %(question)s.")
        yield Blocker(reason % {"question": nomination.question})


@moves_with_merging
def move_nominations(keep: Member, gone: Member) -> None:
    """Nominations, and those made of others, move to the kept number."""
    for nomination in Nomination.objects.filter(member=gone):
        nomination.member = keep
        nomination.save(update_fields=["member"])
    for nomination in Nomination.objects.filter(by=gone):
        nomination.by = keep
        nomination.save(update_fields=["by"])
