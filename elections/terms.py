"""A question's terms in plain words: how it is counted, its quorum, its majority. Pure."""

from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from elections.models import Question
from elections.models.questions import Method

Text = str | Promise

PARTS: dict[Fraction, Text] = {
    Fraction(0): gettext_lazy("no quorum"),
    Fraction(1, 4): gettext_lazy("a quarter of the roll"),
    Fraction(1, 3): gettext_lazy("a third of the roll"),
    Fraction(1, 2): gettext_lazy("half of the roll"),
    Fraction(2, 3): gettext_lazy("two thirds of the roll"),
    Fraction(3, 4): gettext_lazy("three quarters of the roll"),
    Fraction(1): gettext_lazy("the whole roll"),
}

METHODS: dict[str, Text] = {
    Method.YES_NO: gettext_lazy("Yes, no, or abstain."),
    Method.OPTIONS: gettext_lazy("One of several answers, or none to abstain."),
    Method.BLOCK: gettext_lazy(
        "Plurality: everybody names as many as there are seats, or fewer; those named most are "
        "elected. Quick to count by hand."
    ),
    Method.APPROVAL: gettext_lazy(
        "Approval: everybody names all whom he or she would have, in any number; those named most "
        "are elected."
    ),
    Method.SCOTTISH: gettext_lazy(
        "Ranking (single transferable vote, Scottish rules): everybody puts names in an order, and "
        "minorities get their share of the seats. Papers are entered one by one."
    ),
    Method.MEEK: gettext_lazy(
        "Ranking (single transferable vote, Meek): the same, counted by Meek's rules, which a "
        "computer alone can apply."
    ),
}


def standing_in_words(standing: int, seats: int) -> str:
    """How many stand for how many seats, as the beginning of a sentence."""
    number = ngettext("%(number)s seat", "%(number)s seats", seats) % {"number": seats}
    text = ngettext(
        "%(standing)s stands for %(seats)s", "%(standing)s stand for %(seats)s", standing
    )
    return text % {"standing": standing, "seats": number}


def part(share: Fraction) -> str:
    """A part of the roll in words, such as 'half of the roll', or '2/5 of the roll'."""
    known = PARTS.get(share)
    return str(known) if known else _("%(share)s of the roll") % {"share": share}


def quorum_in_words(question: Question) -> str:
    """How many must take part, in a sentence."""
    if not question.quorum:
        return _("None: the vote is valid however many take part.")
    text = _("At least %(part)s must take part, abstentions included.")
    return text % {"part": part(question.quorum)}


def majority_in_words(question: Question) -> str:
    """How much a motion needs, in a sentence; empty for an election, which has seats to fill."""
    if question.kind == Question.Kind.ELECTION:
        return ""
    options = question.method == Method.OPTIONS
    if question.majority == Question.Majority.SIMPLE:
        if options:
            return _("More votes than any other answer has.")
        return _("More votes for it than against it; abstentions do not count.")
    told = {"of": _base_in_words(question)}
    if question.majority == Question.Majority.ABSOLUTE:
        return _("More than half of %(of)s.") % told
    return _("At least two thirds of %(of)s.") % told


def _base_in_words(question: Question) -> str:
    if question.base == Question.Base.ROLL:
        return _("all on the roll, whether they vote or not")
    return _("those who vote; abstentions do not count")


def method_in_words(question: Question) -> str:
    """How the ballots are counted, in a sentence."""
    return str(METHODS[question.method])
