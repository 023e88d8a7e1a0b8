"""From ballots and totals to a result, by a poll's own terms: the one place that chooses a method.

The program counts with this when a poll is closed, and so does whoever verifies what it published.
No database is asked, and nothing is drawn that the seed does not fix.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from elections.counting.contest import Ballot, CannotCount, Contest, Group
from elections.counting.meek import count_meek
from elections.counting.motions import ABSTAIN, NO, YES, Base, Majority, count_motion, has_quorum
from elections.counting.plurality import count_approval, count_block, count_from_totals
from elections.counting.report import Report
from elections.counting.stv import count_scottish

MOTION, ELECTION = "motion", "election"
ONE_OF_OPTIONS, BLOCK, APPROVAL = "options", "block", "approval"
SCOTTISH, MEEK = STV = ("scottish-stv", "meek-stv")

_COUNTS: dict[str, Callable[[Contest], Report]] = {
    BLOCK: count_block,
    APPROVAL: count_approval,
    SCOTTISH: count_scottish,
    MEEK: count_meek,
}
METHODS_OF = {MOTION: (MOTION, ONE_OF_OPTIONS), ELECTION: tuple(_COUNTS)}
KINDS = tuple(METHODS_OF)
METHODS = tuple(method for methods in METHODS_OF.values() for method in methods)
MAJORITIES = {
    "simple": Majority.SIMPLE,
    "absolute": Majority.ABSOLUTE,
    "two-thirds": Majority.TWO_THIRDS,
}
BASES = {"voting": Base.VOTING, "roll": Base.ROLL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a poll decides, among what, and by which rules; fixed when it is opened.

    kind, method        'motion' by 'motion' or 'options'; 'election' by 'block', 'approval',
                        'scottish-stv' or 'meek-stv'
    options             the options or candidates, numbered from 1 in this order; of a 'motion' the
                        first is yes and the second no, and a blank ballot abstains
    withdrawn           numbers of candidates who withdrew
    seats               of an election; 0 for a motion
    votes_each          how many a paper may name in 'block'; None for as many as seats
    groups              the composition that the elected must have (A13)
    quorum              the share of the entitled who must take part, '1/2'; '0' for none
    majority, base      what a motion needs, 'simple', 'absolute' or 'two-thirds', and of whom:
                        those 'voting', or the 'roll'
    entitled            the size of the roll
    """

    title: str
    kind: str
    method: str
    options: tuple[str, ...]
    entitled: int
    withdrawn: frozenset[int] = frozenset()
    seats: int = 0
    votes_each: int | None = None
    groups: tuple[Group, ...] = ()
    quorum: str = "0"
    majority: str = "simple"
    base: str = "voting"

    @property
    def most_choices(self) -> int:
        """How many options a ballot may name."""
        if self.kind == MOTION:
            return 1
        if self.method == BLOCK:
            return self.seats if self.votes_each is None else self.votes_each
        return len(self.options)

    @property
    def is_ordered(self) -> bool:
        """Whether the order of a ballot's choices says anything."""
        return self.method in STV


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTotals:
    """What was counted of papers by hand: votes for each option, and of all `papers` the blank ones
    and the invalid ones."""

    votes: tuple[int, ...]
    papers: int
    blank: int = 0
    invalid: int = 0

    @property
    def valid(self) -> int:
        """How many papers name somebody."""
        return self.papers - self.blank - self.invalid


def tally(
    terms: Terms,
    *,
    ballots: Sequence[tuple[int, ...]],
    seed: str,
    totals: PaperTotals | None = None,
    invalid: int = 0,
) -> dict[str, Any]:
    """The result as plain JSON values: of the box as a whole, and the count's own `report`.

    The order of `ballots` is of no account. `invalid` are ballots that are neither among them nor
    in the totals. An election without its quorum is counted too; `quorum_reached` says so.

    Raises `CannotCount` with all that speaks against it: terms, ballots or totals that do not fit,
    totals where a method needs each paper, or a composition that nobody can keep (A13).
    """
    equal = Counter(ballots)
    cast = len(ballots) + (totals.papers if totals else 0) + invalid
    if faults := _faults(terms, equal, totals, cast):
        raise CannotCount(" ".join(faults))
    papers = [Ballot(weight=number, choices=choices) for choices, number in sorted(equal.items())]
    together = _together(terms, papers, totals, invalid)
    quorum = Fraction(terms.quorum)
    if terms.kind == MOTION:
        report = _motion(terms, together)
    elif totals is None:
        report = _COUNTS[terms.method](contest_of(terms, papers, seed=seed)).as_json()
    else:
        report = _from_totals(terms, contest_of(terms, (), seed=seed), together)
    return {
        "kind": terms.kind,
        "method": terms.method,
        "cast": cast,
        "invalid": together.invalid,
        "quorum": str(quorum),
        "quorum_needed": ceil(quorum * terms.entitled),
        "quorum_reached": has_quorum(cast=cast, roll=terms.entitled, quorum=quorum),
        "report": report,
    }


def _faults(
    terms: Terms, equal: Iterable[tuple[int, ...]], totals: PaperTotals | None, cast: int
) -> list[str]:
    faults = [*terms_faults(terms)]
    if totals is not None:
        faults += totals_faults(terms, totals)
    faults += dict.fromkeys(fault for one in equal for fault in ballot_faults(terms, one))
    if cast > terms.entitled:
        faults.append(f"{cast} ballots and papers are more than the {terms.entitled} entitled.")
    return faults


def _motion(terms: Terms, together: PaperTotals) -> dict[str, Any]:
    options = (YES, NO) if terms.method == MOTION else terms.options
    return count_motion(
        options,
        {ABSTAIN: together.blank, **dict(zip(options, together.votes, strict=True))},
        roll=terms.entitled,
        quorum=Fraction(terms.quorum),
        majority=MAJORITIES[terms.majority],
        base=BASES[terms.base],
        invalid=together.invalid,
    ).as_json()


def _from_totals(terms: Terms, contest: Contest, together: PaperTotals) -> dict[str, Any]:
    return count_from_totals(
        contest,
        dict(enumerate(together.votes, 1)),
        together.valid,
        blank=together.blank,
        approval=terms.method == APPROVAL,
    ).as_json()


def contest_of(terms: Terms, papers: Sequence[Ballot], *, seed: str = "") -> Contest:
    """An election's terms and papers, as the methods of counting take them."""
    return Contest(
        title=terms.title,
        candidates=terms.options,
        seats=terms.seats,
        ballots=papers,
        withdrawn=terms.withdrawn,
        groups=terms.groups,
        votes_each=terms.votes_each,
        seed=seed,
    )


def _together(
    terms: Terms, papers: Sequence[Ballot], totals: PaperTotals | None, invalid: int
) -> PaperTotals:
    """The totals with the ballots added up to them, and the invalid ones that are in neither."""
    counted = totals or PaperTotals(votes=(0,) * len(terms.options), papers=0)
    votes = list(counted.votes)
    for paper in papers:
        for number in paper.choices:
            votes[number - 1] += paper.weight
    return PaperTotals(
        votes=tuple(votes),
        papers=counted.papers + sum(paper.weight for paper in papers) + invalid,
        blank=counted.blank + sum(paper.weight for paper in papers if not paper.choices),
        invalid=counted.invalid + invalid,
    )


def laid_out(terms: Terms, choices: Sequence[int]) -> tuple[int, ...]:
    """Choices as they are kept and published: ascending where their order says nothing.

    Else the order would be a mark by which somebody could be told, or show a vote that was bought.
    """
    return tuple(choices if terms.is_ordered else sorted(choices))


def ballot_faults(terms: Terms, choices: Sequence[int]) -> Iterator[str]:
    """What is wrong with a ballot, a sentence each; a blank one is right."""
    if strange := [one for one in choices if not 1 <= one <= len(terms.options)]:
        yield f"A ballot names {strange[0]}, and the numbers go from 1 to {len(terms.options)}."
    if len(set(choices)) < len(choices):
        yield "A ballot names a number twice."
    if len(choices) > terms.most_choices:
        yield f"A ballot names {len(choices)}, and may name {terms.most_choices}."
    if laid_out(terms, choices) != tuple(choices):
        yield "A ballot's numbers do not ascend, though their order says nothing here."


def terms_faults(terms: Terms) -> Iterator[str]:
    """What is wrong with the terms themselves, a sentence each."""
    if terms.method not in METHODS_OF.get(terms.kind, ()):
        yield f"The method '{terms.method}' is none for the kind '{terms.kind}'."
    yield from _options_faults(terms)
    if terms.kind == ELECTION:
        yield from _election_faults(terms)
    else:
        yield from _motion_faults(terms)
    if Fraction(terms.quorum) > 1:
        yield f"The quorum '{terms.quorum}' is more than all."


def _options_faults(terms: Terms) -> Iterator[str]:
    if not 1 <= len(terms.options) <= 0xFFFF:
        yield f"There are {len(terms.options)} options or candidates."
    for text in (terms.title, *terms.options):
        if not text.strip() or len(text.splitlines()) != 1:
            yield "The title and every option is one line of text, and not empty."
            break


def _motion_faults(terms: Terms) -> Iterator[str]:
    if terms.withdrawn or terms.groups:
        yield "A motion has neither candidates who withdrew nor groups."
    if terms.method == MOTION and len(terms.options) != 2:
        yield "A motion is answered with yes or no."
    if terms.method == ONE_OF_OPTIONS and (
        len(terms.options) < 2
        or len(set(terms.options)) < len(terms.options)
        or {*terms.options} & {YES, NO, ABSTAIN}
    ):
        yield "There are two different options or more, and none is yes, no or abstain."
    if terms.majority == "simple" and terms.base == "roll":
        yield "A simple majority compares votes with votes; it is not of the roll."


def _election_faults(terms: Terms) -> Iterator[str]:
    if terms.seats < 1:
        yield "An election has one seat at least."
    if terms.method == BLOCK and terms.most_choices < 1:
        yield "A paper may name one candidate at least."
    known = range(1, len(terms.options) + 1)
    if any(number not in known for number in terms.withdrawn):
        yield "Somebody withdrew who is no candidate."
    for group in terms.groups:
        if any(number not in known for number in group.members):
            yield f"The group '{group.name}' has a member who is no candidate."
        if group.at_most is not None and group.at_most < group.at_least:
            yield f"The group '{group.name}' has more at least than at most."


def totals_faults(terms: Terms, totals: PaperTotals) -> Iterator[str]:
    """What is wrong with totals of papers, a sentence each."""
    if terms.method in STV:
        yield (
            "A single transferable vote cannot be counted from totals: they do not say who comes"
            " second on a paper. Enter the papers one by one."
        )
    if len(totals.votes) != len(terms.options):
        yield f"There are totals for {len(totals.votes)} of {len(terms.options)} options."
    if totals.valid < 0 or min(totals.blank, totals.invalid, *totals.votes, 0) < 0:
        yield "More papers are blank and invalid than there are, or a number is below nought."
    elif any(votes > totals.valid for votes in totals.votes):
        yield f"An option has more votes than the {totals.valid} papers that name any."
    elif not totals.valid <= sum(totals.votes) <= totals.valid * terms.most_choices:
        yield (
            f"{sum(totals.votes)} votes do not come from {totals.valid} papers that name 1 to"
            f" {terms.most_choices} each."
        )
