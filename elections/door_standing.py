"""Where polls stand for the teller who looks at them: turnout, papers, box, and what comes next."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count as Counted
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from elections.models import CheckOff, Count, Poll, PollTeller, Share
from elections.models.polls import Channel, State
from elections.papers import agreed
from members.models import Account

NEEDED = 2  # of the three tellers, and of those who enter the papers


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a closed poll waits for, and the page on which this teller does it."""

    text: str
    done: bool = False
    link: str = ""
    address: str = ""


@dataclass(slots=True)
class Standing:
    """A poll as it stands for one teller; `tellers` are names by account, `half` who has opened."""

    poll: Poll
    account: Account
    at_the_door: int = 0
    online: int = 0
    tellers: dict[int, str] = field(default_factory=dict)
    half: set[int] = field(default_factory=set)
    box_open: bool = False

    @property
    def voted(self) -> int:
        """How many of those on the roll have voted in this poll."""
        return self.at_the_door + self.online

    @property
    def is_open(self) -> bool:
        """Whether votes are being cast."""
        return self.poll.state == State.OPEN

    @property
    def has_door(self) -> bool:
        """Whether people are checked off now."""
        return self.is_open and self.poll.is_on_paper

    @property
    def opens_box(self) -> bool:
        """Whether this teller is one of the three who can open the box."""
        return self.account.pk in self.tellers

    @property
    def opened_by(self) -> list[str]:
        """The names of those who have opened the box by half."""
        return [name for account, name in self.tellers.items() if account in self.half]

    @property
    def can_open(self) -> list[str]:
        """The names of those who have not yet."""
        return [name for account, name in self.tellers.items() if account not in self.half]

    @property
    def steps(self) -> list[Step]:
        """What a closed poll waits for, in order; empty in any other state."""
        if self.poll.state != State.CLOSED:
            return []
        found = [self._papers()] if self.poll.is_on_paper else []
        found += [self._box()] if self.poll.is_online else []
        if all(step.done for step in found):
            found.append(Step(_("The secretary counts it next.")))
        return found

    def _papers(self) -> Step:
        entries = self.poll.paper_counts.all()  # prefetched
        address = reverse("papers", args=[self.poll.code])
        mine = any(entry.by_id == self.account.pk for entry in entries)
        if not entries and self.at_the_door == 0:
            return Step(_("No papers: nobody was checked off at the door."), done=True)
        if agreed(self.poll) is not None:
            return Step(_("The papers are entered by two people alike."), done=True)
        if not mine:
            text = _("Papers: entered by %(entries)s of two people, and not by you.")
            link = _("Enter the papers")
            return Step(text % {"entries": len(entries)}, link=link, address=address)
        if len(entries) < NEEDED:
            return Step(_("Papers: you have entered them; a second person enters them too."))
        text = _("Papers: the entries differ.")
        return Step(text, link=_("Settle the difference"), address=address)

    def _box(self) -> Step:
        address = reverse("box", args=[self.poll.code])
        if self.box_open:
            return Step(_("The box is open."), done=True)
        names = {"names": either(self.can_open)}
        if not self.opens_box:
            return Step(_("Box: it waits for %(names)s.") % names)
        if self.account.pk in self.half:
            return Step(_("Box: you have opened; one more teller of %(names)s does.") % names)
        if self.half:
            text = _("Box: %(first)s has opened; you can be the second.")
            text %= {"first": ", ".join(self.opened_by)}
        else:
            text = _("Box: two of its three tellers open it, and you are one of them.")
        return Step(text, link=_("Open the box"), address=address)


def either(names: Sequence[str]) -> str:
    """Names of which any one will do: 'A, B or C'."""
    if len(names) < 2:
        return "".join(names)
    return _("%(some)s or %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}


def standings(polls: Iterable[Poll], account: Account) -> list[Standing]:
    """How each of the polls stands for this teller. Five queries for all of them."""
    found = {poll.pk: Standing(poll, account) for poll in polls}
    voted = CheckOff.objects.filter(poll__in=found, annulled=False)
    for key, channel, number in voted.values_list("poll", "channel").annotate(n=Counted("pk")):
        if channel == Channel.PAPER:
            found[key].at_the_door = number
        else:
            found[key].online = number
    tellers = PollTeller.objects.filter(poll__in=found).select_related("account").order_by("pk")
    for teller in tellers:
        found[teller.poll_id].tellers[teller.account_id] = teller.account.get_username()
    halves = Share.objects.filter(poll__in=found, half__isnull=False)
    for key, first in halves.values_list("poll", "first__account"):
        found[key].half.add(first)
    for key in Count.objects.filter(poll__in=found).values_list("poll", flat=True):
        found[key].box_open = True
    _look_up_papers(found.values())
    return list(found.values())


def _look_up_papers(found: Collection[Standing]) -> None:
    closed = [one.poll for one in found if one.poll.state == State.CLOSED]
    prefetch_related_objects(closed, "paper_counts")
