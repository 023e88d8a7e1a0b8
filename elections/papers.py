"""Entering papers: two people enter the same ones, and what differs is shown and settled.

What is entered must fit the check-off at the door: so many papers as members were checked off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit.log import recorded
from audit.refusals import Blocker, Refused, refuse_if
from elections.models import Choice, PaperCount, Poll
from elections.models.polls import Channel, State
from elections.models.questions import RANKED

Totals = Mapping[int, int]


class CannotEnter(Refused):
    """Papers that were not taken in."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two entries differ: what it is about, and what each says."""

    about: str
    first: str
    second: str


@recorded("enter-papers")
def enter_papers(
    *,
    poll: Poll,
    by: Any,
    ballots: Sequence[Sequence[int]] | None = None,
    totals: Totals | None = None,
    papers: int = 0,
    blank: int = 0,
    invalid: int = 0,
) -> PaperCount:
    """Enter the papers of a closed poll: each of them, or totals by the numbers of the choices.

    `papers` are the valid ones, of them `blank` ones that name nobody; both are counted by
    themselves where `ballots` are given. A new entry of the same person is put in the place of the
    one before. Raises `CannotEnter`, for numbers that do not fit the check-off or each other.
    """
    poll = Poll.objects.select_for_update(of=("self",)).select_related("question").get(pk=poll.pk)
    if ballots is not None:
        papers, blank = len(ballots), sum(not one for one in ballots)
    entry = PaperCount(poll=poll, by=by, papers=papers, blank=blank, invalid=invalid)
    ordered = poll.question.is_ranked
    if ballots is not None:
        entry.ballots = [list(one) if ordered else sorted(one) for one in ballots]
    entry.totals = None if totals is None else {str(key): votes for key, votes in totals.items()}
    refuse_if(entry_blockers(entry), CannotEnter)
    PaperCount.objects.filter(poll=poll, by=by).delete()
    entry.save(force_insert=True)
    return entry


def entry_blockers(entry: PaperCount) -> list[Blocker]:
    """All that is wrong with an entry, before it is compared with another one."""
    poll = entry.poll
    found = []
    if poll.state != State.CLOSED:
        found.append(Blocker(_("Papers are entered between the close of the poll and its count.")))
    if not poll.is_on_paper:
        found.append(Blocker(_("Votes are cast online alone.")))
    found += _number_blockers(entry)
    if entry.ballots is not None:
        found += _ballot_blockers(poll, entry.ballots)
    elif entry.totals is not None:
        found += _totals_blockers(entry)
    return found


def _number_blockers(entry: PaperCount) -> list[Blocker]:
    voted = checked_off_at_the_door(entry.poll)
    if entry.papers + entry.invalid == voted:
        return []
    reason = _(
        "%(papers)s papers are %(valid)s valid and %(invalid)s invalid ones, but %(voted)s members "
        "were checked off at the door."
    )
    told = {
        "papers": entry.papers + entry.invalid,
        "valid": entry.papers,
        "invalid": entry.invalid,
        "voted": voted,
    }
    return [Blocker(reason % told, "A5")]


def checked_off_at_the_door(poll: Poll) -> int:
    """How many members were checked off for a paper."""
    return poll.check_offs.filter(channel=Channel.PAPER).count()


def _ballot_blockers(poll: Poll, ballots: Sequence[Sequence[int]]) -> list[Blocker]:
    standing = _standing(poll)
    most = poll.question.most_names or len(standing)
    found = []
    for place, named in enumerate(ballots, start=1):
        told: dict[str, Any] = {"place": place}
        if len(set(named)) < len(named):
            found.append(Blocker(_("Paper %(place)s names somebody twice.") % told))
        for number in set(named) - standing.keys():
            told["number"] = number
            reason = _("Paper %(place)s names %(number)s, which does not stand.")
            found.append(Blocker(reason % told))
        if len(named) > most:
            told["most"] = most
            found.append(Blocker(_("Paper %(place)s names more than %(most)s.") % told))
    return found


def _totals_blockers(entry: PaperCount) -> list[Blocker]:
    question = entry.poll.question
    standing = _standing(entry.poll)
    totals = {int(key): votes for key, votes in (entry.totals or {}).items()}
    if question.method in RANKED:
        return [Blocker(_("A ranking is counted from the papers: enter each of them."))]
    found = []
    for number in sorted(totals.keys() - standing.keys()):
        reason = _("There are votes for %(number)s, which does not stand.")
        found.append(Blocker(reason % {"number": number}))
    valid = entry.papers - entry.blank
    for number, votes in sorted(totals.items()):
        if votes > valid and number in standing:
            reason = _("%(name)s has %(votes)s votes on %(papers)s papers that name any.")
            told = {"name": standing[number], "votes": votes, "papers": valid}
            found.append(Blocker(reason % told))
    most = question.most_names or len(standing)
    votes = sum(totals.values())
    if not valid <= votes <= valid * most:
        if most == 1:
            reason = _("%(votes)s votes do not come from %(papers)s papers with one name each.")
        else:
            reason = _(
                "%(votes)s votes do not come from %(papers)s papers with 1 to %(most)s names."
            )
        told = {"votes": votes, "papers": valid, "most": most}
        found.append(Blocker(reason % told))
    return found


def _standing(poll: Poll) -> dict[int, str]:
    return Choice.objects.filter(question=poll.question_id, withdrawn=False).names()


# Comparing ----------------------------------------------------------------------------------------


def agreed(poll: Poll) -> PaperCount | None:
    """What two people have entered alike; None where there are no two such entries."""
    entries = list(poll.paper_counts.all())
    for place, entry in enumerate(entries):
        if any(entry.content == other.content for other in entries[place + 1 :]):
            return entry
    return None


def agreement_blockers(poll: Poll) -> list[Blocker]:
    """Whether the papers are entered by two people alike, and fit the check-off still."""
    entries = list(poll.paper_counts.select_related("by"))
    if not entries and checked_off_at_the_door(poll) == 0:
        return []
    if len(entries) < 2:
        reason = _("The papers have been entered by %(entries)s of two people.")
        return [Blocker(reason % {"entries": len(entries)})]
    found = agreed(poll)
    if found is None:
        return [Blocker(_("The entries of the papers differ: look at the papers again."))]
    found.poll = poll
    return _number_blockers(found)


def differences(one: PaperCount, other: PaperCount, labels: Mapping[int, str]) -> list[Difference]:
    """Where two entries of the same papers differ; empty where they agree."""
    found = [
        Difference(str(about), str(first), str(second))
        for about, first, second in (
            (_("valid papers"), one.papers, other.papers),
            (_("blank papers"), one.blank, other.blank),
            (_("invalid papers"), one.invalid, other.invalid),
        )
        if first != second
    ]
    if one.totals is not None and other.totals is not None:
        return found + _differing_totals(one.totals, other.totals, labels)
    if one.ballots is not None and other.ballots is not None:
        return found + _differing_ballots(one.ballots, other.ballots, labels)
    if one.content != other.content:
        found.append(Difference(_("way of entering"), _way(one), _way(other)))
    return found


def _way(entry: PaperCount) -> str:
    return _("totals") if entry.ballots is None else _("each paper")


def _differing_totals(
    one: Mapping[str, int], other: Mapping[str, int], labels: Mapping[int, str]
) -> list[Difference]:
    keys = sorted({*one, *other}, key=int)
    return [
        Difference(labels.get(int(key), key), str(one.get(key, 0)), str(other.get(key, 0)))
        for key in keys
        if one.get(key, 0) != other.get(key, 0)
    ]


def _differing_ballots(
    one: Sequence[Sequence[int]], other: Sequence[Sequence[int]], labels: Mapping[int, str]
) -> list[Difference]:
    """Papers by what they name: of which ones the two have different numbers."""
    counted: dict[tuple[int, ...], list[int]] = {}
    for side, ballots in enumerate((one, other)):
        for named in ballots:
            counted.setdefault(tuple(named), [0, 0])[side] += 1
    return [
        Difference(
            ", ".join(labels.get(number, str(number)) for number in named) or _("blank"),
            str(first),
            str(second),
        )
        for named, (first, second) in sorted(counted.items())
        if first != second
    ]
