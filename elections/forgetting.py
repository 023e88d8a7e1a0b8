"""What is erased of somebody who left, of votes and meetings; what elections prove stays.

That a number stood on a roll, voted, sat or was sent proves a decision and names nobody. The name
under which somebody stood in a published result stays in it: the files of the poll are public and
sealed by their digests, and `verify_poll` would find the change. Statements stand in no file, and
go.
"""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from audit.refusals import Blocker
from elections.models import CalendarFeed, Choice, Invitation, Nomination, Poll
from elections.models.polls import State
from members.erasing import blocks_erasure, forgets
from members.models import Member
from members.names import ERASED

OVER = (State.PUBLISHED, State.ANNULLED)


@blocks_erasure
def elections_block_erasure(member: Member, on: date) -> Iterator[Blocker]:
    """Who stands in an election that is not over is named until it is."""
    stands = Choice.objects.filter(member=member).values("question")
    running = Poll.objects.filter(question__in=stands).exclude(state__in=OVER)
    for poll in running.select_related("question")[:1]:
        reason = _("Number %(number)s stands in an election that is not over: %(question)s.")
        yield Blocker(reason % {"number": member.pk, "question": poll.question})


@forgets
def forget_of_votes(member: Member) -> None:
    """Take back the invitations and the link to the calendar, and names in what was not published.

    By updates past the log, which would write the names anew.
    """
    Invitation.objects.filter(member=member).delete()
    CalendarFeed.objects.filter(member=member).delete()
    published = Poll.objects.filter(state=State.PUBLISHED).values("question")
    stood = Choice.objects.filter(member=member)
    stood.exclude(question__in=published).update(label=ERASED)
    stood.exclude(statement="").update(statement="")
    Nomination.objects.filter(member=member).update(statement="")
