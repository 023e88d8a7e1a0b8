"""What the count of a motion comes to, as a page says it: in the reader's language.

The published report says it in English, so that its bytes are the same everywhere.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.counting.motions import NO, YES, Base, Majority, Outcome

_ANSWERS = {YES: gettext_lazy("Yes"), NO: gettext_lazy("No")}
_MAJORITIES = {
    (Majority.SIMPLE, Base.VOTING): gettext_lazy("simple majority"),
    (Majority.ABSOLUTE, Base.VOTING): gettext_lazy("more than half of those voting"),
    (Majority.ABSOLUTE, Base.ROLL): gettext_lazy("more than half of the roll"),
    (Majority.TWO_THIRDS, Base.VOTING): gettext_lazy("two thirds of those voting"),
    (Majority.TWO_THIRDS, Base.ROLL): gettext_lazy("two thirds of the roll"),
}


def answers(report: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The answers in their order as they are shown, each with its votes.

    `report` is that of a motion's count as JSON keeps it; PostgreSQL keeps no order of its keys.
    """
    return [(_shown(one, report), report["totals"][one]) for one in report["options"]]


def decision_in_words(report: Mapping[str, Any]) -> str:
    """What the count comes to and by which votes, in a sentence."""
    outcome = Outcome(report["outcome"])
    if outcome == Outcome.NO_QUORUM:
        text = _("Nothing is decided: %(cast)s of %(roll)s took part; the quorum is %(needed)s.")
        told = {"cast": report["cast"], "roll": report["roll"]}
        return text % {**told, "needed": report["quorum_needed"]}
    chosen = report["chosen"]
    told = {
        "counted": ", ".join(f"{answer} {votes}" for answer, votes in answers(report)),
        "needed": report["needed"],
        "majority": _MAJORITIES[Majority(report["majority"]), Base(report["base"])],
        "chosen": _shown(chosen, report) if chosen else "",
        "tied": _(" and ").join(_shown(one, report) for one in report["tied"]),
    }
    return _SENTENCES[outcome]() % told


_SENTENCES: Mapping[Outcome, Callable[[], str]] = {
    Outcome.CARRIED: lambda: _(
        "The motion is carried: %(counted)s. Needed: %(needed)s (%(majority)s)."
    ),
    Outcome.NOT_CARRIED: lambda: _(
        "The motion is not carried: %(counted)s. Needed: %(needed)s (%(majority)s)."
    ),
    Outcome.CHOSEN: lambda: _(
        "Chosen is “%(chosen)s”: %(counted)s. Needed: %(needed)s (%(majority)s)."
    ),
    Outcome.TIED: lambda: _("Nothing is decided, equal votes: %(tied)s (%(counted)s)."),
    Outcome.NO_DECISION: lambda: _(
        "Nothing is decided: %(counted)s. Needed: %(needed)s (%(majority)s)."
    ),
}


def _shown(option: str, report: Mapping[str, Any]) -> str:
    """An answer as the reader knows it: yes and no in his or her language."""
    return str(_ANSWERS[option]) if set(report["options"]) == {YES, NO} else option
