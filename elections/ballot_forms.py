"""The ballot as a page shows it, and what a person filled in, read without keeping any of it.

A sheet says what stands on the ballot; `read` turns what was sent into choices, or says what is
wrong with it. Nothing here writes, and nothing is told of a choice but to the page that answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from elections.models import Choice, Poll
from elections.models.questions import Method, answer_in_words
from elections.voting import ballot_form

CHOICE, BLANK, RANK = "choice", "blank", "rank-"  # the names of the fields
ABSTAIN = 0  # in the place of a number: a ballot that names nothing


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a ballot of an open poll: it does not change while the poll is open."""

    code: UUID
    unit: str
    title: str
    text: str
    method: str
    seats: int
    most: int
    choices: tuple[tuple[int, str], ...]
    statements: tuple[tuple[int, str], ...] = ()

    @property
    def is_single(self) -> bool:
        """Whether one answer is chosen: of a motion."""
        return self.method in (Method.YES_NO, Method.OPTIONS)

    @property
    def is_ranked(self) -> bool:
        """Whether the names are put in an order."""
        return self.method in (Method.SCOTTISH, Method.MEEK)

    @property
    def offers_abstaining(self) -> bool:
        """Whether abstaining stands below the answers, since it is none of them."""
        return self.is_single and (self.method != Method.YES_NO or len(self.choices) < 3)

    @property
    def ranks(self) -> range:
        """The ranks that can be given."""
        return range(1, len(self.choices) + 1)


@lru_cache(maxsize=1024)
def sheet_of(code: UUID) -> Sheet:
    """The sheet of the open online poll with this code. Four queries, once.

    Raises `CannotVote` where no such poll is open.
    """
    form = ballot_form(code)
    poll = Poll.objects.select_related("question", "unit").get(pk=form.poll)
    question = poll.question
    standing = Choice.objects.filter(question=question, number__in=form.standing)
    rows = list(standing.order_by("number").values_list("number", "label", "statement"))
    return Sheet(
        code=code,
        unit=poll.unit.name,
        title=question.title,
        text=question.text,
        method=question.method,
        seats=question.seats or 0,
        most=form.most,
        choices=tuple((number, label) for number, label, _said in rows),
        statements=tuple((number, said) for number, _label, said in rows if said),
    )


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody filled in: the choices, or what is `wrong`.

    `given` is shown again where something is wrong: a rank as it was written by the number of its
    choice, for all but ranked ballots an empty one. `asks` where nothing is chosen and nobody said
    that the ballot is meant to be blank.
    """

    choices: tuple[int, ...] = ()
    wrong: tuple[str, ...] = ()
    given: Mapping[int, str] | None = None
    asks: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether the ballot can be cast as it is."""
        return not self.wrong and not self.asks


UNTOUCHED = Filled()


def read(sheet: Sheet, sent: QueryDict) -> Filled:
    """What was sent as a ballot of this sheet."""
    if sheet.is_single:
        return _read_one(sheet, sent)
    filled = _read_ranks(sheet, sent) if sheet.is_ranked else _read_several(sheet, sent)
    if filled.wrong:
        return filled
    if BLANK in sent and filled.choices:
        return _wrong(filled, _("You chose somebody and asked for a blank ballot: it is not both."))
    if not filled.choices and BLANK not in sent:
        return Filled(given={}, asks=True)
    return filled


def _read_one(sheet: Sheet, sent: QueryDict) -> Filled:
    known = {str(number): number for number, _label in sheet.choices}
    if sheet.offers_abstaining:
        known[str(ABSTAIN)] = ABSTAIN
    chosen = sent.getlist(CHOICE)
    if not chosen:
        return Filled(given={}, wrong=(_("Choose one of the answers, or abstain."),))
    if len(chosen) > 1 or chosen[0] not in known:
        return Filled(given={}, wrong=(_not_on_it(),))
    number = known[chosen[0]]
    return Filled((number,) if number else (), given={number: ""})


def _read_several(sheet: Sheet, sent: QueryDict) -> Filled:
    known = {str(number): number for number, _label in sheet.choices}
    chosen = sent.getlist(CHOICE)
    numbers = tuple(known[one] for one in dict.fromkeys(chosen) if one in known)
    filled = Filled(numbers, given=dict.fromkeys(numbers, ""))
    if not known.keys() >= set(chosen):
        return _wrong(filled, _not_on_it())
    if len(numbers) > sheet.most:
        reason = _("You chose %(chosen)s; at most %(most)s can be chosen. Take some away.")
        return _wrong(filled, reason % {"chosen": len(numbers), "most": sheet.most})
    return filled


def _read_ranks(sheet: Sheet, sent: QueryDict) -> Filled:
    given = {number: sent.get(f"{RANK}{number}", "").strip() for number, _label in sheet.choices}
    written = {number: text for number, text in given.items() if text}
    named = {str(rank): rank for rank in sheet.ranks}
    ranks = {number: named[text] for number, text in written.items() if text in named}
    filled = Filled(tuple(sorted(ranks, key=lambda number: ranks[number])), given=written)
    if len(ranks) < len(written):
        reason = _("A rank is a number from 1 to %(last)s.")
        return _wrong(filled, reason % {"last": len(sheet.choices)})
    return _wrong(filled, *_rank_faults(list(ranks.values())))


def _rank_faults(ranks: Sequence[int]) -> Iterator[str]:
    """What is wrong with ranks: each is given once, and none is left out."""
    for rank in sorted({rank for rank in ranks if ranks.count(rank) > 1}):
        yield _("Rank %(rank)s is given more than once.") % {"rank": rank}
    missing = sorted(set(range(1, max(ranks, default=0))) - set(ranks))
    if missing:
        text = _("Ranks are given without a gap: %(rank)s is missing.")
        yield text % {"rank": ", ".join(map(str, missing))}


def _wrong(filled: Filled, *reasons: str) -> Filled:
    return Filled(filled.choices, tuple(reasons), filled.given)


def _not_on_it() -> str:
    return _("This is not on the ballot. Please choose again.")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ballot: a choice, whether it is chosen, and the rank that was written.

    `statement` is what the candidate says to the voters; empty where that is nothing.
    """

    number: int
    label: str
    chosen: bool
    rank: str
    statement: str = ""


def lines(sheet: Sheet, filled: Filled = UNTOUCHED) -> list[Line]:
    """The lines of the ballot with what was filled in."""
    given, said = filled.given or {}, dict(sheet.statements)
    rows = [(number, answer_in_words(label)) for number, label in sheet.choices]
    if sheet.offers_abstaining:
        rows.append((ABSTAIN, _("Abstain")))
    return [
        Line(number, label, number in given, given.get(number, ""), said.get(number, ""))
        for number, label in rows
    ]


def told(sheet: Sheet) -> str:
    """How the ballot is filled in and counted, in a sentence or two."""
    return _TOLD[Method(sheet.method)]() % {"most": sheet.most, "seats": sheet.seats}


_TOLD = {
    Method.YES_NO: lambda: _("Choose one answer. Who abstains takes part, for neither side."),
    Method.OPTIONS: lambda: _("Choose one of the options, or abstain."),
    Method.BLOCK: lambda: _(
        "Choose at most %(most)s, in no order. Seats: %(seats)s, for those with most votes."
    ),
    Method.APPROVAL: lambda: _(
        "Choose everybody whom you approve of, in no order. Seats: %(seats)s, for those with most"
        " votes."
    ),
    Method.SCOTTISH: lambda: _ranking(),
    Method.MEEK: lambda: _ranking(),
}


def _ranking() -> str:
    return _(
        "Rank those whom you want: 1 is your first choice. Your one vote goes to your first choice;"
        " what it does not need there goes on to the next. Seats: %(seats)s. A later rank"
        " never harms an earlier one."
    )


def is_votable(poll: Poll) -> bool:
    """Whether a ballot of this poll can be shown at all."""
    return poll.is_online and poll.public_key is not None
