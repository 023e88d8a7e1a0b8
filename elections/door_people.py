"""Finding people at the door: on the roll of the poll, and beside it in the poll's own cells."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from districts.kinds import CELLS
from elections.eligibility import Eligibility, eligibilities
from elections.models import CheckOff, Poll, RollEntry
from elections.models.polls import Channel, State
from members.models import Account, FormerNumber, Member, Registration
from members.models import MemberQuerySet as Members

MOST_FOUND = 20
_HIGHEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a teller has found, and whether he or she can vote at this door.

    `cell` is that of the roll, empty beside it; `mine` the check-off that this teller can take
    back.
    """

    member: Member
    answer: Eligibility
    cell: str = ""
    mine: CheckOff | None = None

    @property
    def refused(self) -> bool:
        """Whether he or she cannot vote here."""
        return not self.answer.entitled


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a search has found; `more` says that these are not all."""

    text: str
    people: tuple[Person, ...] = ()
    more: bool = False


def find(poll: Poll, text: str, account: Account) -> Found:
    """Look for a number, or parts of a name without accents, among those of this poll.

    Those on its roll come first. Of others only those are named who are registered in its unit's
    cells. Six queries, whatever the size of the roll.
    """
    rows = list(matching(_on_roll(poll), text)[: MOST_FOUND + 1])
    room = MOST_FOUND + 1 - len(rows)
    rows += (
        matching(_beside(poll), text).exclude(pk__in=[row.pk for row in rows])[:room]
        if room
        else []
    )
    people = tuple(_people(poll, rows[:MOST_FOUND], account)) if rows else ()
    return Found(text, people, more=len(rows) > MOST_FOUND)


def member_of_poll(poll: Poll, number: str) -> Member | None:
    """The member with exactly this number, if he or she is one whom `find` would name."""
    # The length first: `int` raises for thousands of digits.
    if not (number.isascii() and number.isdecimal() and len(number) < 20):
        return None
    if int(number) > _HIGHEST:
        return None
    for members in (_on_roll(poll), _beside(poll)):
        found = members.filter(pk=int(number)).first()
        if found is not None:
            return found
    return None


def matching(members: Members, text: str) -> Members:
    """Those of `members` with this number, now or formerly, or with these words in the name."""
    words = text.split()
    if len(words) == 1 and words[0].isdecimal():
        number = min(int(words[0]), _HIGHEST)
        kept = FormerNumber.objects.filter(number=number).values("member")
        return members.filter(Q(pk=number) | Q(pk__in=kept))
    if not words:
        return members.none()
    return members.named(text).order_by("family_name", "given_name", "number")


def _on_roll(poll: Poll) -> Members:
    return Member.objects.filter(Exists(RollEntry.objects.filter(poll=poll, member=OuterRef("pk"))))


def _beside(poll: Poll) -> Members:
    unit = poll.unit
    there = Registration.objects.in_force(timezone.localdate()).filter(
        member=OuterRef("pk"),
        unit__kind__in=CELLS,
        unit__tree_id=unit.tree_id,
        unit__lft__gte=unit.lft,
        unit__rght__lte=unit.rght,
    )
    return Member.objects.filter(Exists(there))


def _people(poll: Poll, members: list[Member], account: Account) -> Iterable[Person]:
    answers = eligibilities(poll=poll, members=members, channel=Channel.PAPER)
    entries = RollEntry.objects.filter(poll=poll, member__in=members)
    cells = {entry.member_id: entry.cell.name for entry in entries.select_related("cell")}
    for member in members:
        answer = answers[member.pk]
        mine = answer.voted if can_take_back(answer.voted, poll, account) else None
        yield Person(member, answer, cells.get(member.pk, ""), mine)


def can_take_back(vote: CheckOff | None, poll: Poll, account: Account) -> bool:
    """Whether this teller made the check-off at this very door, and the poll is open still."""
    return (
        vote is not None
        and vote.poll_id == poll.pk
        and vote.channel == Channel.PAPER
        and vote.by_id == account.pk
        and poll.state == State.OPEN
    )
