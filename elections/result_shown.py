"""A result as its page shows it: who is elected and why, every stage, and the drawing beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from districts.charts import Bars, bars
from elections.models import Question
from elections.motions_shown import answers, decision_in_words
from elections.reasons_shown import in_words, means_in_words, note_in_words
from elections.result_charts import Drawing, drawing

Names = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate's row of the table: votes by stage, and what each stage decided of him or her."""

    number: int
    name: str
    cells: Sequence[tuple[str, str]]  # votes; '', 'elected', 'excluded'
    elected: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody whom the composition guarded or doomed, and the reason."""

    name: str
    reason: str


def shown(question: Question, result: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows of a result, as `elections.tallying.tally` gives it. One query;
    one more in an emergency.
    """
    if "cannot_count" in result:
        return {"refused": result["cannot_count"]}
    names = question.choices.names()
    common = {name: result[name] for name in ("cast", "invalid", "quorum_needed", "quorum_reached")}
    report = result["report"]
    if question.kind == Question.Kind.MOTION:
        return common | _motion(report)
    return common | _election(question, report, names)


def _motion(report: Mapping[str, Any]) -> dict[str, Any]:
    totals = [*answers(report), (_("Abstentions"), report["abstain"])]
    decided = decision_in_words(report)
    return {"motion": True, "why": decided, "totals": totals, "bars": bars(totals)}


def _election(question: Question, report: Mapping[str, Any], names: Names) -> dict[str, Any]:
    elected, plainly = report["elected"], report["without_composition"]
    return {
        "elected": [names[number] for number in elected],
        "seats": report["seats"],
        "valid": report["valid"],
        "blank": report["blank"],
        "quota": None if report["quota"] is None else written(str(report["quota"])),
        "headings": [_action(stage["action"], names) for stage in report["stages"]],
        "rows": list(_rows(report, names)),
        "exhausted": [short(stage.get("exhausted", "0")) for stage in report["stages"]],
        "by_stages": question.is_ranked,
        "guarded": _moved(report["guarded"], names),
        "doomed": _moved(report["doomed"], names),
        "without": [names[number] for number in plainly] if plainly else [],
        "differs": bool(plainly) and set(plainly) != set(elected),
        "ties": [_tie(tie, names) for tie in report["ties"]],
        "notes": [note_in_words(note) for note in report["notes"]],
        **_chart(report, names),
    }


def _rows(report: Mapping[str, Any], names: Names) -> Iterable[Row]:
    """The candidates, those elected first in their order, the others as the table has them."""
    elected = report["elected"]
    rest = [number for number in names if number not in elected]
    for number in [*elected, *rest]:
        cells = [
            (short(stage["votes"][number - 1]), _decided(stage, number))
            for stage in report["stages"]
        ]
        yield Row(number, names[number], cells, number in elected)


def _decided(stage: Mapping[str, Any], number: int) -> str:
    if number in stage["elected"]:
        return "elected"
    return "excluded" if number in stage["excluded"] else ""


def short(votes: str) -> str:
    """Votes without decimals that say nothing: '12' for '12.00000'."""
    return written(votes.rstrip("0").rstrip(".")) if "." in votes else votes


def written(number: str) -> str:
    """A number of the report with the decimal sign of the reader's language: '12,5' in German."""
    return number.replace(".", get_format("DECIMAL_SEPARATOR"))


def _action(action: str, names: Names) -> str:
    """What a stage did, with the candidate's name in place of the number."""
    word, _space, numbers = action.partition(" ")
    told = {"surplus": _("Surplus of %(name)s"), "exclude": _("Exclusion of %(name)s")}
    if word in told and numbers:
        return told[word] % {"name": ", ".join(names[int(one)] for one in numbers.split(", "))}
    known = {
        "first preferences": _("First preferences"),
        "votes counted": pgettext("counted", "Votes"),
    }
    return {**known, "surplus": _("Surplus")}.get(action, action)


def _moved(found: Iterable[Mapping[str, Any]], names: Names) -> list[Moved]:
    return [Moved(names[one["candidate"]], in_words(one["reason"], names)) for one in found]


def _tie(tie: Mapping[str, Any], names: Names) -> dict[str, Any]:
    return {
        "candidates": [names[number] for number in tie["candidates"]],
        "chosen": [names[number] for number in tie["chosen"]],
        "action": tie["action"],
        "stage": tie["stage"],
        "lot": tie["means"] == "lot",
        "means": means_in_words(tie),
        "occasion": tie.get("occasion", ""),
    }


def _chart(report: Mapping[str, Any], names: Names) -> dict[str, Bars | Drawing]:
    stages = report["stages"]
    votes = {number: [Fraction(stage["votes"][number - 1]) for stage in stages] for number in names}
    if len(stages) == 1:
        order = sorted(names, key=lambda number: -votes[number][0])
        return {"bars": bars([(names[number], int(votes[number][0])) for number in order])}
    quota = report["quota"]
    return {
        "drawing": drawing(
            votes, elected=report["elected"], quota=None if quota is None else Fraction(quota)
        )
    }
