"""The result of a question over all its polls, once each of them is published."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from elections.counting.contest import CannotCount
from elections.models import Question
from elections.models.questions import Method
from elections.results import whole_result


def result_in_words(question: Question) -> Mapping[str, Any] | None:
    """What the page of the result shows; None while one poll of the question is not published.

    Eight queries for each poll: the ballots of all of them are counted as one box.
    """
    try:
        result = whole_result(question)
    except CannotCount as error:
        return {"refused": str(error)}
    if result is None:
        return None
    if "cannot_count" in result:
        return {"refused": result["cannot_count"]}
    shown = {
        "cast": result["cast"],
        "invalid": result["invalid"],
        "quorum_needed": result["quorum_needed"],
        "quorum_reached": result["quorum_reached"],
    }
    report = result["report"]
    if question.kind == Question.Kind.MOTION:
        return shown | {"motion": True, "why": report["why"], "totals": _totals(question, report)}
    names = dict(question.choices.values_list("number", "label"))
    return shown | {
        "elected": [names[number] for number in report["elected"]],
        "notes": report["notes"],
        "seats": report["seats"],
    }


def _totals(question: Question, report: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The votes for each answer, and the abstentions."""
    labels = {"yes": _("Yes"), "no": _("No")} if question.method == Method.YES_NO else {}
    named = [(labels.get(answer, answer), votes) for answer, votes in report["totals"].items()]
    return [*named, (_("Abstentions"), report["abstain"])]
